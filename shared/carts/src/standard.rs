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
//! - A mail address, phone number or name that cannot be one counts as none: the purchase stands.

use crate::cart::{Cart, IgnoredReason, ParseContext, Topic, Webhook, purchase_key};
use crate::read::{Field, Object, Unreadable, json};
use crate::verified::{BASE64, Headers, InvalidSecret, Key, Rejected, Secrets, Verified, required};
use base64::Engine as _;
use chrono::{DateTime, TimeDelta, Utc};
use wasurena_domain::contact::{EmailAddress, PersonName, PhoneNumber};
use wasurena_domain::money::Currency;
use wasurena_domain::purchase::{Buyer, Consent, LINES_MAX, Line, Moments, Order, Report};

/// The header with the message's id.
pub(crate) const ID: &str = "webhook-id";
/// The header with the time of sending, in unix seconds.
pub(crate) const TIMESTAMP: &str = "webhook-timestamp";
/// The header with the signatures, separated by spaces.
pub(crate) const SIGNATURE: &str = "webhook-signature";
/// What stands before an HMAC-SHA256 signature.
pub(crate) const VERSION: &str = "v1,";

/// How far the time of sending may be from ours, both ways.
const TOLERANCE_S: u32 = 300;
/// How far ahead of ours a time in the body may be.
const AHEAD_MAX: TimeDelta = TimeDelta::days(1);

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
        let sent_at = timestamp.parse().ok().and_then(|unix_s| DateTime::from_timestamp(unix_s, 0));
        let sent_at = sent_at.ok_or(Rejected::MalformedHeader(TIMESTAMP, "a time in unix seconds"))?;
        let signatures = signatures(required(headers, SIGNATURE)?)?;

        let (keys, unusable): (Vec<_>, Vec<_>) = secrets.newest_first().map(key).partition(Result::is_ok);
        let keys: Vec<Key> = keys.into_iter().flatten().collect();
        let verified = Verified::by_hmac_sha256(&keys, &signatures, format!("{id}.{timestamp}.").as_bytes(), body)
            .map_err(|bad| unusable.into_iter().find_map(Result::err).map_or(bad, Rejected::UnusableSecret))?;

        let (age, tolerance) = (now - sent_at, TimeDelta::seconds(TOLERANCE_S.into()));
        if age > tolerance {
            return Err(Rejected::Stale { tolerance_s: TOLERANCE_S });
        }
        if -age > tolerance {
            return Err(Rejected::FromTheFuture { tolerance_s: TOLERANCE_S });
        }
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
        let report = Reader { kind, now: cx.now }.report(&event)?;
        Ok(if is_test { Webhook::Ignored(IgnoredReason::TestOrder) } else { Webhook::Purchase(Box::new(report)) })
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

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Placed,
    Paid,
    Updated,
    Shipped,
    Arrived,
    Cancelled,
    Refunded,
}

impl Kind {
    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "purchase.placed" => Self::Placed,
            "purchase.paid" => Self::Paid,
            "purchase.updated" => Self::Updated,
            "purchase.shipped" => Self::Shipped,
            "purchase.arrived" => Self::Arrived,
            "purchase.cancelled" => Self::Cancelled,
            "purchase.refunded" => Self::Refunded,
            _ => return None,
        })
    }

    /// Whether such an event makes no sense without the order in it.
    fn needs_order(self) -> bool {
        matches!(self, Self::Placed | Self::Updated)
    }
}

/// Reads the body of an event of one kind that arrived at one time.
struct Reader {
    kind: Kind,
    now: DateTime<Utc>,
}

impl Reader {
    fn report(&self, event: &Object<'_>) -> Result<Report, Unreadable> {
        let occurred_at = self.time(&event.field("occurred_at"))?;
        let order = event.field("order").object()?;
        Ok(Report {
            key: purchase_key(&Standard, order.field("id").order_id()?),
            moments: self.moments(&order, occurred_at)?,
            order: self.order(&order, occurred_at)?,
        })
    }

    fn time(&self, field: &Field<'_>) -> Result<DateTime<Utc>, Unreadable> {
        let time = field.time()?;
        if time - self.now > AHEAD_MAX {
            return Err(
                field.impossible(&"a time must not be more than a day ahead; check clock and offset of the sender")
            );
        }
        Ok(time)
    }

