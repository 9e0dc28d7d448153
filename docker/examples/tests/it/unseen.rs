use async_graphql::Request;
use raccordo_examples::access::{Caller, Level};
use raccordo_examples::observatory;
use serde_json::Value;

use super::ask;

#[tokio::test]
async fn those_who_left_are_told_to_institutions_alone() {
    let schema = observatory::schema().unwrap();
    for (caller, is_told) in [
        (None, false),
        (Some(Caller::Public), false),
        (Some(Caller::SignedIn(Level::Partner)), false),
        (Some(Caller::SignedIn(Level::Council)), false),
        (Some(Caller::SignedIn(Level::Prefecture)), true),
        (Some(Caller::SignedIn(Level::National)), true),
    ] {
        let request = Request::new("{ osservatorioCourses(first: 200) { completed dropouts } }");
        let request = match caller {
            Some(caller) => request.data(caller),
            None => request,
        };
        let answer = ask(&schema, request).await;
        let courses = answer["data"]["osservatorioCourses"].as_array().unwrap();
        assert_eq!(courses.len(), 60);
        for course in courses {
            let is_over = course["completed"] != Value::Null;
            assert_eq!(course["dropouts"] != Value::Null, is_told && is_over, "{caller:?} {course}");
        }
    }
}
