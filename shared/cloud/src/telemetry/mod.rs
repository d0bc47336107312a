//! What a function says of itself: JSON lines, one for each event, and the metrics in them. Nothing personal stands in
//! either: ids of customers are keyed digests, and follow-ups, whose ids begin with their customer's, are the
//! thread through all functions.
//!
//! A metric costs money in each hour in which it is written, so it is written only when something happened: a line
//! that counts carries the metric in CloudWatch's embedded metric format, and needs no agent.

mod line;
mod metric;

pub use line::Lines;
pub use metric::{METRICS, Metric, NAMESPACE};

use crate::clock::WallClock;
use std::io;
use std::sync::Arc;
use tracing::Level;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Our own crates, by the names of their targets.
const OURS: [&str; 8] = [
    "wasurena",
    "receive_purchase",
    "plan_follow_ups",
    "set_alarms",
    "send_follow_ups",
    "record_delivery",
    "customer_pages",
    "keep_promises",
];

/// Starts the telemetry of a Lambda function, by the name of its folder.
///
/// `AWS_LAMBDA_LOG_LEVEL`, which the function's logging settings set, chooses how much our own crates say: `INFO`
/// where it is not set. Of everything else only warnings are let through, whatever is set: at `DEBUG` the SDK
/// would log bodies, and bodies hold people.
pub fn start(function: &'static str) {
    let level = std::env::var("AWS_LAMBDA_LOG_LEVEL").ok().and_then(|level| level.parse().ok()).unwrap_or(Level::INFO);
    let lines = Lines::new(function, Arc::new(WallClock), io::stdout);
    // Fails only where a subscriber stands already, and then that one is as good.
    let _already_started = tracing_subscriber::registry().with(filter(level)).with(lines).try_init();
    std::panic::set_hook(Box::new(|panic| {
        // A text that was put together may hold what it was put together from; a fixed one does not.
        let why = panic.payload().downcast_ref::<&'static str>().copied().unwrap_or("of a reason not logged");
        let at = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(at, why, "function.panicked");
    }));
}

/// What is let through.
#[must_use]
pub fn filter(level: Level) -> Targets {
    // The span of an invocation, which carries the request's id, is the runtime's.
    let ours = OURS.into_iter().map(|target| (target, LevelFilter::from_level(level)));
    Targets::new()
        .with_default(Level::WARN)
        .with_target("lambda_runtime::layers::trace", Level::INFO)
        .with_targets(ours)
}
