//! What Lambda makes of a function that goes wrong: shown with a small one of the same wiring, since ours do not go
//! wrong on request.

use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;
use wasurena_tests::clock::Clock;
use wasurena_tests::lambda::{Deployed, Function, Outcome};

fn misbehaves(timeout: Duration) -> Function {
    Function::new(Deployed {
        name: "misbehaves".to_owned(),
        binary: env!("CARGO_BIN_EXE_misbehaves").into(),
        environment: BTreeMap::new(),
        endpoint: String::new(),
        timeout,
        clock: Clock::wall(),
    })
}

#[tokio::test]
async fn a_panic_is_reported_and_the_process_goes_on() {
    let mut function = misbehaves(Duration::from_secs(30));
    let failure = function.invoke(&json!({ "do": "panic" })).await.failure();
    assert!(failure.message.contains("asked to"), "{failure:?}");
    function.sandbox().line(&["function.panicked", "asked to"]).await;
    function.invoke(&json!({})).await.answer();
    assert_eq!(function.starts(), 1);
}

#[tokio::test]
async fn a_panic_that_names_somebody_does_not_name_them_in_the_log() {
    let mut function = misbehaves(Duration::from_secs(30));
    function.invoke(&json!({ "do": "panic with a name", "name": "hanako@example.jp" })).await.failure();
    function.sandbox().line(&["function.panicked"]).await;
    let lines = function.take_sandbox().kill().await;
    assert!(!lines.concat().contains("hanako"), "{lines:#?}");
}

#[test]
fn the_release_profile_unwinds() {
    let manifest = include_str!("../../../Cargo.toml");
    let unwinds = manifest.lines().any(|line| line.trim() == "panic = \"unwind\"");
    assert!(unwinds, "with `panic = \"abort\"`, which some build tools set, a panic takes the process with it");
}

#[tokio::test]
async fn an_error_is_reported_and_the_process_goes_on() {
    let mut function = misbehaves(Duration::from_secs(30));
    let failure = function.invoke(&json!({ "do": "fail" })).await.failure();
    assert_eq!(failure.message, "asked to");
    function.invoke(&json!({})).await.answer();
    assert_eq!(function.starts(), 1);
}

#[tokio::test]
async fn a_call_that_never_ends_costs_its_process_and_the_next_gets_a_fresh_one() {
    let mut function = misbehaves(Duration::from_millis(300));
    let first = function.invoke(&json!({})).await.answer();
    let outcome = function.invoke(&json!({ "do": "hang" })).await;
    assert!(matches!(outcome, Outcome::TimedOut), "{outcome:?}");
    assert_eq!(function.invoke(&json!({})).await.answer(), first, "the first call of a process");
    assert_eq!(function.starts(), 2);
}

#[tokio::test]
async fn a_process_that_ends_in_a_call_is_replaced_for_the_next() {
    let mut function = misbehaves(Duration::from_secs(30));
    match function.invoke(&json!({ "do": "exit" })).await {
        Outcome::Exited(Some(status)) => assert_eq!(status.code(), Some(3)),
        other => panic!("{other:?}"),
    }
    function.invoke(&json!({})).await.answer();
    assert_eq!(function.starts(), 2);
}
