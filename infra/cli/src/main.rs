//! `wasurena`: Wasurena on a laptop, and the way to set a shop up.

mod answering;
mod approving;
mod cases;
mod check;
mod chores;
mod demo;
mod doctor;
mod folder;
mod numbers;
mod owner;
mod products;
mod programmes;
mod shop;
mod simulate;
mod site;
mod today;
mod up;
mod why;
mod words;

use chrono::{DateTime, Utc};
use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use wasurena_cloud::clock::WallClock;
use wasurena_cloud::telemetry::Lines;

/// Planning a year for a hundred thousand people is mostly many small allocations.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Wasurena keeps small shops from being forgotten.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Live a sample shop's year in seconds, tell its story, and show every mail (the default)
    Demo {
        /// End after the story; exit code 0 only if every promise was kept
        #[arg(long)]
        exit: bool,
    },
    /// Run Wasurena here, on an embedded cloud that is kept across restarts
    Up {
        /// The port on 127.0.0.1; 0 for any that is free
        #[arg(long, default_value_t = 8787)]
        port: u16,
        /// The folder that keeps everything
        #[arg(long, default_value = ".wasurena")]
        data: PathBuf,
        /// The time at which it starts, such as 2026-12-01T09:00:00+09:00; the later one, where the folder has come further
        #[arg(long)]
        now: Option<DateTime<Utc>>,
        /// Let time stand still until POST /_local/clock moves it
        #[arg(long)]
        frozen: bool,
    },
    /// Check a programme: every finding with file, line, rule and how to mend it; warnings alone do not fail
    Check {
        /// The folder with shop.toml, programme.toml and letters/, and frames where it has its own
        programme: PathBuf,
    },
    /// Name the built-in programmes: what each is for, its language, how many messages it has
    Programmes,
    /// Programmes: begin one of one's own
    #[command(subcommand)]
    Programme(ProgrammeCommand),
    /// Try a programme on last year's orders, or on made-up people: a year of mails in seconds, and nothing is sent
    Simulate(simulate::Simulate),
    /// Say why somebody hears from the shop on a day, and why not: the rules and the data that decided
    Why(why::Why),
    /// Show the owner's list: what only a person can do, the most pressing first
    Today(today::WhichShop),
    /// How many first buyers came back, and what the mails cost against that
    Numbers(numbers::ShowNumbers),
    /// Approve what waits in 「明日のお便り」: while a step is an apprentice, its mails go out only then
    Approve(approving::Approve),
    /// Add the owner's personal line to a mail that waits to be sent
    Note(approving::Note),
    /// Tick off a task of the owner's list: a letter is posted, a call is made
    Done(chores::Done),
    /// Look whether a shop's mails can go out and arrive: SES, the DNS, what was bounced or called spam, and what to do
    Doctor(doctor::Doctor),
    /// Write down what somebody answered to a survey that went by letter, call or visit
    Answer(answering::AnswerGiven),
    /// Stop everything that a shop sends, at once
    Stop(today::Stop),
    /// Shops: their settings, programmes and secrets
    #[command(subcommand)]
    Shop(ShopCommand),
    /// Customers: what they said to the owner, a case that is settled, erasing
    #[command(subcommand)]
    Customer(owner::CustomerCommand),
    /// Cases: what is wrong with somebody's purchase, in a person's hands until it is settled
    #[command(subcommand)]
    Case(cases::CaseCommand),
    /// Products: what customers answered of each, and that somebody has looked
    #[command(subcommand)]
    Product(products::ProductCommand),
    /// Orders: what the owner decides about them
    #[command(subcommand)]
    Order(owner::OrderCommand),
}

#[derive(Debug, Subcommand)]
enum ProgrammeCommand {
    /// Write a built-in programme into a folder, to be made one's own
    New {
        /// Which: `wasurena programmes` names them
        name: String,
        /// The folder: a new one, or an empty one
        folder: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
enum ShopCommand {
    /// Check a shop's file with all it names, then put it in place: secrets into Parameter Store, the rest into the diary
    Apply(shop::Apply),
    /// Erase everything that came from a cart, as a cart asks (shop/redact) when it is taken away
    EraseCart(owner::WhichCart),
}

fn main() -> anyhow::Result<ExitCode> {
    match run() {
        // `wasurena demo | head`: whoever read along has seen enough.
        Err(error) if is_reader_gone(&error) => Ok(ExitCode::SUCCESS),
        ended => ended,
    }
}

/// Whether something could not be written because nobody reads it any more.
fn is_reader_gone(error: &anyhow::Error) -> bool {
    let io =
        |cause: &(dyn std::error::Error + 'static)| cause.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
    error.chain().any(|cause| io(cause) == Some(std::io::ErrorKind::BrokenPipe))
}

fn run() -> anyhow::Result<ExitCode> {
    let command = Arguments::parse().command.unwrap_or(Command::Demo { exit: false });
    let quiet = matches!(command, Command::Demo { .. });
    let filter = std::env::var("RUST_LOG").ok().and_then(|filter| filter.parse().ok());
    let filter =
        filter.unwrap_or_else(|| Targets::new().with_default(if quiet { LevelFilter::OFF } else { LevelFilter::WARN }));
    let lines = Lines::new("wasurena", Arc::new(WallClock), std::io::stderr);
    tracing_subscriber::registry().with(filter).with(lines).init();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        match command {
            Command::Demo { exit } => demo::run(exit, &mut std::io::stdout()).await,
            Command::Up { port, data, now, frozen } => up::run(port, data, now, frozen).await,
            Command::Check { programme } => check::run(&programme, &mut std::io::stdout()),
            Command::Programmes => programmes::list(&mut std::io::stdout()),
            Command::Programme(ProgrammeCommand::New { name, folder }) => {
                programmes::write(&name, &folder, &mut std::io::stdout())
            }
            Command::Simulate(what) => simulate::run(&what, &mut std::io::stdout(), &mut std::io::stderr()),
            Command::Why(asked) => Box::pin(why::run(asked, &mut std::io::stdout())).await,
            Command::Today(which) => Box::pin(today::today(which, &mut std::io::stdout())).await,
            Command::Numbers(show) => Box::pin(numbers::numbers(show, &mut std::io::stdout())).await,
            Command::Approve(what) => Box::pin(approving::approve(what, &mut std::io::stdout())).await,
            Command::Note(what) => Box::pin(approving::note(what, &mut std::io::stdout())).await,
            Command::Answer(given) => Box::pin(answering::answer(given, &mut std::io::stdout())).await,
            Command::Done(done) => Box::pin(chores::done(done, &mut std::io::stdout())).await,
            Command::Doctor(doctor) => Box::pin(doctor::run(doctor, &mut std::io::stdout())).await,
            Command::Stop(stop) => Box::pin(today::stop(stop, &mut std::io::stdout())).await,
            Command::Customer(command) => Box::pin(owner::customer(command, &mut std::io::stdout())).await,
            Command::Case(command) => Box::pin(cases::case(command, &mut std::io::stdout())).await,
            Command::Product(command) => Box::pin(products::product(command, &mut std::io::stdout())).await,
            Command::Order(command) => Box::pin(owner::order(command, &mut std::io::stdout())).await,
            Command::Shop(ShopCommand::EraseCart(which)) => {
                Box::pin(owner::erase_cart(which, &mut std::io::stdout())).await
            }
            Command::Shop(ShopCommand::Apply(apply)) => Box::pin(shop::apply(apply, &mut std::io::stdout())).await,
        }
    })
}
