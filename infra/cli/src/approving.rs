//! 「明日のお便り」: what waits for the owner's approval, the mails as they will go out, and a personal line.

use crate::chores::write_script;
use crate::site::Rooms;
use crate::today::WhichShop;
use crate::words::class_name;
use anyhow::Context as _;
use clap::Args;
use std::io::Write;
use std::process::ExitCode;
use wasurena_cloud::approving::{self, Approved, Waiting};
use wasurena_cloud::bookshelf::OpenBook;
use wasurena_domain::apprenticeship::APPROVALS_NEEDED;
use wasurena_domain::customer::Customer;
use wasurena_domain::follow_up::{self, FollowUp};
use wasurena_domain::ids::{FollowUpId, ShopId, StepId};
use wasurena_letters::{Facts, Letters, Mail, RenderError, Urls};

/// What stands in a shown mail for the links by which its reader says stop, or answers: those are the reader's alone.
const OWN_LINK: &str = "https://(each customer's own link)";
/// What stands where the mail leads to pages.
const OWN_LINKS: Urls<'_> = Urls {
    stop: OWN_LINK,
    wishes: OWN_LINK,
    wrong: OWN_LINK,
    view: OWN_LINK,
    card: "https://(the shop's contact card)",
};

/// `wasurena approve …`
#[derive(Debug, Args)]
pub(crate) struct Approve {
    #[command(flatten)]
    which: WhichShop,
    /// The follow-ups, by the ids that `wasurena today` shows
    #[arg(conflicts_with_all = ["all", "step"])]
    follow_ups: Vec<String>,
    /// Everything that waits
    #[arg(long, conflicts_with = "step")]
    all: bool,
    /// Everything that waits of one step
    #[arg(long)]
    step: Option<String>,
    /// How many days ahead, from tomorrow on
    #[arg(long, default_value_t = 1)]
    days: u32,
    /// Print the mails as they will go out, letters and calls as they are written and said, and approve nothing
    #[arg(long)]
    show: bool,
}

/// `wasurena note …`
#[derive(Debug, Args)]
pub(crate) struct Note {
    #[command(flatten)]
    which: WhichShop,
    /// The follow-up, by the id that `wasurena today` shows
    follow_up: String,
    /// The line; without it, the one that stands is taken away
    line: Option<String>,
}

/// A shop with its letters at hand.
struct Desk {
    rooms: Rooms,
    open: OpenBook,
    letters: std::sync::Arc<Letters>,
}

impl Desk {
    async fn open(which: &WhichShop) -> anyhow::Result<Self> {
        let shop = ShopId::parse(&which.shop)?;
        let rooms = which.site.open().await?;
        let open = rooms.bookshelf.open(&shop).await?;
        let letters = rooms.bookshelf.letters(&shop, open.version).await?;
        Ok(Self { rooms, open, letters })
    }

    fn mail(&self, follow_up: &FollowUp, customer: &Customer) -> Result<Mail, RenderError> {
        let shop = &self.open.book.shop;
        let facts = Facts::about(follow_up, shop, customer, OWN_LINKS);
        let facts = Facts { answer_url: Some(OWN_LINK), ..facts };
        self.letters.render(shop, follow_up.letter(), &facts)
    }

    /// A line for what waits: who, what, when, and under which subject.
    fn line(&self, waiting: &Waiting, out: &mut impl Write) -> anyhow::Result<()> {
        let Waiting { follow_up, customer, is_pressing } = waiting;
        let subject = self.mail(follow_up, customer).map_or_else(|error| error.to_string(), |mail| mail.subject);
        let at = follow_up.slot.start().with_timezone(&self.open.book.shop.zone).format("%m-%d %H:%M");
        let mark = if *is_pressing { "!! " } else { "   " };
        let (id, step, class) = (&follow_up.id, &follow_up.step, class_name(follow_up.class.name()));
        writeln!(out, "{mark}{at}  {id}  {step} ({class})  {subject}")?;
        Ok(())
    }
}

/// Lists what waits for approval by tomorrow, what is pressing first; nothing where nothing does.
pub(crate) async fn tomorrow(rooms: &Rooms, shop: &ShopId, out: &mut impl Write) -> anyhow::Result<()> {
    let open = rooms.bookshelf.open(shop).await?;
    let now = rooms.clock.now();
    approving::tidy(&rooms.diary, &open, now).await?;
    let waiting = approving::waiting(&rooms.diary, &open, 1, now).await?;
    if waiting.is_empty() {
        return Ok(());
    }
    let letters = rooms.bookshelf.letters(shop, open.version).await?;
    let desk = Desk { rooms: rooms.clone(), open, letters };
    writeln!(out, "明日のお便り: {} wait for `wasurena approve {shop}`", waiting.len())?;
    for one in &waiting {
        desk.line(one, out)?;
    }
    if waiting.iter().any(|one| one.is_pressing) {
        writeln!(out, "!! tomorrow is the last day on which a promise to this customer can be kept (R1, R2)")?;
    }
    Ok(())
}

