//! The settings of a shop that may be left out: what they say, and what is found wrong with them.

use crate::{Folder, shop};
use wasurena_domain::almanac::Region;
use wasurena_domain::contact::EmailAddress;
use wasurena_domain::shop::{Quiet, Shop, Stages, Thresholds};
use wasurena_letters::load_shop;

fn with(lines: &str) -> Folder {
    let mut folder = Folder::small();
    folder.edit("shop.toml", "shards = 1", &format!("shards = 1\n{lines}"));
    folder
}

fn read(folder: &Folder) -> Shop {
    load_shop(&shop(), &folder.files()).unwrap_or_else(|problems| panic!("{problems:?}"))
}

/// The one thing that is wrong.
#[track_caller]
fn wrong(folder: &Folder, site: &str, what: &str) {
    let found: Vec<String> = folder.load().unwrap_err().iter().map(ToString::to_string).collect();
    assert!(
        found.len() == 1 && found[0].starts_with(&format!("{site}: form: ")) && found[0].contains(what),
        "{found:?}"
    );
}

#[test]
fn what_is_left_out_is_as_usual() {
    let shop = read(&Folder::small());
    assert_eq!((shop.thresholds, shop.stages), (Thresholds::default(), Stages::default()));
    assert_eq!(shop.quiet, Quiet::usual());
    assert!(shop.holidays.is_empty() && shop.own_addresses.is_empty() && shop.products.products().next().is_none());
}

#[test]
fn what_is_said_is_read() {
    let shop = read(&with(
        "holidays = [2026-12-29, 2027-01-03]\n\
         own_addresses = [\"Sato@Sakura.example.jp\", \"@staff.example.jp\"]\n\
         [thresholds]\nhistory_days = 30\nlate_days = 10\ncarriage_days = 5\npause_after_unhappy = 3\nhold_companies = false\nhold_from = 100000",
    ));
    assert_eq!(shop.holidays.iter().map(ToString::to_string).collect::<Vec<_>>(), ["2026-12-29", "2027-01-03"]);
    assert_eq!(read(&with("matsunouchi = 15")).region, Region::Kansai);
    assert!(read(&with("quiet = []")).quiet.is_empty());
    assert_eq!(read(&with("quiet = [\"obon\"]")).quiet.into_iter().collect::<Vec<_>>(), [Quiet::Obon]);
    for (address, own) in [
        ("sato@sakura.example.jp", true),
        ("hanako@sakura.example.jp", false),
        ("anybody@staff.example.jp", true),
        ("anybody@other.staff.example.jp", false),
    ] {
        assert_eq!(shop.is_own(&EmailAddress::parse(address).unwrap()), own, "{address}");
    }
    let Thresholds { history_days, late_days, carriage_days, hold_companies, hold_from, pause_after_unhappy } =
        shop.thresholds;
    assert_eq!((history_days, late_days, carriage_days, hold_companies), (30, 10, 5, false));
    assert_eq!(pause_after_unhappy, 3);
    let hold_from = hold_from.unwrap();
    assert_eq!((hold_from.amount_minor, hold_from.currency.code()), (100_000, "JPY"));
    let stages = read(&with("[stages]\nregular_from = 4\nloyal_from = 8\ndormant_after_days = 500")).stages;
    assert_eq!(stages, Stages { regular_from: 4, loyal_from: 8, dormant_after_days: 500 });
    let dollars = read(&with("[thresholds]\nhold_from = 900\nhold_currency = \"usd\"")).thresholds.hold_from.unwrap();
    assert_eq!((dollars.amount_minor, dollars.currency.code()), (90_000, "USD"));
}

#[test]
fn what_is_wrong_is_found_in_its_line() {
    for (lines, line, what) in [
        ("holidays = 2026-12-29", 19, "`holidays` must be a list of dates"),
        ("holidays = [2026-12-29, \"2026-12-30\"]", 19, "number 2 is none"),
        ("quiet = \"obon\"", 19, "`quiet` must be a list of quiet days: holidays, new_year, obon"),
        ("quiet = [\"holidays\", \"sundays\"]", 19, "number 2 is none"),
        ("matsunouchi = 10", 19, "`matsunouchi` must be 7 or 15"),
        ("own_addresses = [\"sato\"]", 19, "a list of mail addresses"),
        ("own_addresses = [\"@\"]", 19, "number 1 is none"),
        ("[thresholds]\nlate_days = 0", 20, "from 1 to 365"),
        ("[thresholds]\nhold_from = \"much\"", 20, "`hold_from` in [thresholds] must be"),
        ("[thresholds]\nhold_currency = \"USD\"", 20, "without an amount"),
        ("[thresholds]\nlate = 3", 20, "`late` is no key in [thresholds]"),
        ("[stages]\nregular_from = 2", 20, "`regular_from` in [stages] must be a whole number from 3 to 100"),
        ("[stages]\nregular_from = 6", 19, "whoever is loyal from 6 occasions was never regular"),
        ("[stages]\nregular_from = 4\nloyal_from = 4", 21, "never regular"),
        ("[stages]\ndormant_after_days = 30", 20, "from 60 to 3660"),
        ("[stages]\ndormant = 365", 20, "`dormant` is no key in [stages]"),
        ("thresholds = 3", 19, "`thresholds` must be a table"),
        ("products = \"../products.csv\"", 19, "a file beside shop.toml"),
        ("products = \"shop.toml\"", 19, "a file beside shop.toml"),
        ("products = []", 19, "a file beside shop.toml"),
        ("products = \"products.csv\"", 19, "there is no product file products.csv"),
    ] {
        wrong(&with(lines), &format!("shop.toml:{line}"), what);
    }
}

#[test]
fn a_mailbox_of_somebody_elses_domain_cannot_be_the_sender_but_takes_replies() {
    let mut folder = Folder::small();
    folder.edit("shop.toml", "otayori@sakura.example.jp", "sakura@gmail.com");
    wrong(&folder, "shop.toml:27", "SPF, DKIM and DMARC");
    let problems = folder.load().unwrap_err();
    assert!(problems[0].mend.contains("shop@tayori.example") && problems[0].mend.contains("reply_to"), "{problems:?}");

    let mut folder = Folder::small();
    folder.edit("shop.toml", "otayori@sakura.example.jp", "shop@tayori.example");
    folder.edit("shop.toml", "reply_to = \"sato@sakura.example.jp\"", "reply_to = \"sakura@gmail.com\"");
    assert_eq!(read(&folder).sender.reply_to.as_str(), "sakura@gmail.com");
    folder.edit("shop.toml", "sakura@gmail.com", "no-reply@sakura.example.jp");
    let found: Vec<String> = folder.load().unwrap_err().iter().map(ToString::to_string).collect();
    let expected = "shop.toml:29: R19: `reply_to` looks like an inbox that nobody reads";
    assert!(found.len() == 1 && found[0].starts_with(expected), "{found:?}");
}
