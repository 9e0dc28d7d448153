-- access: what is no longer needed goes, and what changes nobody's rights makes no hub forget.

-- Sessions that are over for long, and signing keys under which no token is good any more.
grant delete on browser_session, signing_key to raccordo_writer;

-- That a client was used is written down each minute.
drop trigger note_access_change on client;
create trigger note_access_change after insert or delete or truncate or update of name, scopes, jwks, external_issuer,
  external_subject, external_purpose, requests_per_minute, cost_per_minute, expires_at, revoked_at
  on client for each statement execute function note_access_change();
