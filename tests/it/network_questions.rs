//! Questions to the network beyond its nodes and ties: over time, from afar, by measure, by structure.

use std::collections::{BTreeMap, BTreeSet};

use raccordo::access::Viewer;
use raccordo::access::persona::stable_id;
use raccordo::graphql::NodeId;
use raccordo::http::Settings;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Executor as _};

use crate::http::Served;
use crate::hub::{Answer, TestHub};
use crate::levels::SMALL;
use crate::network::council_of_bologna;
use crate::websocket::{Socket, connect, receive, send};

async fn ask(hub: &TestHub, arguments: &str, fields: &str) -> Value {
    let answer = asked(hub, arguments, fields).await;
    assert_eq!(answer.statements, 0, "answered from memory");
    answer.data()["network"].clone()
}

async fn asked(hub: &TestHub, arguments: &str, fields: &str) -> Answer {
    hub.execute(&Viewer::public(), &format!("{{ network({arguments}) {{ {fields} }} }}"), json!({})).await
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn number(value: &Value) -> i64 {
    value.as_i64().expect("a whole number")
}

fn texts(list_: &Value, field: &str) -> Vec<String> {
    list(list_).iter().map(|item| item[field].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn each_month_stands_as_the_network_of_its_first_day() {
    let hub = TestHub::with(SMALL).await;
    for scope in ["{national: true}", "{province: \"BO\"}"] {
        let fields = "timeline(from: \"2020-03-15\", until: \"2021-02-01\") { version months {
            month nodes ties appearedNodes endedNodes appearedTies endedTies } }";
        let timeline = ask(&hub, &format!("scope: {scope}, tieKinds: [LEADS, PARTNER_IN]"), fields).await;
        let months = list(&timeline["timeline"]["months"]);
        assert_eq!(months.len(), 12);
        for (place, month) in months.iter().enumerate() {
            let arguments = format!("scope: {scope}, tieKinds: [LEADS, PARTNER_IN], asOf: {}", month["month"]);
            let then = ask(&hub, &arguments, "nodeCount edgeCount").await;
            assert_eq!([&month["nodes"], &month["ties"]], [&then["nodeCount"], &then["edgeCount"]], "{month}");
            if let Some(before) = place.checked_sub(1).map(|before| &months[before]) {
                for (stock, came, went) in
                    [("nodes", "appearedNodes", "endedNodes"), ("ties", "appearedTies", "endedTies")]
                {
                    let balance = number(&before[stock]) + number(&month[came]) - number(&month[went]);
                    assert_eq!(number(&month[stock]), balance, "{stock} of {month}");
                }
            }
        }
        assert!(months.iter().any(|month| number(&month["appearedTies"]) > 0));
    }
}

#[tokio::test]
async fn a_difference_is_what_two_days_do_not_share_and_its_order_does_not_matter() {
    let hub = TestHub::with(SMALL).await;
    let days = ["2021-06-30", "2026-11-24"];
    let mut nodes = Vec::new();
    let mut edges = Vec::new();
    for day in days {
        let arguments = format!("scope: {{region: \"08\"}}, asOf: \"{day}\"");
        let network = ask(&hub, &arguments, "nodes { id } edges { kind from to }").await;
        nodes.push(texts(&network["nodes"], "id").into_iter().collect::<BTreeSet<_>>());
        edges.push(list(&network["edges"]).iter().map(Value::to_string).collect::<BTreeSet<_>>());
    }
    let fields = |other: &str| {
        format!(
            "difference(since: \"{other}\") {{ then now appearedNodeCount endedNodeCount appearedEdgeCount endedEdgeCount
               changedEdgeCount appearedNodes {{ id }} endedNodes {{ id }} appearedEdges {{ kind from to }}
               endedEdges {{ kind from to }} changedEdges {{ kind from to }} }}"
        )
    };
    let ask = async |day: &str, since: &str| {
        ask(&hub, &format!("scope: {{region: \"08\"}}, asOf: \"{day}\""), &fields(since)).await["difference"].clone()
    };
    let difference = ask(days[1], days[0]).await;
    assert_eq!(difference, ask(days[0], days[1]).await);
    assert_eq!((&difference["then"], &difference["now"]), (&json!(days[0]), &json!(days[1])));
    for (name, expected) in [
        ("appearedNodes", nodes[1].difference(&nodes[0]).count()),
        ("endedNodes", nodes[0].difference(&nodes[1]).count()),
    ] {
        assert_eq!(list(&difference[name]).len(), expected, "{name}");
        assert!(expected > 0, "{name}");
    }
    let appeared: BTreeSet<String> = texts(&difference["appearedNodes"], "id").into_iter().collect();
    assert_eq!(appeared, nodes[1].difference(&nodes[0]).cloned().collect());
    // What is tied otherwise is neither new nor gone.
    let told: BTreeSet<String> = list(&difference["appearedEdges"]).iter().map(Value::to_string).collect();
    assert!(edges[1].difference(&edges[0]).all(|edge| told.contains(edge)));
    for (items, count) in [
        ("appearedNodes", "appearedNodeCount"),
        ("endedNodes", "endedNodeCount"),
        ("appearedEdges", "appearedEdgeCount"),
        ("endedEdges", "endedEdgeCount"),
        ("changedEdges", "changedEdgeCount"),
    ] {
        assert_eq!(list(&difference[items]).len() as i64, number(&difference[count]), "{items}");
    }
}

