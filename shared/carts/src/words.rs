//! Words of shops: what people and apps write into free fields, tags and channel names, and what it means.
//!
//! One place for all carts, so that のし is a gift wherever it stands. Names and values are folded before they
//! are compared: NFKC, lower case, `_` and `-` as spaces. What is not sure is not said: a word that is missing
//! here costs a setting in the shop, a word too many costs a customer's letters.

#[cfg(test)]
mod tests;
mod vocabulary;

use chrono::NaiveDate;
use serde_json::Value;
use unicode_normalization::UnicodeNormalization as _;
use vocabulary::{
    ANY_TIME, APPOINTMENT_DAY, ARRIVAL_DAY, CHANNELS, EXCHANGE, GIFT, MADE_TO_ORDER, MARKETING, NEGATION, NO,
    NO_AMONG_WORDS, NO_COMPANY, NOT_A_GIFT, NOT_A_SUM, ON_DELIVERY, RELAYS, RELAYS_OF_COUNTRIES, RENEWAL, SPOKEN_NO,
    SUM, SUM_IN_JAPANESE, YES,
};
use wasurena_domain::contact::EmailAddress;
use wasurena_domain::purchase::Consent;

/// A text as it is compared.
fn folded(text: &str) -> String {
    let spaced: String = text.nfkc().map(|c| if matches!(c, '_' | '-') { ' ' } else { c }).collect();
    spaced.trim().to_lowercase()
}

fn holds(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

/// A field that a shop or an app added to an order: its name and value, folded.
pub(crate) struct Attribute {
    name: String,
    value: String,
}

impl Attribute {
    /// From a name and a value; `None` where the value is neither text nor number nor yes or no: such a field
    /// was made by an app for itself and says nothing here.
    pub(crate) fn new(name: &str, value: &Value) -> Option<Self> {
        let value = match value {
            Value::String(text) => folded(text),
            Value::Bool(_) | Value::Number(_) => value.to_string(),
            _ => return None,
        };
        Some(Self { name: folded(name), value })
    }

    /// From the list `[{"name": …, "value": …}]`, whose names stand under `name`.
    pub(crate) fn list(list: Option<&Value>, name: &str) -> Vec<Self> {
        let read = |entry: &Value| Self::new(entry.get(name)?.as_str()?, entry.get("value")?);
        list.and_then(Value::as_array).into_iter().flatten().filter_map(read).collect()
    }

    /// From the fields of an object.
    pub(crate) fn entries(object: Option<&Value>) -> Vec<Self> {
        let fields = object.and_then(Value::as_object).into_iter().flatten();
        fields.filter_map(|(name, value)| Self::new(name, value)).collect()
    }

    /// Whether it says no, in these words or among others. What stands first decides, 「のしなし(簡易包装)」: a part
    /// that follows may refuse something else, 「御祝(名入れなし)」, unless it is nothing but a no, 「のし(不要)」.
    fn is_no(&self) -> bool {
        let parts = self.value.split(['(', ')', '[', ']', '【', '】', '、', '。', ',', '・', '/', '※']);
        let mut parts = parts.map(str::trim).filter(|part| !part.is_empty());
        let first = parts.next().unwrap_or_default();
        NO.contains(&first) || holds(first, &NO_AMONG_WORDS) || is_zero(first) || parts.any(|part| NO.contains(&part))
    }

    /// Whether it asks for, or tells, a sum of money.
    fn is_sum(&self) -> bool {
        let mut words = self.name.split(|c: char| !c.is_alphanumeric()).filter(|word| !NOT_A_SUM.contains(word));
        words.any(|word| SUM.iter().any(|sum| word.ends_with(sum))) || holds(&self.name, &SUM_IN_JAPANESE)
    }
}

/// Whether it is a number that is nothing: `0.00`, `0円`, `¥0`.
fn is_zero(text: &str) -> bool {
    let number = text.trim_start_matches(['+', '-', '¥', '$']).trim_end_matches('円').trim();
    number.contains('0') && number.chars().all(|c| matches!(c, '0' | '.'))
}

/// Whether one of the fields says that somebody else receives it. Another name on the shipping address says
/// nothing: people have parcels sent to their office and their parents.
pub(crate) fn is_gift(attributes: &[Attribute]) -> bool {
    let asks = |a: &Attribute| holds(&a.name, &GIFT) && !holds(&a.name, &NOT_A_GIFT) && !a.is_sum();
    let says = |a: &Attribute| asks(a) && !a.is_no();
    attributes.iter().any(says)
}

/// Whether one of the fields says that it is made, or comes out, only after the order.
pub(crate) fn is_made_to_order(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|a| holds(&a.name, &MADE_TO_ORDER) && !a.is_no())
}

