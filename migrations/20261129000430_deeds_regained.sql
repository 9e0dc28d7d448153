-- deeds: a request that waited for another one's deed may find the record in a group made meanwhile, and its caller in that.

-- The record's key, where it is that of a group in which one who holds these keys is; else null.
create function group_of_record(record_table regclass, id uuid, held int[]) returns int
language plpgsql stable security definer set search_path = public, pg_temp set raccordo.sees_all = 'on' as $$
declare
  key int;
begin
  execute format(
    'select m.group_number from %s r join audience_group_member m on m.group_number = r.audience
     where r.id = $1 and m.member = any ($2) limit 1', record_table) into key using id, held;
  return key;
end $$;
revoke execute on function group_of_record(regclass, uuid, int[]) from public;
grant execute on function group_of_record(regclass, uuid, int[]) to raccordo_writer;
