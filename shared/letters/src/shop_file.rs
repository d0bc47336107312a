//! `shop.toml`: a shop's settings.

use crate::files::Files;
use crate::problem::Problem;
use crate::product_file::read_products;
use crate::sender_rules::{is_unread_inbox, mailbox_provider};
use crate::toml_reader::{Document, Table, date, flag, number, text, time};
use crate::values::{
    amount, currency, dates, days, dormant_days, mail_address, money, occasion_count, occasion_days, own_addresses,
    product_files, quiet, region, regular_occasions, shards, web_address, web_addresses, zone,
};
use toml::de::DeTable;
use wasurena_domain::ids::ShopId;
use wasurena_domain::money::Currency;
use wasurena_domain::programme::Rule;
use wasurena_domain::shop::{Hours, Legal, Quiet, Sender, Shop, Staff, Stages, Thresholds};

/// Where the settings stand.
pub const SHOP_FILE: &str = "shop.toml";
/// Keys of the same file that are for the deployment, and never reach the diary.
pub(crate) const DEPLOYMENT_KEYS: [&str; 3] = ["id", "programme", "carts"];
/// Days within which orders are one occasion, where the shop does not say.
const OCCASION_DAYS: u32 = 7;

/// Why `[legal]` and `[sender]` must be complete.
const LAW: &str = ": 特定電子メール法 wants it in every such mail, and a shop without it cannot send";

/// Reads the settings. `None` where anything is wrong with them: `problems` says what.
pub(crate) fn read_shop(id: &ShopId, files: &Files, problems: &mut Vec<Problem>) -> Option<Shop> {
    let Some(source) = files.get(SHOP_FILE) else {
        problems.push(Problem::missing(
            SHOP_FILE,
            "add the shop's settings: name, url, zone, [sender], [legal] and what else docs/shop.md lists",
        ));
        return None;
    };
    let document = Document::parse(SHOP_FILE, source);
    let empty = DeTable::new();
    let mut in_products = Vec::new();
    let shop = document.top().and_then(|top| shop(id, top, &empty, files, &mut in_products));
    let mut found = document.into_problems();
    found.extend(in_products);
    let sound = found.is_empty();
    problems.extend(found);
    shop.filter(|_| sound)
}

fn shop<'a>(
    id: &ShopId,
    mut top: Table<'a>,
    empty: &'a DeTable<'static>,
    files: &Files,
    in_products: &mut Vec<Problem>,
) -> Option<Shop> {
    // Each part is read before any is missed, so that all problems are found in one run.
    let name = top.required("name", "\"うつわ さくら\"", text);
    let url = top.required("url", "\"https://sakura.example.jp/\"", web_address);
    let zone = top.required("zone", "\"Asia/Tokyo\"", zone);
    let start_date = top.required("start_date", "2026-12-01", date);
    let history_complete = top.optional("history_complete", "false", flag);
    let occasion_days = top.optional("occasion_days", "7", occasion_days);
    let apprenticeship = top.optional("apprenticeship", "true", flag);
    let shards = top.optional("shards", "1", shards);
    let holidays = top.optional("holidays", "[2026-12-29, 2026-12-30]", dates);
    let quiet = top.optional("quiet", "[\"holidays\", \"new_year\", \"obon\"]", quiet);
    let region = top.optional("matsunouchi", "15", region);
    let own_addresses =
        top.optional("own_addresses", "[\"sato@sakura.example.jp\", \"@sakura.example.jp\"]", own_addresses);
    let pages = top.optional("pages", "[\"https://www.instagram.com/sakura/\"]", web_addresses);
    let products = top.optional("products", "\"products.csv\"", product_files);
    let products = products.map(|names| {
        let line = top.lines().of("products");
        read_products(&names.unwrap_or_default(), files, line, in_products)
    });
    let hours = top.section("hours", empty).and_then(hours);
    let thresholds = top.optional_section("thresholds").map_or(Some(Thresholds::default()), thresholds);
    let stages = top.optional_section("stages").map_or(Some(Stages::default()), stages);
    let sender = top.section("sender", empty).and_then(|table| sender(table.because(LAW)));
    let staff = top.section("staff", empty).and_then(staff);
    let legal = top.section("legal", empty).and_then(|table| legal(table.because(LAW)));
    top.leave(&DEPLOYMENT_KEYS);
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
        apprenticeship: apprenticeship?.unwrap_or(true),
        hours: hours?,
        shards: shards?.unwrap_or(1),
        occasion_days: occasion_days?.unwrap_or(OCCASION_DAYS),
        thresholds: thresholds?,
        stages: stages?,
        holidays: holidays?.unwrap_or_default(),
        quiet: quiet?.unwrap_or_else(Quiet::usual),
        region: region?.unwrap_or_default(),
        own_addresses: own_addresses?.unwrap_or_default(),
        pages: pages?.unwrap_or_default(),
        products: products?,
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
    if let Some(provider) = address.as_ref().and_then(mailbox_provider) {
        let what = format!(
            "`address` is a mailbox at {provider}, and mails from there that {provider} did not send itself do not \
             arrive: SPF, DKIM and DMARC have them refused"
        );
        let mend = "send from a domain of your own, or from your operator's, such as `address = \
                    \"shop@tayori.example\"`, and let replies come to your mailbox as before: it may stand in `reply_to`";
        table.note("address", what, mend);
    }
    if reply_to.as_ref().is_some_and(is_unread_inbox) {
        let what = "`reply_to` looks like an inbox that nobody reads, and replies are questions, complaints and wishes to stop";
        let mend = "write the address of an inbox that a person reads every working day";
        table.note_rule(Rule::R19, "reply_to", what, mend);
    }
    table.finish();
    Some(Sender { address: address?, name: name?, reply_to: reply_to? })
}