#[tokio::test]
async fn from_afar_each_node_and_each_tie_is_counted_once() {
    let hub = TestHub::with(SMALL).await;
    let fields = "nodeCount edgeCount nodes { id kind province } byProvince { unplaced ties { one other count }
        provinces { province name abbreviation region x y organisations projects agreements interventions
          tiesInside tiesOutside } }";
    let network = ask(&hub, "scope: {national: true}", fields).await;
    let afar = &network["byProvince"];
    let provinces = list(&afar["provinces"]);
    let total = |field: &str| provinces.iter().map(|province| number(&province[field])).sum::<i64>();
    let kinds = ["organisations", "projects", "agreements", "interventions"];
    let units = list(&network["nodes"]).iter().filter(|node| node["kind"] == "PROVINCE").count() as i64;
    let counted: i64 = kinds.iter().map(|kind| total(kind)).sum();
    assert_eq!(counted + units + number(&afar["unplaced"]), number(&network["nodeCount"]));
    let between: i64 = list(&afar["ties"]).iter().map(|tie| number(&tie["count"])).sum();
    assert_eq!(total("tiesOutside"), 2 * between);
    assert!(total("tiesInside") + between <= number(&network["edgeCount"]));
    let bologna = provinces.iter().find(|province| province["province"] == "037").unwrap();
    assert_eq!([&bologna["name"], &bologna["abbreviation"], &bologna["region"]], ["Bologna", "BO", "08"]);
    let (x, y) = (bologna["x"].as_f64().unwrap(), bologna["y"].as_f64().unwrap());
    assert!((11.0..11.9).contains(&x) && (49.4..50.2).contains(&y), "{x} {y}");
}

#[tokio::test]
async fn what_was_left_out_is_what_one_step_more_would_add() {
    let hub = TestHub::with(SMALL).await;
    let fields = "nodes { kind } leftOut { kind count }";
    let kinds = |network: &Value| {
        let mut counts: BTreeMap<String, i64> = BTreeMap::new();
        for kind in texts(&network["nodes"], "kind") {
            *counts.entry(kind).or_default() += 1;
        }
        counts
    };
    let near = ask(&hub, "scope: {province: \"MO\"}, hops: 1", fields).await;
    let far = kinds(&ask(&hub, "scope: {province: \"MO\"}, hops: 2", fields).await);
    let mut counted = kinds(&near);
    assert!(!list(&near["leftOut"]).is_empty());
    for left_out in list(&near["leftOut"]) {
        *counted.entry(left_out["kind"].as_str().unwrap().into()).or_default() += number(&left_out["count"]);
    }
    assert_eq!(counted, far);
    let national = ask(&hub, "scope: {national: true}", "leftOut { kind }").await;
    assert_eq!(national["leftOut"], json!([]));
    let bodies = ask(&hub, "scope: {national: true}, nodeKinds: [ORGANISATION]", "leftOut { kind }").await;
    assert!(texts(&bodies["leftOut"], "kind").contains(&"PROJECT".into()));
}

