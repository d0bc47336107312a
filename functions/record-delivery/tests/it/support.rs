//! The fixtures: events as EventBridge hands them over, about one mail of one customer.

use chrono::{DateTime, Utc};
use serde_json::Value;
use std::path::Path;

/// The address that the fixtures' mail went to.
pub(crate) const HANAKO: &str = "hanako@example.jp";
/// The attempt that the fixtures' mail belongs to.
pub(crate) const ATTEMPT: &str = "attempt1";
/// SES's id of the fixtures' mail.
pub(crate) const MESSAGE: &str = "0106018f3c2a7d11-5e0c2c1e-0d6b-4a39-9a51-6f0b7e1d2c33-000000";

/// All fixtures but those that are not about the delivery of a follow-up's mail.
pub(crate) const OURS: [&str; 14] = [
    "bounce-carrier",
    "bounce-forwarded",
    "bounce-permanent",
    "bounce-suppressed",
    "bounce-transient",
    "bounce-undetermined",
    "complaint",
    "complaint-bare",
    "complaint-not-spam",
    "delivery",
    "delivery-delay",
    "reject",
    "rendering-failure",
    "send",
];

pub(crate) fn fixture(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name).with_extension("json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

pub(crate) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}
