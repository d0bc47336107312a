//! No promise is broken, in any of these worlds; and a world is the same whenever it is played.

use crate::binary::{DEBUG, json, optimised, run, text};
use wasurena_tests::sim::{Play, play};

/// The worlds that are played whenever anything changes.
const SEEDS: &str = "1..2001";
/// Follow-ups that are planned in them together, at least.
const FOLLOW_UPS_MIN: u64 = 200_000;
/// Faults that strike in them, at least.
const FAULTS_MIN: u64 = 50_000;

#[test]
fn a_world_is_the_same_whenever_it_is_played() {
    let play = || play(&Play { seed: 5, ..Play::default() });
    let (first, second) = (play(), play());
    assert_eq!(first.violation, None);
    assert_eq!(first.hash, second.hash);
    assert!(first.follow_ups > 0 && first.sends > 0, "{first:?}");
}

#[test]
#[ignore = "takes minutes, and the optimised build: tests/run"]
fn every_promise_is_kept() {
    let output = run(optimised(), &["--seeds", SEEDS, "--json"]);
    let report = json(&output);
    println!("{report}");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert_eq!(report["violations"].as_array().unwrap().len(), 0);
    assert_eq!(report["seeds"], 2_000);
    assert!(report["follow_ups"].as_u64().unwrap() >= FOLLOW_UPS_MIN, "{report}");
    assert!(report["faults"].as_u64().unwrap() > FAULTS_MIN, "{report}");
}

#[test]
#[ignore = "takes minutes, and the optimised build: tests/run"]
fn one_world_twice_in_two_processes_leaves_one_trail() {
    let trail = || {
        let output = run(optimised(), &["--seed", "17", "--trace", "--json"]);
        let text = text(&output);
        serde_json::from_str::<serde_json::Value>(text.lines().last().unwrap()).unwrap()["trail_hash"].clone()
    };
    assert_eq!(trail(), trail());
    // Which thread plays a world, and what it has played before, is of no account.
    let range = || json(&run(optimised(), &["--seeds", "15..21", "--json"]))["trail_hash"].clone();
    assert_eq!(range(), range());
}

#[test]
fn what_makes_no_sense_is_said() {
    for arguments in [&["--seeds", "9..3"][..], &["--seeds", "a..b"], &["--mistake", "none-such"], &[]] {
        assert_eq!(run(DEBUG, arguments).status.code(), Some(2), "{arguments:?}");
    }
}
