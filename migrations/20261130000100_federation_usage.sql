-- federation: which operations and fields of the graph are used, by whom and on which days.

-- Operations by the hash of their text without values: what each asks for, as schema coordinates.
create table usage_operation (
  id uuid primary key,
  -- other: one coordinate, of operations that were too many to be told apart
  kind text not null check (kind in ('query', 'mutation', 'subscription', 'other')),
  name text,
  coordinates text[] not null check (cardinality(coordinates) > 0),
  -- who calls is the central department's to know: its key of oversight
  audience int not null generated always as (3) stored
);
create index usage_operation_by_coordinate on usage_operation using gin (coordinates);

-- Programs by their client's id, and all other callers by their kind.
create table usage_caller (
  id uuid primary key,
  kind text not null check (kind in ('client', 'session', 'demonstration', 'public')),
  -- of a client: whose it is, and what it was called when it was last counted
  organisation_id uuid references organisation,
  name text,
  audience int not null generated always as (3) stored,
  check ((kind = 'client') = (organisation_id is not null and name is not null))
);
create index usage_caller_by_organisation on usage_caller (organisation_id);

insert into usage_caller (id, kind) values
  ('00000000-0000-0000-0000-000000000001', 'public'),
  ('00000000-0000-0000-0000-000000000002', 'session'),
  ('00000000-0000-0000-0000-000000000003', 'demonstration');

create table usage_day (
  operation_id uuid not null references usage_operation,
  caller_id uuid not null references usage_caller,
  day date not null,
  calls bigint not null check (calls > 0),
  audience int not null generated always as (3) stored,
  primary key (operation_id, caller_id, day)
);
create index usage_day_by_caller on usage_day (caller_id);
create index usage_day_by_day on usage_day (day);

select protect('federation', array['usage_operation', 'usage_caller', 'usage_day']::regclass[]);

-- The first day of which all use is known: one row, once a hub counts.
create table usage_recording (
  is_only boolean primary key default true check (is_only),
  since date not null
);

grant select on usage_operation, usage_caller, usage_day, usage_recording to raccordo_app;
grant insert, delete on usage_operation to raccordo_writer;
grant insert, update (organisation_id, name), delete on usage_caller to raccordo_writer;
grant insert, update (calls), delete on usage_day to raccordo_writer;
grant insert on usage_recording to raccordo_writer;

-- How often operations were called that use any of these coordinates, by how many callers, and when last. It names nobody, and
-- counts what the caller may know of: the central department all, others what begins like a subgraph that they see.
create function usage_told(coordinates text[], since date, until date,
  out calls bigint, out callers bigint, out operations bigint, out last_used_on date)
language sql stable security definer set search_path = public, pg_temp set raccordo.sees_all = 'on' as $$
  with held as (
    select coalesce(nullif(current_setting('raccordo.audiences_federation', true), ''),
                    nullif(current_setting('raccordo.audiences', true), ''))::int[] as keys
  ), own as (
    select replace(initcap(s.name), '-', '') as prefix from subgraph s, held where s.audience = any (held.keys)
  ), known as (
    select c.coordinate from unnest(usage_told.coordinates) c (coordinate), held
    where 3 = any (held.keys) or exists (select from own
      where c.coordinate ~ ('^' || own.prefix || '[A-Z0-9]')
         or split_part(c.coordinate, '.', 2) ~ ('^' || lower(left(own.prefix, 1)) || substr(own.prefix, 2) || '[A-Z0-9]'))
  )
  select coalesce(sum(d.calls), 0)::bigint, count(distinct d.caller_id), count(distinct o.id) filter (where o.kind <> 'other'),
    max(d.day)
  from usage_operation o join usage_day d on d.operation_id = o.id
  where o.coordinates && (select array_agg(coordinate) from known) and d.day >= usage_told.since
    and (usage_told.until is null or d.day <= usage_told.until)
$$;
