ALTER TABLE "messages" ADD COLUMN "skipped_at" timestamp with time zone;
--> statement-breakpoint
-- As before, but for the time.
CREATE OR REPLACE FUNCTION end_reminders(settled bigint[]) RETURNS integer LANGUAGE plpgsql AS $$
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
        update messages m set state = 'skipped', skipped_at = now(), reason = case i.status when 'void' then 'void' else 'paid' end
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
