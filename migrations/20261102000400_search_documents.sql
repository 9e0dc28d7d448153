-- search: one document for each record, derived from it by triggers, and the one function that reads them.
--
-- Full-text and trigram operators are not leakproof: below a row policy PostgreSQL does not use their indexes. So the
-- documents carry no policy and grant nothing; search_records(), which runs as their owner, applies the same test.

create extension if not exists fuzzystrmatch;

-- Words without accents and Italian endings; and as they are spelled, without accents alone.
create text search configuration raccordo (copy = italian);
alter text search configuration raccordo alter mapping for word, hword, hword_part with unaccent, italian_stem;
create text search dictionary raccordo_spelled (template = simple, stopwords = italian);
create text search configuration raccordo_words (copy = simple);
alter text search configuration raccordo_words alter mapping for asciiword, asciihword, hword_asciipart with raccordo_spelled;
alter text search configuration raccordo_words alter mapping for word, hword, hword_part with unaccent, raccordo_spelled;

-- Hyphens and slashes part words ("Integrazione/Migrazione", "2021-2027"): PostgreSQL's parser would read a path.
create function search_vector(title text, aliases text, body text)
returns tsvector language sql immutable parallel safe as $$
  select setweight(to_tsvector('public.raccordo'::regconfig, translate(title, '-/', '  ')), 'A')
      || setweight(to_tsvector('public.raccordo'::regconfig, translate(coalesce(aliases, ''), '-/', '  ')), 'B')
      || setweight(to_tsvector('public.raccordo'::regconfig, translate(coalesce(body, ''), '-/', '  ')), 'D')
$$;
create function search_words(title text, body text)
returns tsvector language sql immutable parallel safe as $$
  select setweight(to_tsvector('public.raccordo_words'::regconfig, translate(title, '-/', '  ')), 'A')
      || setweight(to_tsvector('public.raccordo_words'::regconfig, translate(coalesce(body, ''), '-/', '  ')), 'D')
$$;

create table search_document (
  -- the record's id; of a record that has a code instead, search_id()
  id uuid primary key,
  kind text not null,
  -- the record's id or code, as it stands in global ids
  key text not null,
  -- the record's audience
  audience int not null,
  title text not null,
  -- other names and codes that find the record
  aliases text,
  -- what it says
  body text,
  is_synthetic boolean not null,
  title_key text not null generated always as (sort_key(title)) stored,
  vector tsvector not null generated always as (search_vector(title, aliases, body)) stored,
  words tsvector not null generated always as (search_words(title, body)) stored
);
create index search_document_by_stem on search_document using gin (vector);
create index search_document_by_word on search_document using gin (words);

-- Every word of the documents' titles and texts, to look up what a misspelled word may have meant. A word of which no
-- document is left stays; it finds nothing.
create table search_word (
  word text primary key
);
create index search_word_by_spelling on search_word using gin (word gin_trgm_ops);

-- Id of the document of a record that has a code and no id.
create function search_id(kind text, code text) returns uuid language sql immutable parallel safe as $$
  select md5(kind || ':' || code)::uuid
$$;

-- What each kind's documents say. A plan's parts and a project's contracts carry its audience through a foreign key,
-- so their text may stand in its document.
create view search_source_organisation with (security_invoker = true) as
  select id, 'organisation' as kind, id::text as key, audience, name as title,
    concat_ws(' ', short_name, office_code, ipa_code, fiscal_code, vat_number, runts_number) as aliases,
    description as body, is_synthetic
  from organisation;
create view search_source_project with (security_invoker = true) as
  select id, 'project' as kind, id::text as key, audience, title,
    concat_ws(' ', cup, local_code, initiative_number,
      (select string_agg(c.cig, ' ' order by c.cig) from project_contract c where c.project_id = p.id)) as aliases,
    summary as body, is_synthetic
  from project p;
create view search_source_territorial_plan with (security_invoker = true) as
  select id, 'territorial_plan' as kind, id::text as key, audience, title, null as aliases,
    concat_ws(E'\n', context_analysis, objectives, resources,
      (select string_agg(concat_ws('. ', n.title, n.description), E'\n' order by n.ordinal)
       from plan_need n where n.plan_id = t.id),
      (select string_agg(concat_ws('. ', y.title, y.description), E'\n' order by y.ordinal)
       from plan_priority y where y.plan_id = t.id),
      (select string_agg(concat_ws('. ', i.title, i.description, i.expected_results), E'\n' order by i.ordinal)
       from plan_intervention i where i.plan_id = t.id)) as body,
    is_synthetic
  from territorial_plan t;
create view search_source_agreement with (security_invoker = true) as
  select id, 'agreement' as kind, id::text as key, audience, title, reference as aliases, subject as body, is_synthetic
  from agreement;
create view search_source_funding_call with (security_invoker = true) as
  select id, 'funding_call' as kind, id::text as key, audience, title, reference as aliases, null as body, is_synthetic
  from funding_call;
create view search_source_programme_node with (security_invoker = true) as
  select search_id('programme_node', code) as id, 'programme_node' as kind, code as key, 0 as audience, name as title,
    concat_ws(' ', label, code, cci, name_en) as aliases, legal_basis as body, false as is_synthetic
  from programme_node;
create view search_source_region with (security_invoker = true) as
  select search_id('region', code) as id, 'region' as kind, code as key, 0 as audience, name as title,
    null as aliases, null as body, false as is_synthetic
  from region;
create view search_source_province with (security_invoker = true) as
  select search_id('province', code) as id, 'province' as kind, code as key, 0 as audience, name as title,
    abbreviation as aliases, null as body, false as is_synthetic
  from province;
