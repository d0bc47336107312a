//! Our generic hook: Standard Webhooks (<https://www.standardwebhooks.com>) around a body of our own,
//! which carries everything that a purchase is made of.
//!
//! The body is published: docs/hooks/standard.md, with JSON Schema and example. A test holds schema and
//! parser together. Its rules, and why:
//!
//! - An event **says what happened** (`type`, `occurred_at`) and may carry the order as it now is. With the
//!   order it is a version of it; without, only the moment counts. Half an order is refused: a version
//!   replaces the one before as a whole.
//! - `purchase.placed` without `paid_at` is **not paid yet**; `purchase.paid` is paid, at `paid_at` or when
//!   it occurred. The other types say nothing about payment unless they carry `paid_at`.
//! - A time more than a day ahead of ours is refused: the newest version counts, so one from next year
//!   would shut out every correction until then. A day forgives wrong clocks and wrong offsets.
//! - A mail address, phone number or name that cannot be one counts as none: the purchase stands. Where somebody's
//!   data is to be erased it is refused instead: an erasure that finds nobody must not look like one that was done.

mod customer;
mod event;
mod order;

use crate::cart::{Cart, IgnoredReason, ParseContext, Topic, Webhook};
use crate::read::{Field, Unreadable, json};
use crate::verified::{BASE64, Headers, InvalidSecret, Key, Rejected, Secrets, Verified, check_age, required, sent_at};
use base64::Engine as _;
use chrono::{DateTime, Utc};
use event::Kind;

/// The header with the message's id.
pub(crate) const ID: &str = "webhook-id";
/// The header with the time of sending, in unix seconds.
pub(crate) const TIMESTAMP: &str = "webhook-timestamp";
/// The header with the signatures, separated by spaces.
pub(crate) const SIGNATURE: &str = "webhook-signature";
/// What stands before an HMAC-SHA256 signature.
pub(crate) const VERSION: &str = "v1,";

/// Standard Webhooks with our own body.
pub(crate) struct Standard;

impl Cart for Standard {
    fn id(&self) -> &'static str {
        "standard"
    }

    fn verify<'a>(
        &self,
        headers: &dyn Headers,
        body: &'a [u8],
        secrets: &Secrets,
        now: DateTime<Utc>,
    ) -> Result<Verified<'a>, Rejected> {
        let (id, timestamp) = (required(headers, ID)?, required(headers, TIMESTAMP)?);
        let sent_at = sent_at(timestamp, TIMESTAMP, "a time in unix seconds")?;
        let signatures = signatures(required(headers, SIGNATURE)?)?;

        let (keys, unusable): (Vec<_>, Vec<_>) = secrets.newest_first().map(key).partition(Result::is_ok);
        let keys: Vec<Key> = keys.into_iter().flatten().collect();
        let verified = Verified::by_hmac_sha256(&keys, &signatures, format!("{id}.{timestamp}.").as_bytes(), body)
            .map_err(|bad| unusable.into_iter().find_map(Result::err).map_or(bad, Rejected::UnusableSecret))?;
        check_age(sent_at, now)?;
        Ok(verified)
    }

    fn parse(&self, _headers: &dyn Headers, body: Verified<'_>, cx: &ParseContext) -> Result<Webhook, Unreadable> {
        let body = json(body.body())?;
        let event = Field::root(&body).object()?;
        let name = event.field("type").text()?;
        let Some(kind) = Kind::parse(name) else {
            return Ok(Webhook::Ignored(IgnoredReason::UnknownTopic(Topic::new(name))));
        };
        // A test is read all the same: whoever sets the hook up learns from it what is wrong.
        let is_test = event.field("test").optional(Field::flag)? == Some(true);
        let webhook = event::read(kind, &event, cx.now)?;
        Ok(if is_test { Webhook::Ignored(IgnoredReason::TestOrder) } else { webhook })
    }
}

/// The key in a secret as senders show it: base64, `whsec_` before it or not, padded or not.
pub(crate) fn key(secret: &str) -> Result<Key, InvalidSecret> {
    let key = BASE64.decode(secret.strip_prefix("whsec_").unwrap_or(secret)).map_err(|_| InvalidSecret::NotBase64)?;
    if key.is_empty() { Err(InvalidSecret::Empty) } else { Ok(Key::new(key)) }
}

/// The signatures of the version we know. Others are skipped: `v1a` is for those who hold a public key.
fn signatures(header: &str) -> Result<Vec<Vec<u8>>, Rejected> {
    let known: Vec<&str> = header.split(' ').filter_map(|s| s.strip_prefix(VERSION)).collect();
    if known.is_empty() {
        return Err(Rejected::UnknownSignatureVersion(SIGNATURE, "v1,<base64>"));
    }
    let decoded: Vec<Vec<u8>> = known.into_iter().filter_map(|s| BASE64.decode(s).ok()).collect();
    if decoded.is_empty() { Err(Rejected::MalformedHeader(SIGNATURE, "v1,<base64>")) } else { Ok(decoded) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::trace;
    use crate::sign;
    use serde_json::{Value, json};
    use std::collections::BTreeSet;

    /// Every field that a schema describes, as `order.lines[].name`.
    fn fields(schema: &Value, at: &Value, path: &str, found: &mut BTreeSet<String>) {
        if let Some(pointer) = at["$ref"].as_str() {
            fields(schema, schema.pointer(&pointer[1..]).unwrap(), path, found);
        }
        for option in at["anyOf"].as_array().into_iter().flatten() {
            fields(schema, option, path, found);
        }
        if at["items"].is_object() {
            fields(schema, &at["items"], &format!("{path}[]"), found);
        }
        for (name, field) in at["properties"].as_object().into_iter().flatten() {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            fields(schema, field, &path, found);
            found.insert(path);
        }
    }

    fn read(body: &Value) {
        let body = body.to_string();
        let now = "2026-04-03T02:00:00Z".parse().unwrap();
        let headers = sign::standard("c2VjcmV0", "msg_1", now, body.as_bytes()).unwrap();
        let secrets = Secrets::new("c2VjcmV0".into(), None).unwrap();
        let verified = Standard.verify(&headers, body.as_bytes(), &secrets, now).unwrap();
        Standard.parse(&headers, verified, &ParseContext { now }).unwrap();
    }

    #[test]
    fn the_published_schema_describes_exactly_the_fields_that_are_read() {
        let schema = serde_json::from_str(include_str!("../../../docs/hooks/standard.schema.json")).unwrap();
        let example: Value = serde_json::from_str(include_str!("../../../docs/hooks/standard.example.json")).unwrap();
        let mut returned = example.clone();
        returned["order"]["refund"] = json!({ "id": 1, "amount": "1900", "currency": "JPY" });
        let mut erased = example.clone();
        erased["type"] = json!("customer.erased");
        erased["customer"] = json!({ "email": "hanako@example.jp" });

        trace::take();
        [example, returned, erased].iter().for_each(read);
        let mut described = BTreeSet::new();
        fields(&schema, &schema, "", &mut described);
        assert_eq!(trace::take(), described);
    }
}
