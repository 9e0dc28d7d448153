-- agreements: memoranda of understanding [protocolli d'intesa] and their parties.

create table agreement (
  id uuid primary key,
  reference text unique,
  title text not null,
  subject text,
  promoter_id uuid not null,
  owner_number int not null,
  province_code text references province,
  signed_on date,
  valid_from date not null,
  valid_until date,
  visibility text not null check (visibility in ('public', 'network', 'territory', 'institutional', 'owner')),
  group_number int references audience_group,
  audience int not null generated always as (audience_key(visibility, province_code, owner_number, group_number)) stored,
  is_synthetic boolean not null default false,
  source text not null,
  version int not null default 1,
  updated_at timestamptz not null default now(),
  foreign key (promoter_id, owner_number) references organisation (id, number),
  check (valid_from <= valid_until)
);
create unique index agreement_audience on agreement (id, audience);
create index agreement_by_promoter on agreement (promoter_id, valid_from desc, id);
create index agreement_by_province on agreement (province_code, valid_from desc, id);
create index agreement_by_start on agreement (valid_from desc, id);

create table agreement_party (
  id uuid primary key,
  agreement_id uuid not null,
  audience int not null,
  organisation_id uuid not null references organisation on delete cascade,
  signed_on date,
  withdrew_on date,
  is_synthetic boolean not null default false,
  source text not null,
  foreign key (agreement_id, audience) references agreement (id, audience) on update cascade on delete cascade,
  unique (agreement_id, organisation_id)
);
create index agreement_party_by_organisation on agreement_party (organisation_id, agreement_id);

select protect(array['agreement', 'agreement_party']::regclass[]);
select watch(array['agreement', 'agreement_party']::regclass[]);
