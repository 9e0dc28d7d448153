-- search: a change that a document does not tell of costs it next to nothing.

-- To stem what a document says is the dear part: only documents that say something else are written, and each once, for an
-- insert that ends as an update stems twice.
create or replace function refresh_search(kind text, ids uuid[]) returns void language plpgsql as $$
begin
  execute format(
    'with said as materialized (
       select s.*, d.id is not null as is_held, d.audience as held_by,
         (d.title, d.aliases, d.body, d.is_synthetic) is distinct from (s.title, s.aliases, s.body, s.is_synthetic) as is_new
       from unnest($1) t(id) join search_source_%s s on s.id = t.id left join search_document d on d.id = s.id),
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
       delete from search_document d using unnest($1) t(id)
       where d.id = t.id and not exists (select from said s where s.id = t.id))
     insert into search_word
       select distinct w.word from (table rewritten union all table added) n cross join unnest(tsvector_to_array(n.words)) w(word)
       where length(w.word) between 3 and 40 and w.word !~ ''[^[:alpha:]]''
     on conflict do nothing',
    kind) using ids;
end $$;

-- A row in which nothing but its version changed says what it said: a deed to a part changes its record's row so.
create or replace function follow_in_search() returns trigger language plpgsql security definer
set search_path = public, pg_temp set raccordo.sees_all = 'on' as $$
declare
  touched text := case tg_op
    when 'INSERT' then 'select %1$s from changed'
    when 'UPDATE' then
      'with now as (select %1$s as id, to_jsonb(c) - $1 as row from changed c),
         before as (select %1$s as id, to_jsonb(g) - $1 as row from gone g)
       select id from (table now except table before) n union select id from (table before except table now) b'
    when 'DELETE' then 'select %1$s from gone'
    else 'select id from search_document where kind = %2$L'
  end;
  ids uuid[];
begin
  execute format('select array(select distinct id from (' || touched || ') t(id))', tg_argv[1], tg_argv[0]) into ids
    using array['version', 'updated_at'];
  if cardinality(ids) > 0 then
    perform refresh_search(tg_argv[0], ids);
  end if;
  return null;
end $$;
