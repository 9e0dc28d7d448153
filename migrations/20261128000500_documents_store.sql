-- documents: files attached to records. A document is seen by whom its record is seen by, at every moment.

-- The kinds of record that documents are attached to.
create table document_kind (
  kind text primary key,
  record_table regclass not null unique,
  room text not null,
  -- the record's column that holds its owner's number
  owner_column text not null
);
grant select on document_kind to raccordo_app;

create table document (
  id uuid primary key,
  record_kind text not null references document_kind,
  record_id uuid not null,
  room text not null,
  title text not null check (length(title) between 1 and 500),
  file_name text not null check (length(file_name) between 1 and 200),
  content_type text not null,
  size bigint not null check (size > 0),
  -- of the content, in hexadecimal
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  stored_at timestamptz not null default now(),
  uploaded_by uuid not null references organisation,
  -- what follows is the record's, kept equal by triggers
  owner_id uuid not null,
  owner_number int not null,
  visibility text not null check (visibility in ('public', 'network', 'territory', 'institutional', 'owner')),
  province_code text,
  group_number int,
  audience int not null generated always as (audience_key(visibility, province_code, owner_number, group_number)) stored,
  is_current boolean not null default true,
  removed_on date,
  version int not null default 1,
  updated_at timestamptz not null default now(),
  foreign key (owner_id, owner_number) references organisation (id, number),
  check (is_current = (removed_on is null))
);
create index document_by_record on document (record_id, stored_at desc, id);

-- A document is seen with the keys of its record's room.
alter table document enable row level security;
alter table document force row level security;
do $$
declare room text;
begin
  foreach room in array array['organisations', 'councils', 'funding', 'plans', 'projects', 'agreements'] loop
    execute format($p$create policy %1$I on document
      using (room = %2$L and ((select current_setting('raccordo.sees_all', true) = 'on')
          or audience = any ((select coalesce(nullif(current_setting(%3$L, true), ''),
                                              nullif(current_setting('raccordo.audiences', true), ''))::int[])::int[])))$p$,
      'audience_' || room, room, 'raccordo.audiences_' || room);
  end loop;
end $$;
select watch(array['document']::regclass[]);
grant select on document to raccordo_app;
grant insert, update (is_current, removed_on, version, updated_at) on document to raccordo_writer;

-- What decides who sees a record, as the caller sees it: all null where it sees none.
create function document_record(kind text, id uuid, out room text, out owner_number int, out visibility text,
  out province_code text, out group_number int, out audience int) language plpgsql stable as $$
declare k document_kind;
begin
  select * into k from document_kind d where d.kind = document_record.kind;
  if found then
    execute format('select %L, r.%I, r.visibility, r.province_code, r.group_number, r.audience from %s r where r.id = $1',
      k.room, k.owner_column, k.record_table)
      into room, owner_number, visibility, province_code, group_number, audience using id;
  end if;
end $$;

-- A new document takes it from the record, which keeps it until the commit.
create function document_takes_audience() returns trigger
language plpgsql security definer set search_path = public set raccordo.sees_all = 'on' as $$
declare k document_kind;
begin
  select * into strict k from document_kind d where d.kind = new.record_kind;
  new.room := k.room;
  execute format('select r.%I, r.visibility, r.province_code, r.group_number from %s r where r.id = $1 for share',
    k.owner_column, k.record_table)
    into strict new.owner_number, new.visibility, new.province_code, new.group_number using new.record_id;
  select o.id into strict new.owner_id from organisation o where o.number = new.owner_number;
  return new;
end $$;
create trigger document_takes_audience before insert on document
  for each row execute function document_takes_audience();

-- When it changes, the documents follow; with the record they go.
create function documents_follow() returns trigger
language plpgsql security definer set search_path = public set raccordo.sees_all = 'on' as $$
begin
  if tg_op = 'DELETE' then
    delete from document where record_kind = tg_argv[0] and record_id = old.id;
  else
    update document d set owner_id = o.id, owner_number = o.number, visibility = new.visibility,
      province_code = new.province_code, group_number = new.group_number
    from organisation o
    where d.record_kind = tg_argv[0] and d.record_id = new.id and o.number = (to_jsonb(new) ->> tg_argv[1])::int;
  end if;
  return null;
end $$;

create function keep_documents(record_table regclass, kind text, room text, owner_column text default 'owner_number')
returns void language plpgsql as $$
begin
  insert into document_kind values (kind, record_table, room, owner_column);
  execute format('create trigger documents_follow after update on %1$s for each row
    when (old.audience is distinct from new.audience or old.visibility is distinct from new.visibility
      or old.%2$I is distinct from new.%2$I)
    execute function documents_follow(%3$L, %2$L)', record_table, owner_column, kind);
  execute format('create trigger documents_end after delete on %s for each row execute function documents_follow(%L)',
    record_table, kind);
end $$;

select keep_documents('territorial_plan', 'TerritorialPlan', 'plans');
select keep_documents('project', 'Project', 'projects');
select keep_documents('agreement', 'Agreement', 'agreements');
select keep_documents('funding_call', 'FundingCall', 'funding');
-- Councils are organisations.
select keep_documents('organisation', 'Organisation', 'councils', 'number');
