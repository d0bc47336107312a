//! Reading JSON that a stranger wrote: every error names the field and what was expected there, and
//! never what stood there, which may be a person's.
//!
//! Not serde's derive: its errors repeat the value (`invalid type: string "hanako@…"`) and cannot tell a
//! missing field from a misspelt one by its path. Unknown fields are ignored: carts add some every year.
//! `null` is the same as missing.

#[cfg(test)]
pub(crate) mod trace;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Map, Value};
use std::fmt::Display;
use wasurena_domain::ids::OrderId;
use wasurena_domain::money::{Currency, Money};

/// Why a signed body is no message. Never holds a value of the body, only names of fields.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Bytes that are no text.
    #[error("the body is not UTF-8")]
    NotUtf8,
    /// Text that is not JSON.
    #[error("the body is not JSON: see line {line}, column {column}")]
    NotJson {
        /// Line of the first fault, from 1.
        line: usize,
        /// Column of the first fault, from 1.
        column: usize,
    },
    /// Deeper than 127 levels: no order is, and reading on could exhaust the stack.
    #[error("the body is nested too deeply: at most 127 levels are read")]
    TooDeep,
    /// The request does not say what it is about.
    #[error("the header {0} is missing: it says what the body is about")]
    NoTopic(&'static str),
    /// A field that must be there is not, or is `null`.
    #[error("{path}: expected {expected}, but it is missing")]
    Missing {
        /// Where, like `order.lines[2].quantity`.
        path: String,
        /// What should have been there.
        expected: &'static str,
    },
    /// A field holds something of another kind.
    #[error("{path}: expected {expected}")]
    Unexpected {
        /// Where, like `order.lines[2].quantity`.
        path: String,
        /// What should have been there.
        expected: &'static str,
    },
    /// A field of the right kind holds what cannot be.
    #[error("{path}: {why}")]
    Impossible {
        /// Where, like `order.total`.
        path: String,
        /// The rule that it breaks.
        why: String,
    },
}

/// Reads a body as JSON.
pub(crate) fn json(body: &[u8]) -> Result<Value, Unreadable> {
    let text = std::str::from_utf8(body).map_err(|_| Unreadable::NotUtf8)?;
    serde_json::from_str(text).map_err(|e| match e.to_string().starts_with("recursion limit") {
        true => Unreadable::TooDeep,
        false => Unreadable::NotJson { line: e.line(), column: e.column() },
    })
}

/// A day, written as RFC 3339 does: `2026-04-03`.
pub(crate) fn date(text: &str) -> Option<NaiveDate> {
    let is_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let (year, month, day) = (text.get(..4)?, text.get(5..7)?, text.get(8..)?);
    let is_shaped = text.len() == 10 && text.get(4..5)? == "-" && text.get(7..8)? == "-";
    if !is_shaped || ![year, month, day].into_iter().all(is_digits) {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// A place in the body: what stands there, and how to get there.
pub(crate) struct Field<'v> {
    value: Option<&'v Value>,
    path: String,
}

/// An object, whose fields can be asked for.
pub(crate) struct Object<'v> {
    map: &'v Map<String, Value>,
    path: String,
}

impl<'v> Object<'v> {
    /// The field `name`, there or not.
    pub(crate) fn field(&self, name: &'static str) -> Field<'v> {
        let path = if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) };
        #[cfg(test)]
        trace::note(&path);
        Field { value: self.map.get(name).filter(|v| !v.is_null()), path }
    }
}

impl<'v> Field<'v> {
    /// The whole body.
    pub(crate) fn root(value: &'v Value) -> Self {
        Self { value: Some(value), path: String::new() }
    }

    /// The error for a field whose content breaks a rule.
    pub(crate) fn impossible(&self, why: &dyn Display) -> Unreadable {
        Unreadable::Impossible { path: self.path.clone(), why: why.to_string() }
    }

