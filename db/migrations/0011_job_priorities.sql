-- The app role's way to add a job, with its turn: lower comes first. The one without a turn stays for older code.
create function add_job(task text, payload json, max_attempts int, queue text, run_at timestamptz, job_key text, turn int)
  returns void
  language sql security definer set search_path = pg_catalog, pg_temp
  as $$ select graphile_worker.add_job(task, payload, queue_name => queue, run_at => run_at,
          max_attempts => max_attempts, job_key => job_key, priority => turn) $$;
