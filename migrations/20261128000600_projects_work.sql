-- funding, projects: calls that are published and amended; proposals that lead and partners assemble, their judgement, their
-- money and what comes of them.

alter table funding_call
  add column summary text,
  add column min_partners int not null default 0 check (min_partners >= 0),
  add column cancelled_on date,
  add column cancellation_reason text,
  add check (min_partners <= max_partners);
grant select, insert, update on funding_call to raccordo_writer;

alter table project
  add column requested_funding numeric(14, 2) check (requested_funding >= 0),
  add column submitted_on date,
  add column decided_on date,
  add column decision_reasons text,
  add column funded_on date,
  add column started_on date,
  add column suspended_on date,
  add column suspension_reason text,
  add column closed_on date,
  add column closing_report text,
  add column revoked_on date,
  add column revocation_reason text;

-- A body asked to take part: it becomes a participation when it accepts.
create table project_invitation (
  id uuid primary key,
  project_id uuid not null,
  audience int not null,
  organisation_id uuid not null references organisation on delete cascade,
  role text not null check (role in ('programmer', 'implementer', 'beneficiary', 'performer', 'partner', 'contractor')),
  budget_share numeric(14, 2) check (budget_share >= 0),
  -- the participant through which it takes part; null: the lead
  through_id uuid references organisation on delete cascade,
  status text not null check (status in ('invited', 'accepted', 'declined')),
  invited_on date not null,
  answered_on date,
  reason text,
  foreign key (project_id, audience) references project (id, audience) on update cascade on delete cascade,
  unique (project_id, organisation_id, role)
);
create index project_invitation_by_organisation on project_invitation (organisation_id, project_id);

alter table project_participation add column through_id uuid references organisation on delete cascade;

-- Money by body and year.
create table project_budget (
  project_id uuid not null,
  audience int not null,
  organisation_id uuid not null references organisation on delete cascade,
  year int not null check (year between 1990 and 2200),
  amount numeric(14, 2) not null check (amount >= 0),
  primary key (project_id, organisation_id, year),
  foreign key (project_id, audience) references project (id, audience) on update cascade on delete cascade
);

create table project_spending (
  id uuid primary key,
  project_id uuid not null,
  audience int not null,
  organisation_id uuid not null references organisation on delete cascade,
  spent_on date not null,
  amount numeric(14, 2) not null check (amount > 0),
  description text not null,
  declared_on date not null,
  foreign key (project_id, audience) references project (id, audience) on update cascade on delete cascade
);
create index project_spending_by_project on project_spending (project_id, spent_on, id);

create table project_deadline (
  id uuid primary key,
  project_id uuid not null,
  audience int not null,
  title text not null,
  due_on date not null,
  done_on date,
  foreign key (project_id, audience) references project (id, audience) on update cascade on delete cascade
);
create index project_deadline_by_project on project_deadline (project_id, due_on, id);
create index project_deadline_by_day on project_deadline (due_on, id) where done_on is null;

create table project_indicator (
  id uuid primary key,
  project_id uuid not null,
  audience int not null,
  ordinal int not null,
  name text not null,
  unit text not null,
  baseline numeric,
  target numeric not null,
  constraint project_indicator_ordinal unique (project_id, ordinal) deferrable initially deferred,
  foreign key (project_id, audience) references project (id, audience) on update cascade on delete cascade
);

create table project_value (
  project_id uuid not null,
  audience int not null,
  indicator_id uuid not null references project_indicator on delete cascade,
  measured_on date not null,
  value numeric not null,
  value_source text,
  primary key (indicator_id, measured_on),
  foreign key (project_id, audience) references project (id, audience) on update cascade on delete cascade
);
create index project_value_by_project on project_value (project_id);

-- What was changed after the money was agreed, and why; what exactly is in the record's history.
create table project_amendment (
  id uuid primary key,
  project_id uuid not null,
  audience int not null,
  ordinal int not null,
  amended_on date not null,
  reason text not null,
  constraint project_amendment_ordinal unique (project_id, ordinal) deferrable initially deferred,
  foreign key (project_id, audience) references project (id, audience) on update cascade on delete cascade
);

select protect('projects', array['project_invitation', 'project_budget', 'project_spending', 'project_deadline',
  'project_indicator', 'project_value', 'project_amendment']::regclass[]);
select watch(array['project_invitation', 'project_budget', 'project_spending', 'project_deadline', 'project_indicator',
  'project_value', 'project_amendment']::regclass[]);
grant select on project_invitation, project_budget, project_spending, project_deadline, project_indicator, project_value,
  project_amendment to raccordo_app;
grant select, insert, update on project to raccordo_writer;
grant select, insert, update, delete on project_participation, project_place, project_contract, project_intervention,
  project_invitation, project_budget, project_spending, project_deadline, project_indicator, project_value, project_amendment
  to raccordo_writer;
