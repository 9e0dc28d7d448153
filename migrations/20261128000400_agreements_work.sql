-- agreements: the work on an agreement: drafted, signed party by party, in force, renewed, left, ended.

alter table agreement
  -- what came before there were states, and what is imported, is agreed upon already
  add column status text not null default 'in_force'
    check (status in ('draft', 'signing', 'in_force', 'ended', 'withdrawn')),
  add column renews_id uuid references agreement on delete set null,
  -- who may see it once all have signed; null: as it is
  add column visibility_in_force text check (visibility_in_force in ('public', 'network', 'owner')),
  add column opened_on date,
  add column ended_on date,
  add column end_reason text;
alter table agreement_party
  add column withdrawal_reason text;

-- Without a day of signature of its own, and signed by some and not by others: still being signed.
do $$
begin
  -- Where there is none, nothing changes: not even the version of the data.
  if exists (select from agreement) then
    update agreement a set status = 'signing'
    where signed_on is null
      and exists (select from agreement_party b where b.agreement_id = a.id and b.signed_on is not null)
      and exists (select from agreement_party b where b.agreement_id = a.id and b.signed_on is null and b.withdrew_on is null);
  end if;
end $$;

alter table agreement add check (status <> 'draft' or visibility = 'owner');

-- An agreement is renewed once at a time.
create unique index agreement_renewal on agreement (renews_id) where status in ('draft', 'signing', 'in_force');
create index agreement_by_renewed on agreement (renews_id);

-- Two bodies may give the same reference: that one is taken must not tell of what another body drafts.
alter table agreement drop constraint agreement_reference_key;
create unique index agreement_reference on agreement (owner_number, reference);
create index agreement_by_reference on agreement (reference);

grant select, insert, update on agreement to raccordo_writer;
grant select, insert, update, delete on agreement_party to raccordo_writer;
