-- deeds: the entry in the audit and the event are written by the last statement of a transaction, which comes with the
-- commit in one message. Until then they are left in a setting of the transaction, which locks nothing.

-- The bytes are the same as before. A function in SQL that is not taken into the calling statement is planned anew at each
-- call: here while the chain is held.
create or replace function audit_hash(entry audit_entry, changes jsonb, change_audience int) returns bytea
language plpgsql immutable as $$
begin
  return sha256(entry.previous_hash || convert_to(jsonb_build_array(entry.seq,
    extract(epoch from entry.at)::numeric::text, entry.request_id, entry.action, entry.outcome, entry.reason, entry.account_id,
    entry.client_id, entry.persona, entry.organisation_id, entry.delegation_id, entry.purpose, entry.subject_kind,
    entry.subject_id, entry.owner_number, changes, change_audience)::text, 'UTF8'));
end $$;

-- Adds an entry, told as {"request_id": …, …}: one member for each of the other function's arguments.
create function add_to_audit(entry jsonb) returns bigint language plpgsql set search_path = public, pg_temp as $$
begin
  return add_to_audit(entry ->> 'request_id', entry ->> 'action', entry ->> 'outcome', entry ->> 'reason',
    (entry ->> 'account_id')::uuid, (entry ->> 'client_id')::uuid, entry ->> 'persona', (entry ->> 'organisation_id')::uuid,
    (entry ->> 'delegation_id')::uuid, entry ->> 'purpose', entry ->> 'subject_kind', (entry ->> 'subject_id')::uuid,
    (entry ->> 'owner_number')::int, nullif(entry -> 'changes', 'null'), (entry ->> 'change_audience')::int);
end $$;

-- The record's key when the deed was done: by it a request that came at the same time, and holds no group made since, finds
-- what was done.
alter table idempotency_key add column audience int;

-- Writes what a deed left: {"entry": …, "deed": {"id": …, "changes": […], …}}. What needs no lock comes first; from the
-- entry to the commit, nobody else writes one. The rights are the caller's own.
create function enter_deed() returns void language plpgsql set search_path = public, pg_temp as $$
declare
  told jsonb := current_setting('raccordo.left');
  entry jsonb := told -> 'entry';
  deed jsonb := told -> 'deed';
  event record_event;
  change record_event_change;
begin
  event := jsonb_populate_record(jsonb_populate_record(null::record_event, entry), deed);
  change.room := event.room;
  change.changes := deed -> 'changes';
  change.audience := (deed ->> 'changes_audience')::int;
  if deed ->> 'key' is not null then
    update idempotency_key set record_id = event.record_id, version = event.version,
      audience = event.audience
      where caller = deed ->> 'caller' and key = deed ->> 'key';
  end if;
  event.seq := add_to_audit(entry);
  event.at := clock_timestamp();
  change.seq := event.seq;
  insert into record_event values (event.*);
  insert into record_event_change values (change.*);
end $$;

revoke execute on function add_to_audit(jsonb), enter_deed() from public;
grant execute on function add_to_audit(jsonb), enter_deed() to raccordo_writer;
