-- plans: the work on a plan: its steps, context indicators, partners, measures, and what bodies of the network say of it.

alter table territorial_plan
  add column submitted_on date,
  add column council_remarks text,
  add column started_on date,
  add column closed_on date,
  add column closing_report text,
  add column withdrawn_on date,
  add column withdrawal_reason text;

-- An edition is revised once at a time.
create unique index territorial_plan_revision on territorial_plan (previous_edition_id)
  where status in ('listening', 'draft', 'before_council', 'returned', 'endorsed');

-- Parts may change places within a transaction; each knows which part of the edition before it continues.
alter table plan_need drop constraint plan_need_plan_id_ordinal_key,
  add constraint plan_need_ordinal unique (plan_id, ordinal) deferrable initially deferred,
  add column revises_id uuid;
alter table plan_priority drop constraint plan_priority_plan_id_ordinal_key,
  add constraint plan_priority_ordinal unique (plan_id, ordinal) deferrable initially deferred,
  add column revises_id uuid;
alter table plan_intervention drop constraint plan_intervention_plan_id_ordinal_key,
  add constraint plan_intervention_ordinal unique (plan_id, ordinal) deferrable initially deferred,
  add column revises_id uuid;

-- Indicators of the context.
create table plan_indicator (
  id uuid primary key,
  plan_id uuid not null,
  audience int not null,
  ordinal int not null,
  name text not null,
  value numeric not null,
  unit text not null,
  measured_on date not null,
  indicator_source text not null,
  revises_id uuid,
  is_synthetic boolean not null default false,
  constraint plan_indicator_ordinal unique (plan_id, ordinal) deferrable initially deferred,
  foreign key (plan_id, audience) references territorial_plan (id, audience) on update cascade on delete cascade
);

-- Bodies that carry an intervention out with the one responsible.
create table plan_partner (
  plan_id uuid not null,
  audience int not null,
  intervention_id uuid not null references plan_intervention on delete cascade,
  organisation_id uuid not null references organisation on delete cascade,
  task text,
  primary key (intervention_id, organisation_id),
  foreign key (plan_id, audience) references territorial_plan (id, audience) on update cascade on delete cascade
);
create index plan_partner_by_plan on plan_partner (plan_id);
create index plan_partner_by_organisation on plan_partner (organisation_id);

-- What shows an intervention's progress: from where, to where, and the values measured on the way.
create table plan_measure (
  id uuid primary key,
  plan_id uuid not null,
  audience int not null,
  intervention_id uuid not null references plan_intervention on delete cascade,
  ordinal int not null,
  name text not null,
  unit text not null,
  baseline numeric,
  target numeric not null,
  revises_id uuid,
  is_synthetic boolean not null default false,
  constraint plan_measure_ordinal unique (intervention_id, ordinal) deferrable initially deferred,
  foreign key (plan_id, audience) references territorial_plan (id, audience) on update cascade on delete cascade
);
create index plan_measure_by_plan on plan_measure (plan_id);

create table plan_measurement (
  plan_id uuid not null,
  audience int not null,
  measure_id uuid not null references plan_measure on delete cascade,
  measured_on date not null,
  value numeric not null,
  value_source text,
  primary key (measure_id, measured_on),
  foreign key (plan_id, audience) references territorial_plan (id, audience) on update cascade on delete cascade
);
create index plan_measurement_by_plan on plan_measurement (plan_id);

-- What a body of the network was asked to say of one section, what it said, and what became of it. The text that it was
-- asked about is kept with the question: the body need not see the draft.
create table plan_contribution (
  id uuid primary key,
  plan_id uuid not null references territorial_plan on delete cascade,
  office_id uuid not null,
  owner_number int not null,
  province_code text not null references province,
  organisation_id uuid not null references organisation on delete cascade,
  section text not null check (section in ('context', 'needs', 'objectives', 'priorities', 'resources', 'interventions')),
  status text not null check (status in ('invited', 'submitted', 'answered', 'withdrawn')),
  question text,
  plan_title text not null,
  section_text text not null,
  opens_on date not null,
  closes_on date not null,
  comment text,
  submitted_on date,
  outcome text check (outcome in ('accepted', 'partly', 'not_accepted')),
  answer text,
  answered_on date,
  visibility text not null default 'owner' check (visibility = 'owner'),
  -- the office and the body
  group_number int not null references audience_group,
  audience int not null generated always as (audience_key(visibility, province_code, owner_number, group_number)) stored,
  version int not null default 1,
  updated_at timestamptz not null default now(),
  foreign key (office_id, owner_number) references organisation (id, number),
  check (opens_on <= closes_on),
  check ((comment is null) = (submitted_on is null)),
  check ((outcome is null) = (answered_on is null))
);
create index plan_contribution_by_plan on plan_contribution (plan_id, opens_on desc, id);
create index plan_contribution_by_organisation on plan_contribution (organisation_id, opens_on desc, id);

select protect('plans', array['plan_indicator', 'plan_partner', 'plan_measure', 'plan_measurement', 'plan_contribution']::regclass[]);
select watch(array['plan_indicator', 'plan_partner', 'plan_measure', 'plan_measurement', 'plan_contribution']::regclass[]);
grant select on plan_indicator, plan_partner, plan_measure, plan_measurement, plan_contribution to raccordo_app;
grant select, insert, update, delete on plan_need, plan_priority, plan_intervention, plan_indicator, plan_partner, plan_measure,
  plan_measurement to raccordo_writer;
grant select, insert, update on territorial_plan, plan_contribution to raccordo_writer;
