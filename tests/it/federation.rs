//! The hub as a subgraph: its records are found by their keys, many at once, under the same access rules.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
use raccordo::access::Viewer;
use raccordo::access::persona::stable_id;
use raccordo::graphql::NodeId;
use raccordo::schema::definition;
use serde_json::{Value, json};

use crate::hub::TestHub;
use crate::levels::{SMALL, levels};

/// Keys beside the id. A municipality's cadastral code and a province's abbreviation are none: each can
/// belong to two records, one before and one after a reform.
const NATURAL_KEYS: [(&str, &[&str]); 18] = [
    ("Region", &["code"]),
    ("Province", &["code"]),
    ("Municipality", &["code"]),
    ("ProgrammeNode", &["code"]),
    ("FundingCall", &["reference"]),
    ("Project", &["cup", "localCode"]),
    ("Agreement", &["reference"]),
    ("CentralAuthority", &["fiscalCode", "ipaCode"]),
    ("Prefecture", &["fiscalCode", "ipaCode", "officeCode"]),
    ("TerritorialCouncil", &["fiscalCode", "ipaCode"]),
    ("LocalAuthority", &["fiscalCode", "ipaCode"]),
    ("PublicBody", &["fiscalCode", "ipaCode"]),
    ("ThirdSectorOrganisation", &["fiscalCode", "ipaCode", "runtsNumber"]),
    ("SocialPartner", &["fiscalCode", "ipaCode"]),
    ("ForeignersAssociation", &["fiscalCode", "ipaCode"]),
    ("EconomicBody", &["fiscalCode", "ipaCode"]),
    ("ReligiousBody", &["fiscalCode", "ipaCode"]),
    ("OtherOrganisation", &["fiscalCode", "ipaCode"]),
];

#[test]
fn every_record_has_its_id_and_its_natural_keys_as_keys() {
    let mut keys: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for definition in parse_schema(definition(true)).expect("the definition is valid").definitions {
        let TypeSystemDefinition::Type(found) = definition else { continue };
        let TypeKind::Object(object) = &found.node.kind else { continue };
        let of_type = found.node.directives.iter().filter(|directive| directive.node.name.node == "key");
        let fields = |argument: &async_graphql::Value| argument.clone().into_json().ok()?.as_str().map(str::to_owned);
        let of_type: Vec<_> = of_type.filter_map(|key| fields(&key.node.get_argument("fields")?.node)).collect();
        if object.implements.iter().any(|interface| interface.node == "Node") {
            assert!(of_type.contains(&"id".to_owned()), "{} has no key by id", found.node.name.node);
        }
        keys.insert(found.node.name.node.to_string(), of_type);
    }
    for (name, natural) in NATURAL_KEYS {
        let expected: Vec<&str> = ["id"].into_iter().chain(natural.iter().copied()).collect();
        assert_eq!(keys[name], expected, "{name}");
    }
}

/// Up to eight records that anybody may see and seven that not everybody may, of each type and key.
const RECORDS: &str = "
    select name, key, value, audience from (
      select name, key, value, audience,
             row_number() over (partition by name, key, audience = 0 order by value) as place
      from (select 'Project' as name, 'id' as key, id::text as value, audience from project
            union all select 'Project', 'cup', cup, audience from project where cup is not null
            union all select 'TerritorialPlan', 'id', id::text, audience from territorial_plan
            union all select 'ThirdSectorOrganisation', 'id', id::text, audience from organisation
              where kind = 'third_sector_organisation'
            union all select 'ThirdSectorOrganisation', 'fiscalCode', fiscal_code, audience from organisation
              where kind = 'third_sector_organisation' and fiscal_code is not null
            union all select 'FundingCall', 'reference', reference, audience from funding_call
            union all select 'Agreement', 'reference', reference, audience from agreement where reference is not null
      ) records) placed
    where place <= case audience when 0 then 8 else 7 end";

const ENTITIES: &str = "query($representations: [_Any!]!) { _entities(representations: $representations) {
  __typename
  ... on Project { id cup title }
  ... on TerritorialPlan { id title }
  ... on ThirdSectorOrganisation { id fiscalCode name }
  ... on FundingCall { callReference: reference title }
  ... on Agreement { agreementReference: reference title }
} }";

