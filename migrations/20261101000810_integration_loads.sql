-- integration: which bodies of data this installation has loaded, and in which edition.

create table data_load (
  -- 'reference': the real data of every installation; 'demonstration': the synthetic part
  part text primary key,
  -- what was loaded: a checksum of the reference data; size and seed of the demonstration
  edition text not null,
  loaded_at timestamptz not null default now()
);
