-- plans: territorial plans of interventions: plan -> needs -> priorities -> interventions.
-- A plan's parts carry its audience through a composite foreign key, so they can never differ from it.

create table territorial_plan (
  id uuid primary key,
  office_id uuid not null,
  owner_number int not null,
  council_id uuid references council,
  province_code text not null references province,
  title text not null,
  edition int not null default 1 check (edition >= 1),
  previous_edition_id uuid references territorial_plan,
  status text not null check (status in ('listening', 'draft', 'before_council', 'returned', 'endorsed', 'adopted',
    'in_implementation', 'closed', 'withdrawn')),
  period_from date not null,
  period_until date not null,
  endorsed_on date,
  adopted_on date,
  context_analysis text,
  objectives text,
  resources text,
  visibility text not null check (visibility in ('public', 'network', 'territory', 'institutional', 'owner')),
  group_number int references audience_group,
  audience int not null generated always as (audience_key(visibility, province_code, owner_number, group_number)) stored,
  is_synthetic boolean not null default false,
  source text not null,
  version int not null default 1,
  updated_at timestamptz not null default now(),
  foreign key (office_id, owner_number) references organisation (id, number),
  check (period_from <= period_until),
  -- a plan that is not adopted is not public
  check (visibility <> 'public' or status in ('adopted', 'in_implementation', 'closed'))
);
create unique index territorial_plan_audience on territorial_plan (id, audience);
create index territorial_plan_by_office on territorial_plan (office_id, period_from desc, id);
create index territorial_plan_by_province on territorial_plan (province_code, period_from desc, id);
create index territorial_plan_by_period on territorial_plan (period_from desc, id);

create table plan_need (
  id uuid primary key,
  plan_id uuid not null,
  audience int not null,
  ordinal int not null,
  topic text not null,
  title text not null,
  description text,
  indicator text,
  indicator_value numeric,
  indicator_on date,
  indicator_source text,
  is_synthetic boolean not null default false,
  unique (plan_id, ordinal),
  foreign key (plan_id, audience) references territorial_plan (id, audience) on update cascade on delete cascade
);
create table plan_priority (
  id uuid primary key,
  plan_id uuid not null,
  audience int not null,
  need_id uuid not null references plan_need on delete cascade,
  ordinal int not null,
  title text not null,
  description text,
  is_synthetic boolean not null default false,
  unique (plan_id, ordinal),
  foreign key (plan_id, audience) references territorial_plan (id, audience) on update cascade on delete cascade
);
create index plan_priority_by_need on plan_priority (need_id, ordinal);
create table plan_intervention (
  id uuid primary key,
  plan_id uuid not null,
  audience int not null,
  priority_id uuid not null references plan_priority on delete cascade,
  ordinal int not null,
  title text not null,
  description text,
  responsible_id uuid references organisation,
  starts_on date,
  ends_on date,
  budget numeric(14, 2) check (budget >= 0),
  expected_results text,
  is_synthetic boolean not null default false,
  unique (plan_id, ordinal),
  foreign key (plan_id, audience) references territorial_plan (id, audience) on update cascade on delete cascade
);
create index plan_intervention_by_priority on plan_intervention (priority_id, ordinal);
create index plan_intervention_by_responsible on plan_intervention (responsible_id);

select protect(array['territorial_plan', 'plan_need', 'plan_priority', 'plan_intervention']::regclass[]);
select watch(array['territorial_plan', 'plan_need', 'plan_priority', 'plan_intervention']::regclass[]);
