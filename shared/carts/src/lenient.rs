//! Reading JSON of a cart that never sends again: what is odd counts as missing, and only what makes an order
//! impossible is an error. Plugins turn numbers into text, text into numbers, and lists into `""`.

use crate::read::Object;
use chrono::{DateTime, NaiveDateTime, Utc};
use serde_json::{Map, Value};
use wasurena_domain::money::{Currency, Money};

/// A text without the blanks around it; a number as it is written.
pub(crate) fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// The text in the field `name`, or none.
pub(crate) fn text_of(map: &Map<String, Value>, name: &str) -> Option<String> {
    map.get(name).and_then(text)
}

/// The objects of a list; none where there is no list.
pub(crate) fn objects<'v>(object: &Object<'v>, name: &'static str) -> Vec<&'v Map<String, Value>> {
    let list = object.field(name).raw().and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_object).collect()
}

/// An instant in UTC whose text has no zone, like `2026-04-03T01:24:31`, or with a space for the `T`, as WordPress
/// stores it. With a zone it counts as written.
pub(crate) fn gmt(value: &Value) -> Option<DateTime<Utc>> {
    let text = value.as_str()?.trim().replacen(' ', "T", 1);
    let zoned = DateTime::parse_from_rfc3339(&text).ok().map(|t| t.to_utc());
    zoned.or_else(|| NaiveDateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M:%S%.f").ok().map(|t| t.and_utc()))
}

/// An amount in minor units. Decimals that the currency does not have are rounded: a shop that calculates with
/// two decimals in yen still has sold something. No float is made of it.
pub(crate) fn minor_units(value: &Value, currency: Currency) -> Option<i64> {
    let decimal = text(value)?;
    let (whole, fraction) = decimal.split_once('.').unwrap_or((&decimal, ""));
    if !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let places = usize::try_from(currency.exponent()).ok()?;
    let (kept, dropped) = fraction.split_at(fraction.len().min(places));
    let decimal = if kept.is_empty() { whole.to_owned() } else { format!("{whole}.{kept}") };
    let minor = Money::parse(&decimal, currency).ok()?.amount_minor;
    let away_from_zero = i64::from(dropped.bytes().next().is_some_and(|digit| digit >= b'5'));
    minor.checked_add(if whole.starts_with('-') { -away_from_zero } else { away_from_zero })
}

/// How many: at least one. Parts of a piece (cloth by the metre) count as one more.
pub(crate) fn quantity(value: Option<&Value>) -> u32 {
    let written = value.and_then(text).unwrap_or_default();
    let (whole, fraction) = written.split_once('.').unwrap_or((&written, ""));
    let whole: u32 = whole.parse().unwrap_or_default();
    whole.saturating_add(fraction.bytes().any(|b| (b'1'..=b'9').contains(&b)).into()).max(1)
}

/// A price for one, where only the price for all is known: rounded to the nearest minor unit.
pub(crate) fn each(all_minor: i64, quantity: u32) -> i64 {
    let count = i64::from(quantity.max(1));
    all_minor.saturating_add(count / 2).div_euclid(count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn amounts_keep_their_value_and_lose_what_the_currency_lacks() {
        for (value, code, expected) in [
            (json!("5900"), "JPY", Some(5900)),
            (json!("5900.00"), "JPY", Some(5900)),
            (json!("5900.50"), "JPY", Some(5901)),
            (json!("5900.49"), "JPY", Some(5900)),
            (json!("-10.00"), "USD", Some(-1000)),
            (json!("-0.5"), "JPY", Some(-1)),
            (json!("29.35"), "USD", Some(2935)),
            (json!("29.349999"), "USD", Some(2935)),
            (json!(29.35), "USD", Some(2935)),
            (json!(5900), "JPY", Some(5900)),
            (json!(" 5900 "), "JPY", Some(5900)),
            (json!(""), "JPY", None),
            (json!("5,900"), "JPY", None),
            (json!("5900.x"), "JPY", None),
            (json!("5900.é"), "JPY", None),
            (json!(1e300), "JPY", None),
            (json!(null), "JPY", None),
            (json!("99999999999999999999"), "JPY", None),
        ] {
            let currency = Currency::parse(code).unwrap();
            assert_eq!(minor_units(&value, currency), expected, "{value} {code}");
        }
    }

    #[test]
    fn times_without_a_zone_are_utc() {
        let instant = DateTime::from_timestamp(1_775_179_471, 0);
        for (value, expected) in [
            (json!("2026-04-03T01:24:31"), instant),
            (json!("2026-04-03T01:24:31Z"), instant),
            (json!("2026-04-03T10:24:31+09:00"), instant),
            (json!("2026-04-03 01:24:31"), instant),
            (json!("2026-04-03 01:24:31Z"), instant),
            (json!("2026-04-03 01:24"), None),
            (json!("0000-00-00 00:00:00"), None),
            (json!("0000-00-00T00:00:00"), None),
            (json!(""), None),
            (json!(1_775_179_471), None),
        ] {
            assert_eq!(gmt(&value), expected, "{value}");
        }
    }

    #[test]
    fn there_is_always_one_of_it() {
        let cases = [
            (json!(2), 2),
            (json!("3"), 3),
            (json!(0), 1),
            (json!(1.5), 2),
            (json!(null), 1),
            (json!("x"), 1),
            (json!(-2), 1),
        ];
        for (value, expected) in cases {
            assert_eq!(quantity(Some(&value)), expected, "{value}");
        }
        assert_eq!((each(1000, 3), each(1001, 3), each(5, 2), each(600, 0)), (333, 334, 3, 600));
    }
}