#[tokio::test]
async fn a_hundred_entities_cost_one_statement_for_each_type_and_key_and_hidden_ones_are_null() {
    let hub = TestHub::with(SMALL).await;
    let records: Vec<(String, String, String, i32)> =
        sqlx::query_as(RECORDS).fetch_all(&mut hub.maintenance().await).await.unwrap();
    let representations: Vec<Value> = records
        .iter()
        .map(|(name, key, value, _)| {
            let kind = if name == "ThirdSectorOrganisation" { "Organisation" } else { name };
            let value = if key == "id" { NodeId::new(kind, value).id().to_string() } else { value.clone() };
            json!({ "__typename": name, key: value })
        })
        .collect();
    let kinds: BTreeSet<_> = records.iter().map(|(name, key, _, audience)| (name, key, *audience == 0)).collect();
    assert_eq!(kinds.len(), 2 * 7, "open and hidden records for each of seven keys");
    assert!((95..=105).contains(&records.len()), "{} records", records.len());

    for level in levels() {
        let viewer = hub.viewer(level).await;
        let answer = hub.execute(&viewer, ENTITIES, json!({ "representations": representations })).await;
        let entities = answer.data()["_entities"].as_array().unwrap().clone();
        assert_eq!(entities.len(), records.len());
        for ((entity, representation), (.., audience)) in entities.iter().zip(&representations).zip(&records) {
            assert_eq!(entity.is_null(), !viewer.sight.common().contains(audience), "{representation} as {level}");
            if !entity.is_null() {
                let (key, value) =
                    representation.as_object().unwrap().iter().find(|(key, _)| *key != "__typename").unwrap();
                let told = match (key.as_str(), entity["__typename"].as_str().unwrap()) {
                    ("reference", "FundingCall") => &entity["callReference"],
                    ("reference", _) => &entity["agreementReference"],
                    (key, _) => &entity[key],
                };
                assert_eq!(told, value, "{representation}");
            }
        }
        assert_eq!(answer.statements, 7, "as {level}");
    }
}

#[tokio::test]
async fn a_thousand_entities_cost_one_statement_for_each_type_and_key() {
    let hub = TestHub::with(SMALL).await;
    let records: Vec<(String, String, String)> = sqlx::query_as(
        "(select 'Project', 'Project', id::text from project where audience = 0 limit 300)
         union all (select 'ThirdSectorOrganisation', 'Organisation', id::text from organisation
           where kind = 'third_sector_organisation' and audience = 0 limit 350)
         union all (select 'LocalAuthority', 'Organisation', id::text from organisation
           where kind = 'local_authority' and audience = 0 limit 350)",
    )
    .fetch_all(&mut hub.maintenance().await)
    .await
    .unwrap();
    assert_eq!(records.len(), 1000);
    let represented =
        |(name, kind, id): &(String, String, String)| json!({ "__typename": name, "id": NodeId::new(kind, id).id() });
    let representations: Vec<Value> = records.iter().map(represented).collect();
    let query = "query($all: [_Any!]!) { _entities(representations: $all) {
        __typename ... on Project { id } ... on ThirdSectorOrganisation { id } ... on LocalAuthority { id } } }";
    let answer = hub.execute(&Viewer::public(), query, json!({ "all": representations })).await;
    assert_eq!(answer.data()["_entities"], json!(representations));
    // Towns are organisations like the others: one statement finds both.
    assert_eq!(answer.statements, 2);
}

#[tokio::test]
async fn a_key_that_is_nobodys_or_another_types_is_null_and_a_broken_one_is_refused() {
    let hub = TestHub::with(SMALL).await;
    let ask = async |representation: Value| {
        let query = "query($one: [_Any!]!) { _entities(representations: $one) { __typename } }";
        hub.execute(&Viewer::public(), query, json!({ "one": [representation] })).await
    };
    let found = ask(json!({ "__typename": "Prefecture", "officeCode": "PREF-BO" })).await;
    assert_eq!(found.data()["_entities"], json!([{ "__typename": "Prefecture" }]));
    let office = NodeId::new("Organisation", stable_id("office:PREF-BO")).id().to_string();
    for nobodys in [
        json!({ "__typename": "Project", "cup": "X00X00000000000" }),
        json!({ "__typename": "Region", "code": "99" }),
        json!({ "__typename": "PublicBody", "id": office }),
    ] {
        assert_eq!(ask(nobodys.clone()).await.data()["_entities"], json!([null]), "{nobodys}");
    }
    let broken = ask(json!({ "__typename": "Project", "id": "UHJvamVjdA" })).await;
    assert_eq!(broken.codes(), ["BAD_USER_INPUT"]);
}
