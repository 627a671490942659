-- Only a table's owner may have its statistics renewed: this is the app role's way to do so after it wrote many rows.
create function renew_statistics(tables text[]) returns void
  language plpgsql security definer set search_path = public, pg_temp
  as $$ begin
    execute 'analyze ' || (select string_agg(format('%I', t), ', ') from unnest(tables) t);
  end $$;
