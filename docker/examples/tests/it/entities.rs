use raccordo_examples::{observatory, services};
use serde_json::json;

use super::entities;

#[tokio::test]
async fn municipalities_are_found_by_code_in_the_order_asked_for() {
    let schema = services::schema().unwrap();
    let of = |code: &str, population: Option<i32>| json!({ "__typename": "Municipality", "code": code, "population": population });
    let found = entities(
        &schema,
        "... on Municipality { code serviziDesks(first: 1) { id municipality { code } } serviziDesksPerTenThousand }",
        json!([
            of("082006", Some(50_000)),
            of("037006", Some(400_000)),
            of("082006", None),
            of("999999", Some(10_000))
        ]),
    )
    .await;
    let bagheria = json!([{ "id": "pa-04", "municipality": { "code": "082006" } }]);
    let bologna = json!([{ "id": "bo-01", "municipality": { "code": "037006" } }]);
    assert_eq!(
        found,
        json!([
            { "code": "082006", "serviziDesks": bagheria, "serviziDesksPerTenThousand": 0.2 },
            { "code": "037006", "serviziDesks": bologna, "serviziDesksPerTenThousand": 0.15 },
            { "code": "082006", "serviziDesks": bagheria, "serviziDesksPerTenThousand": null },
            { "code": "999999", "serviziDesks": [], "serviziDesksPerTenThousand": 0.0 },
        ])
    );
}

#[tokio::test]
async fn what_is_not_there_is_null_and_leaves_the_others() {
    let of = |ty: &str, id: &str| json!({ "__typename": ty, "id": id });
    let desks = services::schema().unwrap();
    let desk = |id| of("ServiziDesk", id);
    let found = entities(&desks, "... on ServiziDesk { id }", json!([desk("none"), desk("rm-01")])).await;
    assert_eq!(found, json!([null, { "id": "rm-01" }]));

    let courses = observatory::schema().unwrap();
    let course = |id| of("OsservatorioCourse", id);
    let found =
        entities(&courses, "... on OsservatorioCourse { id }", json!([course("none"), course("le-2024-01")])).await;
    assert_eq!(found, json!([null, { "id": "le-2024-01" }]));
}

#[tokio::test]
async fn provinces_and_projects_lead_to_the_same_courses() {
    let schema = observatory::schema().unwrap();
    let found = entities(
        &schema,
        "... on Province { code osservatorioCourses(year: 2025, first: 1) { id project { cup } } }
         ... on Project { cup osservatorioCourses { id province { code } } }",
        json!([
            { "__typename": "Province", "code": "037" },
            { "__typename": "Project", "cup": "Z25I25000000015" },
            { "__typename": "Project", "cup": "Z00I00000000000" },
            { "__typename": "Project", "cup": null },
        ]),
    )
    .await;
    assert_eq!(
        found,
        json!([
            { "code": "037", "osservatorioCourses": [{ "id": "bo-2025-01", "project": { "cup": "Z25I25000000015" } }] },
            { "cup": "Z25I25000000015", "osservatorioCourses": [{ "id": "bo-2025-01", "province": { "code": "037" } }] },
            { "cup": "Z00I00000000000", "osservatorioCourses": [] },
            { "cup": null, "osservatorioCourses": [] },
        ])
    );
}

#[tokio::test]
async fn the_rate_is_of_courses_that_are_over() {
    let schema = observatory::schema().unwrap();
    let fields = "... on Province {
        rate: osservatorioCompletionRate(year: 2023)
        running: osservatorioCompletionRate(year: 2026)
        courses: osservatorioCourses(year: 2023) { enrolled completed }
    }";
    let found = entities(&schema, fields, json!([{ "__typename": "Province", "code": "037" }])).await;
    let sum = |field: &str| -> f64 {
        let courses = found[0]["courses"].as_array().unwrap();
        courses.iter().map(|course| course[field].as_f64().unwrap()).sum()
    };
    assert_eq!(found[0]["rate"], json!(sum("completed") / sum("enrolled")));
    assert_eq!(found[0]["running"], json!(null));
}
