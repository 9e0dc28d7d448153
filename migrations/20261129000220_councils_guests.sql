-- councils: guests of a sitting may be of another territory: those who share it are the bodies of the council's province
-- and whoever is invited.

alter table sitting_invitation
  -- called without holding a seat on the day
  add column is_guest boolean not null default false;

drop function set_audience_group(int, text, int, uuid[]);

-- Makes the group of a record, or for a number given makes it have these members and no others: the owner, the bodies and,
-- where one is given, the bodies of a province. Bodies are found whoever asks: a caller that does not see one of them must
-- not shut it out.
create function set_audience_group(given int, room text, owner_number int, bodies uuid[], province_code text,
  out number int, out members int[])
language plpgsql security definer set search_path = public set raccordo.sees_all = 'on' as $$
begin
  number := given;
  if number is null then
    insert into audience_group (purpose) values (room) returning audience_group.number into number;
  end if;
  select array_agg(distinct k) into members from (
    select 1000000 + o.number from organisation o where o.id = any (bodies)
    union select 1000000 + owner_number
    union select 1000 + set_audience_group.province_code::int where set_audience_group.province_code is not null) w (k);
  delete from audience_group_member m where m.group_number = set_audience_group.number and m.member <> all (members);
  insert into audience_group_member (group_number, member) select set_audience_group.number, unnest(members)
    on conflict do nothing;
end $$;
revoke execute on function set_audience_group(int, text, int, uuid[], text) from public;
grant execute on function set_audience_group(int, text, int, uuid[], text) to raccordo_writer;