#[tokio::test]
async fn nodes_have_places_within_their_province_and_in_rings_around_a_centre() {
    let hub = TestHub::with(SMALL).await;
    let fields = "nodes { id x y } again: nodes { id x y } edges { from to }";
    let network = ask(&hub, "scope: {province: \"BO\"}", fields).await;
    assert_eq!(network["nodes"], network["again"]);
    for node in list(&network["nodes"]) {
        assert!(node["x"].is_f64() && node["y"].is_f64(), "{node}");
    }
    let council = council_of_bologna(&hub).await;
    let network = ask(&hub, &format!("scope: {{around: \"{council}\"}}, hops: 2"), fields).await;
    let mut rings: BTreeMap<i64, usize> = BTreeMap::new();
    for node in list(&network["nodes"]) {
        let distance = node["x"].as_f64().unwrap().hypot(node["y"].as_f64().unwrap());
        *rings.entry((distance * 100.0).round() as i64).or_default() += 1;
    }
    assert_eq!(rings.keys().copied().collect::<Vec<_>>(), [0, 100, 200], "{rings:?}");
    assert_eq!(rings[&0], 1);
    // Outside the nodes of a network nothing is drawn.
    let heart = ask(&hub, "scope: {province: \"BO\"}", "structure { cutNodes { id x } }").await;
    assert!(list(&heart["structure"]["cutNodes"]).iter().all(|node| node["x"].is_null()));
}

#[tokio::test]
async fn a_measure_gives_each_node_its_value_and_says_what_it_means() {
    let hub = TestHub::with(SMALL).await;
    let metrics = ["DEGREE", "WEIGHTED_DEGREE", "BETWEENNESS", "PAGE_RANK", "CORE", "COMMUNITY", "COMPONENT"];
    let measures: Vec<String> = metrics
        .iter()
        .map(|metric| {
            format!(
                "{metric}: measure(metric: {metric}) {{ metric label explanation isExact sampledSources standardError
              values top(first: 3) {{ rank value node {{ id name }} }} }}"
            )
        })
        .collect();
    let fields = format!("nodeCount nodes {{ id }} edges {{ from to }} {}", measures.join(" "));
    let network = ask(&hub, "scope: {region: \"08\"}", &fields).await;
    let ids = texts(&network["nodes"], "id");
    for metric in metrics {
        let measure = &network[metric];
        let values: Vec<f64> = list(&measure["values"]).iter().map(|value| value.as_f64().unwrap()).collect();
        assert_eq!(values.len(), ids.len());
        assert_eq!((&measure["isExact"], &measure["sampledSources"]), (&json!(true), &Value::Null));
        assert!(measure["label"].as_str().unwrap().len() > 3 && measure["explanation"].as_str().unwrap().len() > 30);
        if ["COMMUNITY", "COMPONENT"].contains(&metric) {
            assert_eq!(measure["top"], json!([]), "numbers of groups are no rank");
            continue;
        }
        let best = values.iter().copied().fold(f64::MIN, f64::max);
        let first = &measure["top"][0];
        assert_eq!((first["rank"].as_i64(), first["value"].as_f64()), (Some(1), Some(best)));
        let at = ids.iter().position(|id| first["node"]["id"] == id.as_str()).unwrap();
        assert_eq!(values[at], best);
    }
    // Counted by hand: the distinct neighbours.
    let mut neighbours: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for edge in list(&network["edges"]) {
        let (from, to) = (edge["from"].as_str().unwrap(), edge["to"].as_str().unwrap());
        neighbours.entry(from).or_default().insert(to);
        neighbours.entry(to).or_default().insert(from);
    }
    for (id, value) in ids.iter().zip(list(&network["DEGREE"]["values"])) {
        assert_eq!(neighbours.get(id.as_str()).map_or(0, BTreeSet::len) as f64, value.as_f64().unwrap());
    }
    let rank: f64 = list(&network["PAGE_RANK"]["values"]).iter().map(|value| value.as_f64().unwrap()).sum();
    assert!((rank - 1.0).abs() < 1e-6, "{rank}");
    let question = "{ network(scope: {province: \"BO\"}) { measure(metric: PAGE_RANK) { label explanation } } }";
    let english = hub.execute(&Viewer::public(), question, json!({})).await;
    assert_eq!(english.data()["network"]["measure"]["label"], network["PAGE_RANK"]["label"]);
}

