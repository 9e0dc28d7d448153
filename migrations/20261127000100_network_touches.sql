-- Which nodes of the network a change concerns: the hubs read those again, with the ties that lead to them, and nothing else.

-- A null node stands for all of them. Rows are read by the transaction that wrote them, not by a number: numbers are
-- given out before the commit, and a later one may be seen earlier.
create table network_touch (
  xid xid8 not null default pg_current_xact_id(),
  node_kind text,
  node_id uuid,
  touched_at timestamptz not null default clock_timestamp()
);
create index network_touch_by_transaction on network_touch (xid);
create index network_touch_by_time on network_touch (touched_at);

-- Notes the nodes that a statement concerns. The argument is a query over "changed", the rows before and after.
-- Beyond 5,000 nodes everything is read anew: that is then the shorter way.
create function touch_network() returns trigger language plpgsql security definer set search_path = public as $$
declare
  most constant int := 5000;
  changed text := case tg_op when 'INSERT' then 'table after' when 'DELETE' then 'table before'
    when 'UPDATE' then 'table before union all table after' end;
  noted int := most + 1;
begin
  if changed is not null then
    execute format('with changed as (%s), touched (node_kind, node_id) as (%s)
      insert into network_touch (node_kind, node_id) select distinct node_kind, node_id from touched limit %s',
      changed, tg_argv[0], most + 1);
    get diagnostics noted = row_count;
  end if;
  if noted > most then
    insert into network_touch default values;
  end if;
  return null;
end $$;

create function touches_network(t regclass, touched text) returns void language plpgsql as $$
begin
  execute format('create trigger touch_inserted after insert on %s referencing new table as after
    for each statement execute function touch_network(%L)', t, touched);
  execute format('create trigger touch_updated after update on %s referencing old table as before new table as after
    for each statement execute function touch_network(%L)', t, touched);
  execute format('create trigger touch_deleted after delete on %s referencing old table as before
    for each statement execute function touch_network(%L)', t, touched);
  execute format('create trigger touch_truncated after truncate on %s
    for each statement execute function touch_network(%L)', t, touched);
end $$;

-- A body; whom it supervises; the provinces that it is competent for.
select touches_network('organisation', $$
  select 'organisation', id from changed
  union all select 'organisation', o.id from organisation o
    where o.parent_id in (select id from changed where kind = 'central_authority')
  union all select 'province', p.node_id from office_competence c join province p on p.code = c.province_code
    where c.office_id in (select id from changed where kind = 'prefecture')$$);
select touches_network('province', $$select 'province', node_id from changed$$);
select touches_network('office_competence', $$
  select 'province', p.node_id from changed c join province p on p.code = c.province_code$$);
select touches_network('council', $$select 'organisation', organisation_id from changed$$);
select touches_network('council_seat', $$select 'organisation', council_id from changed$$);
select touches_network('funding_call', $$
  select 'project', j.id from project j where j.call_id in (select id from changed)$$);
select touches_network('territorial_plan', $$
  select 'intervention', i.id from plan_intervention i where i.plan_id in (select id from changed)$$);
select touches_network('plan_intervention', $$select 'intervention', id from changed$$);
select touches_network('project', $$select 'project', id from changed$$);
select touches_network('project_participation', $$select 'project', project_id from changed$$);
select touches_network('project_place', $$select 'project', project_id from changed$$);
select touches_network('project_intervention', $$select 'intervention', intervention_id from changed$$);
select touches_network('agreement', $$select 'agreement', id from changed$$);
select touches_network('agreement_party', $$select 'agreement', agreement_id from changed$$);
drop function touches_network;
