//! The pages that name tests, held against the tests: a page that speaks of one that is gone promises what nothing shows.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The names of all functions in the project's Rust files.
fn functions() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut folders: Vec<_> = ["functions", "infra", "shared", "tests"].map(|folder| root.join(folder)).into();
    let mut names = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let source = fs::read_to_string(path).unwrap();
                let after = source.split("fn ").skip(1);
                names.extend(after.filter_map(|rest| Some(rest.split(['(', '<']).next()?.to_owned())));
            }
        }
    }
    names
}

/// The names that stand in backticks in the last column of a page's tables.
fn tests_of(page: &str) -> Vec<&str> {
    let rows = page.lines().filter_map(|line| line.strip_prefix('|')?.strip_suffix('|')?.rsplit('|').next());
    let is_name = |text: &&str| text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    rows.flat_map(|cell| cell.split('`').skip(1).step_by(2)).filter(is_name).collect()
}

#[test]
fn every_test_that_a_page_names_is_there() {
    let functions = functions();
    for (name, page) in [
        ("rules.md", include_str!("../../../docs/rules.md")),
        ("what-counts.md", include_str!("../../../docs/what-counts.md")),
    ] {
        let named = tests_of(page);
        assert!(named.len() > 20, "{name}: {named:?}");
        let gone: Vec<_> = named.into_iter().filter(|test| !functions.contains(*test)).collect();
        assert!(gone.is_empty(), "{name} names {gone:?}");
    }
}
