//! The national overview against plain counts: for every office, as the levels see it, today and in the past.

use std::collections::HashMap;

use raccordo::access::{Level, Viewer};
use serde_json::{Value, json};
use sqlx::{Executor as _, PgConnection, Row as _};

use crate::hub::TestHub;
use crate::levels::{REFERENCE, SMALL, levels, operation};

const FIGURES: [&str; 8] = [
    "organisationsCount",
    "activeProjectsCount",
    "plansInForceCount",
    "agreementsInForceCount",
    "councilSeatsFilled",
    "councilSeatsMissing",
    "uncoveredNeedsCount",
    "interventionsWithoutProjectCount",
];

/// Each office's figures (by office code) and the country's (by ''), counted office by office and row by row over the
/// records with one of these audiences.
const PLAINLY: &str = "
  with offices as (
    select o.office_code as code, o.id,
      array(select c.province_code from office_competence c where c.office_id = o.id and (
          coalesce(c.valid_from, '-infinity') <= $1 and coalesce(c.valid_until, 'infinity') >= $1
          -- provinces of another date, which have had one office only
          or not exists (select from province p where p.code = c.province_code
               and coalesce(p.valid_from, '-infinity') <= $1 and coalesce(p.valid_until, 'infinity') >= $1))) as provinces
    from organisation o where o.kind = 'prefecture'
    union all select '', null, null
  ),
  plans as (
    select * from territorial_plan where audience = any ($2) and status in ('adopted', 'in_implementation', 'closed')
      and $1 between period_from and period_until and coalesce(adopted_on, '-infinity') <= $1
  ),
  projects as (
    select * from project where audience = any ($2) and status not in ('idea', 'proposed', 'rejected', 'revoked')
      and starts_on <= $1 and coalesce(ends_on, 'infinity') >= $1
  ),
  seats as (
    select s.*, c.office_id from council_seat s join council c on c.organisation_id = s.council_id
    where s.audience = any ($2) and s.role = 'member' and s.category <> 'invited'
      and s.valid_from <= $1 and coalesce(s.valid_until, 'infinity') >= $1
  )
  select code,
    (select count(*) from organisation o where o.audience = any ($2) and (provinces is null or o.province_code = any (provinces))
       and coalesce(o.valid_from, '-infinity') <= $1 and coalesce(o.valid_until, 'infinity') >= $1),
    (select count(*) from projects j where provinces is null or exists (
       select from project_place l where l.project_id = j.id and l.province_code = any (provinces))),
    (select count(*) from plans t where offices.id is null or t.office_id = offices.id),
    (select count(*) from agreement a where a.audience = any ($2) and (provinces is null or a.province_code = any (provinces))
       and a.valid_from <= $1 and coalesce(a.valid_until, 'infinity') >= $1),
    (select count(*) from seats s where offices.id is null or s.office_id = offices.id),
    (select coalesce(sum(case when category = 'f'
         then greatest(2 - held, 2 - (select count(distinct side) from seats s where s.office_id = c.office_id and s.category = 'f'))
         else greatest(required - held, 0) end), 0)::bigint
       from (
           select c.* from council c
           where greatest(established_on,
               (select max(o.valid_from) from organisation o where o.id in (c.organisation_id, c.office_id))) <= $1 is not false
             and (select min(o.valid_until) from organisation o where o.id in (c.organisation_id, c.office_id)) >= $1 is not false
         ) c, (values ('a', 1), ('b', 1), ('c', 1), ('d', 1), ('e', 1), ('f', 2), ('g', 2), ('h', 2)) r(category, required),
         lateral (select count(*) as held from seats s where s.office_id = c.office_id and s.category = r.category) h
       where offices.id is null or c.office_id = offices.id),
    (select count(*) from plan_need n join plans t on t.id = n.plan_id where (offices.id is null or t.office_id = offices.id)
       and not exists (select from plan_intervention i join plan_priority y on y.id = i.priority_id where y.need_id = n.id)),
    (select count(*) from plan_intervention i join plans t on t.id = i.plan_id
       where (offices.id is null or t.office_id = offices.id) and not exists (
         select from project_intervention l join project j on j.id = l.project_id where l.intervention_id = i.id
           and j.audience = any ($2) and j.status in ('admitted', 'funded', 'running', 'suspended', 'closed')))
  from offices";

async fn plainly(connection: &mut PgConnection, day: &str, audiences: &[i32]) -> HashMap<String, Vec<i64>> {
    let day: chrono::NaiveDate = day.parse().unwrap();
    let rows = sqlx::query(PLAINLY).bind(day).bind(audiences).fetch_all(connection).await.unwrap();
    rows.iter().map(|row| (row.get(0), (1..=FIGURES.len()).map(|figure| row.get(figure)).collect())).collect()
}

