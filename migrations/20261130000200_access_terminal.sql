-- access: people who act from the command line. A session of their browser lets a program on the same machine in, which gets a
-- session of its own: docs/adr/0029-people-at-the-command-line.md.

alter table browser_session add is_terminal boolean not null default false;
grant select (is_terminal) on browser_session to raccordo_app;

-- What a browser granted and the program has not taken up yet: once, within a minute.
create table terminal_grant (
  -- SHA-256 of the code that the program is sent
  code_hash bytea primary key,
  -- BASE64URL(SHA-256) of the secret that only the program knows
  challenge text not null,
  -- where the code was sent
  redirect_uri text not null,
  session_id uuid not null references browser_session on delete cascade,
  expires_at timestamptz not null
);
create index terminal_grant_by_session on terminal_grant (session_id);
grant select, insert, delete on terminal_grant to raccordo_writer;
