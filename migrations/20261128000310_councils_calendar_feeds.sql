-- councils: secret addresses from which a body's calendars read a council's sittings and meetings.

create table calendar_feed (
  id uuid primary key,
  council_id uuid not null references organisation,
  -- whose address it is: what it shows is what this body may see when it is asked for
  organisation_id uuid not null,
  owner_number int not null,
  -- SHA-256 of the secret in the address
  secret_hash bytea not null unique,
  created_at timestamptz not null default now(),
  revoked_at timestamptz,
  version int not null default 1,
  audience int not null generated always as (audience_key('owner', null, owner_number, null)) stored,
  foreign key (organisation_id, owner_number) references organisation (id, number) on delete cascade
);
create index calendar_feed_by_organisation on calendar_feed (organisation_id, council_id, created_at, id);

select protect('councils', array['calendar_feed']::regclass[]);
select watch(array['calendar_feed']::regclass[]);
-- The secret's hash is for the hub alone.
grant select (id, council_id, organisation_id, owner_number, created_at, revoked_at, version, audience) on calendar_feed
  to raccordo_app;
grant insert on calendar_feed to raccordo_writer;
grant update (revoked_at, version) on calendar_feed to raccordo_writer;