fn figures(of: &Value) -> Vec<i64> {
    FIGURES.iter().map(|figure| of[figure].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn every_figure_of_every_office_is_what_a_plain_count_gives() {
    let hub = TestHub::with(SMALL).await;
    let mut connection = hub.maintenance().await;
    // A council of after the first day, another that ended before it, and the office of a third that began after it.
    let sql = "
        update council set established_on = '2020-01-01'
          where office_id = (select id from organisation where office_code = 'PREF-BO');
        update organisation set valid_until = '2018-12-31'
          where id = (select c.organisation_id from council c join organisation o on o.id = c.office_id
            where o.office_code = 'PREF-TO');
        update organisation set valid_from = '2020-01-01' where office_code = 'PREF-MI';
        update project set status = 'revoked' where id in (
          select id from project where status = 'running' and audience = 0 order by id limit 5)";
    connection.execute(sql).await.unwrap();
    let all = FIGURES.join(" ");
    let query = format!(
        "query($day: Date) {{ nationalOverview(asOf: $day) {{
           asOf basis dataVersion totals {{ {all} }} offices {{ office {{ officeCode }} {all} }} }} }}"
    );
    let version: i64 =
        sqlx::query_scalar("select max(version) from data_change").fetch_one(&mut connection).await.unwrap();
    let mut answers = Vec::new();
    for day in ["2019-06-30", "2026-11-24"] {
        for name in levels() {
            let viewer = hub.viewer(name).await;
            let answer = hub.execute(&viewer, &query, json!({ "day": day })).await;
            assert_eq!(answer.statements, 1);
            let overview = &answer.data()["nationalOverview"];
            let (basis, audiences) = match viewer.level {
                Level::National => ("ALL_VISIBLE", viewer.sight.common().to_vec()),
                _ => ("PUBLIC", vec![0]),
            };
            assert_eq!(overview["basis"], basis, "{name}");
            assert_eq!(overview["asOf"], day);
            assert_eq!(overview["dataVersion"], version);
            let expected = plainly(&mut connection, day, &audiences).await;
            let offices = overview["offices"].as_array().unwrap();
            assert_eq!(offices.len(), 106);
            for office in offices {
                let code = office["office"]["officeCode"].as_str().unwrap();
                assert_eq!(figures(office), expected[code], "{code} as {name} on {day}");
            }
            assert_eq!(figures(&overview["totals"]), expected[""], "the country as {name} on {day}");
            let zeros = figures(&overview["totals"]).iter().filter(|figure| **figure == 0).count();
            assert!(
                zeros == 0 || day == "2019-06-30" && zeros <= 2,
                "there is something to count: {}",
                overview["totals"]
            );
            answers.push((day, viewer.level, overview.clone()));
        }
    }
    let of = |day: &str, level| &answers.iter().find(|answer| answer.0 == day && answer.1 == level).unwrap().2;
    let today = "2026-11-24";
    assert_eq!(
        of(today, Level::Prefecture),
        of(today, Level::Public),
        "whoever is below the national level compares alike"
    );
    assert_ne!(of(today, Level::National), of(today, Level::Public), "the national level sees more than the public");
    assert_ne!(of(today, Level::Public)["totals"], of("2019-06-30", Level::Public)["totals"], "the past differs");
}

#[tokio::test]
async fn only_the_figures_asked_for_are_counted() {
    let hub = TestHub::with(SMALL).await;
    let viewer = hub.viewer("dlci").await;
    for (selection, statements) in [
        ("asOf basis offices { office { name } provinces { name } council { name } }", 0),
        ("offices { office { name } organisationsCount activeProjectsCount }", 1),
    ] {
        let query = format!("{{ nationalOverview {{ {selection} }} }}");
        let answer = hub.execute(&viewer, &query, Value::Null).await;
        answer.data();
        assert_eq!(answer.statements, statements, "{selection}");
    }
    let query = "{ nationalOverview { offices { ...f } totals { many: plansInForceCount } } }
        fragment f on OfficeOverview { councilSeatsMissing }";
    let answer = hub.execute(&viewer, query, Value::Null).await;
    assert_eq!(answer.statements, 1);
    let overview = &answer.data()["nationalOverview"];
    assert!(overview["totals"]["many"].as_i64() > Some(0), "an alias is counted");
    assert!(overview["offices"][0]["councilSeatsMissing"].as_i64() > Some(0), "a fragment is counted");

    let answer = hub.execute(&viewer, &operation("national"), Value::Null).await;
    answer.data();
    assert!(answer.statements <= 4, "{} statements", answer.statements);
}

#[tokio::test]
async fn provinces_and_records_follow_the_reform_of_2026() {
    let hub = TestHub::with(REFERENCE).await;
    // A body in a province that ended, in the one that Cagliari covered, and in one that began.
    let sql = "insert into organisation (id, kind, name, province_code, visibility, source)
        select gen_random_uuid(), 'other_organisation', 'Ente di ' || code, code, 'public', 'test'
        from unnest(array['092', '111', '118']) code";
    hub.maintenance().await.execute(sql).await.unwrap();
    let query = "query($day: Date) { nationalOverview(asOf: $day) {
        offices(region: \"20\") { office { officeCode } provinces { code } organisationsCount } } }";
    for (day, provinces) in [("2025-12-31", json!(["092", "111"])), ("2026-01-01", json!(["117", "118", "119"]))] {
        let answer = hub.execute(&Viewer::public(), query, json!({ "day": day })).await;
        let offices = answer.data()["nationalOverview"]["offices"].as_array().unwrap();
        assert_eq!(offices.len(), 4, "{offices:?}");
        let cagliari = offices.iter().find(|office| office["office"]["officeCode"] == "PREF-CA").unwrap();
        let codes: Vec<_> =
            cagliari["provinces"].as_array().unwrap().iter().map(|province| &province["code"]).collect();
        assert_eq!(json!(codes), provinces, "{day}");
        // The office and its council are seated there too.
        assert_eq!(cagliari["organisationsCount"], 5, "{day}: no body is lost with its province");
    }
}
