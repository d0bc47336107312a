//! Cases: what is wrong with somebody's purchase, in a person's hands until it is settled (R28).

use crate::owner::Whom;
use anyhow::anyhow;
use clap::{Args, Subcommand};
use std::io::Write;
use std::process::ExitCode;
use wasurena_cloud::cases::{self, Looked};
use wasurena_domain::case::{Case, Note};
use wasurena_domain::follow_up::FollowUp;
use wasurena_domain::ids::{CartId, OrderId, PurchaseKey, StepId};
use wasurena_domain::shop::Shop;
use wasurena_domain::task::TaskKind;

use crate::today::WhichShop;

/// `wasurena case …`
#[derive(Debug, Subcommand)]
pub(crate) enum CaseCommand {
    /// Show every case that is open: since when, and who has it
    List(WhichShop),
    /// Show a case with its history
    Show(Which),
    /// Take a case: from now on it is yours
    Take(Take),
    /// Write down what was said or done
    Note(Noted),
    /// Approve a remedy: its letter goes out in the shop's next hours
    Remedy(Remedy),
    /// Settle it: what is planned for the customer goes on
    Settle(Settle),
}

/// A customer's case, and where it is.
#[derive(Debug, Args)]
pub(crate) struct Which {
    #[command(flatten)]
    whom: Whom,
    /// Of which order, as `CART/ORDER`; else the case that has been open for longest
    #[arg(long)]
    order: Option<String>,
}

/// Who does something.
#[derive(Debug, Args)]
pub(crate) struct By {
    /// Who does it; else whoever has the case
    #[arg(long)]
    by: Option<String>,
}

/// `wasurena case take …`
#[derive(Debug, Args)]
pub(crate) struct Take {
    #[command(flatten)]
    which: Which,
    /// Who takes it
    #[arg(long)]
    by: String,
}

/// `wasurena case note …`
#[derive(Debug, Args)]
pub(crate) struct Noted {
    #[command(flatten)]
    which: Which,
    /// What was said or done
    words: String,
    #[command(flatten)]
    by: By,
}

/// `wasurena case remedy …`
#[derive(Debug, Args)]
pub(crate) struct Remedy {
    #[command(flatten)]
    which: Which,
    /// The letter: the id of a remedy of the programme
    #[arg(long)]
    letter: String,
    #[command(flatten)]
    by: By,
}

/// `wasurena case settle …`
#[derive(Debug, Args)]
pub(crate) struct Settle {
    #[command(flatten)]
    whom: Whom,
    /// How it was settled, for the record
    #[arg(long)]
    words: Option<String>,
    #[command(flatten)]
    by: By,
}