#[tokio::test]
async fn the_structure_tells_what_holds_the_network_together() {
    let hub = TestHub::with(SMALL).await;
    let fields = "nodeCount nodes { id } edges { from to }
        structure { density pairCount componentCount largestComponent isolatedCount deepestCore communityCount modularity
          communities(first: 100) { number size heart { id } } bridges { from to } cutNodes { id }
          reciprocity(tieKind: LEADS) none: reciprocity(tieKind: CHAIRS) }
        component: measure(metric: COMPONENT) { values } community: measure(metric: COMMUNITY) { values }";
    let network = ask(&hub, "scope: {province: \"BO\"}, tieKinds: [LEADS, PARTNER_IN]", fields).await;
    let structure = &network["structure"];
    let count = number(&network["nodeCount"]) as f64;
    let pairs: BTreeSet<BTreeSet<&str>> = list(&network["edges"])
        .iter()
        .map(|edge| BTreeSet::from([edge["from"].as_str().unwrap(), edge["to"].as_str().unwrap()]))
        .collect();
    assert_eq!(number(&structure["pairCount"]), pairs.len() as i64);
    let density = structure["density"].as_f64().unwrap();
    assert!((density - 2.0 * pairs.len() as f64 / (count * (count - 1.0))).abs() < 1e-12);
    let distinct =
        |name: &str| list(&network[name]["values"]).iter().map(Value::to_string).collect::<BTreeSet<_>>().len() as i64;
    assert_eq!(number(&structure["componentCount"]), distinct("component"));
    let sizes: Vec<i64> = list(&structure["communities"]).iter().map(|community| number(&community["size"])).collect();
    assert_eq!(number(&structure["communityCount"]), sizes.len() as i64);
    assert!(sizes.iter().all(|size| *size > 1));
    // The nodes by themselves are communities that are not told.
    assert_eq!(distinct("community") - sizes.len() as i64, count as i64 - sizes.iter().sum::<i64>());
    assert_eq!((&structure["reciprocity"], &structure["none"]), (&json!(0.0), &Value::Null));

    // Without a cut node, what hung on it falls apart.
    let cut = structure["cutNodes"][0]["id"].as_str().expect("somebody holds something together");
    let parts = |left_out: &str| {
        let ids = texts(&network["nodes"], "id");
        let mut part: BTreeMap<&str, usize> =
            ids.iter().map(String::as_str).filter(|id| *id != left_out).enumerate().map(|(n, id)| (id, n)).collect();
        loop {
            let mut is_settled = true;
            for edge in list(&network["edges"]) {
                let (Some(one), Some(other)) = (
                    part.get(edge["from"].as_str().unwrap()).copied(),
                    part.get(edge["to"].as_str().unwrap()).copied(),
                ) else {
                    continue;
                };
                if one != other {
                    is_settled = false;
                    part.values_mut().filter(|of| **of == one.max(other)).for_each(|of| *of = one.min(other));
                }
            }
            if is_settled {
                break part.values().collect::<BTreeSet<_>>().len() as i64;
            }
        }
    };
    assert_eq!(parts(""), number(&structure["componentCount"]));
    assert!(parts(cut) > parts(""));
}

