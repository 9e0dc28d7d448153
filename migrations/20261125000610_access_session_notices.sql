-- access: hubs are told what decides who may come in. That a session was seen (each minute), that one began, or that a
-- name was refreshed at a sign-in changes nobody's rights: it must not make every hub forget all of its sessions.

drop trigger note_access_change on browser_session;
create trigger note_access_change after update of secret_hash, membership_id, delegation_id, expires_at, ended_at or delete
  or truncate on browser_session for each statement execute function note_access_change();
drop trigger note_access_change on account;
create trigger note_access_change after update of erased_at or delete or truncate
  on account for each statement execute function note_access_change();
