-- deeds: what was done to a record, step by step: its history, and what hubs tell those who listen.

create table record_event (
  -- the number of the entry in the audit: events are numbered in the order in which they are committed
  seq bigint primary key,
  id uuid not null,
  at timestamptz not null default clock_timestamp(),
  room text not null,
  record_kind text not null,
  record_id uuid not null,
  -- the record's version since
  version int not null,
  action text not null check (action ~ '^[a-z_]+$'),
  -- who acted, as in the audit
  account_id uuid,
  client_id uuid,
  persona text,
  organisation_id uuid,
  -- the record's key after the change: a draft's history does not become public with the record
  audience int not null,
  unique (record_kind, record_id, version)
);

-- What an event changed, apart: it tells what was before, so it has the key that the record had before the change. Who
-- sees a record since it was published sees that it was, and not what it was until then.
create table record_event_change (
  seq bigint primary key references record_event on delete cascade,
  room text not null,
  -- [{"part": table, "kind": …, "key": …, "before": {column: …} or null, "after": {column: …} or null}, …]
  changes jsonb not null,
  audience int not null
);
create index record_event_by_record on record_event (record_id, at desc, id);

-- Answers to requests that may be sent again: the same key from the same caller is the same deed.
create table idempotency_key (
  caller text not null,
  key text not null,
  action text not null,
  -- SHA-256 of the input
  content bytea not null,
  record_id uuid,
  version int,
  at timestamptz not null default now(),
  primary key (caller, key)
);
create index idempotency_key_by_time on idempotency_key (at);

grant select on record_event, record_event_change to raccordo_app;
grant insert on record_event, record_event_change to raccordo_writer;
grant select, insert, update, delete on idempotency_key to raccordo_writer;
select watch(array['record_event']::regclass[]);

-- An event is seen with the keys of the room of its record, like the record itself.
do $$
declare
  room text;
  t regclass;
begin
  foreach t in array array['record_event', 'record_event_change']::regclass[] loop
    execute format('alter table %s enable row level security', t);
    execute format('alter table %s force row level security', t);
    foreach room in array array['organisations', 'councils', 'funding', 'plans', 'projects', 'agreements'] loop
      execute format($p$create policy %1$I on %4$s
        using (room = %2$L and ((select current_setting('raccordo.sees_all', true) = 'on')
            or audience = any ((select coalesce(nullif(current_setting(%3$L, true), ''),
                                                nullif(current_setting('raccordo.audiences', true), ''))::int[])::int[])))$p$,
        'audience_' || room, room, 'raccordo.audiences_' || room, t);
    end loop;
  end loop;
end $$;