create view search_source_municipality with (security_invoker = true) as
  select search_id('municipality', code) as id, 'municipality' as kind, code as key, 0 as audience, name as title,
    concat_ws(' ', other_language_name, cadastral_code) as aliases, null as body, false as is_synthetic
  from municipality;

-- Brings documents of one kind up to date: makes and changes those whose record says something else, and drops those
-- whose record is gone.
create function refresh_search(kind text, ids uuid[]) returns void language plpgsql as $$
begin
  execute format(
    'insert into search_document as held (id, kind, key, audience, title, aliases, body, is_synthetic)
     select s.id, s.kind, s.key, s.audience, s.title, s.aliases, s.body, s.is_synthetic
     from unnest($1) t(id) join search_source_%s s on s.id = t.id
     on conflict (id) do update set
       (audience, title, aliases, body, is_synthetic)
       = (excluded.audience, excluded.title, excluded.aliases, excluded.body, excluded.is_synthetic)
     where (held.audience, held.title, held.aliases, held.body, held.is_synthetic) is distinct from
       (excluded.audience, excluded.title, excluded.aliases, excluded.body, excluded.is_synthetic)',
    kind) using ids;
  execute format(
    'delete from search_document d using unnest($1) t(id)
     where d.id = t.id and not exists (select from search_source_%s s where s.id = t.id)',
    kind) using ids;
  insert into search_word
    select distinct w.word
    from unnest(ids) t(id) join search_document d on d.id = t.id
      cross join unnest(tsvector_to_array(d.words)) w(word)
    where length(w.word) between 3 and 40 and w.word !~ '[^[:alpha:]]'
  on conflict do nothing;
end $$;

-- Runs after each statement, for all its rows at once. Arguments: kind of the documents, and the expression over the
-- table's columns that is the document's id. It sees every row: what a writer may not read still has its document.
create function follow_in_search() returns trigger language plpgsql security definer
set search_path = public, pg_temp set raccordo.sees_all = 'on' as $$
declare
  touched text := case tg_op
    when 'INSERT' then 'select %1$s from changed'
    when 'UPDATE' then 'select %1$s from changed union select %1$s from gone'
    when 'DELETE' then 'select %1$s from gone'
    else 'select id from search_document where kind = %2$L'
  end;
  ids uuid[];
begin
  execute format('select array(select distinct id from (' || touched || ') t(id))', tg_argv[1], tg_argv[0]) into ids;
  perform refresh_search(tg_argv[0], ids);
  return null;
end $$;

create function keep_in_search(followed regclass, kind text, id text) returns void language plpgsql as $$
declare
  event record;
begin
  for event in
    select * from (values
      ('insert', 'referencing new table as changed'),
      ('update', 'referencing old table as gone new table as changed'),
      ('delete', 'referencing old table as gone'),
      ('truncate', '')) e(name, referencing)
  loop
    execute format('create trigger follow_in_search_on_%s after %1$s on %s %s
      for each statement execute function follow_in_search(%L, %L)', event.name, followed, event.referencing, kind, id);
  end loop;
end $$;
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

-- The documents of what stands already.
select refresh_search(kind, array_agg(id)) from (
  select kind, id from search_source_organisation
  union all select kind, id from search_source_project
  union all select kind, id from search_source_territorial_plan
  union all select kind, id from search_source_agreement
  union all select kind, id from search_source_funding_call
  union all select kind, id from search_source_programme_node
  union all select kind, id from search_source_region
  union all select kind, id from search_source_province
  union all select kind, id from search_source_municipality
) standing group by kind;

-- What words may have been meant to be: for each of them the words spelled like it, with up to `most_edits` letters
-- wrong, none in words of two letters, one in those of three to five.
create function search_spellings(words text[], most_edits int) returns tsquery
language sql stable set search_path = public, pg_temp set pg_trgm.similarity_threshold = 0.2 as $$
  select string_agg('(' || alternatives || ')', ' & ')::tsquery from (
    select string_agg(quote_literal(spelling), ' | ') as alternatives
    from unnest(words) asked(word), lateral (
      select asked.word
      union
      select s.word from search_word s
      where s.word % asked.word
        and levenshtein_less_equal(s.word, asked.word, most_edits)
          <= least(most_edits, case when length(asked.word) < 3 then 0 when length(asked.word) < 6 then 1 else 2 end)
    ) meant(spelling)
    group by asked.word
  ) each_word
$$;

-- The records that match a question and that the session may see, the best first, with their number.
--
-- Rank: 1,000,000 and more where every word stands in the document, stemmed (2,000,000 where the title is just what is
-- asked); below where too few do (`few`) and a word spelled like each of them stands there. `query` is text for
-- websearch_to_tsquery, `words` the words whose spelling may vary (none: as asked only). There is always a first row,
-- which bears the total; its id is null when the page is empty. Excerpts mark what matched with U+E000 … U+E001.
--
-- Hidden documents are dropped before anything is counted, ranked or found too few. Spellings that only they have are
-- among those looked for, but show nowhere: a document is found by words of its own, as they are spelled in it, and
-- ts_rank_cd, unlike ts_rank, does not depend on how many words a query has that a document lacks.
create function search_records(query text, words text[], kinds text[], after_rank int, after_id uuid, most int,
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
      or d.audience = any ((select nullif(current_setting('raccordo.audiences', true), '')::int[])::int[]))
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

-- Whoever may read it reads through search_records() alone; the triggers' functions are for no caller.
revoke execute on function search_records(text, text[], text[], int, uuid, int, boolean), follow_in_search(),
  search_spellings(text[], int), refresh_search(text, uuid[]), keep_in_search(regclass, text, text) from public;
grant execute on function search_records(text, text[], text[], int, uuid, int, boolean) to raccordo_app;