    /// What `as_kind` makes of the value; `expected` says in an error what that would have been.
    pub(crate) fn read<T>(
        &self,
        expected: &'static str,
        as_kind: impl FnOnce(&'v Value) -> Option<T>,
    ) -> Result<T, Unreadable> {
        let Some(value) = self.value else {
            return Err(Unreadable::Missing { path: self.path.clone(), expected });
        };
        as_kind(value).ok_or_else(|| {
            let path = if self.path.is_empty() { "the body".to_owned() } else { self.path.clone() };
            Unreadable::Unexpected { path, expected }
        })
    }

    /// Whether it is there.
    pub(crate) fn is_present(&self) -> bool {
        self.value.is_some()
    }

    /// Whether it is an object.
    pub(crate) fn is_object(&self) -> bool {
        self.value.is_some_and(Value::is_object)
    }

    /// What `read` makes of it, where it is there.
    pub(crate) fn optional<T>(
        &self,
        read: impl FnOnce(&Self) -> Result<T, Unreadable>,
    ) -> Result<Option<T>, Unreadable> {
        if self.is_present() { read(self).map(Some) } else { Ok(None) }
    }

    /// What `read` makes of it; none where it is missing or odd. For what does not decide whether it is an order.
    pub(crate) fn hint<T>(&self, read: impl FnOnce(&Self) -> Result<T, Unreadable>) -> Option<T> {
        read(self).ok()
    }

    /// An object.
    pub(crate) fn object(&self) -> Result<Object<'v>, Unreadable> {
        let map = self.read("an object", Value::as_object)?;
        Ok(Object { map, path: self.path.clone() })
    }

