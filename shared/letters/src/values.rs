//! What values of settings may be. Each reader says what it expected where it got something else.

use crate::toml_reader::{number, text};
use chrono::NaiveDate;
use chrono_tz::Tz;
use std::collections::BTreeSet;
use toml::de::DeValue;
use wasurena_domain::almanac::Region;
use wasurena_domain::contact::EmailAddress;
use wasurena_domain::ids::ShopId;
use wasurena_domain::money::{Currency, Money};
use wasurena_domain::shop::{OwnAddress, Quiet};

/// Most days that one occasion may span.
const OCCASION_DAYS_MAX: u32 = 60;
/// Most shards a shop's slots are divided into.
const SHARDS_MAX: u32 = 64;
/// Most days that a threshold may name.
const THRESHOLD_DAYS_MAX: u32 = 365;
/// Most occasions that a stage may begin with.
const STAGE_OCCASIONS_MAX: u32 = 100;
/// Fewest days without a purchase after which somebody is dormant: whoever has just bought is not, and what they were
/// promised goes out before.
const DORMANT_DAYS_MIN: u32 = 60;
/// Most days without a purchase after which somebody is dormant: ten years.
const DORMANT_DAYS_MAX: u32 = 3660;
/// Most holidays and own addresses a shop may name.
const LIST_MAX: usize = 500;

/// An address on the web that mails may link to.
pub(crate) fn web_address(value: &DeValue<'_>) -> Result<String, String> {
    let expected = || "an address that begins with https://".to_owned();
    let url = text(value).map_err(|_| expected())?;
    is_web_address(&url).then_some(url).ok_or_else(expected)
}

/// Several of them.
pub(crate) fn web_addresses(value: &DeValue<'_>) -> Result<Vec<String>, String> {
    list(value, "addresses that begin with https://", |value| web_address(value).ok())
}

/// Whether a text is an address on the web, on https, with nothing in it that could end a link early.
pub(crate) fn is_web_address(url: &str) -> bool {
    let host = url.strip_prefix("https://").and_then(|rest| rest.split(['/', '?', '#']).next());
    let plain = url.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"\"'<>\\^`{|}".contains(c));
    plain && host.is_some_and(|host| host.contains('.'))
}

/// A mail address.
pub(crate) fn mail_address(value: &DeValue<'_>) -> Result<EmailAddress, String> {
    let text = value.as_str().unwrap_or_default();
    EmailAddress::parse(text).map_err(|error| format!("a mail address: {error}"))
}

/// A time zone.
pub(crate) fn zone(value: &DeValue<'_>) -> Result<Tz, String> {
    let zone = value.as_str().and_then(|name| name.parse().ok());
    zone.ok_or_else(|| "one of the time zones that this program knows, such as Asia/Tokyo".to_owned())
}

/// A shop's id.
pub(crate) fn shop_id(value: &DeValue<'_>) -> Result<ShopId, String> {
    ShopId::parse(value.as_str().unwrap_or_default()).map_err(|_| "1 to 40 characters of a-z, 0-9 and -".to_owned())
}

fn within(value: &DeValue<'_>, least: u32, most: u32) -> Result<u32, String> {
    let fits = |n: &u32| (least..=most).contains(n);
    number(value).ok().filter(fits).ok_or_else(|| format!("a whole number from {least} to {most}"))
}

/// Days that one occasion spans.
pub(crate) fn occasion_days(value: &DeValue<'_>) -> Result<u32, String> {
    within(value, 1, OCCASION_DAYS_MAX)
}

/// Shards of a shop.
pub(crate) fn shards(value: &DeValue<'_>) -> Result<u32, String> {
    within(value, 1, SHARDS_MAX)
}

/// Days of a threshold.
pub(crate) fn days(value: &DeValue<'_>) -> Result<u32, String> {
    within(value, 1, THRESHOLD_DAYS_MAX)
}

/// Occasions from which on somebody is regular: who has come back once is not yet.
pub(crate) fn regular_occasions(value: &DeValue<'_>) -> Result<u32, String> {
    within(value, 3, STAGE_OCCASIONS_MAX)
}

/// Occasions from which on somebody is at a later stage.
pub(crate) fn occasion_count(value: &DeValue<'_>) -> Result<u32, String> {
    within(value, 4, STAGE_OCCASIONS_MAX)
}

