//! Who may use whom: every `crate::…` path in the sources is held against the map of the house (`src/lib.rs`).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// From the street to the cellar; a line may use the lines below it. Modules of one line are one thing.
const FLOORS: [&[&str]; 13] = [
    &["main"],
    &["cli"],
    &["telemetry"],
    &["config"],
    &["http"],
    &["schema"],
    // What writes the tables of many rooms at once, in bulk.
    &["demo"],
    &["integration"],
    // rooms: whatever stands in no other line
    // Pure types that every room may hold.
    &["identifiers"],
    &["graphql", "hub", "deeds"],
    &["access"],
    &["db"],
    &["locale", "trace"],
];
const ROOMS: usize = 8;

fn floor(module: &str) -> usize {
    match FLOORS.iter().position(|floor| floor.contains(&module)) {
        Some(above) if above < ROOMS => above,
        Some(below) => below + 1,
        None => ROOMS,
    }
}

/// One use of a path of the crate, e.g. `organisations::model` in `councils/store.rs`.
struct Use {
    file: PathBuf,
    /// Path below the crate, as far as it is one path.
    path: Vec<String>,
}

impl Use {
    fn from(&self) -> String {
        let first = self.file.iter().next().expect("a file has a name");
        Path::new(first).file_stem().expect("a module has a name").to_string_lossy().into_owned()
    }

    /// The part of its room that the file belongs to: `query` for `query.rs` and all below `query/`.
    fn part(&self) -> String {
        let second = self.file.iter().nth(1).unwrap_or_default();
        Path::new(second).file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }

    fn broken_rule(&self) -> Option<&'static str> {
        let (from, to) = (self.from(), self.path[0].as_str());
        if from == to || from == "lib" {
            return None;
        }
        match floor(&from).cmp(&floor(to)) {
            std::cmp::Ordering::Greater => return Some("uses what stands above it"),
            std::cmp::Ordering::Less => return None,
            std::cmp::Ordering::Equal if floor(&from) != ROOMS => return None,
            std::cmp::Ordering::Equal => {}
        }
        match self.path.get(1).map(String::as_str) {
            Some("model" | "loader") => None,
            Some("query") if self.part() == "query" => None,
            Some("query") => Some("only query.rs may name another room's object types"),
            // What the room itself offers in its mod.rs: its reference data.
            Some(name) if name.starts_with(char::is_uppercase) => None,
            _ => Some("of another room only model, loader and reference data may be used"),
        }
    }
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// The code of a file, without its comments.
fn code(file: &Path) -> String {
    let text = std::fs::read_to_string(file).unwrap();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// Every path that begins with `crate::`, with a group `{a::b, c}` behind it taken apart.
fn paths(code: &str) -> Vec<Vec<String>> {
    let names = |path: &str| -> Vec<String> {
        let end = path.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(path.len());
        path[..end].split("::").filter(|name| !name.is_empty()).map(String::from).collect()
    };
    let mut found = Vec::new();
    for (at, start) in code.match_indices("crate::") {
        let rest = &code[at + start.len()..];
        let prefix = names(rest);
        let group = rest[..rest.find(['\n', ';', ' ', '(', ',']).unwrap_or(rest.len())].find('{');
        match group {
            Some(open) => {
                found.extend(members(&rest[open + 1..]).map(|member| [prefix.clone(), names(member)].concat()))
            }
            None => found.push(prefix),
        }
    }
    found.retain(|path| !path.is_empty());
    found
}

/// The members of a group up to its closing brace; groups inside keep their common beginning.
fn members(group: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0;
    let end = group.find(|c| {
        depth += match c {
            '{' => 1,
            '}' => -1,
            _ => 0,
        };
        depth < 0
    });
    let mut depth = 0;
    group[..end.unwrap_or(group.len())]
        .split(move |c| {
            depth += match c {
                '{' => 1,
                '}' => -1,
                _ => 0,
            };
            depth == 0 && c == ','
        })
        .map(str::trim)
        .filter(|member| !member.is_empty())
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

#[test]
fn every_module_uses_only_what_it_may() {
    let modules: BTreeSet<String> = std::fs::read_dir(root())
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    let mut broken = Vec::new();
    let mut seen = 0;
    for file in sources(&root()) {
        let below = file.strip_prefix(root()).unwrap().to_path_buf();
        for path in paths(&code(&file)) {
            // A macro stands at the crate's root: it is a tool, not a part of the house.
            if !modules.contains(&path[0]) {
                continue;
            }
            seen += 1;
            let used = Use { file: below.clone(), path };
            if let Some(rule) = used.broken_rule() {
                broken.push(format!("{} uses {}: {rule}", used.file.display(), used.path.join("::")));
            }
        }
    }
    assert!(seen > 20, "the sources were read");
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn a_rooms_statements_stand_in_its_store() {
    let astray: Vec<String> = sources(&root())
        .into_iter()
        .map(|file| (file.strip_prefix(root()).unwrap().to_path_buf(), code(&file)))
        .filter(|(file, code)| {
            let used = Use { file: file.clone(), path: Vec::new() };
            floor(&used.from()) == ROOMS
                && used.from() != "lib"
                && used.part() != "store"
                && code.contains("sqlx::query")
        })
        .map(|(file, _)| file.display().to_string())
        .collect();
    assert!(astray.is_empty(), "SQL outside store.rs: {}", astray.join(", "));
}

#[test]
fn the_rules_are_read_as_they_are_written() {
    let paths = paths(
        "use crate::{http, schema::{A, B}};\nuse crate::plans::query::{self as p, Plan};\nlet x = crate::db::open();",
    );
    let paths: Vec<String> = paths.into_iter().map(|path| path.join("::")).collect();
    assert_eq!(paths, ["http", "schema", "plans::query::self", "plans::query::Plan", "db::open"]);

    let rule = |file: &str, path: &str| {
        Use { file: file.into(), path: path.split("::").map(String::from).collect() }.broken_rule().is_some()
    };
    for (file, path) in [
        ("plans/store.rs", "projects::store::find"),
        ("plans/loader.rs", "projects::query::Project"),
        ("plans/query.rs", "projects::mutation"),
        ("db/mod.rs", "access::Viewer"),
        ("access/token.rs", "graphql::Error"),
        ("graphql/context.rs", "plans::model"),
        ("plans/query.rs", "schema::builder"),
    ] {
        assert!(rule(file, path), "{file} must not use {path}");
    }
    for (file, path) in [
        ("plans/query/plan.rs", "projects::query::Project"),
        ("plans/store.rs", "projects::model::Status"),
        ("plans/query.rs", "territory::Territory"),
        ("hub.rs", "graphql::Graph"),
        ("graphql/context.rs", "hub::Hub"),
        ("cli/serve.rs", "http::serve"),
    ] {
        assert!(!rule(file, path), "{file} may use {path}");
    }
}
