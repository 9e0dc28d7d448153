-- territory: regions, provinces, municipalities with validity. Public reference data (ISTAT, CC BY).
-- valid_from / valid_until are inclusive days; null means "since before" / "until further notice".

create table region (
  code text primary key check (code ~ '^\d{2}$'),
  name text not null,
  statute text not null check (statute in ('ordinary', 'special')),
  nuts2 text not null,
  macro_area text not null,
  capital_code text not null,
  population int
);
create table province (
  code text primary key check (code ~ '^\d{3}$'),
  -- the province as a node of the coordination network
  node_id uuid not null unique,
  uts_code text not null,
  name text not null,
  abbreviation text not null check (abbreviation ~ '^[A-Z]{2}$'),
  is_abbreviation_provisional boolean not null default false,
  region_code text not null references region,
  kind text not null,
  nuts3 text,
  population int,
  area_km2 numeric not null,
  valid_from date,
  valid_until date,
  check (valid_from <= valid_until)
);
create index province_by_region on province (region_code);
create table municipality (
  code text primary key check (code ~ '^\d{6}$'),
  name text not null,
  other_language_name text,
  cadastral_code text not null,
  province_code text not null references province,
  is_province_capital boolean not null,
  population int,
  latitude double precision not null,
  longitude double precision not null,
  area_km2 numeric not null,
  valid_from date,
  valid_until date,
  sort_key text collate "C" not null generated always as (sort_key(name)) stored
);
create index municipality_by_province on municipality (province_code, sort_key, code);
create index municipality_by_cadastral_code on municipality (cadastral_code);
create table province_adjacency (
  province_a text not null references province,
  province_b text not null references province,
  primary key (province_a, province_b)
);
grant select on region, province, municipality, province_adjacency to raccordo_app;
select watch(array['region', 'province', 'municipality', 'province_adjacency']::regclass[]);