/// Carries out what the owner does about a case.
pub(crate) async fn case(command: CaseCommand, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    match command {
        CaseCommand::List(which) => list(which, out).await?,
        CaseCommand::Show(which) => {
            let (rooms, shop, id) = which.whom.find().await?;
            let book = rooms.bookshelf.open(&shop).await?.book;
            let Looked { case, .. } = cases::look(&rooms.diary, &book.shop, &id, which.order()?.as_ref()).await?;
            writeln!(out, "{}", line(id.as_str(), &case, &book.shop))?;
            for note in &case.history {
                writeln!(out, "  {}", told(note, &book.shop))?;
            }
        }
        CaseCommand::Take(Take { which, by }) => {
            change(&which, out, |case, at| case.taken(&by, at)).await?;
        }
        CaseCommand::Note(Noted { which, words, by }) => {
            change(&which, out, |case, at| case.noted(by.by.as_deref(), &words, at)).await?;
        }
        CaseCommand::Remedy(remedy) => make_good(&remedy, out).await?,
        CaseCommand::Settle(Settle { whom, words, by }) => {
            let (rooms, shop, id) = whom.find().await?;
            let book = rooms.bookshelf.open(&shop).await?.book;
            let said = (by.by.as_deref(), words.as_deref());
            cases::settle(&rooms.diary, &book.shop, &id, said, rooms.clock.now()).await?;
            writeln!(out, "{id}: settled; what is planned goes on")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Shows every case that is open, the oldest first.
async fn list(which: WhichShop, out: &mut impl Write) -> anyhow::Result<()> {
    let (rooms, shop) = which.open().await?;
    let book = rooms.bookshelf.open(&shop).await?.book;
    let mut open = Vec::new();
    for task in rooms.diary.tasks_of_kind(&shop, TaskKind::SettleCase).await? {
        let Some(customer) = task.customer else { continue };
        let Looked { case, .. } = match parse(&task.about) {
            Ok(order) => cases::look(&rooms.diary, &book.shop, &customer, Some(&order)).await?,
            Err(_) => continue,
        };
        open.push((case.since, line(customer.as_str(), &case, &book.shop)));
    }
    open.sort();
    if open.is_empty() {
        writeln!(out, "{shop}: no case is open")?;
    }
    for (_, line) in open {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

async fn change(
    which: &Which,
    out: &mut impl Write,
    change: impl Fn(Case, chrono::DateTime<chrono::Utc>) -> Case,
) -> anyhow::Result<()> {
    let (rooms, shop, id) = which.whom.find().await?;
    let book = rooms.bookshelf.open(&shop).await?.book;
    let now = rooms.clock.now();
    let order = which.order()?;
    let case = cases::change(&rooms.diary, &book.shop, &id, order.as_ref(), |case| change(case, now)).await?;
    Ok(writeln!(out, "{}", line(id.as_str(), &case, &book.shop))?)
}

async fn make_good(remedy: &Remedy, out: &mut impl Write) -> anyhow::Result<()> {
    let Remedy { which, letter, by } = remedy;
    let (rooms, shop, id) = which.whom.find().await?;
    let book = rooms.bookshelf.open(&shop).await?.book;
    let letter = StepId::parse(letter)?;
    let (order, by) = (which.order()?, by.by.as_deref());
    let made = cases::make_good(&rooms.diary, &book, &id, order.as_ref(), (&letter, by), rooms.clock.now());
    let (case, FollowUp { state, slot, .. }) = Box::pin(made).await?;
    let at = slot.start().with_timezone(&book.shop.zone).format("%Y-%m-%d %H:%M");
    writeln!(out, "{}", line(id.as_str(), &case, &book.shop))?;
    match state.is_open() {
        true => writeln!(out, "  `{letter}` goes out at {at}")?,
        false => writeln!(out, "  `{letter}` was approved before, and is {}", state.name())?,
    }
    Ok(())
}

/// A case in one line.
fn line(customer: &str, case: &Case, shop: &Shop) -> String {
    let since = case.since.with_timezone(&shop.zone).format("%Y-%m-%d");
    let owner = case.owner.as_deref().unwrap_or("nobody yet");
    let (cause, state) = (case.cause.name(), case.state.name());
    format!("{customer}  {}  {cause} since {since}  {state}  in the hands of {owner}", case.purchase)
}

/// An entry of a history in one line.
fn told(note: &Note, shop: &Shop) -> String {
    let at = note.at.with_timezone(&shop.zone).format("%Y-%m-%d %H:%M");
    let parts = [note.who.as_deref(), Some(note.what.name()), note.words.as_deref()];
    format!("{at}  {}", parts.into_iter().flatten().collect::<Vec<_>>().join("  "))
}

impl Which {
    fn order(&self) -> anyhow::Result<Option<PurchaseKey>> {
        self.order.as_deref().map(parse).transpose()
    }
}

/// Reads `CART/ORDER`. An order's id may hold a slash itself.
fn parse(text: &str) -> anyhow::Result<PurchaseKey> {
    let (cart, order) =
        text.split_once('/').ok_or_else(|| anyhow!("name the order as CART/ORDER, such as shopify/1001"))?;
    Ok(PurchaseKey { cart: CartId::parse(cart)?, order: OrderId::parse(order)? })
}
