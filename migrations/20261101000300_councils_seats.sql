-- councils: territorial councils for immigration (art. 57 DPR 394/1999), one per province that has an office.

create table council (
  organisation_id uuid primary key references organisation on delete cascade,
  office_id uuid not null references organisation,
  province_code text not null references province,
  established_on date,
  unique (office_id)
);
grant select on council to raccordo_app;

create table council_seat (
  id uuid primary key,
  council_id uuid not null references council,
  organisation_id uuid not null references organisation on delete cascade,
  -- letters of art. 57; 'invited' for health authorities and other public bodies
  category text not null check (category in ('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'invited')),
  -- for f): which of the two sides; a council needs both
  side text check (side in ('workers', 'employers')),
  role text not null default 'member' check (role in ('member', 'secretariat')),
  representative_office text,
  valid_from date not null,
  valid_until date,
  owner_number int not null,
  province_code text not null references province,
  visibility text not null default 'public' check (visibility in ('public', 'network', 'territory', 'institutional', 'owner')),
  group_number int references audience_group,
  audience int not null generated always as (audience_key(visibility, province_code, owner_number, group_number)) stored,
  is_synthetic boolean not null default false,
  source text not null,
  version int not null default 1,
  updated_at timestamptz not null default now(),
  foreign key (council_id, owner_number) references organisation (id, number),
  check (valid_from <= valid_until),
  check (side is null or category = 'f')
);
create index council_seat_by_council on council_seat (council_id, category, valid_from, id);
create index council_seat_by_organisation on council_seat (organisation_id, valid_from, id);

select protect(array['council_seat']::regclass[]);
select watch(array['council', 'council_seat']::regclass[]);
