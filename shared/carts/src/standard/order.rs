//! The order in an event of the generic hook: all of it, or none.

use super::event::{Clock, Kind};
use crate::read::{Field, Object, Unreadable};
use crate::words;
use chrono::{DateTime, Utc};
use wasurena_domain::birthday::Birthday;
use wasurena_domain::contact::{EmailAddress, PersonName, PhoneNumber};
use wasurena_domain::money::Currency;
use wasurena_domain::purchase::{Buyer, Consent, Delivery, LINES_MAX, Line, Order, OrderKind};

/// The fields of the order itself, beside its id and moments: if one of them is there, it is a version of the order.
const PARTS: [&str; 14] = [
    "ordered_at",
    "currency",
    "total",
    "gift",
    "consent",
    "consent_at",
    "buyer",
    "lines",
    "kind",
    "delivery",
    "promised_on",
    "company",
    "marketplace",
    "payment",
];
/// Longest name of a marketplace and id of a payment kept, in characters.
const TEXT_MAX: usize = 120;

/// The order, all of it or none.
pub(super) fn whole(
    kind: Kind,
    order: &Object<'_>,
    occurred_at: DateTime<Utc>,
    clock: Clock,
) -> Result<Option<Order>, Unreadable> {
    if !kind.needs_order() && !PARTS.iter().any(|part| order.field(part).is_present()) {
        return Ok(None);
    }
    let currency = order.field("currency").currency()?;
    let lines = order.field("lines").list()?;
    let mut read = lines.iter().map(|l| line(&l.object()?, currency)).collect::<Result<Vec<_>, _>>()?;
    read.truncate(LINES_MAX);
    let ordered_at = order.field("ordered_at");
    let buyer = order.field("buyer").optional(|f| person(&f.object()?))?.unwrap_or_default();
    Ok(Some(Order {
        version_at: occurred_at,
        // Only a purchase that is being placed may leave this out: later events happen later.
        ordered_at: match kind {
            Kind::Placed => ordered_at.optional(|f| clock.read(f))?.unwrap_or(occurred_at),
            _ => clock.read(&ordered_at)?,
        },
        consent: order.field("consent").optional(|f| one_of(f, CONSENTS))?.unwrap_or_default(),
        consent_at: order.field("consent_at").optional(|f| clock.read(f))?,
        gift: order.field("gift").optional(Field::flag)?.unwrap_or_default(),
        kind: order.field("kind").optional(|f| one_of(f, KINDS))?.unwrap_or_default(),
        delivery: order.field("delivery").optional(|f| one_of(f, DELIVERIES))?.unwrap_or_default(),
        promised_on: order.field("promised_on").optional(Field::date)?,
        company: order.field("company").optional(Field::flag)?.unwrap_or_default(),
        marketplace: short_text(&order.field("marketplace"))?
            .map(|name| name.to_lowercase())
            .or_else(|| words::marketplace_of_address(buyer.email.as_ref()?).map(str::to_owned)),
        payment: short_text(&order.field("payment"))?,
        buyer,
        total: order.field("total").money(currency)?,
        line_count: u32::try_from(lines.len()).unwrap_or(u32::MAX),
        lines: read,
    }))
}

/// What a word of the published schema means, and what to say where there is another.
type Vocabulary<T, const COUNT: usize> = ([(&'static str, T); COUNT], &'static str);

const CONSENTS: Vocabulary<Consent, 3> = (
    [("granted", Consent::Granted), ("denied", Consent::Denied), ("unknown", Consent::Unknown)],
    "consent must be granted, denied or unknown",
);
const KINDS: Vocabulary<OrderKind, 4> = (
    [
        ("purchase", OrderKind::Purchase),
        ("renewal", OrderKind::Renewal),
        ("exchange", OrderKind::Exchange),
        ("gift_card", OrderKind::GiftCard),
    ],
    "kind must be purchase, renewal, exchange or gift_card",
);
const DELIVERIES: Vocabulary<Delivery, 4> = (
    [
        ("goods", Delivery::Goods),
        ("digital", Delivery::Digital),
        ("made_to_order", Delivery::MadeToOrder),
        ("appointment", Delivery::Appointment),
    ],
    "delivery must be goods, digital, made_to_order or appointment",
);

fn one_of<T: Copy, const COUNT: usize>(field: &Field<'_>, words: Vocabulary<T, COUNT>) -> Result<T, Unreadable> {
    let said = field.text()?;
    let meant = words.0.iter().find(|(word, _)| *word == said).map(|(_, meaning)| *meaning);
    meant.ok_or_else(|| field.impossible(&words.1))
}

/// A text that is short and not blank.
fn short_text(field: &Field<'_>) -> Result<Option<String>, Unreadable> {
    let text = field.optional(Field::text)?.unwrap_or_default().trim();
    Ok((!text.is_empty()).then(|| text.chars().take(TEXT_MAX).collect()))
}

fn person(buyer: &Object<'_>) -> Result<Buyer, Unreadable> {
    let text = |name| buyer.field(name).optional(Field::text).map(Option::unwrap_or_default);
    let (whole, family, given) = (text("name")?, text("family_name")?, text("given_name")?);
    Ok(Buyer {
        email: EmailAddress::parse(text("email")?).ok(),
        phone: PhoneNumber::parse(text("phone")?).ok(),
        name: PersonName::parse(whole).or_else(|| PersonName::from_parts(family, given)),
        birthday: Birthday::parse(text("birthday")?).ok(),
    })
}

fn line(line: &Object<'_>, currency: Currency) -> Result<Line, Unreadable> {
    let product = line.field("product_id").optional(Field::id)?;
    let picture = line.field("picture").optional(Field::text)?;
    let quantity = line.field("quantity").count()?;
    let price = line.field("unit_price").money(currency)?;
    Ok(Line::new(product.as_deref(), line.field("name").text()?, picture, quantity, price.amount_minor))
}
