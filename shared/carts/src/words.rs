//! Words of shops: what people and apps write into free fields, tags and channel names, and what it means.
//!
//! One place for all carts, so that のし is a gift wherever it stands. Names and values are folded before they
//! are compared: NFKC, lower case, `_` and `-` as spaces. What is not sure is not said: a word that is missing
//! here costs a setting in the shop, a word too many costs a customer's letters.

mod vocabulary;

use chrono::NaiveDate;
use serde_json::Value;
use unicode_normalization::UnicodeNormalization as _;
use vocabulary::{
    ARRIVAL_DAY, CHANNELS, EXCHANGE, GIFT, MADE_TO_ORDER, MARKETING, NO, NO_COMPANY, NOT_A_GIFT, RELAYS,
    RELAYS_OF_COUNTRIES, RENEWAL, SPOKEN_NO, YES,
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

    fn is_no(&self) -> bool {
        NO.contains(&self.value.as_str())
    }
}

/// Whether one of the fields says that somebody else receives it. Another name on the shipping address says
/// nothing: people have parcels sent to their office and their parents.
pub(crate) fn is_gift(attributes: &[Attribute]) -> bool {
    let says = |a: &Attribute| holds(&a.name, &GIFT) && !holds(&a.name, &NOT_A_GIFT) && !a.is_no();
    attributes.iter().any(says)
}

/// Whether one of the fields says that it is made, or comes out, only after the order.
pub(crate) fn is_made_to_order(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|a| holds(&a.name, &MADE_TO_ORDER) && !a.is_no())
}

/// The day on which it should arrive, as buyer and shop agreed.
pub(crate) fn promised_on(attributes: &[Attribute]) -> Option<NaiveDate> {
    attributes.iter().filter(|a| holds(&a.name, &ARRIVAL_DAY)).find_map(|a| day(&a.value))
}

/// The day that a text begins with: `2026 04 20` (folded from `2026-04-20`), `2026/4/20`, `2026年4月20日(月)`.
fn day(text: &str) -> Option<NaiveDate> {
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty());
    let (year, month, day) = (numbers.next()?, numbers.next()?, numbers.next()?);
    let is_start = text.starts_with(year) && year.len() == 4;
    NaiveDate::from_ymd_opt(year.parse().ok().filter(|_| is_start)?, month.parse().ok()?, day.parse().ok()?)
}

/// What the fields say about hearing from the shop beyond the purchase.
pub(crate) fn consent(attributes: &[Attribute]) -> Consent {
    let asked = || attributes.iter().filter(|a| holds(&a.name, &MARKETING)).map(|a| a.value.as_str());
    if asked().any(|value| SPOKEN_NO.contains(&value)) {
        Consent::Denied
    } else if asked().any(|value| YES.contains(&value)) {
        Consent::Granted
    } else {
        Consent::Unknown
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn field(name: &str, value: &str) -> Vec<Attribute> {
        Attribute::list(Some(&json!([{ "name": name, "value": value }])), "name")
    }

    #[test]
    fn a_gift_card_is_no_gift_and_neither_is_one_for_oneself() {
        for (name, value, expected) in [
            ("のし", "御祝", true),
            ("_gift_wrap", "1", true),
            ("ギフト", "ご自宅用", false),
            ("ギフトカード番号", "ABCD", false),
            ("gift-card-code", "ABCD", false),
            ("_free_gift_product", "yes", false),
            ("ご連絡", "のし", false),
        ] {
            assert_eq!(is_gift(&field(name, value)), expected, "{name} {value}");
        }
    }

    #[test]
    fn the_day_of_arrival_is_read_however_it_is_written() {
        let expected = NaiveDate::from_ymd_opt(2026, 4, 20);
        for (value, expected) in [
            ("2026-04-20", expected),
            ("2026/4/20(月)", expected),
            ("２０２６年４月２０日", expected),
            ("指定なし", None),
            ("4月20日", None),
            ("2026-02-30", None),
        ] {
            assert_eq!(promised_on(&field("お届け希望日", value)), expected, "{value}");
        }
        assert_eq!(promised_on(&field("wc4jp-delivery-date", "2026-04-20")), expected);
        assert_eq!(promised_on(&field("誕生日", "2026-04-20")), None);
    }

    #[test]
    fn consent_is_said_in_so_many_words() {
        for (name, value, expected) in [
            ("メルマガ", "希望する", Consent::Granted),
            ("newsletter", "1", Consent::Granted),
            ("newsletter", "0", Consent::Unknown),
            ("メルマガ", "希望しない", Consent::Denied),
            ("メルマガ", "まだ迷っている", Consent::Unknown),
            ("ご希望", "はい", Consent::Unknown),
        ] {
            assert_eq!(consent(&field(name, value)), expected, "{name} {value}");
        }
    }

    #[test]
    fn tags_are_compared_whole_where_a_part_would_mislead() {
        assert!(Tags::new("VIP, 交換").is_exchange() && Tags::new("Exchange").is_exchange());
        assert!(!Tags::new("交換不可, no-exchange").is_exchange());
        assert!(Tags::new("appstle_subscription_recurring_order").is_renewal());
        assert!(!Tags::new("Subscription First Order").is_renewal());
        assert!(Tags::new("Pre-Order").is_made_to_order() && Tags::new("予約").is_made_to_order());
        assert!(!Tags::new("予約なし").is_made_to_order());
    }

    #[test]
    fn a_company_is_what_has_a_name() {
        for (name, expected) in
            [("さくら商店", true), ("", false), (" ", false), ("個人", false), ("なし", false), ("-", false)]
        {
            assert_eq!(is_company(name), expected, "{name:?}");
        }
    }

    #[test]
    fn marketplaces_are_known_by_channel_and_by_address() {
        for (channel, expected) in [
            ("amazon-jp", Some("amazon")),
            ("Rakuten Ichiba", Some("rakuten")),
            ("楽天 市場", Some("rakuten")),
            ("web", None),
            ("amazonas", None),
            ("", None),
        ] {
            assert_eq!(marketplace_of_channel(channel), expected, "{channel:?}");
        }
        for (address, expected) in [
            ("0a1b@marketplace.amazon.co.jp", Some("amazon")),
            ("0a1b@pc.fw.rakuten.ne.jp", Some("rakuten")),
            ("0a1b@fw.rakuten.ne.jp", Some("rakuten")),
            ("0a1b@members.ebay.de", Some("ebay")),
            ("0a1b@xfw.rakuten.ne.jp", None),
            ("0a1b@amazon.co.jp", None),
            ("hanako@example.jp", None),
        ] {
            assert_eq!(marketplace_of_address(&EmailAddress::parse(address).unwrap()), expected, "{address}");
        }
    }
}