#[tokio::test]
async fn bodies_share_what_both_take_part_in_and_brokers_stand_between_those_who_share_nothing() {
    let hub = TestHub::with(SMALL).await;
    let fields = "twoMode(through: [PROJECT]) { bodies { id kind } affiliations { id kind } edges { from to }
        projection { one other sharedCount } twice: projection(atLeast: 2) { sharedCount } }
        brokers(first: 5) { node { id kind } total coordinator representative consultant liaison }";
    let network = ask(&hub, "scope: {region: \"08\"}", fields).await;
    let two_mode = &network["twoMode"];
    assert!(list(&two_mode["bodies"]).iter().all(|node| node["kind"] == "ORGANISATION"));
    assert!(list(&two_mode["affiliations"]).iter().all(|node| node["kind"] == "PROJECT"));
    let bodies: BTreeSet<String> = texts(&two_mode["bodies"], "id").into_iter().collect();
    let mut members: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for edge in list(&two_mode["edges"]) {
        let (one, other) = (edge["from"].as_str().unwrap(), edge["to"].as_str().unwrap());
        let (body, project) = if bodies.contains(one) { (one, other) } else { (other, one) };
        members.entry(project).or_default().insert(body);
    }
    let mut shared: BTreeMap<BTreeSet<&str>, i64> = BTreeMap::new();
    for members in members.values() {
        for one in members {
            for other in members.range(*one..).skip(1) {
                *shared.entry(BTreeSet::from([*one, *other])).or_default() += 1;
            }
        }
    }
    let told: BTreeMap<BTreeSet<&str>, i64> = list(&two_mode["projection"])
        .iter()
        .map(|pair| {
            let ends = BTreeSet::from([pair["one"].as_str().unwrap(), pair["other"].as_str().unwrap()]);
            (ends, number(&pair["sharedCount"]))
        })
        .collect();
    assert_eq!(told, shared);
    assert!(list(&two_mode["twice"]).iter().all(|pair| number(&pair["sharedCount"]) >= 2));
    let brokers = list(&network["brokers"]);
    assert!(brokers.iter().all(|broker| {
        let roles = ["coordinator", "representative", "consultant", "liaison"];
        number(&broker["total"]) == roles.iter().map(|role| number(&broker[role])).sum::<i64>()
    }));
    assert!(brokers.is_sorted_by(|one, other| number(&one["total"]) >= number(&other["total"])));
}

#[tokio::test]
async fn several_ways_between_two_bodies_come_shortest_first_each_with_its_records() {
    let hub = TestHub::with(SMALL).await;
    let ngo = NodeId::new("Organisation", stable_id("persona:ong-bologna")).id().to_string();
    let other = hub
        .execute(
            &Viewer::public(),
            "{ network(scope: {province: \"MO\"}) { nodes { id kind organisationKind } } }",
            json!({}),
        )
        .await;
    let council = list(&other.data()["network"]["nodes"])
        .iter()
        .find(|node| node["organisationKind"] == "TERRITORIAL_COUNCIL")
        .expect("there is a council")["id"]
        .clone();
    let query = "query($from: ID!, $to: ID!) { path(from: $from, to: $to) { length }
        paths(from: $from, to: $to, first: 6) { length steps { from { id } to { id } edges { kind recordId } } } }";
    let answer = hub.execute(&Viewer::public(), query, json!({ "from": ngo, "to": council })).await;
    let paths = list(&answer.data()["paths"]);
    assert_eq!(paths.len(), 6);
    assert_eq!(paths[0]["length"], answer.data()["path"]["length"]);
    assert!(paths.is_sorted_by_key(|path| number(&path["length"])));
    let mut ways = BTreeSet::new();
    for path in paths {
        let steps = list(&path["steps"]);
        assert!(steps.iter().all(|step| !list(&step["edges"]).is_empty()), "each step has its records");
        assert!(steps.windows(2).all(|steps| steps[0]["to"]["id"] == steps[1]["from"]["id"]));
        let nodes: Vec<String> = steps.iter().map(|step| step["to"]["id"].to_string()).collect();
        assert_eq!(nodes.iter().collect::<BTreeSet<_>>().len(), nodes.len(), "no node twice");
        assert!(ways.insert(nodes), "no way twice");
    }
}