    fn moments(&self, order: &Object<'_>, occurred_at: DateTime<Utc>) -> Result<Moments, Unreadable> {
        let at = |name: &'static str, kind: Kind| {
            let said = order.field(name).optional(|f| self.time(f))?;
            Ok(said.or((self.kind == kind).then_some(occurred_at)))
        };
        let paid_at = at("paid_at", Kind::Paid)?;
        Ok(Moments {
            paid_seen_at: paid_at,
            unpaid_seen_at: (self.kind == Kind::Placed && paid_at.is_none()).then_some(occurred_at),
            shipped_at: at("shipped_at", Kind::Shipped)?,
            arrived_at: at("arrived_at", Kind::Arrived)?,
            cancelled_at: at("cancelled_at", Kind::Cancelled)?,
            refunded_at: at("refunded_at", Kind::Refunded)?,
        })
    }

    /// The order, all of it or none.
    fn order(&self, order: &Object<'_>, occurred_at: DateTime<Utc>) -> Result<Option<Order>, Unreadable> {
        let [ordered_at, currency, total] = ["ordered_at", "currency", "total"].map(|name| order.field(name));
        let [gift, consent, buyer, lines] = ["gift", "consent", "buyer", "lines"].map(|name| order.field(name));
        let parts = [&ordered_at, &currency, &total, &gift, &consent, &buyer, &lines];
        if !self.kind.needs_order() && !parts.into_iter().any(Field::is_present) {
            return Ok(None);
        }
        let currency = currency.currency()?;
        let lines = lines.list()?;
        let mut read = lines.iter().map(|l| line(&l.object()?, currency)).collect::<Result<Vec<_>, _>>()?;
        read.truncate(LINES_MAX);
        Ok(Some(Order {
            version_at: occurred_at,
            // Only a purchase that is being placed may leave this out: later events happen later.
            ordered_at: match self.kind {
                Kind::Placed => ordered_at.optional(|f| self.time(f))?.unwrap_or(occurred_at),
                _ => self.time(&ordered_at)?,
            },
            buyer: buyer.optional(|f| person(&f.object()?))?.unwrap_or_default(),
            consent: consent.optional(answer)?.unwrap_or_default(),
            gift: gift.optional(Field::flag)?.unwrap_or_default(),
            total: total.money(currency)?,
            line_count: u32::try_from(lines.len()).unwrap_or(u32::MAX),
            lines: read,
        }))
    }
}

fn person(buyer: &Object<'_>) -> Result<Buyer, Unreadable> {
    let text = |name| buyer.field(name).optional(Field::text).map(Option::unwrap_or_default);
    let (whole, family, given) = (text("name")?, text("family_name")?, text("given_name")?);
    Ok(Buyer {
        email: EmailAddress::parse(text("email")?).ok(),
        phone: PhoneNumber::parse(text("phone")?).ok(),
        name: PersonName::parse(whole).or_else(|| PersonName::from_parts(family, given)),
    })
}

fn answer(consent: &Field<'_>) -> Result<Consent, Unreadable> {
    match consent.text()? {
        "granted" => Ok(Consent::Granted),
        "denied" => Ok(Consent::Denied),
        "unknown" => Ok(Consent::Unknown),
        _ => Err(consent.impossible(&"consent must be granted, denied or unknown")),
    }
}

fn line(line: &Object<'_>, currency: Currency) -> Result<Line, Unreadable> {
    let product = line.field("product_id").optional(Field::id)?;
    let picture = line.field("picture").optional(Field::text)?;
    let quantity = line.field("quantity").count()?;
    let price = line.field("unit_price").money(currency)?;
    Ok(Line::new(product.as_deref(), line.field("name").text()?, picture, quantity, price.amount_minor))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::trace;
    use crate::sign;
    use serde_json::Value;
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

    #[test]
    fn the_published_schema_describes_exactly_the_fields_that_are_read() {
        let schema = serde_json::from_str(include_str!("../../../docs/hooks/standard.schema.json")).unwrap();
        let body = include_bytes!("../../../docs/hooks/standard.example.json");
        let now = "2026-04-03T02:00:00Z".parse().unwrap();
        let headers = sign::standard("c2VjcmV0", "msg_1", now, body).unwrap();
        let secrets = Secrets::new("c2VjcmV0".into(), None).unwrap();
        let verified = Standard.verify(&headers, body, &secrets, now).unwrap();

        trace::take();
        Standard.parse(&headers, verified, &ParseContext { now }).unwrap();
        let mut described = BTreeSet::new();
        fields(&schema, &schema, "", &mut described);
        assert_eq!(trace::take(), described);
    }
}
