-- councils: seats that the office fills and ends, sittings with what belongs to them, working tables, calendar feeds.

create extension if not exists btree_gist;

alter table council_seat
  -- the body that designated the representative, where it is not the one that holds the seat
  add column designated_by_id uuid references organisation on delete set null,
  add column end_reason text,
  -- Two who appoint at the same time; what is imported keeps its own word.
  add constraint council_seat_once exclude using gist (council_id with =, organisation_id with =, category with =,
    daterange(valid_from, valid_until, '[]') with &&) where (source = 'Raccordo');
grant insert, update on council_seat to raccordo_writer;

create table council_sitting (
  id uuid primary key,
  council_id uuid not null,
  office_id uuid not null references organisation,
  owner_number int not null,
  province_code text not null references province,
  status text not null check (status in ('planned', 'convened', 'held', 'minutes_drafted', 'minutes_approved', 'cancelled')),
  title text not null,
  starts_at timestamptz not null,
  ends_at timestamptz,
  place text,
  remote_address text,
  convened_on date,
  minutes text,
  minutes_approved_on date,
  cancelled_on date,
  cancellation_reason text,
  visibility text not null default 'territory' check (visibility in ('public', 'network', 'territory', 'institutional', 'owner')),
  group_number int references audience_group,
  audience int not null generated always as (audience_key(visibility, province_code, owner_number, group_number)) stored,
  is_synthetic boolean not null default false,
  source text not null,
  version int not null default 1,
  updated_at timestamptz not null default now(),
  unique (id, audience),
  foreign key (council_id, owner_number) references organisation (id, number),
  check (starts_at <= ends_at),
  check ((status = 'cancelled') = (cancelled_on is not null)),
  check ((status = 'minutes_approved') = (minutes_approved_on is not null))
);
create index council_sitting_by_council on council_sitting (council_id, starts_at, id);

-- The agenda.
create table sitting_item (
  id uuid primary key,
  sitting_id uuid not null,
  audience int not null,
  ordinal int not null,
  title text not null,
  text text,
  plan_id uuid references territorial_plan on delete set null,
  constraint sitting_item_ordinal unique (sitting_id, ordinal) deferrable initially deferred,
  foreign key (sitting_id, audience) references council_sitting (id, audience) on update cascade on delete cascade
);

-- Who is called to a sitting, what it answers, and whether it came.
create table sitting_invitation (
  id uuid primary key,
  sitting_id uuid not null,
  audience int not null,
  organisation_id uuid not null references organisation on delete cascade,
  -- members' seats that it holds on the day: what counts for the quorum
  seats int not null check (seats >= 0),
  answer text not null default 'unknown' check (answer in ('unknown', 'yes', 'no')),
  answered_on date,
  attended boolean,
  -- office that the representative holds, never a person's name
  represented_by text,
  unique (sitting_id, organisation_id),
  foreign key (sitting_id, audience) references council_sitting (id, audience) on update cascade on delete cascade
);

create table council_resolution (
  id uuid primary key,
  sitting_id uuid not null,
  audience int not null,
  ordinal int not null,
  kind text not null check (kind in ('opinion_on_plan', 'proposal_to_dlci', 'other')),
  title text not null,
  text text not null,
  outcome text not null check (outcome in ('favourable', 'with_remarks', 'unfavourable', 'adopted')),
  votes_for int check (votes_for >= 0),
  votes_against int check (votes_against >= 0),
  votes_abstained int check (votes_abstained >= 0),
  plan_id uuid references territorial_plan on delete set null,
  constraint council_resolution_ordinal unique (sitting_id, ordinal) deferrable initially deferred,
  foreign key (sitting_id, audience) references council_sitting (id, audience) on update cascade on delete cascade
);

-- A group of members that works on one topic between the sittings.
create table working_table (
  id uuid primary key,
  council_id uuid not null,
  office_id uuid not null references organisation,
  owner_number int not null,
  province_code text not null references province,
  name text not null,
  topic text not null,
  mandate text,
  opens_on date not null,
  -- planned end
  closes_on date,
  closed_on date,
  closing_report text,
  visibility text not null default 'territory' check (visibility in ('public', 'network', 'territory', 'institutional', 'owner')),
  group_number int references audience_group,
  audience int not null generated always as (audience_key(visibility, province_code, owner_number, group_number)) stored,
  is_synthetic boolean not null default false,
  source text not null,
  version int not null default 1,
  updated_at timestamptz not null default now(),
  unique (id, audience),
  foreign key (council_id, owner_number) references organisation (id, number),
  check (opens_on <= closes_on),
  check (opens_on <= closed_on)
);
create index working_table_by_council on working_table (council_id, opens_on, id);

create table table_member (
  id uuid primary key,
  working_table_id uuid not null,
  audience int not null,
  organisation_id uuid not null references organisation on delete cascade,
  is_coordinator boolean not null,
  member_from date not null,
  member_until date,
  check (member_from <= member_until),
  foreign key (working_table_id, audience) references working_table (id, audience) on update cascade on delete cascade
);
create index table_member_by_table on table_member (working_table_id);

create table table_meeting (
  id uuid primary key,
  working_table_id uuid not null,
  audience int not null,
  starts_at timestamptz not null,
  ends_at timestamptz,
  place text,
  notes text,
  outcome text,
  is_cancelled boolean not null default false,
  check (starts_at <= ends_at),
  foreign key (working_table_id, audience) references working_table (id, audience) on update cascade on delete cascade
);
create index table_meeting_by_table on table_meeting (working_table_id, starts_at);

select protect('councils', array['council_sitting', 'sitting_item', 'sitting_invitation', 'council_resolution',
  'working_table', 'table_member', 'table_meeting']::regclass[]);
select watch(array['council_sitting', 'sitting_item', 'sitting_invitation', 'council_resolution', 'working_table',
  'table_member', 'table_meeting']::regclass[]);
grant select on council_sitting, sitting_item, sitting_invitation, council_resolution, working_table, table_member, table_meeting
  to raccordo_app;
grant select, insert, update on council_sitting, working_table to raccordo_writer;
grant select, insert, update, delete on sitting_item, sitting_invitation, council_resolution, table_member, table_meeting
  to raccordo_writer;
