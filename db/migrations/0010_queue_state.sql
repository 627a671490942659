ALTER TABLE "provider_rates" ADD COLUMN "allowed" real;--> statement-breakpoint
ALTER TABLE "provider_rates" ADD COLUMN "minute" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "provider_rates" ADD COLUMN "this_minute" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "provider_rates" ADD COLUMN "last_minute" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "workers" ADD COLUMN "memory_bytes" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
-- The job queue belongs to the owner: these are the app role's ways to look at it. Payloads never come out.
-- Jobs by task: of one company, or of all (null). A job with an error that is tried again counts as failing; one that is
-- tried no more, as given up.
create function queue_state(company bigint)
  returns table (task text, due bigint, later bigint, running bigint, failing bigint, given_up bigint, oldest_due timestamptz)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$
    select t.identifier,
           count(*) filter (where j.locked_at is null and j.attempts < j.max_attempts and j.run_at <= now()),
           count(*) filter (where j.locked_at is null and j.attempts < j.max_attempts and j.run_at > now()),
           count(*) filter (where j.locked_at is not null),
           count(*) filter (where j.locked_at is null and j.attempts < j.max_attempts and j.last_error is not null),
           count(*) filter (where j.locked_at is null and j.attempts >= j.max_attempts),
           min(j.run_at) filter (where j.locked_at is null and j.attempts < j.max_attempts and j.run_at <= now())
      from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
     where company is null or j.payload ->> 'companyId' = company::text
     group by t.identifier $$;--> statement-breakpoint
-- What failed, the newest first: the company's own jobs, and those that name no company (the schedule's, and payloads of
-- other code).
create function failed_jobs(most int)
  returns table (id bigint, task text, own boolean, attempts int, max_attempts int, error text, run_at timestamptz, failed_at timestamptz)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$
    select j.id, t.identifier, j.payload ->> 'companyId' is not null, j.attempts, j.max_attempts, j.last_error, j.run_at, j.updated_at
      from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
     where j.last_error is not null and public.current_company_id() is not null
       and coalesce(j.payload ->> 'companyId', public.current_company_id()::text) = public.current_company_id()::text
     order by j.updated_at desc, j.id desc limit most $$;--> statement-breakpoint
-- Tries one of those jobs again now, with all its attempts. False when it is gone, running or another company's.
create function run_job_again(job bigint) returns boolean
  language sql security definer set search_path = pg_catalog, pg_temp
  as $$
    select exists (select from graphile_worker.reschedule_jobs(
      array(select j.id from graphile_worker._private_jobs j
             where j.id = job and j.locked_at is null and j.last_error is not null and public.current_company_id() is not null
               and coalesce(j.payload ->> 'companyId', public.current_company_id()::text) = public.current_company_id()::text),
      run_at => now(), attempts => 0)) $$;--> statement-breakpoint
-- What the company has waiting to be sent later is looked at now.
create function wake_sending() returns bigint
  language sql security definer set search_path = pg_catalog, pg_temp
  as $$
    select count(*) from graphile_worker.reschedule_jobs(
      array(select j.id from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
             where t.identifier in ('campaign.send_range', 'message.send') and j.locked_at is null
               and j.attempts < j.max_attempts and j.run_at > now()
               and j.payload ->> 'companyId' = public.current_company_id()::text),
      run_at => now()) $$;--> statement-breakpoint
-- Messages of campaigns by what became of them, over all companies: sums of the steps' counters, company by company, since
-- nobody passes row-level security.
create function message_totals()
  returns table (waiting bigint, sent bigint, skipped bigint, failed bigint, unknown bigint, delivered bigint, bounced bigint, complained bigint)
  language plpgsql
  as $$
    declare
      one record;
      company bigint;
      before text := coalesce(current_setting('app.company_id', true), '');
    begin
      waiting := 0; sent := 0; skipped := 0; failed := 0; unknown := 0; delivered := 0; bounced := 0; complained := 0;
      for company in select c.id from companies c loop
        perform set_config('app.company_id', company::text, true);
        select coalesce(sum(s.planned) filter (where c.status in ('launching', 'sending', 'paused')), 0) as waiting,
               coalesce(sum(s.sent), 0) as sent, coalesce(sum(s.skipped), 0) as skipped, coalesce(sum(s.failed), 0) as failed,
               coalesce(sum(s.unknown), 0) as unknown, coalesce(sum(s.delivered), 0) as delivered,
               coalesce(sum(s.bounced), 0) as bounced, coalesce(sum(s.complained), 0) as complained
          into one from campaign_steps s join campaigns c on c.id = s.campaign_id;
        waiting := waiting + one.waiting; sent := sent + one.sent; skipped := skipped + one.skipped;
        failed := failed + one.failed; unknown := unknown + one.unknown; delivered := delivered + one.delivered;
        bounced := bounced + one.bounced; complained := complained + one.complained;
      end loop;
      perform set_config('app.company_id', before, true);
      return next;
    end $$;
