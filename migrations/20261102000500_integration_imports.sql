-- integration: which files were imported, and what each did. For the operator: no caller reads these tables.

create table import_run (
  number bigint primary key generated always as identity,
  kind text not null,
  file_name text not null,
  -- SHA-256
  checksum text not null,
  source text not null,
  imported_at timestamptz not null default now(),
  added bigint,
  changed bigint,
  unchanged bigint,
  refused bigint,
  undone_at timestamptz
);

-- What a row of a table was before the run and is after it; without what the database derives itself.
create table import_change (
  number bigint primary key generated always as identity,
  run bigint not null references import_run on delete cascade,
  table_name text not null,
  -- null: the run added the row
  before jsonb,
  -- null: the run removed it
  after jsonb
);
create index import_change_by_run on import_change (run, table_name);
