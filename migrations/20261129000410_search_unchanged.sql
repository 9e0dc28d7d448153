-- search: documents follow the records by statements that are planned once, and a change that a document does not tell of
-- costs it next to nothing.

-- A statement that is put together when it runs is planned each time, and that takes longer than to run it. So each kind has
-- a function that refreshes its documents, and each table one that follows it.
drop function follow_in_search() cascade;
drop function keep_in_search(regclass, text, text);
drop function refresh_search(text, uuid[]);

-- To stem what a document says is the dear part: only documents that say something else are written, and each once, for an
-- insert that ends as an update stems twice.
create function make_refresh_search(kind text) returns void language plpgsql as $make$
begin
  execute format($function$
    create function refresh_search_%1$s(ids uuid[]) returns void language plpgsql as $$
    begin
      with said as materialized (
        select s.*, d.id is not null as is_held, d.audience as held_by,
          (d.title, d.aliases, d.body, d.is_synthetic) is distinct from (s.title, s.aliases, s.body, s.is_synthetic) as is_new
        from unnest(ids) t(id) join search_source_%1$s s on s.id = t.id left join search_document d on d.id = s.id),
      moved as (
        update search_document d set audience = s.audience from said s
        where d.id = s.id and s.is_held and not s.is_new and s.held_by is distinct from s.audience),
      rewritten as (
        update search_document d set (audience, title, aliases, body, is_synthetic)
          = (s.audience, s.title, s.aliases, s.body, s.is_synthetic)
        from said s where d.id = s.id and s.is_held and s.is_new
        returning d.words),
      added as (
        insert into search_document (id, kind, key, audience, title, aliases, body, is_synthetic)
        select id, kind, key, audience, title, aliases, body, is_synthetic from said where not is_held
        on conflict (id) do update set (audience, title, aliases, body, is_synthetic)
          = (excluded.audience, excluded.title, excluded.aliases, excluded.body, excluded.is_synthetic)
        returning words),
      dropped as (
        delete from search_document d using unnest(ids) t(id)
        where d.id = t.id and t.id not in (select s.id from said s))
      insert into search_word
        select distinct w.word from (table rewritten union all table added) n cross join unnest(tsvector_to_array(n.words)) w(word)
        where length(w.word) between 3 and 40 and w.word !~ '[^[:alpha:]]'
      on conflict do nothing;
    end $$
  $function$, kind);
end $make$;
select make_refresh_search(kind) from unnest(array['organisation', 'project', 'territorial_plan', 'agreement', 'funding_call',
  'programme_node', 'region', 'province', 'municipality']) kind;
drop function make_refresh_search(text);

-- Runs after each statement, for all its rows at once. `id` is the expression over the table's columns that is the document's
-- id. It sees every row: what a writer may not read still has its document. A row in which nothing but its version changed
-- says what it said: a deed to a part changes its record's row so.
--
-- The plan is made when the first row comes, and must do for thousands: hence by the indexes, wherever there is one.
create function keep_in_search(followed regclass, kind text, id text) returns void language plpgsql as $make$
declare
  event record;
begin
  execute format($function$
    create function follow_%1$s_in_search() returns trigger language plpgsql security definer
    set search_path = public, pg_temp set raccordo.sees_all = 'on' set plan_cache_mode = force_generic_plan
    set enable_seqscan = off as $$
    declare
      ids uuid[];
    begin
      case tg_op
        when 'INSERT' then ids := array(select distinct %3$s from changed);
        when 'DELETE' then ids := array(select distinct %3$s from gone);
        when 'UPDATE' then
          ids := array(
            with now as (select %3$s as id, to_jsonb(c) - array['version', 'updated_at'] as row from changed c),
              before as (select %3$s as id, to_jsonb(g) - array['version', 'updated_at'] as row from gone g)
            select n.id from (table now except table before) n union select b.id from (table before except table now) b);
        else ids := array(select d.id from search_document d where d.kind = %2$L);
      end case;
      if cardinality(ids) > 0 then
        perform refresh_search_%2$s(ids);
      end if;
      return null;
    end $$
  $function$, followed, kind, id);
  for event in
    select * from (values
      ('insert', 'referencing new table as changed'),
      ('update', 'referencing old table as gone new table as changed'),
      ('delete', 'referencing old table as gone'),
      ('truncate', '')) e(name, referencing)
  loop
    execute format('create trigger follow_in_search_on_%1$s after %1$s on %2$s %3$s
      for each statement execute function follow_%2$s_in_search()', event.name, followed, event.referencing);
  end loop;
end $make$;
select keep_in_search('organisation', 'organisation', 'id');
select keep_in_search('project', 'project', 'id');
select keep_in_search('project_contract', 'project', 'project_id');
select keep_in_search('territorial_plan', 'territorial_plan', 'id');
select keep_in_search('plan_need', 'territorial_plan', 'plan_id');
select keep_in_search('plan_priority', 'territorial_plan', 'plan_id');
select keep_in_search('plan_intervention', 'territorial_plan', 'plan_id');
select keep_in_search('agreement', 'agreement', 'id');
select keep_in_search('funding_call', 'funding_call', 'id');
select keep_in_search('programme_node', 'programme_node', $$search_id('programme_node', code)$$);
select keep_in_search('region', 'region', $$search_id('region', code)$$);
select keep_in_search('province', 'province', $$search_id('province', code)$$);
select keep_in_search('municipality', 'municipality', $$search_id('municipality', code)$$);
