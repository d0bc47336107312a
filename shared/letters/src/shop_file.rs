//! `shop.toml`: a shop's settings.

use crate::files::Files;
use crate::problem::Problem;
use crate::toml_reader::{Document, Table, date, flag, number, text, time};
use chrono_tz::Tz;
use toml::de::{DeTable, DeValue};
use wasurena_domain::contact::EmailAddress;
use wasurena_domain::ids::ShopId;
use wasurena_domain::shop::{Hours, Legal, Sender, Shop, Staff};

/// Where the settings stand.
pub(crate) const SHOP_FILE: &str = "shop.toml";
/// Days within which orders are one occasion, where the shop does not say.
const OCCASION_DAYS: u32 = 7;
/// Most days that one occasion may span.
const OCCASION_DAYS_MAX: u32 = 60;
/// Most shards a shop's slots are divided into.
const SHARDS_MAX: u32 = 64;

/// Why `[legal]` and `[sender]` must be complete.
const LAW: &str = ": 特定電子メール法 wants it in every such mail, and a shop without it cannot send";

/// Reads the settings. `None` where anything is wrong with them: `problems` says what.
pub(crate) fn read_shop(id: &ShopId, files: &Files, problems: &mut Vec<Problem>) -> Option<Shop> {
    let Some(source) = files.get(SHOP_FILE) else {
        problems.push(Problem::missing(SHOP_FILE, "add the shop's settings: name, url, zone, [sender], [legal], …"));
        return None;
    };
    let document = Document::parse(SHOP_FILE, source);
    let empty = DeTable::new();
    let shop = document.top().and_then(|top| shop(id, top, &empty));
    let found = document.into_problems();
    let sound = found.is_empty();
    problems.extend(found);
    shop.filter(|_| sound)
}

fn shop<'a>(id: &ShopId, mut top: Table<'a>, empty: &'a DeTable<'static>) -> Option<Shop> {
    // Each part is read before any is missed, so that all problems are found in one run.
    let name = top.required("name", "\"うつわ さくら\"", text);
    let url = top.required("url", "\"https://sakura.example.jp/\"", web_address);
    let zone = top.required("zone", "\"Asia/Tokyo\"", zone);
    let start_date = top.required("start_date", "2026-12-01", date);
    let history_complete = top.optional("history_complete", "false", flag);
    let occasion_days = top.optional("occasion_days", "7", occasion_days);
    let shards = top.optional("shards", "1", shards);
    let hours = top.section("hours", empty).and_then(hours);
    let sender = top.section("sender", empty).and_then(|table| sender(table.because(LAW)));
    let staff = top.section("staff", empty).and_then(staff);
    let legal = top.section("legal", empty).and_then(|table| legal(table.because(LAW)));
    top.finish();
    Some(Shop {
        id: id.clone(),
        name: name?,
        url: url?,
        legal: legal?,
        sender: sender?,
        staff: staff?,
        zone: zone?,
        start_date: start_date?,
        history_complete: history_complete?.unwrap_or(false),
        hours: hours?,
        shards: shards?.unwrap_or(1),
        occasion_days: occasion_days?.unwrap_or(OCCASION_DAYS),
    })
}

fn legal(mut table: Table<'_>) -> Option<Legal> {
    let operator = table.required("operator", "\"佐藤 花子\"", text);
    let address = table.required("address", "\"〒000-0000 ○○県○○市…\"", text);
    let phone = table.required("phone", "\"00-0000-0000\"", text);
    let phone_hours = table.required("phone_hours", "\"10〜17時、水曜休\"", text);
    let email = table.required("email", "\"otoiawase@sakura.example.jp\"", mail_address);
    table.finish();
    Some(Legal { operator: operator?, address: address?, phone: phone?, phone_hours: phone_hours?, email: email? })
}

fn sender(mut table: Table<'_>) -> Option<Sender> {
    let address = table.required("address", "\"otayori@sakura.example.jp\"", mail_address);
    let name = table.required("name", "\"うつわ さくら(店主 佐藤)\"", text);
    let reply_to = table.required("reply_to", "\"sato@sakura.example.jp\"", mail_address);
    table.finish();
    Some(Sender { address: address?, name: name?, reply_to: reply_to? })
}

fn staff(mut table: Table<'_>) -> Option<Staff> {
    let name = table.required("name", "\"佐藤 花子\"", text);
    let role = table.required("role", "\"店主\"", text);
    table.finish();
    Some(Staff { name: name?, role: role? })
}

fn hours(mut table: Table<'_>) -> Option<Hours> {
    let from = table.required("from", "\"09:00\"", time);
    let to = table.required("to", "\"20:00\"", time);
    if let (Some(from), Some(to)) = (from, to)
        && to <= from
    {
        table.note("to", "the hours end before they begin", "set `to` later than `from`");
    }
    table.finish();
    Some(Hours { from: from?, to: to? })
}

/// An address on the web that mails may link to.
fn web_address(value: &DeValue<'_>) -> Result<String, String> {
    let expected = || "an address that begins with https://".to_owned();
    let url = text(value).map_err(|_| expected())?;
    let host = url.strip_prefix("https://").and_then(|rest| rest.split(['/', '?', '#']).next());
    let plain = url.chars().all(|c| !c.is_whitespace() && !"\"'<>\\^`{|}".contains(c));
    (plain && host.is_some_and(|host| host.contains('.'))).then_some(url).ok_or_else(expected)
}

fn mail_address(value: &DeValue<'_>) -> Result<EmailAddress, String> {
    let text = value.as_str().unwrap_or_default();
    EmailAddress::parse(text).map_err(|error| format!("a mail address: {error}"))
}

fn zone(value: &DeValue<'_>) -> Result<Tz, String> {
    let zone = value.as_str().and_then(|name| name.parse().ok());
    zone.ok_or_else(|| "a time zone of the IANA database".to_owned())
}

fn within(value: &DeValue<'_>, max: u32) -> Result<u32, String> {
    number(value).ok().filter(|n| (1..=max).contains(n)).ok_or_else(|| format!("a whole number from 1 to {max}"))
}

fn occasion_days(value: &DeValue<'_>) -> Result<u32, String> {
    within(value, OCCASION_DAYS_MAX)
}

fn shards(value: &DeValue<'_>) -> Result<u32, String> {
    within(value, SHARDS_MAX)
}
