-- access: what was done, by whom, for whom. Entries are only ever added; each holds the hash of the one before it.

create table audit_entry (
  seq bigint primary key,
  at timestamptz not null default clock_timestamp(),
  request_id text not null,
  -- e.g. invite_member, sign_in, token_issued
  action text not null check (action ~ '^[a-z_]+$'),
  outcome text not null check (outcome in ('done', 'refused', 'failed')),
  -- the rule that refused, or why it failed
  reason text,
  -- who: opaque ids, never a name; none for a caller who did not sign in
  account_id uuid,
  client_id uuid,
  -- a demonstration's persona
  persona text,
  -- for which organisation, and under which grant
  organisation_id uuid,
  delegation_id uuid,
  purpose text,
  -- what it was done to
  subject_kind text,
  subject_id uuid,
  -- the number of the organisation whose record it is
  owner_number int,
  audience int generated always as (audience_key('owner', null, owner_number, null)) stored,
  previous_hash bytea not null,
  hash bytea not null
);
create index audit_entry_by_owner on audit_entry (owner_number, seq);
create index audit_entry_by_subject on audit_entry (subject_id, seq) where subject_id is not null;
create index audit_entry_by_account on audit_entry (account_id, seq) where account_id is not null;

-- What changed: {"field": {"before": …, "after": …}}. Whoever may read the entry reads this only with a key of the record.
create table audit_change (
  seq bigint primary key references audit_entry on delete cascade,
  changes jsonb not null,
  audience int not null
);

-- Where the chain ends; where it begins since older entries were let go.
create table audit_chain (
  is_one boolean primary key default true check (is_one),
  first_seq bigint not null,
  -- the previous_hash of the first entry
  first_previous_hash bytea not null,
  last_seq bigint not null,
  last_hash bytea not null
);
insert into audit_chain (first_seq, first_previous_hash, last_seq, last_hash)
values (1, sha256('raccordo'), 0, sha256('raccordo'));

-- The bytes that an entry's hash covers: every field, with its change, after the hash before it.
create function audit_hash(entry audit_entry, changes jsonb, change_audience int) returns bytea
language sql immutable as $$
  select sha256(entry.previous_hash || convert_to(jsonb_build_array(entry.seq,
    extract(epoch from entry.at)::numeric::text, entry.request_id, entry.action, entry.outcome, entry.reason, entry.account_id,
    entry.client_id, entry.persona, entry.organisation_id, entry.delegation_id, entry.purpose, entry.subject_kind,
    entry.subject_id, entry.owner_number, changes, change_audience)::text, 'UTF8'))
$$;

-- Adds an entry; the last statement of a change, since from here to the commit no other is added.
create function add_to_audit(request_id text, action text, outcome text, reason text, account_id uuid, client_id uuid, persona text,
  organisation_id uuid, delegation_id uuid, purpose text, subject_kind text, subject_id uuid, owner_number int, changes jsonb,
  change_audience int)
returns bigint language plpgsql security definer set search_path = public, pg_temp set raccordo.sees_all = 'on' as $$
declare
  chain audit_chain;
  entry audit_entry;
begin
  select * into chain from audit_chain for update;
  entry.seq := chain.last_seq + 1;
  entry.at := clock_timestamp();
  entry.request_id := add_to_audit.request_id;
  entry.action := add_to_audit.action;
  entry.outcome := add_to_audit.outcome;
  entry.reason := add_to_audit.reason;
  entry.account_id := add_to_audit.account_id;
  entry.client_id := add_to_audit.client_id;
  entry.persona := add_to_audit.persona;
  entry.organisation_id := add_to_audit.organisation_id;
  entry.delegation_id := add_to_audit.delegation_id;
  entry.purpose := add_to_audit.purpose;
  entry.subject_kind := add_to_audit.subject_kind;
  entry.subject_id := add_to_audit.subject_id;
  entry.owner_number := add_to_audit.owner_number;
  entry.previous_hash := chain.last_hash;
  entry.hash := audit_hash(entry, changes, change_audience);
  insert into audit_entry (seq, at, request_id, action, outcome, reason, account_id, client_id, persona, organisation_id,
    delegation_id, purpose, subject_kind, subject_id, owner_number, previous_hash, hash)
  values (entry.seq, entry.at, entry.request_id, entry.action, entry.outcome, entry.reason, entry.account_id, entry.client_id,
    entry.persona, entry.organisation_id, entry.delegation_id, entry.purpose, entry.subject_kind, entry.subject_id,
    entry.owner_number, entry.previous_hash, entry.hash);
  if changes is not null then
    insert into audit_change (seq, changes, audience) values (entry.seq, changes, change_audience);
  end if;
  update audit_chain set last_seq = entry.seq, last_hash = entry.hash;
  return entry.seq;
end $$;

-- The entries before a day are let go, and the chain begins later. Never the last one.
create function let_go_of_audit(before timestamptz) returns bigint
language plpgsql security definer set search_path = public, pg_temp set raccordo.sees_all = 'on' as $$
declare
  chain audit_chain;
  first audit_entry;
  gone bigint;
begin
  select * into chain from audit_chain for update;
  select * into first from audit_entry where at >= before or seq = chain.last_seq order by seq limit 1;
  if not found then
    return 0;
  end if;
  delete from audit_entry where seq < first.seq;
  get diagnostics gone = row_count;
  update audit_chain set first_seq = first.seq, first_previous_hash = first.previous_hash;
  return gone;
end $$;

-- Entries are seen by the owner of the record, and by whoever holds the key of oversight (3).
create policy audience on audit_entry
  using ((select current_setting('raccordo.sees_all', true) = 'on')
      or (select 3 = any (coalesce(nullif(current_setting('raccordo.audiences_audit', true), ''),
                                   nullif(current_setting('raccordo.audiences', true), ''))::int[]))
      or audience = any ((select coalesce(nullif(current_setting('raccordo.audiences_audit', true), ''),
                                          nullif(current_setting('raccordo.audiences', true), ''))::int[])::int[]));
alter table audit_entry enable row level security;
alter table audit_entry force row level security;
select protect('audit', array['audit_change']::regclass[]);
grant select on audit_entry, audit_change to raccordo_app;

revoke execute on function add_to_audit(text, text, text, text, uuid, uuid, text, uuid, uuid, text, text, uuid, int, jsonb, int),
  let_go_of_audit(timestamptz) from public;
grant execute on function add_to_audit(text, text, text, text, uuid, uuid, text, uuid, uuid, text, text, uuid, int, jsonb, int)
  to raccordo_writer;