/// Days without a purchase after which somebody is dormant.
pub(crate) fn dormant_days(value: &DeValue<'_>) -> Result<u32, String> {
    within(value, DORMANT_DAYS_MIN, DORMANT_DAYS_MAX)
}

/// An amount in whole units of a currency: yen, dollars.
pub(crate) fn amount(value: &DeValue<'_>) -> Result<u32, String> {
    within(value, 1, 1_000_000_000)
}

/// A currency.
pub(crate) fn currency(value: &DeValue<'_>) -> Result<Currency, String> {
    Currency::parse(value.as_str().unwrap_or_default()).map_err(|_| "three letters of ISO 4217, like JPY".to_owned())
}

/// So many whole units of a currency.
pub(crate) fn money(amount: u32, currency: Currency) -> Option<Money> {
    Money::parse(&amount.to_string(), currency).ok()
}

/// Reads each value of a list; `what` is one of them, in the plural.
fn list<T>(value: &DeValue<'_>, what: &str, read: impl Fn(&DeValue<'_>) -> Option<T>) -> Result<Vec<T>, String> {
    let values = value.as_array().ok_or_else(|| format!("a list of {what}"))?;
    if values.len() > LIST_MAX {
        return Err(format!("a list of {what}, {LIST_MAX} at most"));
    }
    let each = values.iter().enumerate();
    each.map(|(place, value)| {
        read(value.get_ref()).ok_or_else(|| format!("a list of {what}; number {} is none", place + 1))
    })
    .collect()
}

/// Civil dates: `[2026-12-29, 2026-12-30]`.
pub(crate) fn dates(value: &DeValue<'_>) -> Result<BTreeSet<NaiveDate>, String> {
    let dates = list(value, "dates like 2026-12-29, without quotes", |value| crate::toml_reader::date(value).ok())?;
    Ok(dates.into_iter().collect())
}

/// Kinds of quiet days by their names; an empty list for none.
pub(crate) fn quiet(value: &DeValue<'_>) -> Result<BTreeSet<Quiet>, String> {
    let kinds = list(value, "quiet days: holidays, new_year, obon", |value| {
        Quiet::ALL.into_iter().find(|kind| Some(kind.name()) == value.as_str())
    })?;
    Ok(kinds.into_iter().collect())
}

/// The region by the last day of its 松の内: 15 January in Kansai, the 7th elsewhere.
pub(crate) fn region(value: &DeValue<'_>) -> Result<Region, String> {
    match number(value) {
        Ok(7) => Ok(Region::Most),
        Ok(15) => Ok(Region::Kansai),
        _ => Err("7 or 15: the last day of 松の内, which is the 15th in Kansai".to_owned()),
    }
}

/// The shop's own addresses, and domains with `@` before them.
pub(crate) fn own_addresses(value: &DeValue<'_>) -> Result<Vec<OwnAddress>, String> {
    list(value, "mail addresses like \"sato@sakura.example.jp\", or domains like \"@sakura.example.jp\"", |value| {
        own_address(value.as_str()?.trim())
    })
}

fn own_address(text: &str) -> Option<OwnAddress> {
    let Some(domain) = text.strip_prefix('@') else {
        return EmailAddress::parse(text).ok().map(OwnAddress::Address);
    };
    // A domain is one where an address at it is one: read like that it is also written like that.
    let any = EmailAddress::parse(&format!("x@{domain}")).ok()?;
    any.as_str().split_once('@').map(|(_, domain)| OwnAddress::Domain(domain.to_owned()))
}

/// The names of product files: one, or a list of them. None leads out of the shop's folder.
pub(crate) fn product_files(value: &DeValue<'_>) -> Result<Vec<String>, String> {
    let expected = || "the name of a file beside shop.toml that ends in .csv or .toml, or a list of them".to_owned();
    let name = |value: &DeValue<'_>| {
        let name = text(value).ok()?;
        let inside = name.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
        let taken = ["shop.toml", "programme.toml"].contains(&name.as_str());
        let ending = name.ends_with(".csv") || name.ends_with(".toml");
        (inside && ending && !taken && !name.contains(['\\', ':'])).then_some(name)
    };
    let names = match value.as_array() {
        Some(names) => names.iter().map(|value| name(value.get_ref())).collect::<Option<Vec<_>>>(),
        None => name(value).map(|name| vec![name]),
    };
    names.filter(|names| !names.is_empty()).ok_or_else(expected)
}
