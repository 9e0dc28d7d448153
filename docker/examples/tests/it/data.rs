//! The data name what there is, and contradict themselves nowhere.

use std::collections::{HashMap, HashSet};
use std::path::Path;

/// The lines of a file of the repository, by the names of its columns.
fn lines(path: &str) -> Vec<HashMap<String, String>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let mut reader = csv::Reader::from_path(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    reader.deserialize().map(|line| line.unwrap()).collect()
}

fn codes(path: &str) -> HashSet<String> {
    lines(path).into_iter().map(|mut line| line.remove("istat_code").unwrap()).collect()
}

fn number(line: &HashMap<String, String>, column: &str) -> i32 {
    line[column].parse().unwrap_or_else(|_| panic!("{column} of {line:?}"))
}

#[test]
fn desks_are_in_municipalities_that_there_are() {
    let (desks, municipalities) = (lines("data/desks.csv"), codes("../../data/reference/municipalities.csv"));
    assert!(desks.iter().all(|desk| municipalities.contains(&desk["municipality"])));
    assert_eq!(desks.iter().map(|desk| &desk["id"]).collect::<HashSet<_>>().len(), desks.len());
}

#[test]
fn courses_are_in_provinces_that_there_are_and_their_numbers_add_up() {
    let (courses, provinces) = (lines("data/courses.csv"), codes("../../data/reference/provinces.csv"));
    assert_eq!(courses.iter().map(|course| &course["id"]).collect::<HashSet<_>>().len(), courses.len());
    for course in courses {
        assert!(provinces.contains(&course["province"]), "{course:?}");
        assert!(number(&course, "enrolled") <= number(&course, "places"), "{course:?}");
        assert_eq!(course["completed"].is_empty(), course["dropouts"].is_empty(), "{course:?}");
        if !course["completed"].is_empty() {
            let gone = number(&course, "completed") + number(&course, "dropouts");
            assert!(gone <= number(&course, "enrolled"), "{course:?}");
        }
        // No real CUP begins with Z.
        assert!(course["cup"].is_empty() || course["cup"].len() == 15 && course["cup"].starts_with('Z'), "{course:?}");
    }
}
