use serde_json::json;

use super::*;
use crate::federation::ownership::HubSchema;

const SDL: &str = "
    type Query { xDesks: [XDesk!] xDesk: XDesk xPlaces: [XPlace] xSeats: [Municipality!] xRooms: [XRoom!] }
    type XDesk @key(fields: \"id\") { id: ID! name: String! home: Municipality seat: Municipality! kind: XKind seats: Int open: [Boolean!] place: XPlace rate: Float any: XAny }
    enum XKind { LEGAL HEALTH }
    union XPlace = XRoom | XStreet
    type XRoom { floor: Int! home: Municipality }
    type XStreet { name: String! }
    scalar XAny
    type Municipality @key(fields: \"id\") { id: ID! population: Int @external
      xDesks: [XDesk!] xRate: Float @requires(fields: \"population\") }";

fn schema() -> PartnerSchema {
    PartnerSchema::read(SDL).unwrap()
}

fn hub() -> HubSchema {
    HubSchema::read("type Municipality @key(fields: \"id\") @key(fields: \"code\") { id: ID! code: String! }").unwrap()
}

fn question(text: &str, variables: Json) -> Result<Question, String> {
    let Json::Object(variables) = variables else { panic!("an object") };
    Question::read((&schema(), &hub()), text, None, variables).map_err(|unfit| unfit.rule.to_owned())
}

fn fitted(question: &Question, given: Json) -> Option<(Json, Vec<String>)> {
    let Json::Object(given) = given else { panic!("an object") };
    let (schema, hub) = (schema(), hub());
    let answer = Answer::fitted(question, (&schema, &hub), given)?.as_seen(question, (&schema, &hub), &[]);
    let told = |(reason, path): (Reason, Option<Vec<Json>>)| match path {
        Some(path) => format!("{} {}", reason.code(), Json::Array(path)),
        None => reason.code().to_owned(),
    };
    Some((answer.data, answer.failures.into_iter().map(told).collect()))
}

/// What becomes of an answer to a question without variables.
fn told(text: &str, data: Json) -> (Json, Vec<String>) {
    fitted(&question(text, json!({})).unwrap(), json!({ "data": data })).unwrap()
}

#[test]
fn what_keeps_to_the_question_and_the_types_is_passed_on() {
    let text =
        "query { first: xDesk { ...Desk } xPlaces { __typename ... on XRoom { floor } ... on XStreet { name } } }
        fragment Desk on XDesk { id name kind seats open rate any }";
    let desk =
        json!({ "id": 7, "name": "A", "kind": "LEGAL", "seats": null, "open": [true], "rate": 1, "any": { "a": [1] } });
    let places = json!([{ "__typename": "XRoom", "floor": 1 }, { "__typename": "XStreet", "name": "Via" }, null]);
    let (data, failures) = told(text, json!({ "first": desk, "xPlaces": places, "secret": 1 }));
    let mut expected = desk.clone();
    expected["id"] = json!("7");
    assert_eq!(data, json!({ "first": expected, "xPlaces": places }), "and what was not asked is left out");
    assert_eq!(failures, [""; 0]);
    // A union without a word of which is told by what it has.
    let (data, _) = told(
        "{ xPlaces { ... on XRoom { floor } ... on XStreet { name } } }",
        json!({ "xPlaces": [{ "name": "Via" }] }),
    );
    assert_eq!(data, json!({ "xPlaces": [{ "name": "Via" }] }));
}

#[test]
fn a_lie_about_types_is_null_where_it_may_be_and_told_with_its_place() {
    let cases = [
        (
            "{ xDesk { seats } }",
            json!({ "xDesk": { "seats": "many" } }),
            json!({ "xDesk": { "seats": null } }),
            "[\"xDesk\",\"seats\"]",
        ),
        (
            "{ xDesk { seats } }",
            json!({ "xDesk": { "seats": 3_000_000_000_u64 } }),
            json!({ "xDesk": { "seats": null } }),
            "[\"xDesk\",\"seats\"]",
        ),
        ("{ xDesk { seats } }", json!({ "xDesk": {} }), json!({ "xDesk": { "seats": null } }), "[\"xDesk\",\"seats\"]"),
        (
            "{ xDesk { kind } }",
            json!({ "xDesk": { "kind": "OTHER" } }),
            json!({ "xDesk": { "kind": null } }),
            "[\"xDesk\",\"kind\"]",
        ),
        ("{ xDesk { name } }", json!({ "xDesk": { "name": 1 } }), json!({ "xDesk": null }), "[\"xDesk\",\"name\"]"),
        (
            "{ xDesk { open } }",
            json!({ "xDesk": { "open": [true, "no"] } }),
            json!({ "xDesk": { "open": null } }),
            "[\"xDesk\",\"open\",1]",
        ),
        (
            "{ xDesk { open } }",
            json!({ "xDesk": { "open": true } }),
            json!({ "xDesk": { "open": null } }),
            "[\"xDesk\",\"open\"]",
        ),
        (
            "{ xDesks { name } }",
            json!({ "xDesks": [{ "name": "A" }, { "name": [] }] }),
            json!({ "xDesks": null }),
            "[\"xDesks\",1,\"name\"]",
        ),
        ("{ xDesk { name } }", json!({ "xDesk": "Bologna" }), json!({ "xDesk": null }), "[\"xDesk\"]"),
        (
            "{ xPlaces { ... on XRoom { floor } } }",
            json!({ "xPlaces": [{ "__typename": "Municipality", "floor": 1 }] }),
            json!({ "xPlaces": [null] }),
            "[\"xPlaces\",0]",
        ),
    ];
    for (text, given, expected, place) in cases {
        let (data, failures) = told(text, given.clone());
        assert_eq!((data, failures), (expected, vec![format!("WRONG_TYPE {place}")]), "{text} {given}");
    }
    let (data, failures) = told("{ xDesk { name } }", json!({ "xDesk": { "name": null } }));
    assert_eq!(
        (data, failures.len()),
        (json!({ "xDesk": null }), 1),
        "null where it may not be takes the object with it"
    );
}

#[test]
fn what_is_not_included_is_not_missed() {
    let text = "query($a: Boolean = false) { xDesk { name seats @include(if: $a) kind @skip(if: true) } }";
    let (data, failures) = told(text, json!({ "xDesk": { "name": "A" } }));
    assert_eq!((data, failures.len()), (json!({ "xDesk": { "name": "A" } }), 0));
}

#[test]
fn errors_are_told_by_their_place_without_their_words() {
    let asked = question("{ xDesk { seats } }", json!({})).unwrap();
    let errors = json!([{ "message": "select * from secret", "path": ["xDesk", "seats"], "extensions": { "stack": "at …" } },
        { "message": "x", "path": [{ "deep": 1 }] }]);
    let found = fitted(&asked, json!({ "data": { "xDesk": { "seats": null } }, "errors": errors })).unwrap();
    assert_eq!(
        found,
        (json!({ "xDesk": { "seats": null } }), vec!["ERROR [\"xDesk\",\"seats\"]".into(), "ERROR".into()])
    );
    let found = fitted(&asked, json!({ "errors": errors })).unwrap();
    assert_eq!((found.0, found.1.len()), (Json::Null, 2));
    for nonsense in [json!({}), json!({ "data": null }), json!({ "data": [] }), json!({ "data": {}, "errors": "x" })] {
        assert_eq!(fitted(&asked, nonsense.clone()), None, "{nonsense}");
    }
}

const ENTITIES_OF: &str =
    "query($r: [_Any!]!) { _entities(representations: $r) { ... on Municipality { xRate } ... on XDesk { name } } }";

#[test]
fn records_that_the_caller_does_not_see_are_not_sent_and_null_in_their_places() {
    let (schema, hub) = (schema(), hub());
    let records = json!([{ "__typename": "Municipality", "id": "a", "population": 1 }, { "__typename": "XDesk", "id": "1" },
        { "__typename": "Municipality", "id": "b", "population": 2 }]);
    let mut asked = question(ENTITIES_OF, json!({ "r": records })).unwrap();
    let of_hub = json!([{ "__typename": "Municipality", "id": "a" }, { "__typename": "Municipality", "id": "b" }]);
    assert_eq!(Json::Array(asked.records_of(&hub)), of_hub, "by their keys alone");
    asked.keep_seen(&hub, [false, true].into_iter());
    assert_eq!(asked.sent()["r"], json!([records[1], records[2]]));
    let errors = json!([{ "message": "x", "path": ["_entities", 1, "xRate"] }]);
    let found =
        fitted(&asked, json!({ "data": { "_entities": [{ "name": "A" }, { "xRate": null }] }, "errors": errors }));
    let expected = json!({ "_entities": [null, { "name": "A" }, { "xRate": null }] });
    assert_eq!(found.unwrap(), (expected, vec!["ERROR [\"_entities\",2,\"xRate\"]".into()]));
    // Too few, or of another kind than asked for: none is believed.
    let found = fitted(&asked, json!({ "data": { "_entities": [{ "name": "A" }] } })).unwrap();
    assert_eq!(found, (json!({ "_entities": [null, null, null] }), vec!["WRONG_TYPE [\"_entities\"]".into()]));
    let lie = json!({ "data": { "_entities": [{ "__typename": "Municipality", "name": "A" }, { "xRate": 1 }] } });
    assert_eq!(fitted(&asked, lie).unwrap().1, ["WRONG_TYPE [\"_entities\",1]"]);
    asked.keep_seen(&hub, std::iter::repeat(false));
    assert!(!asked.is_empty(), "the partner's own may be asked for");
    let mut asked = question(ENTITIES_OF, json!({ "r": [records[0]] })).unwrap();
    asked.keep_seen(&hub, std::iter::repeat(false));
    assert!(asked.is_empty());
    let empty = Answer::empty(&asked).as_seen(&asked, (&schema, &hub), &[]);
    assert_eq!(empty, Answer { data: json!({ "_entities": [null] }), ..Answer::default() });
}

#[test]
fn a_record_of_the_hubs_that_the_caller_does_not_see_is_absent_wherever_the_answer_points_to_it() {
    let text = "{ xDesks { name at: home { key: id xRate } } nearest: xDesk { seat { id } } xSeats { id } xRooms { home { id } } }";
    let asked = question(text, json!({})).unwrap();
    let (seen, hidden) = (json!({ "id": "a" }), json!({ "id": "b" }));
    let given = json!({ "data": {
        "xDesks": [{ "name": "A", "at": { "key": "a", "xRate": 1 } }, { "name": "B", "at": { "key": "b", "xRate": 2 } }],
        "nearest": { "seat": hidden }, "xSeats": [seen, hidden, seen], "xRooms": [{ "home": hidden }] } });
    let Json::Object(given) = given else { unreachable!() };
    let (schema, hub) = (schema(), hub());
    let answer = Answer::fitted(&asked, (&schema, &hub), given).unwrap();
    let references = ["a", "b"].map(|id| json!({ "__typename": "Municipality", "id": id }));
    assert_eq!(answer.references(), references, "each once");
    let answer = answer.as_seen(&asked, (&schema, &hub), &[true, false]);
    assert_eq!(answer.failures, [], "nothing tells of it");
    let expected = json!({
        "xDesks": [{ "name": "A", "at": { "key": "a", "xRate": 1.0 } }, { "name": "B", "at": null }],
        "nearest": null, "xSeats": [seen, seen], "xRooms": [{ "home": null }] });
    assert_eq!(answer.data.to_string(), expected.to_string().replace("1.0", "1"));
}

#[test]
fn a_record_whose_key_is_not_asked_for_is_looked_up_all_the_same() {
    let text = "{ xDesks { name home { xRate }\r\n at: seat { ...Rate } } xPlaces { ... on XRoom { home\r{ xRate } } }
        near: xDesk { home { id @include(if: false) xRate } } xDesk { seat { id } } } fragment Rate on Municipality { xRate }";
    let asked = question(text, json!({})).unwrap();
    let sent = "{ xDesks { name home { raccordoKey_id: id  xRate }\n at: seat { raccordoKey_id: id  ...Rate } } \
        xPlaces { ... on XRoom { home\n{ raccordoKey_id: id  xRate } } }
        near: xDesk { home { raccordoKey_id: id  id @include(if: false) xRate } } xDesk { seat { id } } } \
        fragment Rate on Municipality { xRate }";
    assert_eq!(asked.text, sent);
    let place = |id: &str| json!({ "raccordoKey_id": id, "xRate": 1 });
    let desk = |home: Json, seat: Json| json!({ "name": "A", "home": home, "at": seat });
    let given = json!({ "data": {
        "xDesks": [desk(place("a"), place("a")), desk(place("b"), place("a")), desk(Json::Null, place("b"))],
        "xPlaces": [{ "home": place("b") }, { "home": place("a") }],
        "near": { "home": place("b") }, "xDesk": { "seat": { "id": "a" } } } });
    let Json::Object(given) = given else { unreachable!() };
    let (schema, hub) = (schema(), hub());
    let answer = Answer::fitted(&asked, (&schema, &hub), given).unwrap();
    assert_eq!(answer.references(), ["a", "b"].map(|id| json!({ "__typename": "Municipality", "id": id })));
    let told = |seen: &[bool]| {
        let Answer { data, failures, .. } = answer.clone().as_seen(&asked, (&schema, &hub), seen);
        assert_eq!(failures, [], "nothing tells of it");
        data
    };
    let rate = json!({ "xRate": 1 });
    let all = json!({
        "xDesks": [desk(rate.clone(), rate.clone()), desk(rate.clone(), rate.clone()), desk(Json::Null, rate.clone())],
        "xPlaces": [{ "home": rate }, { "home": rate }], "near": { "home": rate }, "xDesk": { "seat": { "id": "a" } } });
    assert_eq!(told(&[true, true]), all, "and nobody learns of keys that were not asked for");
    let some = json!({
        "xDesks": null, "xPlaces": [{ "home": null }, { "home": rate }], "near": { "home": null },
        "xDesk": { "seat": { "id": "a" } } });
    assert_eq!(told(&[true, false]), some);
}

#[test]
fn what_is_said_of_a_record_that_is_not_named_is_not_passed_on() {
    let asked = question("{ xDesk { home { xRate } } }", json!({})).unwrap();
    for home in [json!({ "xRate": 1 }), json!({ "xRate": 1, "raccordoKey_id": null })] {
        let found = fitted(&asked, json!({ "data": { "xDesk": { "home": home } } })).unwrap();
        let expected = (json!({ "xDesk": { "home": null } }), vec!["WRONG_TYPE [\"xDesk\",\"home\"]".into()]);
        assert_eq!(found, expected);
    }
}

#[test]
fn a_union_with_records_of_the_hubs_is_asked_for_the_keys_of_each() {
    let schema = PartnerSchema::read(
        "type Query { xAny: [XAny] } union XAny = XRoom | Municipality | Province type XRoom { floor: Int }
         type Municipality @key(fields: \"code\") { code: String xRate: Int }
         type Province @key(fields: \"country { id }\") @key(fields: \"code number\") { code: String number: Int xRate: Int }",
    )
    .unwrap();
    let hub = HubSchema::read(
        "type Municipality @key(fields: \"code\") { code: String! }
         type Province @key(fields: \"code number\") { code: String! number: Int! }",
    )
    .unwrap();
    let text = "{ xAny { ... on XRoom { floor } ... on Municipality { xRate } } }";
    let asked = Question::read((&schema, &hub), text, None, Map::new()).map_err(|it| it.rule).unwrap();
    assert_eq!(
        asked.text,
        "{ xAny { ... on Municipality { raccordoKey_code: code }  ... on Province { raccordoKey_code: code \
         raccordoKey_number: number }  ... on XRoom { floor } ... on Municipality { xRate } } }"
    );
    let given = json!({ "data": { "xAny": [{ "raccordoKey_code": "1", "xRate": 1 }, { "floor": 2 },
        { "raccordoKey_code": "2", "raccordoKey_number": 3, "__typename": "Province" }] } });
    let Json::Object(given) = given else { unreachable!() };
    let answer = Answer::fitted(&asked, (&schema, &hub), given).unwrap();
    let references = [
        json!({ "__typename": "Municipality", "code": "1" }),
        json!({ "__typename": "Province", "code": "2", "number": 3 }),
    ];
    assert_eq!(answer.references(), references);
    let answer = answer.as_seen(&asked, (&schema, &hub), &[false, true]);
    assert_eq!(answer.data, json!({ "xAny": [null, { "floor": 2 }, {}] }));
}

#[test]
fn a_question_beyond_the_schema_or_the_terms_is_not_asked() {
    let of = |record: Json| json!({ "r": [record] });
    let good = json!({ "__typename": "Municipality", "id": "a", "population": 1 });
    assert!(question(ENTITIES_OF, of(good)).is_ok());
    let cycle = "query { xDesk { ...A } } fragment A on XDesk { ...B } fragment B on XDesk { ...A }";
    let mut many = "query { xDesk { ...F0 } }".to_owned();
    for at in 0..20 {
        many += &format!(" fragment F{at} on XDesk {{ ...F{next} ...F{next} }}", next = at + 1);
    }
    many += " fragment F20 on XDesk { id }";
    for (text, variables, rule) in [
        ("mutation { xDo }", json!({}), "NOT_A_QUERY"),
        ("{", json!({}), "NOT_A_QUERY"),
        ("query A { xDesk { id } } query B { xDesk { id } }", json!({}), "NOT_A_QUERY"),
        ("{ municipality { id } }", json!({}), "UNKNOWN_FIELD"),
        ("{ _service { sdl } }", json!({}), "UNKNOWN_FIELD"),
        ("{ __schema { types { name } } }", json!({}), "UNKNOWN_FIELD"),
        ("{ xDesk }", json!({}), "UNKNOWN_FIELD"),
        ("{ xDesk { name { id } } }", json!({}), "UNKNOWN_FIELD"),
        ("{ xDesk { ... on Nothing { id } } }", json!({}), "UNKNOWN_FIELD"),
        ("{ xDesk { home { raccordoKey_id: __typename xRate } } }", json!({}), "NAME_RESERVED"),
        (cycle, json!({}), "TOO_LARGE"),
        (&many, json!({}), "TOO_LARGE"),
        (ENTITIES_OF, json!({}), "RECORD_UNREADABLE"),
        (ENTITIES_OF, of(json!("a")), "RECORD_UNREADABLE"),
        (ENTITIES_OF, of(json!({ "id": "a" })), "RECORD_UNREADABLE"),
        ("{ _entities(representations: []) { __typename } }", json!({}), "RECORD_UNREADABLE"),
        (ENTITIES_OF, of(json!({ "__typename": "Province", "id": "a" })), "UNKNOWN_FIELD"),
        (ENTITIES_OF, of(json!({ "__typename": "Municipality", "id": "a", "name": "Bologna" })), "OUTSIDE_TERMS"),
        (ENTITIES_OF, of(json!({ "__typename": "Municipality", "id": { "name": "Bologna" } })), "OUTSIDE_TERMS"),
        (ENTITIES_OF, of(json!({ "__typename": "Municipality", "id": [{ "name": "Bologna" }] })), "OUTSIDE_TERMS"),
    ] {
        assert_eq!(question(text, variables).err().as_deref(), Some(rule), "{text}");
    }
}
