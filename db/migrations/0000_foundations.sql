-- The app's role owns nothing and passes no row-level security. It is shared by every database of a cluster.
do $$ begin
  create role fieldpost_app nologin nobypassrls;
exception when duplicate_object or unique_violation then null;
end $$;
--> statement-breakpoint
do $$ begin
  execute format('grant fieldpost_app to %I', current_user);
end $$;
--> statement-breakpoint
grant usage on schema public to fieldpost_app;
--> statement-breakpoint
-- The company that `withCompany` set for this transaction; null outside one, and then no row is visible.
create function current_company_id() returns bigint
  language sql stable parallel safe
  as $$ select nullif(current_setting('app.company_id', true), '')::bigint $$;
--> statement-breakpoint
-- The person who signed in, so that they can see which companies they work for.
create function current_person_id() returns bigint
  language sql stable parallel safe
  as $$ select nullif(current_setting('app.person_id', true), '')::bigint $$;
--> statement-breakpoint
-- The job queue belongs to the owner: this is the app role's one way to add to it, inside its own transaction.
create function add_job(task text, payload json, max_attempts int, queue text, run_at timestamptz, job_key text)
  returns void
  language sql security definer set search_path = pg_catalog, pg_temp
  as $$ select graphile_worker.add_job(task, payload, queue_name => queue, run_at => run_at,
          max_attempts => max_attempts, job_key => job_key) $$;
