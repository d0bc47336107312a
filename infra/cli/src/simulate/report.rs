//! What came of it, for people and for programs.

use super::audit::Violation;
use super::tally::{Promised, Tally};
use crate::words::{class_name, what_to_do, why};
use chrono::{Datelike, NaiveDate};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;
use wasurena_domain::follow_up::Reason;
use wasurena_domain::shop::Shop;
use wasurena_domain::task::TaskKind;

/// What a thousand mails cost, in yen: $0.16, the upper end of docs/deploy.md, at ¥160 to the dollar.
pub(crate) const THOUSAND_MAILS_YEN: u64 = 26;
/// What a postcard costs, in yen: its stamp, since October 2024.
pub(crate) const POSTCARD_YEN: u64 = 85;

/// The result for programs. Its names are stable.
#[derive(Debug, Serialize)]
struct Outcome<'a> {
    customers: u64,
    purchases: u64,
    follow_ups: u64,
    mails: u64,
    letters: u64,
    calls: u64,
    visits: u64,
    cost_yen: u64,
    promises: Promises,
    violations: &'a [Violation],
}

#[derive(Debug, Serialize)]
struct Promises {
    thanks_3d: Promised,
    contact_21d: Promised,
}

/// What it costs, in whole yen, rounded up.
pub(crate) fn cost_yen(tally: &Tally) -> u64 {
    (tally.mails * THOUSAND_MAILS_YEN).div_ceil(1000) + tally.letters * POSTCARD_YEN
}

/// The result as JSON.
pub(crate) fn json(tally: &Tally) -> serde_json::Result<String> {
    serde_json::to_string_pretty(&Outcome {
        customers: tally.customers,
        purchases: tally.purchases,
        follow_ups: tally.follow_ups,
        mails: tally.mails,
        letters: tally.letters,
        calls: tally.calls,
        visits: tally.visits,
        cost_yen: cost_yen(tally),
        promises: Promises { thanks_3d: tally.thanks, contact_21d: tally.contact },
        violations: &tally.violations,
    })
}

/// Whether a task is among the letters, calls and visits.
fn is_counted(kind: TaskKind) -> bool {
    matches!(kind, TaskKind::WritePostcard | TaskKind::SendLetter | TaskKind::MakeCall | TaskKind::PayVisit)
}

/// The result for people.
pub(crate) fn table(tally: &Tally, shop: &Shop, out: &mut impl Write) -> std::io::Result<()> {
    let last_day = tally.day(tally.per_day.len() - 1);
    writeln!(out, "■ {}の{}から{}まで", shop.name, told(tally.first_day), told(last_day))?;
    writeln!(out, "  お客様 {} 人、お買い上げ {} 回", tally.customers, tally.purchases)?;
    writeln!(out)?;
    writeln!(out, "■ お便り {} 通", tally.mails)?;
    for ((year, month), mails) in months(tally) {
        writeln!(out, "  {year}年{month:>2}月 {:>9} 通、多い日で {} 通", mails.sum, mails.max)?;
    }
    writeln!(out, "  おひとりあたり {}、多い方で {}", average(tally), most(tally))?;
    for (class, mails) in &tally.per_class {
        writeln!(out, "  ・{} {mails} 通", class_name(class.name()))?;
    }
    writeln!(out)?;
    writeln!(out, "■ 重なり")?;
    writeln!(out, "  ほかのお便りやお休みを避けて、あとの日にお送りした … {} 通", tally.put_off)?;
    let too_often = tally.not_sent.get(&Reason::TooOften).copied().unwrap_or(0);
    writeln!(out, "  多くなりすぎるので、見送った … {too_often} 通")?;
    for (reason, n) in
        tally.not_sent.iter().filter(|(reason, _)| !matches!(reason, Reason::TooOften | Reason::Replanned))
    {
        writeln!(out, "  お送りしなかった … {n} 通({})", why(reason.name()))?;
    }
    writeln!(out)?;
    writeln!(out, "■ 約束")?;
    promise("三日以内のお礼(R2)", tally.thanks, out)?;
    promise("二十一日以内の便り(R1)", tally.contact, out)?;
    writeln!(out)?;
    writeln!(out, "■ 人の手で")?;
    writeln!(out, "  葉書 {} 枚、お電話 {} 件、訪問 {} 件", tally.letters, tally.calls, tally.visits)?;
    for (kind, n) in tally.tasks.iter().filter(|(kind, _)| !is_counted(**kind)) {
        writeln!(out, "  {} … {n} 件", what_to_do(kind.name()))?;
    }
    writeln!(out)?;
    writeln!(out, "■ 費用 {} 円", cost_yen(tally))?;
    writeln!(
        out,
        "  お便り千通 {THOUSAND_MAILS_YEN} 円(SES ほか $0.16、1ドル160円として。docs/deploy.md)、葉書一枚 {POSTCARD_YEN} 円"
    )?;
    if tally.without_consent > 0 {
        writeln!(out)?;
        writeln!(out, "  お便りのご希望をうかがっていない方が {} 人あります。", tally.without_consent)?;
        writeln!(out, "  その方へは、お買い上げについてのお便りだけをお送りします。")?;
    }
    if tally.violation_count > 0 {
        writeln!(out)?;
        writeln!(out, "■ 破られた決まり {} 件", tally.violation_count)?;
        for Violation { customer, day, rule, what } in &tally.violations {
            writeln!(out, "  {rule} {day} customer {customer}: {what}")?;
        }
    }
    Ok(())
}

/// Mails of a month: of all its days together, and of the one with most.
#[derive(Debug, Default)]
struct Month {
    sum: u64,
    max: u64,
}

fn months(tally: &Tally) -> BTreeMap<(i32, u32), Month> {
    let mut months: BTreeMap<(i32, u32), Month> = BTreeMap::new();
    for (place, mails) in tally.per_day.iter().enumerate() {
        let day = tally.day(place);
        let month = months.entry((day.year(), day.month())).or_default();
        month.sum += mails;
        month.max = month.max.max(*mails);
    }
    months
}

fn promise(what: &str, Promised { due, kept, impossible }: Promised, out: &mut impl Write) -> std::io::Result<()> {
    writeln!(out, "  {what} … {due} 人中 {kept} 人、かなわなかった(わけあり) {impossible} 人")
}

/// Mails for each customer, to one decimal.
fn average(tally: &Tally) -> String {
    let tenths = (tally.mails * 10 + tally.customers / 2) / tally.customers.max(1);
    format!("{}.{} 通", tenths / 10, tenths % 10)
}

fn most(tally: &Tally) -> String {
    let most = tally.per_customer.iter().rposition(|customers| *customers > 0).unwrap_or(0);
    let beyond = if most + 1 == tally.per_customer.len() { "以上" } else { "" };
    format!("{most} 通{beyond}")
}

fn told(day: NaiveDate) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}
