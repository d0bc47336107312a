//! Signing a body as each cart does, for the demo and for tests that need a cart at hand.

use crate::verified::{BASE64, InvalidSecret, hmac_sha256};
use crate::{shopify, standard, stripe, woocommerce};
use base64::Engine as _;
use chrono::{DateTime, Utc};
use std::fmt::Write as _;

/// The header that Shopify adds: the signature of `body` with the text of `secret` as key.
#[must_use]
pub fn shopify(secret: &str, body: &[u8]) -> (&'static str, String) {
    (shopify::SIGNATURE, BASE64.encode(hmac_sha256(secret.as_bytes(), &[body])))
}

/// The header that WooCommerce adds: the signature of `body` with the text of `secret` as key.
#[must_use]
pub fn woocommerce(secret: &str, body: &[u8]) -> (&'static str, String) {
    (woocommerce::SIGNATURE, BASE64.encode(hmac_sha256(secret.as_bytes(), &[body])))
}

/// The header that Stripe adds to what it sends at `sent_at`: the whole text of `secret` is the key.
#[must_use]
pub fn stripe(secret: &str, sent_at: DateTime<Utc>, body: &[u8]) -> (&'static str, String) {
    let timestamp = sent_at.timestamp().to_string();
    let tag = hmac_sha256(secret.as_bytes(), &[timestamp.as_bytes(), b".", body]);
    let mut header = format!("t={timestamp},v1=");
    for byte in tag {
        // Writing into a string does not fail.
        let _ = write!(header, "{byte:02x}");
    }
    (stripe::SIGNATURE, header)
}

/// The three headers of Standard Webhooks, for the message `id` sent at `sent_at`.
///
/// # Errors
/// [`InvalidSecret`] where `secret` holds no key.
pub fn standard(
    secret: &str,
    id: &str,
    sent_at: DateTime<Utc>,
    body: &[u8],
) -> Result<[(&'static str, String); 3], InvalidSecret> {
    let timestamp = sent_at.timestamp().to_string();
    let tag = hmac_sha256(&standard::key(secret)?, &[id.as_bytes(), b".", timestamp.as_bytes(), b".", body]);
    let signature = format!("{}{}", standard::VERSION, BASE64.encode(tag));
    Ok([(standard::ID, id.to_owned()), (standard::TIMESTAMP, timestamp), (standard::SIGNATURE, signature)])
}
