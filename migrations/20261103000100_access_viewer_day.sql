-- access: the audience keys that an organisation's viewers hold on a day. The caller says which day it is: rights that
-- end by date end with the hub's day, not with the day of the server's time zone.

drop function viewer_audiences(uuid);
create function viewer_audiences(viewer uuid, day date) returns int[]
language sql stable security definer set search_path = public as $$
  with me as (select id, number, kind, province_code from organisation where id = viewer),
  provinces as (
    -- the national level: every province
    select p.code from province p, me where me.kind = 'central_authority'
    union
    -- an office: where it is competent on the day, and where it was for provinces that ended
    select c.province_code from office_competence c, me where c.office_id = me.id
    union
    select c.province_code from council c, me where c.organisation_id = me.id
    union
    -- other bodies: where they are seated, sit in a council, or work on a project under way
    select me.province_code from me
    union
    select s.province_code from council_seat s, me
    where s.organisation_id = me.id and s.valid_from <= day and (s.valid_until is null or s.valid_until >= day)
    union
    select pl.province_code from project p join project_place pl on pl.project_id = p.id, me
    where p.status in ('funded', 'running', 'suspended')
      and (p.lead_id = me.id or p.id in (select pp.project_id from project_participation pp where pp.organisation_id = me.id))
  ),
  base as (
    select 0 as key from me
    union select 1 from me
    union select 2 from me where kind in ('central_authority', 'prefecture')
    union select 1000 + code::int from provinces where code is not null
    union select 1000000 + number from me
  )
  select array_agg(key order by key) from (
    select key from base
    union
    select m.group_number from audience_group_member m join base on base.key = m.member
  ) held
$$;
revoke execute on function viewer_audiences(uuid, date) from public;
