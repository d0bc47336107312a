//! `wasurena simulate`: a programme tried on last year's orders, or on made-up people, before anybody gets a mail.
//!
//! The planner, the decision at the last moment and the letters are those that work in the cloud; only time is virtual and
//! nothing is sent. The same orders, or the same seed, always give the same result.

mod audit;
mod calendar;
mod crowd;
pub(crate) mod life;
mod mailbox;
mod orders;
mod people;
mod person;
pub(crate) mod report;
mod tally;

use crate::folder;
use anyhow::{Context, bail};
use chrono::{Months, NaiveDate, NaiveTime};
use chrono_tz::Tz;
use clap::{Args, ValueEnum};
use crowd::{Crowd, play_some};
use indicatif::{ProgressBar, ProgressStyle};
use life::World;
use mailbox::Mailbox;
use orders::Orders;
use people::People;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tally::Tally;
use wasurena_domain::calendar::{Slot, day_of};
use wasurena_domain::ids::ShopId;
use wasurena_domain::purchase::Consent;
use wasurena_letters::{Book, Files, load, utsuwa};

/// The first day of made-up people, where none is named: that of `wasurena demo`.
const FROM: NaiveDate = NaiveDate::from_ymd_opt(2026, 12, 1).unwrap();
/// How many people are made up, where nobody says.
const CUSTOMERS: u64 = 300;
/// How many years can be played: twice as long as a programme can plan (R5).
const YEARS_MAX: u32 = 20;

/// What to try, on whom, and what to show of it.
#[derive(Debug, Args)]
pub(crate) struct Simulate {
    /// The folder with shop.toml, programme.toml and letters/; the sample shop's, where none is named
    #[arg(long, value_name = "DIR")]
    shop: Option<PathBuf>,
    /// Last year's orders, a CSV file in UTF-8 or as Excel saves one in Japan; people are made up, where none is named
    #[arg(long, value_name = "FILE", conflicts_with_all = ["customers", "seed"])]
    orders: Option<PathBuf>,
    /// Which column says what, a line for each with a name of its own: mail = "お客様のメール"
    #[arg(long, value_name = "FILE", requires = "orders")]
    mapping: Option<PathBuf>,
    /// What those of an order file are taken to have said about hearing from the shop, where the file does not say
    #[arg(long, value_enum, default_value = "unknown", requires = "orders")]
    consent: ConsentSaid,
    /// How many people to make up
    #[arg(long, value_name = "N", default_value_t = CUSTOMERS)]
    customers: u64,
    /// How many years to play
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=i64::from(YEARS_MAX)))]
    years: u32,
    /// Other made-up people: the same number, the same people
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// The first day, like 2026-12-01; the day of the first order, where there are orders
    #[arg(long, value_name = "DATE")]
    from: Option<NaiveDate>,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
    /// Draw a calendar of the mails of each day into this file
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Write every mail into this folder, with an index to begin at; they hold what the orders say of people
    #[arg(long, value_name = "DIR")]
    mails: Option<PathBuf>,
}

/// What somebody said about hearing from the shop.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum ConsentSaid {
    /// Nobody knows: they hear of their purchase, and no more
    Unknown,
    /// They said yes
    Granted,
}

/// Plays, and says what came of it. Exit code 1 where a rule was broken.
pub(crate) fn run(simulate: &Simulate, out: &mut impl Write, notes: &mut impl Write) -> anyhow::Result<ExitCode> {
    let mut book = book(simulate.shop.as_deref())?;
    let orders = simulate.orders.as_deref().map(|file| simulate.read(file, book.shop.zone, notes)).transpose()?;
    let first_order = orders.as_ref().and_then(|orders| orders.first_at).map(|at| day_of(at, book.shop.zone));
    let from = simulate.from.or(first_order).unwrap_or(FROM);
    // The shop begins on the first day: what is older is history.
    book.shop.start_date = from;
    let world = world(&book, from, simulate.years)?;
    let tally = match &orders {
        Some(orders) => {
            let after = orders.after(world.until);
            if after > 0 {
                writeln!(notes, "{after} orders come later than is played: name more --years, or a later --from")?;
            }
            simulate.play(&book, world, orders, notes)?
        }
        None => simulate.play(&book, world, &People::new(simulate.customers, simulate.seed, world)?, notes)?,
    };
    if let Some(file) = &simulate.svg {
        let drawn = calendar::svg(&tally, &book.shop)?;
        std::fs::write(file, drawn).with_context(|| format!("{} cannot be written", file.display()))?;
    }
    if simulate.json {
        writeln!(out, "{}", report::json(&tally)?)?;
    } else {
        report::table(&tally, &book.shop, out)?;
    }
    Ok(if tally.violation_count == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Simulate {
    /// Reads the orders, and tells each row that is left out.
    fn read(&self, file: &Path, zone: Tz, notes: &mut impl Write) -> anyhow::Result<Orders> {
        let consent = match self.consent {
            ConsentSaid::Unknown => Consent::Unknown,
            ConsentSaid::Granted => Consent::Granted,
        };
        let orders = Orders::read(file, self.mapping.as_deref(), zone, consent)?;
        for fault in &orders.faults {
            writeln!(notes, "{}: {fault}", file.display())?;
        }
        if !orders.faults.is_empty() {
            writeln!(notes, "{} rows are left out", orders.faults.len())?;
        }
        anyhow::ensure!(orders.first_at.is_some(), "{} holds no order that can be read", file.display());
        Ok(orders)
    }

    /// Plays everybody, with a bar where somebody watches.
    fn play(&self, book: &Book, world: World<'_>, crowd: &impl Crowd, notes: &mut impl Write) -> anyhow::Result<Tally> {
        let bar = ProgressBar::new(crowd.count());
        bar.set_style(ProgressStyle::with_template("{bar:40} {human_pos}/{human_len} {eta}")?);
        let Some(folder) = &self.mails else {
            let tally = crowd::play(world, crowd, |more| bar.inc(more));
            bar.finish_and_clear();
            return tally;
        };
        // One after the other, so that the files are the same each time.
        let mut mailbox = Mailbox::new(folder, book)?;
        let mut tally = Tally::new(world);
        for place in 0..crowd.count() {
            tally = tally.and(play_some(world, crowd, place..place + 1, &mut mailbox)?);
            bar.inc(1);
        }
        bar.finish_and_clear();
        let left_out = mailbox.left_out;
        let written = mailbox.finish()?;
        writeln!(notes, "{written} mails, {left_out} more not written: open {}", folder.join("index.html").display())?;
        Ok(tally)
    }
}

/// The programme to try.
fn book(folder: Option<&Path>) -> anyhow::Result<Book> {
    let (id, files) = match folder {
        None => (ShopId::parse("sakura")?, utsuwa(FROM)),
        Some(folder) => (ShopId::parse("simulated")?, Files::new(folder::everything(folder)?)?),
    };
    load(&id, &files).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("the programme has {} to mend:\n{}", problems.len(), lines.join("\n"))
    })
}

fn world(book: &Book, from: NaiveDate, years: u32) -> anyhow::Result<World<'_>> {
    let midnight = |day| Slot::of(day, NaiveTime::MIN, book.shop.zone).start();
    let Some(end) = from.checked_add_months(Months::new(12 * years)) else { bail!("{from} is too far ahead") };
    Ok(World { shop: &book.shop, programme: &book.programme, from: midnight(from), until: midnight(end) })
}
