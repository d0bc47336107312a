//! Every process of a deployment is killed, again and again, at instants that a seed draws: the functions in the
//! middle of a call, and the embedded AWS itself on its folder. Two thousand webhooks come in meanwhile and the mails
//! of a fortnight go out. Afterwards the folder says what SES accepted: nothing is lost and nothing goes out twice.
//!
//! Nobody is told here what to expect: the carts know which of their webhooks were answered, and SES which mails it
//! took. What is in between is asked only where a mail did not go out.

mod aws;
mod carts;
mod fleets;
mod reckoning;
mod stage;

use crate::support::{binary, whole_machine};
use carts::Carts;
use chrono::{DateTime, TimeDelta, Utc};
use reckoning::Reckoning;
use serde_json::json;
use stage::Stage;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use wasurena_tests::clock::Clock;
use wasurena_tests::journey::moment;
use wasurena_tests::lambda::{Deployed, Function};

/// What draws the instants, unless `WASURENA_SEED` says otherwise.
const SEED: u64 = 5;
/// When the orders of a morning come in.
const MORNING: &str = "2026-12-01T11:00:00+09:00";
/// When the last mail about them has gone out, or is on somebody's list: a day and an hour after the usage mail's
/// last day the last doubt is settled.
const OVER: &str = "2026-12-17T18:00:00+09:00";
/// Functions must die this often for the run to mean anything, and AWS this often.
const KILLS_MIN: (usize, usize) = (60, 5);

#[tokio::test]
#[ignore = "needs the release binaries: tests/run builds them"]
async fn of_two_thousand_webhooks_nothing_is_lost_and_nothing_sent_twice() {
    let _machine = whole_machine().await;
    let seed = std::env::var("WASURENA_SEED").map_or(SEED, |seed| seed.parse().unwrap());
    // Said before anything can fail: what comes after it is that seed's.
    eprintln_line(&format!("killing by the seed {seed}; WASURENA_SEED chooses another"));
    let begun = Instant::now();
    let stage = Stage::open(seed, moment(MORNING)).await;
    let carts = Carts::with_orders(seed, moment(MORNING));
    let webhooks = carts.len();

    let told = aws::carry_beside(&stage, carts.send(Arc::clone(&stage))).await;
    aws::until(&stage, moment(OVER)).await;

    let (kills, failed) = (stage.kills(), stage.failed());
    let (folder, region_kills) = Arc::into_inner(stage).unwrap().end().await;
    let verdict = Reckoning::of(folder.path(), moment(OVER)).await.verdict(&told);
    let in_call: usize = kills.values().map(|(_, in_call)| in_call).sum();
    eprintln_line(&format!(
        "{webhooks} webhooks of {orders} orders, of which {answered} were answered with 2xx\n\
         {in_call} processes killed in a call, AWS {region_kills} times; by function, before the first call and in one:\n\
         {kills:?}\n\
         {failed} events in failure queues\n\
         {verdict}\n\
         {elapsed:.0?}",
        orders = carts::ORDERS,
        answered = told.len(),
        elapsed = begun.elapsed(),
    ));
    assert!(verdict.violations.is_empty(), "seed {seed}: {:#?}", verdict.violations);
    assert_eq!(webhooks, 2000);
    let (functions_min, region_min) = KILLS_MIN;
    assert!(in_call >= functions_min && region_kills >= region_min, "seed {seed}: too few kills to show anything");
}

#[expect(clippy::print_stderr, reason = "figures are for whoever runs the test")]
fn eprintln_line(text: &str) {
    eprintln!("{text}");
}

/// Without this the fortnight above would be no fortnight.
#[tokio::test]
async fn a_moved_clock_moves_the_time_of_a_process_and_not_its_pauses() {
    let clock = Clock::beginning_at(moment(MORNING));
    let mut function = Function::new(Deployed {
        name: "misbehaves".to_owned(),
        binary: env!("CARGO_BIN_EXE_misbehaves").into(),
        environment: BTreeMap::new(),
        endpoint: String::new(),
        timeout: Duration::from_secs(30),
        clock: clock.clone(),
    });
    for to in [moment(MORNING), moment(OVER)] {
        clock.advance_to(to);
        let answer = function.invoke(&json!({ "do": "tell the time" })).await.answer();
        let told: DateTime<Utc> = serde_json::from_value(answer).unwrap();
        let late = told - to;
        assert!(late >= TimeDelta::zero() && late < TimeDelta::hours(1), "{told} at {to}");
    }
    assert_eq!(function.starts(), 1, "the day passes for a process that runs");
}

/// The release binary of a function is one whose clock can be moved.
#[test]
#[ignore = "needs the release binaries: tests/run builds them"]
fn a_binary_asks_the_system_for_the_time() {
    let bytes = std::fs::read(binary("send-follow-ups")).unwrap();
    let symbol = b"clock_gettime";
    let is_linked = bytes.windows(symbol.len()).any(|window| window == symbol);
    assert!(is_linked, "linked statically, a function does not ask the system's library for the time: build for gnu");
}
