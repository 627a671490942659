-- B-01: an invoice's reminders end in the very transaction that settles it. What is planned is skipped here; what is just
-- being handed over is waited for, so that nothing is sent once the payment stands. Locks are given back between two looks:
-- the workers' windows hold several messages at a time, and nobody may wait for the other.
CREATE FUNCTION end_reminders(settled bigint[]) RETURNS integer LANGUAGE plpgsql AS $$
declare
  patience constant integer := 200; -- looks of 25 ms: longer nobody waits for a worker that fell
  looks integer := 0;
  held integer;
  waiting integer;
  flying integer;
  skipped integer;
begin
  loop
    looks := looks + 1;
    begin
      perform from messages where invoice_id = any(settled) and state in ('planned', 'deferred')
        and kind in ('campaign', 'invoice', 'invoice_text') order by id for no key update skip locked;
      get diagnostics held = row_count;
      select count(*) filter (where state <> 'attempting'), count(*) filter (where state = 'attempting') into waiting, flying
        from messages where invoice_id = any(settled) and state in ('planned', 'deferred', 'attempting')
         and kind in ('campaign', 'invoice', 'invoice_text');
      if waiting = 0 and flying = 0 then return 0; end if;
      if looks < patience and (flying > 0 or waiting > held) then
        raise exception using errcode = 'FP001';
      end if;
      with due as materialized (
        select m.id from messages m
         where m.invoice_id = any(settled) and m.state in ('planned', 'deferred')
           and m.kind in ('campaign', 'invoice', 'invoice_text') order by m.id for no key update skip locked
      ), ended as (
        update messages m set state = 'skipped', reason = case i.status when 'void' then 'void' else 'paid' end
          from due, invoices i where m.id = due.id and i.id = m.invoice_id
        returning m.step_id, m.reason
      ), counts as (
        select step_id, reason, count(*)::int as n from ended where step_id is not null group by step_id, reason
      ), steps as materialized (
        select id from campaign_steps where id in (select step_id from counts) order by id for no key update
      ), counted as (
        update campaign_steps s set planned = s.planned - c.n, skipped = s.skipped + c.n
          from (select step_id, sum(n)::int as n from counts group by step_id) c
          join steps on steps.id = c.step_id where s.id = c.step_id
      ), reasoned as (
        insert into campaign_step_reasons as r (step_id, state, reason, count)
        select step_id, 'skipped', reason, n from counts order by step_id, reason
        on conflict (company_id, step_id, state, reason) do update set count = r.count + excluded.count
      )
      select count(*)::int into skipped from ended;
      return skipped;
    exception when sqlstate 'FP001' then
      null;
    end;
    perform pg_sleep(0.025);
  end loop;
end $$;
--> statement-breakpoint
CREATE FUNCTION invoices_settled() RETURNS trigger LANGUAGE plpgsql AS $$
declare
  settled bigint[];
begin
  select array_agg(is_now.id order by is_now.id) into settled
    from is_now join was on was.company_id = is_now.company_id and was.id = is_now.id
   where is_now.status in ('paid', 'void') and was.status not in ('paid', 'void');
  if settled is not null then perform end_reminders(settled); end if;
  return null;
end $$;
--> statement-breakpoint
CREATE TRIGGER invoices_settled AFTER UPDATE ON invoices REFERENCING OLD TABLE AS was NEW TABLE AS is_now
  FOR EACH STATEMENT EXECUTE FUNCTION invoices_settled();