/// Approves what was named, or shows it; where nothing was named, lists what waits.
pub(crate) async fn approve(what: Approve, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let desk = Desk::open(&what.which).await?;
    let shop = &desk.open.book.shop;
    let step = what.step.as_deref().map(StepId::parse).transpose()?;
    if let Some(step) = &step {
        desk.open.book.programme.class_of(step).with_context(|| format!("the programme has no step `{step}`"))?;
    }
    let now = desk.rooms.clock.now();
    if !what.follow_ups.is_empty() {
        return desk.approve_named(&what, out).await;
    }
    let mut waiting = approving::waiting(&desk.rooms.diary, &desk.open, what.days, now).await?;
    waiting.retain(|one| step.as_ref().is_none_or(|step| one.follow_up.step == *step));
    if waiting.is_empty() {
        let off = if shop.apprenticeship { "" } else { ": its apprenticeship is off" };
        writeln!(out, "{}: nothing waits for approval{off}", shop.id)?;
        return Ok(ExitCode::SUCCESS);
    }
    let is_named = what.all || step.is_some();
    for one in &waiting {
        if what.show {
            desk.show(&one.follow_up, &one.customer, out)?;
        } else if is_named {
            desk.approve_one(&one.follow_up.id, out).await?;
        } else {
            desk.line(one, out)?;
        }
    }
    if what.show || !is_named {
        let id = &shop.id;
        writeln!(out, "approve them by their ids, or all of them: `wasurena approve {id} --all`")?;
    } else {
        desk.tidy().await?;
    }
    Ok(ExitCode::SUCCESS)
}

impl Desk {
    async fn approve_named(&self, what: &Approve, out: &mut impl Write) -> anyhow::Result<ExitCode> {
        for id in &what.follow_ups {
            let id = parse(id)?;
            if what.show {
                let (follow_up, customer) = self.find(&id).await?;
                self.show(&follow_up, &customer, out)?;
            } else {
                self.approve_one(&id, out).await?;
            }
        }
        self.tidy().await?;
        Ok(ExitCode::SUCCESS)
    }

    async fn approve_one(&self, id: &FollowUpId, out: &mut impl Write) -> anyhow::Result<()> {
        let done = match approving::approve(&self.rooms.diary, &self.open, id, self.rooms.clock.now()).await? {
            Approved::Now => "approved",
            Approved::Before => "was approved before",
            Approved::NotNeeded => "needs no approval",
        };
        writeln!(out, "{id}: {done}")?;
        Ok(())
    }

    /// Takes off the list what is done, and knows what was counted since.
    async fn tidy(&self) -> anyhow::Result<()> {
        let open = self.rooms.bookshelf.open(&self.open.book.shop.id).await?;
        Ok(approving::tidy(&self.rooms.diary, &open, self.rooms.clock.now()).await?)
    }

    async fn find(&self, id: &FollowUpId) -> anyhow::Result<(FollowUp, Customer)> {
        let unknown = || format!("there is no follow-up {id}: check the id, as `wasurena today` shows it");
        let customer = id.customer().with_context(unknown)?;
        let file = self.rooms.diary.file(&self.open.book.shop.id, &customer).await?.with_context(unknown)?;
        let follow_up = file.follow_ups.into_iter().find(|f| f.id == *id).with_context(unknown)?;
        Ok((follow_up, file.record.customer))
    }

    fn show(&self, follow_up: &FollowUp, customer: &Customer, out: &mut impl Write) -> anyhow::Result<()> {
        let (id, step, channel) = (&follow_up.id, &follow_up.step, follow_up.channel);
        // What a person carries out waits for nobody: whoever does it reads it first.
        if channel.task().is_some() {
            let shop = &self.open.book.shop;
            let facts = Facts::about(follow_up, shop, customer, Urls::default());
            let script = self.letters.script(shop, follow_up.letter(), channel, &facts)?;
            writeln!(out, "{id}  {step}, {}: it needs no approval", channel.name())?;
            write_script(&script, out)?;
            return Ok(());
        }
        let mail = self.mail(follow_up, customer)?;
        let count = self.open.approvals.of(step).min(APPROVALS_NEEDED);
        writeln!(out, "{id}  {step}, {count} of {APPROVALS_NEEDED} approved")?;
        writeln!(out, "件名: {}\n\n{}", mail.subject, mail.text)?;
        Ok(())
    }
}

fn parse(id: &str) -> anyhow::Result<FollowUpId> {
    FollowUpId::parse(id).map_err(|_| anyhow::anyhow!("{id} is no follow-up's id: `wasurena today` shows them"))
}

/// Adds the owner's personal line, or takes it away.
pub(crate) async fn note(what: Note, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let desk = Desk::open(&what.which).await?;
    let id = parse(&what.follow_up)?;
    let line = what.line.as_deref().map(follow_up::Note::parse).transpose()?;
    approving::write_line(&desk.rooms.diary, &desk.open.book.shop.id, &desk.letters, &id, line.as_ref()).await?;
    let done =
        if line.is_some() { "has your line before its closing words" } else { "has no line of yours (any more)" };
    writeln!(out, "{id} {done}")?;
    Ok(ExitCode::SUCCESS)
}
