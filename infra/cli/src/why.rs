//! `wasurena why`: why somebody hears from the shop on a day, and why not, in the words of an owner.
//!
//! The planner answers, not a copy of its rules. For a day to come it is asked on that day: until then everything is
//! played on virtual time, as `wasurena simulate` does, with nothing new becoming known meanwhile.

mod telling;

use crate::owner::Whom;
use crate::simulate::life::{Life, World};
use anyhow::{anyhow, ensure};
use chrono::{DateTime, Months, NaiveDate, NaiveTime, Utc};
use clap::Args;
use std::io::Write;
use std::process::ExitCode;
use telling::Telling;
use wasurena_cloud::bookshelf::OpenBook;
use wasurena_domain::calendar::{Slot, day_of};
use wasurena_domain::ids::StepId;
use wasurena_domain::planner::why::{Account, UntilTold, why};
use wasurena_domain::programme::Programme;
use wasurena_domain::shop::Shop;
use wasurena_letters::Published;

/// How far ahead can be asked: as far as `simulate` plays.
const AHEAD: Months = Months::new(12 * 20);

/// `wasurena why …`
#[derive(Debug, Args)]
pub(crate) struct Why {
    #[command(flatten)]
    whom: Whom,
    /// The day, like 2026-12-05; today, where none is named. A day to come is answered as things stand
    #[arg(long, value_name = "DATE")]
    on: Option<NaiveDate>,
    /// Only this message, by its id in the programme, or this series
    #[arg(long, value_name = "ID")]
    step: Option<String>,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

/// Says why.
pub(crate) async fn run(asked: Why, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let (rooms, shop, id) = asked.whom.find().await?;
    let file = rooms.diary.file(&shop, &id).await?.ok_or_else(|| anyhow!("there is no such customer"))?;
    let OpenBook { book, stopped, approvals, paused, is_at_risk, .. } = rooms.bookshelf.open(&shop).await?;
    let step = asked.step.as_deref().map(|name| known(&book.programme, name)).transpose()?;
    let now = rooms.clock.now();
    let today = day_of(now, book.shop.zone);
    let on = asked.on.unwrap_or(today);
    ensure!(today.checked_add_months(AHEAD).is_none_or(|last| on <= last), "{on} is more than twenty years ahead");
    let mut life = Life::known(file.record.customer, file.follow_ups, file.ledger, now);
    let until_told = UntilTold { approvals: &approvals, paused: &paused, is_at_risk };
    let mut accounts = answer(&book, &until_told, &mut life, on)?;
    accounts.retain(|account| {
        step.as_ref().is_none_or(|step| account.step == *step || account.series.as_ref() == Some(step))
    });
    if asked.json {
        writeln!(out, "{}", json(&book.shop, on, stopped, &accounts)?)?;
    } else {
        let stage = life.customer.course(&book.shop).on(on);
        let telling = Telling { shop: &book.shop, programme: &book.programme, today, on, in_full: step.is_some() };
        telling.tell(stage, stopped, &accounts, out)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What is so on a day: as it is recorded, or as it will be if nothing new becomes known.
/// Until then it is played as if everything were approved, and every product looked at.
fn answer(
    book: &Published,
    until_told: &UntilTold<'_>,
    life: &mut Life,
    on: NaiveDate,
) -> anyhow::Result<Vec<Account>> {
    let Published { shop, programme, .. } = book;
    let until: DateTime<Utc> = Slot::of(on, NaiveTime::MIN, shop.zone).start();
    let world = World { shop, programme, from: life.now, until };
    if until > life.now {
        life.go_on(world)?;
    }
    Ok(why(&life.situation(world), until_told))
}

/// A message or a series of the programme, by its name.
fn known(programme: &Programme, name: &str) -> anyhow::Result<StepId> {
    let series = programme.series.iter().map(|s| &s.id).chain(programme.dated.iter().map(|d| &d.id));
    let mut all = programme.messages().map(|(id, _)| id).chain(series);
    let found = all.find(|id| id.as_str() == name).cloned();
    found.ok_or_else(|| anyhow!("the programme has no message or series {name}: its ids stand in programme.toml"))
}

/// The answer for programs.
fn json(shop: &Shop, on: NaiveDate, stopped: bool, accounts: &[Account]) -> serde_json::Result<String> {
    let message = |account: &Account| -> serde_json::Result<serde_json::Value> {
        let mut told = serde_json::to_value(account)?;
        if let Some(fields) = told.as_object_mut() {
            let rules = account.rules().into_iter().map(|rule| format!("R{rule}")).collect::<Vec<_>>();
            fields.insert("rules".to_owned(), rules.into());
            fields.insert("day".to_owned(), serde_json::to_value(account.day(shop.zone))?);
        }
        Ok(told)
    };
    let messages = accounts.iter().map(message).collect::<serde_json::Result<Vec<_>>>()?;
    serde_json::to_string_pretty(
        &serde_json::json!({ "shop": shop.id, "on": on, "stopped": stopped, "messages": messages }),
    )
}
