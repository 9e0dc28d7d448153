//! What a viewer is told follows from what they may see and from nothing else: not a count, a place nor a measure.

use raccordo::access::{Settings, Viewer};
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use crate::hub::TestHub;
use crate::levels::SMALL;

/// Hide some rows of each kind, others for each number.
const HIDE: [&str; 6] = [
    "update organisation set visibility = 'owner' where id in (select id from organisation
       where kind not in ('central_authority', 'prefecture', 'territorial_council') order by md5(id::text || '{n}') limit 40)",
    "update project set visibility = 'network' where id in (select id from project order by md5(id::text || '{n}') limit 25)",
    "update agreement set visibility = 'owner' where id in (select id from agreement order by md5(id::text || '{n}') limit 4)",
    "update territorial_plan set visibility = 'institutional'
       where id in (select id from territorial_plan order by md5(id::text || '{n}') limit 2)",
    "update funding_call set visibility = 'owner' where id in (select id from funding_call order by md5(id::text || '{n}') limit 2)",
    "update council_seat set visibility = 'institutional'
       where id in (select id from council_seat order by md5(id::text || '{n}') limit 20)",
];

/// Leaves only rows that everybody may see, whatever hangs on the others.
const ONLY_PUBLIC: &str = "
set session_replication_role = replica;
do $$ declare t name; begin
  for t in select c.table_name from information_schema.columns c join information_schema.tables b using (table_schema, table_name)
           where c.table_schema = 'public' and c.column_name = 'audience' and b.table_type = 'BASE TABLE' loop
    execute format('delete from %I where audience <> 0', t);
  end loop;
end $$";

const ALL: &str = "query($scope: NetworkScope!, $hops: Int, $day: Date, $nodes: [NetworkNodeKind!], $ties: [TieKind!]) {
  network(scope: $scope, hops: $hops, asOf: $day, nodeKinds: $nodes, tieKinds: $ties) {
    nodeCount edgeCount leftOut { kind count } nodes { id name degree x y } edges { kind from to recordId validFrom validUntil }
    byProvince { unplaced ties { one other count }
      provinces { province x y organisations projects agreements interventions tiesInside tiesOutside } }
    timeline(from: \"2019-01-01\", until: \"2026-12-01\") {
      months { month nodes ties appearedNodes endedNodes appearedTies endedTies } }
    difference(since: \"2021-06-30\") { appearedNodes { id } endedNodes { id } appearedEdges { from to } endedEdges { from to }
      changedEdges { from to } appearedNodeCount endedNodeCount appearedEdgeCount endedEdgeCount changedEdgeCount }
    degree: measure(metric: DEGREE) { values } weighted: measure(metric: WEIGHTED_DEGREE) { values }
    betweenness: measure(metric: BETWEENNESS) { values standardError top(first: 5) { rank value node { id } } }
    rank: measure(metric: PAGE_RANK) { values } core: measure(metric: CORE) { values }
    community: measure(metric: COMMUNITY) { values } component: measure(metric: COMPONENT) { values }
    structure { density pairCount componentCount largestComponent isolatedCount deepestCore communityCount modularity
      communities { number size heart { id } } bridges { from to } cutNodes { id } reciprocity(tieKind: MEMBER_OF) }
    twoMode { bodies { id } affiliations { id } edges { from to } projection { one other sharedCount } }
    brokers { node { id } total coordinator representative consultant liaison }
  } }";

const PATHS: &str = "query($from: ID!, $to: ID!) { paths(from: $from, to: $to, first: 4) {
  length steps { from { id degree } to { id } edges { kind recordId } } } }";

/// The lists behind the gaps and the peers, which other rooms work out of the network and of the records.
const GAPS: &str = "query($day: Date, $basis: OverviewBasis) {
  coordinationGaps(asOf: $day, compareWith: \"2021-06-30\", basis: $basis) {
    totals { kind count countThen appeared resolved } offices { office { officeCode } counts { kind count } }
    gaps(first: 100) { totalCount nodes { kind sentence since } } resolved(first: 50) { totalCount nodes { sentence } }
    more: gaps(first: 100, kind: ISOLATED_ORGANISATION) { nodes { sentence } } }
  prefecture(by: { province: \"BO\" }) { peers(first: 5, asOf: $day) {
    office { officeCode } isBordering score factors { factor own theirs similarity } } } }";

fn question(random: &mut ChaCha8Rng, ids: &[String]) -> Value {
    let id = ids.choose(random).unwrap();
    let mut of = |several: &[Value]| several.choose(random).unwrap().clone();
    let scope = of(&[
        json!({ "national": true }),
        json!({ "region": "08" }),
        json!({ "province": "BO" }),
        json!({ "around": id }),
        json!({ "around": id }),
    ]);
    json!({
        "scope": scope,
        "hops": of(&[json!(1), json!(2), json!(3)]),
        "day": of(&[json!("2026-11-24"), json!("2024-02-29"), json!("2020-01-01")]),
        "nodes": of(&[json!(null), json!(null), json!(["ORGANISATION", "PROJECT"])]),
        "ties": of(&[json!(null), json!(null), json!(["LEADS", "PARTNER_IN", "MEMBER_OF", "SIGNATORY_OF"])]),
    })
}

fn ids(network: &Value) -> Vec<String> {
    network["nodes"].as_array().unwrap().iter().map(|node| node["id"].as_str().unwrap().into()).collect()
}

#[tokio::test]
async fn the_public_is_told_what_a_database_of_public_rows_alone_would_tell() {
    for seed in 0..2 {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let hidden: Vec<String> =
            HIDE.iter().map(|hide| hide.replace("{n}", &random.random_range(0..9999).to_string())).collect();
        let without = [hidden.clone(), vec![ONLY_PUBLIC.into()]].concat();
        let with = TestHub::altered(SMALL, Settings::default(), &hidden).await;
        let without = TestHub::altered(SMALL, Settings::default(), &without).await;
        let public = Viewer::public();
        let national = json!({ "scope": { "national": true } });
        let all = with.execute(&with.viewer("dlci").await, ALL, national.clone()).await;
        let seen = with.execute(&public, ALL, national).await;
        let (all, seen) = (ids(&all.data()["network"]), ids(&seen.data()["network"]));
        assert!(seen.len() + 60 < all.len(), "there is much that is hidden: {} of {}", seen.len(), all.len());
        for basis in ["PUBLIC", "ALL_VISIBLE"] {
            let question = json!({ "day": "2026-11-24", "basis": basis });
            let answers =
                [with.execute(&public, GAPS, question.clone()).await, without.execute(&public, GAPS, question).await];
            assert_eq!(answers[0].codes(), Vec::<&str>::new(), "{:#}", answers[0].json);
            assert_eq!(answers[0].json, answers[1].json, "seed {seed}: {basis}");
        }
        for _ in 0..12 {
            let question = question(&mut random, &all);
            let answers = [
                with.execute(&public, ALL, question.clone()).await,
                without.execute(&public, ALL, question.clone()).await,
            ];
            assert!(answers[0].json == answers[1].json, "seed {seed}: {question}");
            let ends = json!({ "from": all.choose(&mut random), "to": seen.choose(&mut random) });
            let answers =
                [with.execute(&public, PATHS, ends.clone()).await, without.execute(&public, PATHS, ends.clone()).await];
            assert_eq!(answers[0].json, answers[1].json, "seed {seed}: {ends}");
        }
    }
}