#[tokio::test]
async fn a_plan_and_a_programme_narrow_what_is_asked() {
    let hub = TestHub::with(SMALL).await;
    let query = "{ plans: territorialPlans(first: 50) { nodes { id periodFrom periodUntil interventions { id startsOn endsOn } } } programmes { code } }";
    let answer = hub.execute(&Viewer::public(), query, json!({})).await;
    assert_eq!(answer.codes(), Vec::<&str>::new(), "{:#}", answer.json);
    let plan = list(&answer.data()["plans"]["nodes"])
        .iter()
        .max_by_key(|plan| list(&plan["interventions"]).len())
        .expect("there is a plan");
    let day = plan["periodFrom"].as_str().unwrap();
    let holds = |intervention: &&Value| intervention["startsOn"].as_str().is_none_or(|starts| starts <= day);
    let expected = list(&plan["interventions"]).iter().filter(holds).count();
    let arguments = format!("scope: {{national: true}}, asOf: \"{day}\", plan: {}", plan["id"]);
    let network = ask(&hub, &arguments, "nodes { id kind } edges { kind from to }").await;
    let of_kind = |network: &Value, kind: &str| {
        let nodes = list(&network["nodes"]).iter().filter(|node| node["kind"] == kind);
        nodes.map(|node| node["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let interventions = of_kind(&network, "INTERVENTION");
    assert_eq!(interventions.len(), expected);
    assert!(expected > 0);
    // Each project is there because it carries out one of them.
    let carrying: BTreeSet<String> = list(&network["edges"])
        .iter()
        .filter(|edge| edge["kind"] == "CARRIES_OUT")
        .map(|edge| edge["from"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(carrying, of_kind(&network, "PROJECT").into_iter().collect());
    let all = of_kind(&ask(&hub, "scope: {national: true}", "nodes { id kind }").await, "PROJECT");
    let mut some = 0;
    for programme in list(&answer.data()["programmes"]) {
        let arguments = format!("scope: {{national: true}}, programme: {}", programme["code"]);
        let of_programme = of_kind(&ask(&hub, &arguments, "nodes { id kind }").await, "PROJECT");
        assert!(of_programme.iter().all(|project| all.contains(project)));
        some += usize::from(!of_programme.is_empty() && of_programme.len() < all.len());
    }
    assert!(some > 0, "a programme has some of the projects");
}

#[tokio::test]
async fn what_is_beyond_a_limit_is_refused_with_the_limit() {
    let hub = TestHub::with(SMALL).await;
    let national = "scope: {national: true}";
    for (arguments, fields, code, said) in [
        (national, "timeline(from: \"1899-12-31\") { version }", "BAD_USER_INPUT", "1900"),
        (national, "timeline(from: \"2026-01-01\", until: \"2020-01-01\") { version }", "BAD_USER_INPUT", "2020-01-01"),
        (national, "timeline(from: \"1901-01-01\", until: \"2026-01-01\") { version }", "LIMIT_EXCEEDED", "600"),
        (national, "difference(since: \"2101-01-01\") { then }", "BAD_USER_INPUT", "2100"),
        (national, "measure(metric: DEGREE) { top(first: 0) { rank } }", "BAD_USER_INPUT", "100"),
        (national, "brokers(first: 101) { total }", "BAD_USER_INPUT", "100"),
        (national, "structure { communities(first: 1000) { size } }", "BAD_USER_INPUT", "100"),
        ("scope: {national: true}, asOf: \"1492-10-12\"", "nodeCount", "BAD_USER_INPUT", "1900"),
        ("scope: {national: true}, programme: \"no'such\"", "nodeCount", "BAD_USER_INPUT", "no\\'such"),
        ("scope: {national: true}, plan: \"%%%\"", "nodeCount", "BAD_USER_INPUT", ""),
    ] {
        let answer = asked(&hub, arguments, fields).await;
        assert_eq!(answer.codes(), [code], "{arguments} {fields}: {:#}", answer.json);
        let message = answer.json["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains(said), "{fields}: {message}");
    }
    let paths = "query($id: ID!) { paths(from: $id, to: $id, first: 11) { length } }";
    let ngo = NodeId::new("Organisation", stable_id("persona:ong-bologna")).id().to_string();
    let answer = hub.execute(&Viewer::public(), paths, json!({ "id": ngo })).await;
    assert_eq!(answer.codes(), ["BAD_USER_INPUT"]);
    // A plan that nobody may see is like one that does not exist.
    let unknown = NodeId::new("TerritorialPlan", stable_id("nothing")).id().to_string();
    let network = ask(&hub, &format!("{national}, plan: \"{unknown}\", nodeKinds: [INTERVENTION]"), "nodeCount").await;
    assert_eq!(network["nodeCount"], 0);
}

const CHANGES: &str = "subscription { networkChanged(scope: {province: \"BO\"}) {
    version appearedNodes { name } endedNodes { name } changedNodes { name } appearedEdges { kind } endedEdges { kind } } }";

async fn subscribed(hub: &Served, token: Option<&str>) -> Socket {
    let mut socket = connect(hub).await;
    let payload = token.map_or(json!({}), |token| json!({ "Authorization": format!("Bearer {token}") }));
    send(&mut socket, json!({ "type": "connection_init", "payload": payload })).await;
    assert_eq!(receive(&mut socket).await.unwrap()["type"], "connection_ack");
    send(&mut socket, json!({ "type": "subscribe", "id": "1", "payload": { "query": CHANGES } })).await;
    let first = change(&mut socket).await;
    assert!(number(&first["version"]) > 0 && first["appearedNodes"] == json!([]));
    socket
}

async fn change(socket: &mut Socket) -> Value {
    let message = receive(socket).await.unwrap();
    assert_eq!(message["payload"]["errors"], Value::Null, "{message:#}");
    message["payload"]["data"]["networkChanged"].clone()
}

#[tokio::test]
async fn changes_are_sent_to_those_who_may_see_them() {
    let hub = Served::with(SMALL, Settings::default()).await;
    let mut public = subscribed(&hub, None).await;
    let mut member = subscribed(&hub, Some(&hub.token("ong-bologna"))).await;
    let mut connection = hub.hub.maintenance().await;
    let mut written = async |sql: &str| connection.execute(AssertSqlSafe(sql)).await.unwrap();
    let ngo = stable_id("persona:ong-bologna");
    written(&format!(
        "insert into project (id, title, status, starts_on, ends_on, lead_id, owner_number, visibility, source, province_code)
         select '00000000-0000-0000-0000-000000000002', 'Bozza', 'idea', '2026-01-01', '2027-12-31', id, number, 'owner', 'test',
           '037' from organisation where id = '{ngo}'"
    ))
    .await;
    let drafted = change(&mut member).await;
    assert_eq!(texts(&drafted["appearedNodes"], "name"), ["Bozza"]);
    assert_eq!(texts(&drafted["appearedEdges"], "kind"), ["LEADS"]);
    written(
        "insert into organisation (id, kind, name, province_code, visibility, source)
         values ('00000000-0000-0000-0000-000000000001', 'third_sector_organisation', 'Nuova', '037', 'public', 'test')",
    )
    .await;
    let seen = change(&mut public).await;
    assert_eq!(texts(&seen["appearedNodes"], "name"), ["Nuova"]);
    assert_eq!(seen["appearedEdges"], json!([]), "nothing of the draft");
    written("update organisation set name = 'Rinnovata' where name = 'Nuova'").await;
    let renamed = change(&mut public).await;
    assert_eq!(texts(&renamed["changedNodes"], "name"), ["Rinnovata"]);
    assert!(number(&renamed["version"]) > number(&seen["version"]));
    written("update organisation set valid_until = '2020-01-01' where name = 'Rinnovata'").await;
    assert_eq!(texts(&change(&mut public).await["endedNodes"], "name"), ["Rinnovata"]);
}
