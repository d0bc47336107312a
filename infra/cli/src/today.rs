//! The owner's day: what only a person can do, and the switch that stops everything.

use crate::approving;
use crate::chores;
use crate::site::{Rooms, Site};
use anyhow::Context as _;
use clap::Args;
use std::io::Write;
use std::process::ExitCode;
use wasurena_domain::ids::ShopId;
use wasurena_domain::task::{Task, TaskKind};

/// A shop, and where it is.
#[derive(Debug, Args)]
pub(crate) struct WhichShop {
    /// The shop
    pub(crate) shop: String,
    #[command(flatten)]
    pub(crate) site: Site,
}

/// `wasurena stop …`
#[derive(Debug, Args)]
pub(crate) struct Stop {
    #[command(flatten)]
    which: WhichShop,
    /// Let it send again
    #[arg(long)]
    off: bool,
}

impl WhichShop {
    /// The shop, and what a command works with there.
    pub(crate) async fn open(&self) -> anyhow::Result<(Rooms, ShopId)> {
        let shop = ShopId::parse(&self.shop)?;
        Ok((self.site.open().await?, shop))
    }
}

/// Shows the owner's list, the most pressing first.
pub(crate) async fn today(which: WhichShop, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let shop = ShopId::parse(&which.shop)?;
    let rooms = which.site.open().await?;
    let stopped = rooms.diary.shop_state(&shop).await?.stopped;
    if stopped {
        writeln!(out, "{shop} is stopped: nothing goes out. `wasurena stop {shop} --off` lets it send again")?;
    }
    approving::tomorrow(&rooms, &shop, out).await?;
    let mut tasks = rooms.diary.tasks(&shop).await?;
    let is_pressing = |task: &Task| task.kind == TaskKind::ApproveMails && task.customer.is_some();
    tasks.sort_by_key(|task| (!is_pressing(task), task.due, task.key()));
    if tasks.is_empty() {
        writeln!(out, "{shop}: nothing to do")?;
    }
    for task in &tasks {
        let Task { kind, customer, about, due, why } = task;
        let mark = if is_pressing(task) { "!! " } else { "" };
        let whom = customer.as_ref().map_or_else(|| "the shop".to_owned(), ToString::to_string);
        writeln!(out, "{mark}by {due}  {}  for {whom}  about {about}  because {}", kind.name(), why.name())?;
        Box::pin(chores::show(&rooms, &shop, task, out)).await?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Presses the stop switch, or releases it.
pub(crate) async fn stop(stop: Stop, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let shop = ShopId::parse(&stop.which.shop)?;
    let rooms = stop.which.site.open().await?;
    rooms.diary.set_stopped(&shop, !stop.off).await.with_context(|| format!("{shop} stays as it was"))?;
    let done = if stop.off {
        "sends again; what waited goes out over the next hours, as far as it still has its time"
    } else {
        "is stopped: nothing is sent any more, but what was just being handed over"
    };
    writeln!(out, "{shop} {done}")?;
    Ok(ExitCode::SUCCESS)
}
