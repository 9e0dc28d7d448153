#!/bin/bash
# The hub's own role and database: it owns what it migrates and is no superuser.
set -euo pipefail
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" -v password="$(cat /run/secrets/hub_password)" <<'SQL'
create role raccordo login createrole password :'password';
create database raccordo owner raccordo;
SQL
