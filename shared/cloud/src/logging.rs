//! Log lines: JSON, one for each event, without personal data. Ids of customers are keyed digests, so they may stand in a log.

use tracing_subscriber::EnvFilter;

/// Starts logging for a Lambda function. `RUST_LOG` chooses what is logged; `info` where it is not set.
pub fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    // Fails only where a subscriber stands already, and then that one is as good.
    let _already_started = tracing_subscriber::fmt().json().with_env_filter(filter).without_time().try_init();
}
