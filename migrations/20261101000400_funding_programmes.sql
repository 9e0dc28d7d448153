-- funding: the tree of the funding programmes (FAMI) and the calls opened on its nodes.

create table programme_node (
  -- path of codes from the programme down, e.g. FAMI-2021-2027/OS2/2.d
  code text primary key,
  parent_code text references programme_node,
  kind text not null check (kind in ('programme', 'specific_objective', 'national_objective', 'implementation_measure',
    'field_of_application', 'intervention', 'action')),
  label text not null,
  name text not null,
  name_en text,
  budget numeric(14, 2),
  cci text,
  legal_basis text,
  valid_from date,
  valid_until date
);
create index programme_node_by_parent on programme_node (parent_code);
grant select on programme_node to raccordo_app;

create table funding_call (
  id uuid primary key,
  reference text not null unique,
  title text not null,
  programme_code text not null references programme_node,
  issuer_id uuid not null,
  opens_on date not null,
  closes_on date,
  budget numeric(14, 2) check (budget >= 0),
  -- kinds of organisation that may lead a proposal; empty: any
  eligible_kinds text[] not null default '{}',
  max_partners int check (max_partners >= 0),
  requires_intervention boolean not null default false,
  province_code text references province,
  owner_number int not null,
  visibility text not null check (visibility in ('public', 'network', 'territory', 'institutional', 'owner')),
  group_number int references audience_group,
  audience int not null generated always as (audience_key(visibility, province_code, owner_number, group_number)) stored,
  is_synthetic boolean not null default false,
  source text not null,
  version int not null default 1,
  updated_at timestamptz not null default now(),
  foreign key (issuer_id, owner_number) references organisation (id, number),
  check (opens_on <= closes_on)
);
create index funding_call_by_programme on funding_call (programme_code, opens_on desc, id);
create index funding_call_by_issuer on funding_call (issuer_id, opens_on desc, id);
create index funding_call_by_opening on funding_call (opens_on desc, id);

select protect(array['funding_call']::regclass[]);
select watch(array['programme_node', 'funding_call']::regclass[]);
