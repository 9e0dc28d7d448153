-- projects: what organisations do together with public money. The lead owns the record.

create table project (
  id uuid primary key,
  title text not null,
  summary text,
  status text not null check (status in ('idea', 'proposed', 'admitted', 'rejected', 'funded', 'running', 'suspended', 'closed', 'revoked')),
  cup text unique,
  initiative_number text,
  local_code text,
  starts_on date,
  ends_on date,
  lead_id uuid not null,
  owner_number int not null,
  programme_code text references programme_node,
  call_id uuid references funding_call,
  province_code text references province,
  public_funding numeric(14, 2) check (public_funding >= 0),
  total_cost numeric(14, 2) check (total_cost >= 0),
  visibility text not null check (visibility in ('public', 'network', 'territory', 'institutional', 'owner')),
  group_number int references audience_group,
  audience int not null generated always as (audience_key(visibility, province_code, owner_number, group_number)) stored,
  is_synthetic boolean not null default false,
  source text not null,
  version int not null default 1,
  updated_at timestamptz not null default now(),
  foreign key (lead_id, owner_number) references organisation (id, number),
  check (starts_on <= ends_on),
  -- what has not been admitted is not public
  check (visibility <> 'public' or status not in ('idea', 'proposed', 'rejected'))
);
create unique index project_audience on project (id, audience);
create unique index project_by_local_code on project (local_code) where local_code is not null;
create index project_by_lead on project (lead_id, starts_on desc, id);
create index project_by_start on project (starts_on desc nulls last, id);
create index project_by_province on project (province_code, starts_on desc nulls last, id);
create index project_by_programme on project (programme_code, starts_on desc nulls last, id);
create index project_by_call on project (call_id, starts_on desc nulls last, id);

create table project_participation (
  id uuid primary key,
  project_id uuid not null,
  audience int not null,
  organisation_id uuid not null references organisation on delete cascade,
  role text not null check (role in ('programmer', 'implementer', 'beneficiary', 'performer', 'partner', 'contractor')),
  valid_from date,
  valid_until date,
  budget_share numeric(14, 2) check (budget_share >= 0),
  is_synthetic boolean not null default false,
  source text not null,
  foreign key (project_id, audience) references project (id, audience) on update cascade on delete cascade,
  unique (project_id, organisation_id, role)
);
create index project_participation_by_organisation on project_participation (organisation_id, project_id);

create table project_place (
  project_id uuid not null,
  audience int not null,
  province_code text not null references province,
  -- '' where the whole province is meant
  municipality_code text not null default '',
  primary key (project_id, province_code, municipality_code),
  foreign key (project_id, audience) references project (id, audience) on update cascade on delete cascade
);
create index project_place_by_province on project_place (province_code, project_id);

create table project_contract (
  id uuid primary key,
  project_id uuid not null,
  audience int not null,
  cig text not null,
  subject text,
  amount numeric(14, 2) check (amount >= 0),
  signed_on date,
  is_synthetic boolean not null default false,
  source text not null,
  unique (project_id, cig),
  foreign key (project_id, audience) references project (id, audience) on update cascade on delete cascade
);
create index project_contract_by_cig on project_contract (cig);

-- Which interventions of territorial plans a project carries out.
create table project_intervention (
  project_id uuid not null,
  audience int not null,
  intervention_id uuid not null references plan_intervention on delete cascade,
  primary key (project_id, intervention_id),
  foreign key (project_id, audience) references project (id, audience) on update cascade on delete cascade
);
create index project_intervention_by_intervention on project_intervention (intervention_id, project_id);

select protect(array['project', 'project_participation', 'project_place', 'project_contract', 'project_intervention']::regclass[]);
select watch(array['project', 'project_participation', 'project_place', 'project_contract', 'project_intervention']::regclass[]);
