-- search: what a caller finds may differ from room to room, as what it sees does.

-- The keys that the session holds in a room; a name that is no room's gives those that hold wherever no others do.
create function audiences_in(room text) returns int[] language sql stable as $$
  select coalesce(nullif(current_setting('raccordo.audiences_' || room, true), ''),
                  nullif(current_setting('raccordo.audiences', true), ''))::int[]
$$;

create or replace function search_records(query text, words text[], kinds text[], after_rank int, after_id uuid, most int,
  with_excerpts boolean)
returns table (total bigint, id uuid, kind text, key text, title text, is_synthetic boolean, rank int, excerpt text)
language plpgsql stable security definer
set search_path = public, pg_temp set client_min_messages = warning
-- whatever the planner expects of a word, the way to its documents is the index
set enable_seqscan = off
as $$
declare
  few constant int := 5;
  asked constant tsquery := websearch_to_tsquery('raccordo', query);
  visible constant text := $q$
    ((select current_setting('raccordo.sees_all', true) = 'on')
      or d.audience = any (case d.kind
        when 'organisation' then (select audiences_in('organisations'))
        when 'project' then (select audiences_in('projects'))
        when 'territorial_plan' then (select audiences_in('plans'))
        when 'agreement' then (select audiences_in('agreements'))
        when 'funding_call' then (select audiences_in('funding'))
        else (select audiences_in('')) end))
    and ($2 is null or d.kind = any ($2))$q$;
  matching constant text := 'from search_document d where d.vector @@ $1 and ' || visible;
  found text := $q$select d.id, 1000000 + ((ts_rank('{0.1, 0.2, 0.4, 1}', d.vector, $1, 1)
    + case when d.title_key = $3 then 1 else 0 end) * 1000000)::int as rank $q$ || matching;
  -- with one letter wrong, and with two
  near tsquery;
  far tsquery;
  is_enough boolean;
begin
  -- Nothing to look for, or only what is to be absent: that would be every record.
  if querytree(asked) in ('', 'T') then
    found := 'select null::uuid as id, null::int as rank where false';
  elsif cardinality(words) > 0 then
    execute format('select count(*) = %s from (select %s limit %1$s) m', few, matching)
      into is_enough using asked, kinds;
    if not is_enough then
      words := array(select distinct unnest(tsvector_to_array(to_tsvector('raccordo_words', w))) from unnest(words) w);
      near := search_spellings(words, 1);
      far := search_spellings(words, 2);
      found := format($q$
        with exact as materialized (%s)
        select * from exact
        union all
        select d.id, ((ts_rank_cd('{0.1, 0.2, 0.4, 1}', d.words, $9, 1 | 32)
          + case when d.words @@ $8 then 1 else 0 end) * 499999)::int
        from search_document d where d.words @@ $9 and %s and d.id not in (select e.id from exact e)$q$,
        found, visible);
    end if;
  end if;
  return query execute format($q$
    with found as materialized (%s),
    page as (
      select f.id, f.rank from found f
      where $4 is null or f.rank < $4 or (f.rank = $4 and f.id > $5)
      order by f.rank desc, f.id limit $6
    )
    select (select count(*) from found), d.id, d.kind, d.key, d.title, d.is_synthetic, p.rank,
      case when $7 then ts_headline(case when p.rank < 1000000 then 'raccordo_words' else 'raccordo' end::regconfig,
        d.body, case when p.rank < 1000000 then $9 else $1 end, 'StartSel=%s, StopSel=%s, MaxFragments=2, MaxWords=30, MinWords=18, FragmentDelimiter=" … "') end
    from (values (1)) always left join (page p join search_document d on d.id = p.id) on true
    order by p.rank desc, p.id$q$, found, U&'\E000', U&'\E001')
    using asked, kinds, sort_key(query), after_rank, after_id, most, with_excerpts, near, far;
end $$;
