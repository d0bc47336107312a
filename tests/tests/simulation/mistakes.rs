//! Each mistake that this system must not make is found when it is made, and no function that is deployed can make one.

use crate::binary::{json, optimised, run, target, text};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use wasurena_domain::mistake;

/// Every mistake, and the invariants that it may break first.
const BREAKS: [(&str, &[&str]); 16] = [
    ("lease-end-resends", &["I1"]),
    ("sdk-retries-sending", &["I1"]),
    ("claim-without-condition", &["I1"]),
    ("record-before-sending", &["I2"]),
    ("alarm-as-truth", &["I2", "I5"]),
    ("dedupe-by-delivery", &["I8"]),
    ("get-unsubscribes", &["I9"]),
    ("stop-decided-early", &["I4"]),
    ("case-decided-early", &["I7"]),
    ("promotion-decided-early", &["I3"]),
    ("batch-dropped", &["I2"]),
    ("accept-unstored", &["I8"]),
    ("signature-ignored", &["I9"]),
    ("address-in-log", &["I10"]),
    ("mark-cleared-blindly", &["I2", "I8"]),
    ("switch-ignored", &["I4"]),
];

/// The worlds in which each must be found.
const SEEDS: &str = "1..500";

#[test]
fn every_mistake_is_in_the_table() {
    let known: BTreeSet<&str> = mistake::ALL.iter().map(|(name, _)| *name).collect();
    let expected: BTreeSet<&str> = BREAKS.iter().map(|(name, _)| *name).collect();
    assert_eq!(known, expected);
    assert_eq!(known.len(), mistake::ALL.len(), "names are unique");
}

#[test]
#[ignore = "takes minutes, and the optimised build: tests/run"]
fn every_mistake_is_found() {
    let listed = text(&run(optimised(), &["--list-mistakes"]));
    assert_eq!(listed.lines().collect::<Vec<_>>(), mistake::ALL.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    for (name, invariants) in BREAKS {
        let output = run(optimised(), &["--seeds", SEEDS, "--mistake", name, "--json"]);
        let report = json(&output);
        let first = &report["violations"][0];
        println!("{name}: seed {}, {}: {}", first["seed"], first["invariant"], first["what"]);
        assert_eq!(output.status.code(), Some(1), "{name} is not found: {report}");
        let broken = first["invariant"].as_str().unwrap();
        assert!(invariants.contains(&broken), "{name} breaks {broken}, and should break {invariants:?}: {report}");
    }
}

#[test]
#[ignore = "needs the functions' release binaries and the simulator's: tests/run"]
fn no_function_that_is_deployed_can_make_a_mistake() {
    let holds = |file: &Path, name: &str| {
        let bytes = fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        bytes.windows(name.len()).any(|window| window == name.as_bytes())
    };
    let functions = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../functions")).unwrap();
    let names: Vec<_> = functions.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 7);
    for (mistake, _) in mistake::ALL {
        assert!(holds(&optimised(), mistake), "the simulator names {mistake}: else this test looks for nothing");
        for function in &names {
            assert!(!holds(&target().join("release").join(function), mistake), "{function:?} holds {mistake}");
        }
    }
}
