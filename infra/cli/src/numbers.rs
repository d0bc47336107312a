//! `wasurena numbers`: how many first buyers came back, and what the mails cost against that (R35).

use crate::simulate::report::THOUSAND_MAILS_YEN;
use crate::today::WhichShop;
use clap::Args;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;
use std::process::ExitCode;
use wasurena_domain::calendar::day_of;
use wasurena_domain::ids::ShopId;
use wasurena_domain::money::Money;
use wasurena_domain::numbers::{ENOUGH, Numbers, Share};

/// How many customers are read at once.
const READ_AT_ONCE: usize = 16;

/// What to show.
#[derive(Debug, Args)]
pub(crate) struct ShowNumbers {
    #[command(flatten)]
    which: WhichShop,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

/// A share, for programs.
#[derive(Debug, Serialize)]
struct ShareOut {
    within_days: u32,
    of: u64,
    came: u64,
    /// From 0 to 1; `null` where there are too few.
    share: Option<f64>,
    /// Where the true share lies in 19 of 20 cases.
    interval: Option<(f64, f64)>,
}

/// The numbers, for programs. Names are stable.
#[derive(Debug, Serialize)]
struct Out {
    customers: u64,
    unknown: u64,
    second: Vec<ShareOut>,
    third: Vec<ShareOut>,
    came_back: u64,
    spent_minor: BTreeMap<String, i64>,
    sent: u64,
    cost_yen: u64,
}

/// Counts over every customer of the shop, and tells.
pub(crate) async fn numbers(show: ShowNumbers, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let shop = ShopId::parse(&show.which.shop)?;
    let rooms = show.which.site.open().await?;
    let book = rooms.bookshelf.open(&shop).await?.book;
    let today = day_of(rooms.clock.now(), book.shop.zone);
    let everybody = rooms.diary.everybody(&shop).await?;
    let ids = everybody.iter().map(|record| &record.customer.id);
    let mut files = stream::iter(ids).map(|id| rooms.diary.file(&shop, id)).buffer_unordered(READ_AT_ONCE);
    let mut numbers = Numbers::default();
    while let Some(file) = files.try_next().await? {
        // Whoever was erased meanwhile is no customer any more.
        if let Some(file) = file {
            numbers.add(&book.shop, &file.record.customer, &file.follow_ups, today);
        }
    }
    if show.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&Out::of(&numbers))?)?;
    } else {
        tell(&numbers, &book.shop.name, out)?;
    }
    Ok(ExitCode::SUCCESS)
}

impl Out {
    fn of(numbers: &Numbers) -> Self {
        let shares =
            |shares: &BTreeMap<u32, Share>| shares.iter().map(|(days, share)| ShareOut::of(*days, *share)).collect();
        Self {
            customers: numbers.customers,
            unknown: numbers.unknown,
            second: shares(&numbers.second),
            third: shares(&numbers.third),
            came_back: numbers.came_back,
            spent_minor: numbers.spent.iter().map(|(currency, amount)| (currency.to_string(), *amount)).collect(),
            sent: numbers.sent,
            cost_yen: cost_of_mails(numbers.sent),
        }
    }
}

impl ShareOut {
    fn of(within_days: u32, share: Share) -> Self {
        let is_enough = share.is_enough();
        Self {
            within_days,
            of: share.of,
            came: share.came,
            share: share.value().filter(|_| is_enough),
            interval: share.interval().filter(|_| is_enough),
        }
    }
}

/// For the owner.
fn tell(numbers: &Numbers, name: &str, out: &mut impl Write) -> std::io::Result<()> {
    writeln!(out, "■ {name} お買い上げくださった方 {} 人", numbers.customers)?;
    if numbers.unknown > 0 {
        writeln!(out, "  うち {} 人は、最初のお買い上げがわからないので、下には数えていません", numbers.unknown)?;
    }
    for (title, shares) in [("二度目のお買い上げ(F2転換率)", &numbers.second), ("三度目のお買い上げ", &numbers.third)]
    {
        writeln!(out, "■ {title}")?;
        for (days, share) in shares {
            writeln!(out, "  {days:>3}日のうちに  {}", said(*share))?;
        }
    }
    writeln!(out, "■ お便り {} 通、費用 {} 円", numbers.sent, cost_of_mails(numbers.sent))?;
    if numbers.came_back > 0 {
        let yen = cost_of_mails(numbers.sent).div_ceil(numbers.came_back);
        writeln!(out, "  二度目のお買い上げひとつあたり {yen} 円")?;
    }
    for (currency, amount_minor) in &numbers.spent {
        let sum = Money { amount_minor: *amount_minor, currency: *currency };
        let each =
            Money { amount_minor: amount_minor / i64::try_from(numbers.customers.max(1)).unwrap_or(i64::MAX), ..sum };
        writeln!(out, "■ お買い上げの合計 {sum}、おひとりあたり {each}")?;
    }
    Ok(())
}

/// What so many mails cost, in whole yen, rounded up.
fn cost_of_mails(mails: u64) -> u64 {
    (mails * THOUSAND_MAILS_YEN).div_ceil(1000)
}

fn said(share: Share) -> String {
    let Share { of, came } = share;
    match (share.value(), share.interval()) {
        (Some(value), Some((low, high))) if share.is_enough() => {
            let percent = |share: f64| share * 100.0;
            format!(
                "{of} 人中 {came} 人  {:.0}%(確からしい幅 {:.0}〜{:.0}%)",
                percent(value),
                percent(low),
                percent(high)
            )
        }
        (None, _) => "まだ、それだけの日がたった方がいません".to_owned(),
        _ => format!("{of} 人中 {came} 人  割合は、{ENOUGH} 人になってから"),
    }
}
