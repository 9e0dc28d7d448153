//! The rules of GEXF 1.3, as its schema has them (<https://gexf.net/schema.html>), for what the hub writes: which element
//! stands in which, its attributes and their types.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// Elements that may stand in an element, and attributes that it may have; those marked `!` it must have.
fn rule(element: &str) -> Option<(&'static [&'static str], &'static [&'static str])> {
    Some(match element {
        "" => (&["gexf"], &[]),
        "gexf" => (&["meta", "graph"], &["xmlns!", "xmlns:viz", "version!", "variant"]),
        "meta" => (&["creator", "keywords", "description"], &["lastmodifieddate"]),
        "creator" | "keywords" | "description" => (&[], &[]),
        "graph" => (
            &["attributes", "nodes", "edges"],
            &["timeformat", "start", "end", "mode", "timerepresentation", "timezone", "defaultedgetype", "idtype"],
        ),
        "attributes" => (&["attribute"], &["class!", "mode"]),
        "attribute" => (&["default", "options"], &["id!", "title!", "type!"]),
        "nodes" => (&["node"], &["count"]),
        "edges" => (&["edge"], &["count"]),
        "node" => (
            &["attvalues", "spells", "viz:color", "viz:position", "viz:size", "viz:shape"],
            &["id!", "label", "start", "end"],
        ),
        "edge" => (
            &["attvalues", "spells", "viz:color", "viz:thickness", "viz:shape"],
            &["id", "source!", "target!", "type", "label", "weight", "kind", "start", "end"],
        ),
        "attvalues" => (&["attvalue"], &[]),
        "attvalue" => (&[], &["for!", "value!", "start", "end"]),
        "viz:color" => (&[], &["r!", "g!", "b!", "a"]),
        "viz:position" => (&[], &["x!", "y!", "z"]),
        "viz:size" => (&[], &["value!"]),
        "viz:shape" => (&[], &["value!"]),
        _ => return None,
    })
}

const VALUES: [(&str, &str, &[&str]); 10] = [
    ("gexf", "xmlns", &["http://gexf.net/1.3"]),
    ("gexf", "xmlns:viz", &["http://gexf.net/1.3/viz"]),
    ("gexf", "version", &["1.3"]),
    ("graph", "timeformat", &["date"]),
    ("graph", "mode", &["static", "dynamic"]),
    ("graph", "timerepresentation", &["interval"]),
    ("graph", "defaultedgetype", &["directed", "undirected", "mutual"]),
    ("graph", "idtype", &["integer", "string"]),
    ("attributes", "class", &["node", "edge"]),
    ("viz:shape", "value", &["disc", "square", "triangle", "diamond"]),
];

fn is_of(kind: &str, value: &str) -> bool {
    match kind {
        "string" => true,
        "integer" => value.parse::<i32>().is_ok(),
        "double" => value.parse::<f64>().is_ok_and(f64::is_finite),
        "boolean" => ["true", "false"].contains(&value),
        _ => false,
    }
}

fn attributes(element: &BytesStart<'_>) -> HashMap<String, String> {
    let pair = |attribute: quick_xml::events::attributes::Attribute<'_>| {
        let value = attribute.normalized_value(XmlVersion::Explicit1_0).unwrap().into_owned();
        (attribute.key.as_ref().to_owned(), value)
    };
    element.attributes().map(|attribute| pair(attribute.unwrap())).collect()
}

/// What stands in an element and before it, so far.
#[derive(Default)]
struct Known {
    /// Type of each attribute, by class and id.
    types: HashMap<(String, String), String>,
    nodes: BTreeSet<String>,
    counts: HashMap<String, (usize, usize)>,
}

/// # Panics
/// Where the file breaks a rule.
pub fn assert_valid(file: &[u8]) {
    let mut reader = Reader::from_reader(file);
    let (mut path, mut known) = (vec![String::new()], Known::default());
    let mut class = String::new();
    loop {
        let event = reader.read_event().unwrap();
        match &event {
            Event::Start(element) | Event::Empty(element) => {
                let name = element.name().as_ref().to_owned();
                let parent = path.last().unwrap();
                assert!(rule(parent).unwrap().0.contains(&name.as_str()), "<{name}> in <{parent}>");
                let values = attributes(element);
                check(&name, &values);
                if name == "attributes" {
                    class.clone_from(&values["class"]);
                }
                known.note(&name, parent, &class, &values, &path);
                if matches!(event, Event::Start(_)) {
                    path.push(name);
                }
            }
            Event::End(_) => drop(path.pop()),
            Event::Eof => break,
            _ => {}
        }
    }
    for (of, (told, found)) in known.counts {
        assert_eq!(told, found, "the count of {of}");
    }
}

fn check(name: &str, values: &HashMap<String, String>) {
    let (_, allowed) = rule(name).unwrap_or_else(|| panic!("<{name}> is none of the format's"));
    for attribute in values.keys() {
        assert!(allowed.iter().any(|known| known.trim_end_matches('!') == attribute), "<{name} {attribute}>");
    }
    for needed in allowed.iter().filter_map(|known| known.strip_suffix('!')) {
        assert!(values.contains_key(needed), "<{name}> without {needed}");
    }
    for (_, attribute, allowed) in VALUES.iter().filter(|(element, ..)| *element == name) {
        if let Some(value) = values.get(*attribute) {
            assert!(allowed.contains(&value.as_str()), "<{name} {attribute}=\"{value}\">");
        }
    }
    let day = |attribute: &str| values.get(attribute).map(|day| day.parse::<NaiveDate>().unwrap());
    if let (Some(start), Some(end)) = (day("start"), day("end")) {
        assert!(start <= end, "<{name}> ends before it begins: {values:?}");
    }
    for (attribute, value) in values {
        match (name, attribute.as_str()) {
            ("viz:color", _) => assert!(value.parse::<u8>().is_ok(), "a colour of {value}"),
            ("viz:position" | "viz:size", _) => assert!(value.parse::<f32>().is_ok_and(f32::is_finite), "at {value}"),
            _ => {}
        }
    }
}

impl Known {
    fn note(&mut self, name: &str, parent: &str, class: &str, values: &HashMap<String, String>, path: &[String]) {
        match name {
            "attribute" => {
                assert!(is_of(&values["type"], "0") || values["type"] == "boolean", "a type {}", values["type"]);
                let is_new = self.types.insert((class.to_owned(), values["id"].clone()), values["type"].clone());
                assert_eq!(is_new, None, "an attribute's id is there once in its class");
            }
            "nodes" | "edges" => {
                self.counts.insert(name.to_owned(), (values["count"].parse().unwrap(), 0));
            }
            "node" | "edge" => {
                self.counts.get_mut(parent).unwrap().1 += 1;
                if name == "node" {
                    assert!(self.nodes.insert(values["id"].clone()), "a node is there once");
                } else {
                    assert!(["source", "target"].iter().all(|end| self.nodes.contains(&values[*end])), "{values:?}");
                }
            }
            "attvalue" => {
                let of = path[path.len() - 2].clone();
                let kind = self.types.get(&(of, values["for"].clone())).expect("a value is of a declared attribute");
                assert!(is_of(kind, &values["value"]), "{kind} {}", values["value"]);
            }
            _ => {}
        }
    }
}
