-- search: words longer than any on record are not looked up among the spellings.
--
-- levenshtein() refuses words of more than 255 characters, and a question of 200 may hold one: unaccent makes three
-- letters of a ligature.
create or replace function search_spellings(words text[], most_edits int) returns tsquery
language sql stable set search_path = public, pg_temp set pg_trgm.similarity_threshold = 0.2 as $$
  select string_agg('(' || alternatives || ')', ' & ')::tsquery from (
    select string_agg(quote_literal(spelling), ' | ') as alternatives
    from unnest(words) asked(word), lateral (
      select asked.word
      union
      select s.word
      -- search_word holds up to 40 letters; offset 0, so that the length is tested first
      from (select asked.word where length(asked.word) <= 40 offset 0) short(word) join search_word s
        on s.word % short.word
        and levenshtein_less_equal(s.word, short.word, most_edits)
          <= least(most_edits, case when length(short.word) < 3 then 0 when length(short.word) < 6 then 1 else 2 end)
    ) meant(spelling)
    group by asked.word
  ) each_word
$$;
