-- Run after every migration: no table can be forgotten. Each table with a company_id shows the app's role only the rows
-- of the company that the transaction is for, even to the table's owner.
do $$
declare
  t text;
begin
  for t in
    select c.relname from pg_class c
      join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
     where c.relkind in ('r', 'p')
  loop
    execute format('grant select, insert, update, delete on %I to fieldpost_app', t);
    -- companies, hosts, people, sessions and attempts are looked up before the company is known.
    continue when t in ('hosts', 'sessions')
      or not exists (select from information_schema.columns
                      where table_schema = 'public' and table_name = t and column_name = 'company_id');
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('drop policy if exists company on %I', t);
    execute format('create policy company on %I using (company_id = (select current_company_id()))
                    with check (company_id = (select current_company_id()))', t);
  end loop;
  -- A person sees their own places of work before they choose a company.
  drop policy if exists own_place on staff;
  create policy own_place on staff for select using (person_id = current_person_id());
  -- A provider's event is let in by its topic before the company is known.
  drop policy if exists own_topic on channel_settings;
  create policy own_topic on channel_settings for select
    using (options ->> 'topicArn' = nullif(current_setting('app.topic_arn', true), ''));
  -- A text that comes in is let in by the number or service that it was sent to before the company is known.
  drop policy if exists own_number on channel_settings;
  create policy own_number on channel_settings for select
    using (channel = 'sms' and nullif(current_setting('app.text_number', true), '')
             in (options ->> 'number', options ->> 'messagingServiceSid'));
  -- What must never be rewritten.
  foreach t in array array['audit_entries', 'ledger_entries', 'consents', 'portal_agreements', 'message_events'] loop
    execute format('revoke update, delete on %I from fieldpost_app', t);
  end loop;
  -- Nor messages taken away: events have no key of theirs to hold them.
  revoke delete on messages from fieldpost_app;
  -- Reference tables that only a migration writes; an older schema has none.
  if to_regclass('zip_zones') is not null then
    revoke insert, update, delete on zip_zones, area_codes from fieldpost_app;
  end if;
  grant usage on all sequences in schema public to fieldpost_app;
end $$;
