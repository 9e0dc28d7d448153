-- federation: the registry of partners' subgraphs, and the supergraphs that were composed of them.

-- Texts of schemas by their SHA-256 in hexadecimal digits: many versions share them, and none ever changes.
create table schema_text (
  hash text primary key check (hash ~ '^[0-9a-f]{64}$'),
  sdl text not null
);

create table subgraph (
  id uuid primary key,
  name text not null constraint subgraph_name unique,
  organisation_id uuid not null,
  owner_number int not null,
  description text not null,
  contact text not null,
  status text not null check (status in ('proposed', 'approved', 'refused', 'withdrawn')),
  withdrawn_on date,
  withdrawal_reason text,
  -- its own organisation and who decides
  visibility text not null check (visibility = 'owner'),
  group_number int references audience_group,
  audience int not null generated always as (audience_key(visibility, null, owner_number, group_number)) stored,
  is_synthetic boolean not null default false,
  version int not null default 1,
  updated_at timestamptz not null default now(),
  foreign key (organisation_id, owner_number) references organisation (id, number),
  check ((status = 'withdrawn') = (withdrawn_on is not null))
);
create unique index subgraph_audience on subgraph (id, audience);
create index subgraph_by_organisation on subgraph (organisation_id, name, id);

create table subgraph_version (
  id uuid primary key,
  subgraph_id uuid not null,
  audience int not null,
  number int not null check (number > 0),
  routing_url text not null,
  -- the text comes after, in the same transaction
  sdl_hash text not null references schema_text deferrable initially deferred,
  -- what of the hub's its resolvers may be sent, what for, until when
  term_fields text[] not null,
  term_purpose text not null,
  term_until date not null,
  status text not null check (status in ('proposed', 'approved', 'refused', 'superseded')),
  submitted_on date not null,
  decided_on date,
  decision_reason text,
  foreign key (subgraph_id, audience) references subgraph (id, audience) on update cascade on delete cascade,
  unique (subgraph_id, number),
  -- one waits for a decision at a time, when all is written
  constraint subgraph_version_pending exclude using btree (subgraph_id with =) where (status = 'proposed')
    deferrable initially deferred,
  check ((status in ('approved', 'refused')) = (decided_on is not null))
);

select protect('federation', array['subgraph', 'subgraph_version']::regclass[]);

-- Every graph that was ever served, the one with the greatest number now. Who takes part in it is no secret: names and numbers
-- are written down here, apart from the registry.
create table supergraph (
  number int primary key check (number > 0),
  composed_at timestamptz not null default now(),
  cause text not null check (cause in ('hub', 'publication', 'withdrawal', 'terms', 'roll_back')),
  -- of a roll-back: whose members it has
  like_number int references supergraph check (like_number < number),
  hub_hash text not null references schema_text,
  -- for routers: the whole, and what the contracts leave of it
  whole_hash text not null references schema_text,
  public_hash text not null references schema_text,
  institutional_hash text not null references schema_text,
  -- what callers see of the whole
  schema_hash text not null references schema_text,
  check ((cause = 'roll_back') = (like_number is not null))
);

create table supergraph_member (
  number int not null references supergraph on delete cascade,
  subgraph_id uuid not null,
  version_id uuid not null references subgraph_version,
  name text not null,
  version_number int not null,
  organisation_id uuid not null references organisation,
  primary key (number, subgraph_id)
);
create index supergraph_member_by_version on supergraph_member (version_id);
create index supergraph_member_by_organisation on supergraph_member (organisation_id);

select watch(array['subgraph', 'subgraph_version', 'supergraph']::regclass[]);

grant select on schema_text, subgraph, subgraph_version, supergraph, supergraph_member to raccordo_app;
grant insert on schema_text, supergraph, supergraph_member to raccordo_writer;
grant insert, update on subgraph to raccordo_writer;
grant insert, update, delete on subgraph_version to raccordo_writer;

-- What was done to subgraphs, and what would be attached to them, is seen with the keys of their room.
do $$
declare t regclass;
begin
  foreach t in array array['record_event', 'record_event_change', 'document']::regclass[] loop
    execute format($p$create policy audience_federation on %s
      using (room = 'federation' and ((select current_setting('raccordo.sees_all', true) = 'on')
          or audience = any ((select coalesce(nullif(current_setting('raccordo.audiences_federation', true), ''),
                                              nullif(current_setting('raccordo.audiences', true), ''))::int[])::int[])))$p$, t);
  end loop;
end $$;
