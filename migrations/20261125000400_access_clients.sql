-- access: the programs of partner organisations, and the keys with which the hub signs the tokens that it issues to them.

create table client (
  id uuid primary key,
  organisation_id uuid not null,
  owner_number int not null,
  name text not null check (length(name) between 1 and 200),
  scopes text[] not null check (cardinality(scopes) > 0),
  -- how it shows who it is: a secret or a signed assertion at the hub's own token endpoint; or a token of another issuer
  authentication text not null check (authentication in ('secret', 'private_key_jwt', 'external')),
  -- its public keys (RFC 7517), for assertions
  jwks jsonb,
  -- as the other issuer names it: the issuer's name in the settings; client_id, or the consumer of a PDND voucher
  external_issuer text,
  external_subject text,
  -- of a PDND voucher
  external_purpose text,
  requests_per_minute int not null check (requests_per_minute between 1 and 100000),
  cost_per_minute int not null check (cost_per_minute between 1 and 100000000),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  -- kept to the minute
  last_used_at timestamptz,
  version int not null default 1,
  audience int not null generated always as (audience_key('owner', null, owner_number, null)) stored,
  foreign key (organisation_id, owner_number) references organisation (id, number),
  check ((authentication = 'private_key_jwt') = (jwks is not null)),
  check ((authentication = 'external') = (external_issuer is not null and external_subject is not null)),
  check (external_purpose is null or authentication = 'external')
);
create unique index client_external on client (external_issuer, external_subject, coalesce(external_purpose, ''))
  where revoked_at is null;
create index client_by_organisation on client (organisation_id, created_at, id);

-- Two at the most are in force, so that a client changes to the new one while the old one still works.
create table client_secret (
  id uuid primary key,
  client_id uuid not null references client on delete cascade,
  owner_number int not null,
  -- argon2id, in the PHC string format
  hash text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  audience int not null generated always as (audience_key('owner', null, owner_number, null)) stored
);
create index client_secret_by_client on client_secret (client_id, created_at);

-- An assertion is taken once (RFC 7523, section 3, item 7).
create table client_assertion (
  client_id uuid not null references client on delete cascade,
  identifier_hash bytea not null,
  expires_at timestamptz not null,
  primary key (client_id, identifier_hash)
);
create index client_assertion_by_expiry on client_assertion (expires_at);

-- Published before it signs, and published until the last token that it signed is over.
create table signing_key (
  kid text primary key,
  algorithm text not null check (algorithm in ('ES256', 'EdDSA')),
  public_jwk jsonb not null,
  -- encrypted under the hub's own key, which is not in the database
  private_key bytea not null,
  created_at timestamptz not null default now(),
  signs_from timestamptz not null,
  -- no longer signs
  signs_until timestamptz,
  published_until timestamptz
);

select protect('people', array['client', 'client_secret']::regclass[]);
select watch_access(array['client', 'client_secret', 'signing_key']::regclass[]);
grant select on client to raccordo_app;
grant select (id, client_id, owner_number, created_at, expires_at, audience) on client_secret to raccordo_app;
grant select, insert on client, client_secret, client_assertion, signing_key to raccordo_writer;
grant update (name, scopes, jwks, external_issuer, external_subject, external_purpose, requests_per_minute, cost_per_minute,
  expires_at, revoked_at, last_used_at, version) on client to raccordo_writer;
grant update (expires_at) on client_secret to raccordo_writer;
grant delete on client_assertion to raccordo_writer;
grant update (signs_until, published_until) on signing_key to raccordo_writer;