    /// The elements of a list.
    pub(crate) fn list(&self) -> Result<Vec<Field<'v>>, Unreadable> {
        let list = self.read("a list", Value::as_array)?;
        let element = |(i, value)| Field { value: Some(value), path: format!("{}[{i}]", self.path) };
        Ok(list.iter().enumerate().map(element).collect())
    }

    /// A string.
    pub(crate) fn text(&self) -> Result<&'v str, Unreadable> {
        self.read("a string", Value::as_str)
    }

    /// `true` or `false`.
    pub(crate) fn flag(&self) -> Result<bool, Unreadable> {
        self.read("true or false", Value::as_bool)
    }

    /// How many there are of something.
    pub(crate) fn count(&self) -> Result<u32, Unreadable> {
        self.read("a whole number from 0 to 4294967295", |v| v.as_u64()?.try_into().ok())
    }

    /// The id of something, as text: carts write ids as numbers or as strings, and numbers beyond 2^53 are
    /// kept exactly.
    pub(crate) fn id(&self) -> Result<String, Unreadable> {
        self.read("a string or a whole number below 2^64", |v| match v {
            Value::String(text) => Some(text.clone()),
            _ => v.as_u64().map(|n| n.to_string()),
        })
    }

    /// The id of an order.
    pub(crate) fn order_id(&self) -> Result<OrderId, Unreadable> {
        OrderId::parse(&self.id()?).map_err(|e| self.impossible(&e))
    }

    /// An instant: a date and a time with its offset from UTC.
    pub(crate) fn time(&self) -> Result<DateTime<Utc>, Unreadable> {
        const EXPECTED: &str = "a date and time with offset (RFC 3339), like 2026-04-03T10:30:00+09:00";
        // Chrono also takes a space for the T; the schema's date-time does not.
        let text = |v: &'v Value| v.as_str().filter(|t| !t.contains(' '));
        let instant = |v: &'v Value| DateTime::parse_from_rfc3339(text(v)?).ok();
        Ok(self.read(EXPECTED, instant)?.to_utc())
    }

    /// An instant in unix seconds.
    pub(crate) fn unix_time(&self) -> Result<DateTime<Utc>, Unreadable> {
        self.read("a time in unix seconds", |v| DateTime::from_timestamp(v.as_i64()?, 0))
    }

    /// A day.
    pub(crate) fn date(&self) -> Result<NaiveDate, Unreadable> {
        self.read("a date like 2026-04-03", |v| date(v.as_str()?))
    }

    /// A whole number of a currency's minor units.
    pub(crate) fn minor_units(&self) -> Result<i64, Unreadable> {
        self.read("a whole number", Value::as_i64)
    }

    /// A currency.
    pub(crate) fn currency(&self) -> Result<Currency, Unreadable> {
        Currency::parse(self.text()?).map_err(|e| self.impossible(&e))
    }

    /// An amount of money. A string, because a JSON number is a float to most programs on the way.
    pub(crate) fn money(&self, currency: Currency) -> Result<Money, Unreadable> {
        let decimal = self.read("a decimal number in a string, like \"5900\" or \"59.00\"", Value::as_str)?;
        Money::parse(decimal, currency).map_err(|e| self.impossible(&e))
    }

    /// What stands there, unread: for hints of which no error is made.
    pub(crate) fn raw(&self) -> Option<&'v Value> {
        self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check<'v, T: PartialEq + std::fmt::Debug>(
        read: impl Fn(&Field<'v>) -> Result<T, Unreadable>,
        value: &'v Value,
        expected: Result<T, &str>,
    ) {
        let got = read(&Field { value: Some(value).filter(|v| !v.is_null()), path: "a[0].b".to_owned() });
        assert_eq!(got.map_err(|e| e.to_string()), expected.map_err(str::to_owned), "{value}");
    }

    #[test]
    fn each_error_names_the_field_and_what_was_expected() {
        check(Field::text, &json!("x"), Ok("x"));
        check(Field::text, &json!(1), Err("a[0].b: expected a string"));
        check(Field::text, &json!(null), Err("a[0].b: expected a string, but it is missing"));
        check(Field::flag, &json!("true"), Err("a[0].b: expected true or false"));
        check(Field::count, &json!(3), Ok(3));
        for bad in [json!(-1), json!(1.5), json!(4_294_967_296_u64), json!("3")] {
            check(Field::count, &bad, Err("a[0].b: expected a whole number from 0 to 4294967295"));
        }
        check(Field::currency, &json!("YEN!"), Err("a[0].b: a currency must be three letters of ISO 4217, like JPY"));
        check(|f| f.money(Currency::JPY), &json!("0.5"), Err("a[0].b: an amount in JPY has at most 0 decimals"));
        let why = "a[0].b: expected a decimal number in a string, like \"5900\" or \"59.00\"";
        check(|f| f.money(Currency::JPY), &json!(5900), Err(why));
        let why = "a[0].b: an order id must be 1 to 120 characters of printable characters";
        check(Field::order_id, &json!(""), Err(why));
    }

    #[test]
    fn ids_are_text_and_exact() {
        check(Field::id, &json!(u64::MAX), Ok("18446744073709551615".to_owned()));
        check(Field::id, &json!("5f-1"), Ok("5f-1".to_owned()));
        for bad in [json!(-1), json!(1.0), json!(1e30), json!(true)] {
            check(Field::id, &bad, Err("a[0].b: expected a string or a whole number below 2^64"));
        }
    }

    #[test]
    fn times_need_an_offset() {
        let instant = DateTime::from_timestamp(1_775_179_800, 0).unwrap();
        check(Field::time, &json!("2026-04-03T10:30:00+09:00"), Ok(instant));
        check(Field::time, &json!("2026-04-03T01:30:00Z"), Ok(instant));
        for bad in [
            json!("2026-04-03T10:30:00"),
            json!("2026-04-03 10:30:00Z"),
            json!("2026-04-03"),
            json!(1_775_179_800),
            json!(""),
        ] {
            let why = "a[0].b: expected a date and time with offset (RFC 3339), like 2026-04-03T10:30:00+09:00";
            check(Field::time, &bad, Err(why));
        }
    }

    #[test]
    fn what_is_no_json_is_told_apart() {
        assert_eq!(json(b"\xff{}"), Err(Unreadable::NotUtf8));
        assert_eq!(json(b""), Err(Unreadable::NotJson { line: 1, column: 0 }));
        assert_eq!(json(b"{\n\"a\": }"), Err(Unreadable::NotJson { line: 2, column: 6 }));
        assert!(json("[".repeat(127).as_bytes()).is_err_and(|e| e != Unreadable::TooDeep));
        assert_eq!(json("[".repeat(128).as_bytes()), Err(Unreadable::TooDeep));
        assert_eq!(Field::root(&json!([])).object().err().unwrap().to_string(), "the body: expected an object");
    }
}
