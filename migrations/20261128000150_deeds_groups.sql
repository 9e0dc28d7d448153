-- deeds: records that several bodies share have a group of these, kept in the record's own transaction.

-- Makes the group of a record, or for a number given makes it have these members and no others: the owner and the bodies.
-- Bodies are found whoever asks: a caller that does not see one of them must not shut it out.
create function set_audience_group(given int, room text, owner_number int, bodies uuid[], out number int, out members int[])
language plpgsql security definer set search_path = public set raccordo.sees_all = 'on' as $$
begin
  number := given;
  if number is null then
    insert into audience_group (purpose) values (room) returning audience_group.number into number;
  end if;
  select array_agg(distinct 1000000 + n) into members from (
    select o.number from organisation o where o.id = any (bodies) union select owner_number) w (n);
  delete from audience_group_member m where m.group_number = set_audience_group.number and m.member <> all (members);
  insert into audience_group_member (group_number, member) select set_audience_group.number, unnest(members)
    on conflict do nothing;
end $$;
revoke execute on function set_audience_group(int, text, int, uuid[]) from public;
grant execute on function set_audience_group(int, text, int, uuid[]) to raccordo_writer;

-- Who is in a group decides what callers see: every hub is told.
select watch_access(array['audience_group_member']::regclass[]);
