//! How large the binaries are, how soon they answer, and how much memory they hold after a day's work.

use crate::support::{Deployment, FUNCTIONS, HANAKO, binary, deployed, order, webhook};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::time::{Duration, Instant};
use wasurena_local::aws::EventKind;
use wasurena_tests::cloud::Cloud;
use wasurena_tests::lambda::{Function, events};

/// The largest that a binary may be.
const SIZE_MAX: u64 = 6 * 1024 * 1024;
/// Those that are larger than they should be, and how large they may be until they are made smaller: both render mails, and the
/// pages send them as well.
const LARGER: [(&str, u64); 2] =
    [("send-follow-ups", SIZE_MAX + SIZE_MAX / 12), ("customer-pages", SIZE_MAX + SIZE_MAX / 8)];
/// The most memory that a process may hold after [`CALLS`].
const MEMORY_MAX: u64 = 15 * 1024 * 1024;
/// What a start should take. It depends on the machine, so it is said and not asserted.
const START_GOAL: Duration = Duration::from_millis(25);
/// How many starts a figure is the median of.
const STARTS: usize = 20;
/// How many calls a process has answered when its memory is looked at.
const CALLS: usize = 1000;

/// An event for each function that it works on, in a diary with one customer who got one mail.
async fn work() -> (Deployment, Vec<(&'static str, Value)>) {
    let mut deployment = Deployment::alone().await;
    let (due, alarm) = deployment.something_due().await;
    deployment.answer("send-follow-ups", &alarm).await;
    let aws = deployment.cloud.aws();
    let mail = aws.ses().mails().unwrap().remove(0);
    let delivered = aws.ses().event(&mail.id, EventKind::Delivery, false).unwrap();
    let page = deployment.stop_page();
    let records = deployment.cloud.unread("figures");
    let events = vec![
        ("receive-purchase", webhook(&order(1, HANAKO))),
        ("plan-follow-ups", events::stream(&records)),
        ("set-alarms", events::stream(&records)),
        ("send-follow-ups", json!({ "shop": "sakura", "shard": 0, "slot": due.slot, "n": 0 })),
        ("record-delivery", delivered),
        ("customer-pages", events::get(&page)),
        ("keep-promises", events::hour()),
    ];
    assert_eq!(events.iter().map(|(name, _)| *name).collect::<Vec<_>>(), FUNCTIONS);
    (deployment, events)
}

/// The median time from the start of a process to the answer of its first call.
async fn start_of(name: &str, event: &Value, cloud: &Cloud) -> Duration {
    let mut times = Vec::new();
    for _ in 0..STARTS {
        let mut function = Function::new(deployed(name, cloud));
        let begun = Instant::now();
        let outcome = function.invoke(event).await;
        times.push(begun.elapsed());
        outcome.answer();
        function.crash().await;
    }
    times.sort();
    times[STARTS / 2]
}

/// What a process holds after many calls.
async fn memory_of(name: &str, event: &Value, cloud: &Cloud) -> u64 {
    let mut function = Function::new(deployed(name, cloud));
    for _ in 0..CALLS {
        function.invoke(event).await.answer();
    }
    assert_eq!(function.starts(), 1, "one process answered all calls");
    function.sandbox().resident_bytes()
}

#[tokio::test]
#[ignore = "needs the release binaries: tests/run builds them"]
async fn binaries_are_small_and_stay_small() {
    let (deployment, events) = work().await;
    let mut table =
        format!("{:<18}{:>10}{:>24}{:>26}\n", "function", "size", "first answer (median)", "memory, 1,000 calls");
    let mut over = Vec::new();
    for (name, event) in &events {
        let size = std::fs::metadata(binary(name)).unwrap().len();
        let start = start_of(name, event, &deployment.cloud).await;
        let memory = memory_of(name, event, &deployment.cloud).await;
        let verdict = if start <= START_GOAL { "within" } else { "over" };
        let start = format!("{:.1} ms, {verdict}", start.as_secs_f64() * 1e3);
        writeln!(table, "{name:<18}{:>10}{start:>24}{:>26}", mib(size), mib(memory)).unwrap();
        let allowed = LARGER.iter().find(|(known, _)| known == name).map_or(SIZE_MAX, |(_, allowed)| *allowed);
        over.extend((size > allowed).then(|| format!("{name} has {size} bytes, and {allowed} are allowed")));
        over.extend(
            (memory > MEMORY_MAX).then(|| format!("{name} holds {memory} bytes, and {MEMORY_MAX} are allowed")),
        );
    }
    eprintln_table(&table);
    assert!(over.is_empty(), "{}\n{table}", over.join("\n"));
}

#[expect(clippy::print_stderr, reason = "figures are for whoever runs the test")]
fn eprintln_table(table: &str) {
    eprintln!("{table}");
}

#[expect(clippy::cast_precision_loss, reason = "two digits are shown")]
fn mib(bytes: u64) -> String {
    format!("{:.2} MiB", bytes as f64 / 1024.0 / 1024.0)
}