fn staff(mut table: Table<'_>) -> Option<Staff> {
    let name = table.required("name", "\"佐藤 花子\"", text);
    let role = table.required("role", "\"店主\"", text);
    let picture = table.optional("picture", "\"https://sakura.example.jp/sato.jpg\"", web_address);
    table.finish();
    Some(Staff { name: name?, role: role?, picture: picture? })
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

fn thresholds(mut table: Table<'_>) -> Option<Thresholds> {
    let usual = Thresholds::default();
    let history_days = table.optional("history_days", "21", days);
    let late_days = table.optional("late_days", "14", days);
    let carriage_days = table.optional("carriage_days", "3", days);
    let hold_companies = table.optional("hold_companies", "true", flag);
    let hold_from = table.optional("hold_from", "100000", amount);
    let hold_currency = table.optional("hold_currency", "\"JPY\"", currency);
    if let (Some(None), Some(Some(_))) = (hold_from, hold_currency) {
        table.note("hold_currency", "a currency without an amount holds nothing", "add `hold_from`, or take it out");
    }
    let pause_after_unhappy = table.optional("pause_after_unhappy", "1", number);
    table.finish();
    let currency = hold_currency?.unwrap_or(Currency::JPY);
    Some(Thresholds {
        history_days: history_days?.unwrap_or(usual.history_days),
        late_days: late_days?.unwrap_or(usual.late_days),
        carriage_days: carriage_days?.unwrap_or(usual.carriage_days),
        hold_companies: hold_companies?.unwrap_or(usual.hold_companies),
        hold_from: hold_from?.and_then(|amount| money(amount, currency)),
        pause_after_unhappy: pause_after_unhappy?.unwrap_or(usual.pause_after_unhappy),
    })
}

fn stages(mut table: Table<'_>) -> Option<Stages> {
    let usual = Stages::default();
    let regular_from = table.optional("regular_from", "3", regular_occasions);
    let loyal_from = table.optional("loyal_from", "6", occasion_count);
    let dormant_after_days = table.optional("dormant_after_days", "365", dormant_days);
    let stages = Stages {
        regular_from: regular_from?.unwrap_or(usual.regular_from),
        loyal_from: loyal_from?.unwrap_or(usual.loyal_from),
        dormant_after_days: dormant_after_days?.unwrap_or(usual.dormant_after_days),
    };
    if stages.loyal_from <= stages.regular_from {
        let what = format!("whoever is loyal from {} occasions was never regular", stages.loyal_from);
        let mend = format!("set `loyal_from` to {} or more, or `regular_from` lower", stages.regular_from + 1);
        table.note("loyal_from", what, mend);
    }
    table.finish();
    Some(stages)
}
