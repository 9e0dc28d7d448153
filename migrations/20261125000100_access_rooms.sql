-- access: what a caller sees may differ from room to room.
--
-- A client without the scope of a room sees there what is public; who works for an office under a delegation sees with the
-- office's eyes in the rooms that the grant names, and nowhere else. Most callers have one set of keys for all rooms:
-- raccordo.audiences. raccordo.audiences_<room>, where it is set, stands in its place in that room.

drop function protect(regclass[]);

-- The one policy, for the tables of one room. The disjunction and the sub-selects are what keep it free:
-- see docs/adr/0002-row-level-security.md before touching a character.
create function protect(room text, tables regclass[]) returns void language plpgsql as $$
declare t regclass;
begin
  foreach t in array tables loop
    execute format('alter table %s enable row level security', t);
    execute format('alter table %s force row level security', t);
    execute format('drop policy if exists audience on %s', t);
    execute format($p$create policy audience on %1$s
      using ((select current_setting('raccordo.sees_all', true) = 'on')
          or audience = any ((select coalesce(nullif(current_setting(%2$L, true), ''),
                                              nullif(current_setting('raccordo.audiences', true), ''))::int[])::int[]))$p$,
      t, 'raccordo.audiences_' || room);
  end loop;
end $$;

select protect('organisations', array['organisation', 'organisation_contact', 'organisation_register_entry']::regclass[]);
select protect('councils', array['council_seat']::regclass[]);
select protect('funding', array['funding_call']::regclass[]);
select protect('plans', array['territorial_plan', 'plan_need', 'plan_priority', 'plan_intervention']::regclass[]);
select protect('projects', array['project', 'project_participation', 'project_place', 'project_contract',
  'project_intervention']::regclass[]);
select protect('agreements', array['agreement', 'agreement_party']::regclass[]);

-- What writes for callers: as bound by the policies as what reads for them, with rights on single tables that each
-- migration grants. It never may change or remove an entry of the audit.
do $$
begin
  if not exists (select from pg_roles where rolname = 'raccordo_writer') then
    create role raccordo_writer nologin;
  end if;
  grant raccordo_app to raccordo_writer;
  if not pg_has_role(current_user, 'raccordo_writer', 'member') then
    execute format('grant raccordo_writer to %I', current_user);
  end if;
end $$;

-- Changes of who may come in are told to every hub, but are no version of the data.
create function note_access_change() returns trigger language plpgsql security definer set search_path = public as $$
begin
  perform pg_notify('raccordo_data', '0 ' || tg_table_name);
  return null;
end $$;

create function watch_access(tables regclass[]) returns void language plpgsql as $$
declare t regclass;
begin
  foreach t in array tables loop
    execute format('create trigger note_access_change after insert or update or delete or truncate on %s
      for each statement execute function note_access_change()', t);
  end loop;
end $$;
