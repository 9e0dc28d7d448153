-- network: what a change touches is found by a statement that is planned once for each table, no more at every change.

drop function touch_network() cascade;

-- Notes the nodes that a statement on a table concerns. `touched` is a query over "changed", the rows before and after.
-- Beyond 5,000 nodes everything is read anew: that is then the shorter way. It sees every row, whoever changes one.
--
-- The plan is made when the first row comes, and must do for thousands: hence by the indexes, wherever there is one.
create function touches_network(t regclass, touched text) returns void language plpgsql as $make$
declare
  event record;
begin
  execute format($function$
    create function touch_network_by_%1$s() returns trigger language plpgsql security definer
    set search_path = public, pg_temp set raccordo.sees_all = 'on' set plan_cache_mode = force_generic_plan
    set enable_seqscan = off as $$
    declare
      most constant int := 5000;
      noted int := most + 1;
    begin
      case tg_op
        when 'INSERT' then
          insert into network_touch (node_kind, node_id)
            with changed as (table after), touched (node_kind, node_id) as (%2$s)
            select distinct node_kind, node_id from touched limit most + 1;
          get diagnostics noted = row_count;
        when 'UPDATE' then
          insert into network_touch (node_kind, node_id)
            with changed as (table before union all table after), touched (node_kind, node_id) as (%2$s)
            select distinct node_kind, node_id from touched limit most + 1;
          get diagnostics noted = row_count;
        when 'DELETE' then
          insert into network_touch (node_kind, node_id)
            with changed as (table before), touched (node_kind, node_id) as (%2$s)
            select distinct node_kind, node_id from touched limit most + 1;
          get diagnostics noted = row_count;
        else null;
      end case;
      if noted > most then
        insert into network_touch default values;
      end if;
      return null;
    end $$
  $function$, t, touched);
  for event in
    select * from (values
      ('insert', 'referencing new table as after'),
      ('update', 'referencing old table as before new table as after'),
      ('delete', 'referencing old table as before'),
      ('truncate', '')) e(name, referencing)
  loop
    execute format('create trigger touch_network_on_%1$s after %1$s on %2$s %3$s
      for each statement execute function touch_network_by_%2$s()', event.name, t, event.referencing);
  end loop;
end $make$;
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
