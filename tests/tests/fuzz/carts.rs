//! What carts send, signed as it should be: read, or refused without a word of what it said.

use crate::corpus::Corpus;
use crate::engine::{Input, fuzz};
use crate::json;
use serde_json::Value;
use std::sync::LazyLock;
use wasurena_carts::{IgnoredReason, ParseContext, Secrets, Unreadable, Webhook, find, sign};
use wasurena_domain::purchase::Purchase;

/// The sample shop's secret.
pub(crate) const SECRET: &str = "whsec_c2FrdXJhLXNhbXBsZS1zZWNyZXQtZm9yLXRlc3RzISE=";
/// When everything here is sent, and arrives.
const NOW: &str = "2026-04-10T03:00:00Z";

pub(crate) static SECRETS: LazyLock<Secrets> = LazyLock::new(|| Secrets::new(SECRET.into(), None).unwrap());

pub(crate) fn now() -> chrono::DateTime<chrono::Utc> {
    NOW.parse().unwrap()
}

/// Headers by their names.
pub(crate) type Headers = Vec<(String, String)>;

/// An input's headers, a line each, and after a blank line its body.
pub(crate) fn split(bytes: &[u8]) -> (Headers, &[u8]) {
    let end = bytes.windows(2).position(|two| two == b"\n\n");
    let (head, body) = end.map_or((&[][..], bytes), |end| (&bytes[..end], &bytes[end + 2..]));
    let head = String::from_utf8_lossy(head);
    let pairs = head.lines().filter_map(|line| line.split_once(':'));
    (pairs.map(|(name, value)| (name.trim().to_lowercase(), value.trim().to_owned())).collect(), body)
}

/// The headers with which a cart signs a body.
pub(crate) fn signed(cart: &str, body: &[u8]) -> Headers {
    let own = |(name, value): (&str, String)| (name.to_owned(), value);
    match cart {
        "shopify" => vec![own(sign::shopify(SECRET, body))],
        "woocommerce" => vec![own(sign::woocommerce(SECRET, body))],
        "stripe" => vec![own(sign::stripe(SECRET, now(), body))],
        _ => sign::standard(SECRET, "msg_1", now(), body).unwrap().map(own).to_vec(),
    }
}

/// Texts of a body that a log must not hold: addresses, names, numbers.
fn personal(body: &[u8]) -> Vec<String> {
    let Ok(value) = serde_json::from_slice::<Value>(body) else { return Vec::new() };
    let mut found = Vec::new();
    json::places(&value, String::new(), &mut found);
    let texts = found.iter().filter_map(|place| match value.pointer(place)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    });
    let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
    texts
        .filter(|text| text.chars().count() > 1 && (text.contains('@') || !text.is_ascii() || digits(text) > 6))
        .collect()
}

/// What a cart makes of an input, signed as it should be.
fn webhook(cart: &str, bytes: &[u8]) -> Result<Webhook, Unreadable> {
    let (mut headers, body) = split(bytes);
    headers.extend(signed(cart, body));
    let cart = find(cart).unwrap();
    let verified = cart.verify(&headers, body, &SECRETS, now()).expect("it is signed");
    cart.parse(&headers, verified, &ParseContext { now: now() })
}

fn read(cart: &str, input: &Input<'_>) {
    let told = match webhook(cart, input.bytes) {
        Ok(Webhook::Purchase(report)) => {
            let purchase = Purchase::from_report(*report.clone());
            let written = serde_json::to_string(&purchase).expect("what was read can be written");
            assert_eq!(serde_json::from_str::<Purchase>(&written).expect("what was written can be read"), purchase);
            assert_eq!(purchase.clone().join(*report), purchase, "said again it says nothing new");
            return;
        }
        Ok(Webhook::Ignored(IgnoredReason::UnknownTopic(topic))) => {
            let topic = topic.to_string();
            assert!(topic.len() <= 64 && !topic.contains('@') && topic.is_ascii(), "a topic that may be logged");
            return;
        }
        Ok(Webhook::Ignored(why)) => format!("{why} {why:?}"),
        // What it asks for is for the owner, who may see it.
        Ok(Webhook::Erase(_) | Webhook::Disclose(_) | Webhook::EraseCart) => return,
        Err(error) => format!("{error} {error:?}"),
    };
    for text in personal(split(input.bytes).1) {
        assert!(!told.contains(&text), "what is told of it holds a value of the body: {told}");
    }
}

#[test]
fn shopify() {
    fuzz("shopify", 5_000, |input| read("shopify", input));
}

#[test]
fn woocommerce() {
    fuzz("woocommerce", 5_000, |input| read("woocommerce", input));
}

#[test]
fn stripe() {
    fuzz("stripe", 5_000, |input| read("stripe", input));
}

#[test]
fn standard() {
    fuzz("standard", 5_000, |input| read("standard", input));
}

/// A corpus that nobody can read any more would be a poor beginning.
#[test]
fn most_of_what_stands_in_the_corpus_is_read() {
    for cart in ["shopify", "woocommerce", "stripe", "standard"] {
        let (read, refused): (Vec<_>, Vec<_>) =
            Corpus::of(cart).files().map(|(_, bytes)| webhook(cart, bytes)).partition(Result::is_ok);
        let purchases = read.iter().filter(|said| matches!(said, Ok(Webhook::Purchase(_)))).count();
        assert!(purchases >= 4 && read.len() > 2 * refused.len(), "{cart}: {refused:?}");
    }
}