/// The day of a lesson, a stay or a visit, where it is one that was bought.
pub(crate) fn appointment_on(attributes: &[Attribute]) -> Option<NaiveDate> {
    day_called(attributes, &APPOINTMENT_DAY)
}

/// The day on which it should arrive, as buyer and shop agreed; of an appointment, its day.
pub(crate) fn promised_on(attributes: &[Attribute]) -> Option<NaiveDate> {
    appointment_on(attributes).or_else(|| day_called(attributes, &ARRIVAL_DAY))
}

/// The day in the first field that is called like this and holds one.
fn day_called(attributes: &[Attribute], names: &[&str]) -> Option<NaiveDate> {
    attributes.iter().filter(|a| holds(&a.name, names)).find_map(|a| day(&a.value))
}

/// The day that a text begins with: `2026 04 20` (folded from `2026-04-20`), `2026/4/20`, `2026年4月20日(月)`.
fn day(text: &str) -> Option<NaiveDate> {
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty());
    let (year, month, day) = (numbers.next()?, numbers.next()?, numbers.next()?);
    let is_start = text.starts_with(year) && year.len() == 4;
    NaiveDate::from_ymd_opt(year.parse().ok().filter(|_| is_start)?, month.parse().ok()?, day.parse().ok()?)
}

/// What the fields say about hearing from the shop beyond the purchase. A no outweighs a yes.
pub(crate) fn consent(attributes: &[Attribute]) -> Consent {
    let said = || attributes.iter().filter(|a| holds(&a.name, &MARKETING)).map(answer);
    [Consent::Denied, Consent::Granted].into_iter().find(|c| said().any(|s| s == *c)).unwrap_or_default()
}

/// What the answer to one question about consent says. A question that asks for a no never earns a yes.
fn answer(question: &Attribute) -> Consent {
    let value = question.value.as_str();
    let (is_yes, is_no) = (YES.contains(&value), SPOKEN_NO.contains(&value));
    match holds(&question.name, &NEGATION) {
        true if is_yes && !holds(&question.name, &ANY_TIME) => Consent::Denied,
        false if is_no => Consent::Denied,
        false if is_yes => Consent::Granted,
        _ => Consent::Unknown,
    }
}

/// Whether a way to pay is one where the money comes with the parcel or after it: who chose it has bought.
pub(crate) fn is_paid_on_delivery(gateway: &str) -> bool {
    let name = folded(gateway);
    let is_abbreviated = || name.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == "cod");
    holds(&name, &ON_DELIVERY) || is_abbreviated()
}

/// What the tags of an order say, written as one text with commas.
pub(crate) struct Tags(Vec<String>);

impl Tags {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.split([',', '、']).map(folded).collect())
    }

    /// Whether it replaces something that came back or was broken.
    pub(crate) fn is_exchange(&self) -> bool {
        self.0.iter().any(|tag| EXCHANGE.contains(&tag.as_str()))
    }

    /// Whether a subscription went on by itself.
    pub(crate) fn is_renewal(&self) -> bool {
        self.0.iter().any(|tag| holds(tag, &RENEWAL))
    }

    /// Whether it is made, or comes out, only after the order. 予約 alone is a tag too.
    pub(crate) fn is_made_to_order(&self) -> bool {
        self.0.iter().any(|tag| tag == "予約" || holds(tag, &MADE_TO_ORDER))
    }
}

/// Whether this names a company: neither blank nor 「個人」.
pub(crate) fn is_company(name: &str) -> bool {
    let name = folded(name);
    !NO.contains(&name.as_str()) && !NO_COMPANY.contains(&name.as_str())
}

/// The marketplace that a sales channel belongs to, by its name: `amazon-jp`, `Rakuten Ichiba`.
pub(crate) fn marketplace_of_channel(name: &str) -> Option<&'static str> {
    let name = folded(name);
    let first = name.split(|c: char| !c.is_alphanumeric()).next()?;
    CHANNELS.iter().find(|(word, _)| first == *word).map(|(_, marketplace)| *marketplace)
}

/// The marketplace that lent the buyer this address.
pub(crate) fn marketplace_of_address(address: &EmailAddress) -> Option<&'static str> {
    let domain = address.as_str().rsplit_once('@')?.1;
    let is_below = |relay: &str| domain.strip_suffix(relay).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    let of_country = RELAYS_OF_COUNTRIES.iter().find(|(relay, _)| domain.starts_with(relay));
    let relay = of_country.or_else(|| RELAYS.iter().find(|(relay, _)| is_below(relay)));
    relay.map(|(_, marketplace)| *marketplace)
}
