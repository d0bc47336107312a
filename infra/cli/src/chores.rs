//! What a person says or writes for the shop (R22): shown with the owner's list, in the words of the programme, and ticked
//! off when it is done. Names, numbers and words of a person are shown here, on the owner's own terminal, and kept nowhere.

use crate::site::{Rooms, Site};
use crate::words::{what_to_do, why};
use anyhow::{anyhow, bail};
use clap::Args;
use std::io::Write;
use std::process::ExitCode;
use wasurena_cloud::bookshelf::OpenBook;
use wasurena_cloud::chores::{Came, Follows, House, tick_off};
use wasurena_domain::calendar::day_of;
use wasurena_domain::channel::{Channel, Reach};
use wasurena_domain::contact::PhoneNumber;
use wasurena_domain::customer::Customer;
use wasurena_domain::follow_up::{FollowUp, Reason};
use wasurena_domain::ids::{FollowUpId, ShopId};
use wasurena_domain::policy::speaks_of_paused;
use wasurena_domain::shop::Shop;
use wasurena_domain::task::Task;
use wasurena_letters::{Facts, Script, Urls};

/// `wasurena done …`
#[derive(Debug, Args)]
pub(crate) struct Done {
    /// The shop
    shop: String,
    /// The task: what it is about, as the owner's list shows it
    task: String,
    /// Nobody answered, nobody was there, or there is no address to write to: the next way is tried
    #[arg(long)]
    no_answer: bool,
    #[command(flatten)]
    site: Site,
}

/// Ticks a task off.
pub(crate) async fn done(done: Done, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let shop = ShopId::parse(&done.shop)?;
    let rooms = done.site.open().await?;
    let task = find(rooms.diary.tasks(&shop).await?, &done.task)?;
    let book = rooms.bookshelf.open(&shop).await?.book;
    let house = House { diary: &rooms.diary, shop: &book.shop, programme: &book.programme, now: rooms.clock.now() };
    let came = if done.no_answer { Came::NoAnswer } else { Came::Done };
    match tick_off(house, &task, came).await? {
        Follows::Nothing => writeln!(out, "{}: off the list", task.key())?,
        Follows::Next(channel) => writeln!(out, "{}: off the list; {} comes next", task.key(), channel.name())?,
        Follows::Task(kind) => writeln!(out, "{}: off the list; {} is on it now", task.key(), kind.name())?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The task that is meant: by its whole key, or by what it is about where that is only one.
fn find(tasks: Vec<Task>, name: &str) -> anyhow::Result<Task> {
    let mut meant: Vec<Task> = tasks.into_iter().filter(|task| task.key() == name || task.about == name).collect();
    if meant.len() > 1 {
        let keys: Vec<String> = meant.iter().map(Task::key).collect();
        bail!("there are several such tasks; name one of: {}", keys.join(", "));
    }
    meant.pop().ok_or_else(|| anyhow!("there is no such task: `wasurena today` lists what there is to do"))
}

/// Shows what is to be said or written for a task, where it is a letter, a call or a visit.
pub(crate) async fn show(rooms: &Rooms, shop: &ShopId, task: &Task, out: &mut impl Write) -> anyhow::Result<()> {
    let is_chore = Channel::ALL.into_iter().any(|channel| channel.task() == Some(task.kind));
    let Some(id) = FollowUpId::parse(&task.about).ok().filter(|_| is_chore) else { return Ok(()) };
    let Some(follow_up) = rooms.diary.follow_up(shop, &id).await? else { return Ok(()) };
    let Some(file) = rooms.diary.file(shop, &follow_up.customer).await? else { return Ok(()) };
    let OpenBook { book, version, paused, .. } = rooms.bookshelf.open(shop).await?;
    let customer = &file.record.customer;
    let reach =
        Reach { shop: &book.shop, customer, ledger: &file.ledger, day: day_of(rooms.clock.now(), book.shop.zone) };
    let channel = follow_up.channel;
    writeln!(out, "  {}({})", what_to_do(task.kind.name()), whereto(&follow_up, &book.shop, customer))?;
    let case = customer.open_case().map(|_| "case_open");
    let product = speaks_of_paused(&follow_up, follow_up.class, customer, &paused).then_some("product_paused");
    if let Some(reason) = reach.obstacle(channel).map(Reason::name).or(case).or(product) {
        writeln!(out, "  いまはお控えください:{}", why(reason))?;
        return Ok(());
    }
    let letters = rooms.bookshelf.letters(shop, version).await?;
    let facts = Facts::about(&follow_up, &book.shop, customer, Urls::default());
    match letters.script(&book.shop, follow_up.letter(), channel, &facts) {
        Ok(script) => write_script(&script, out)?,
        Err(error) => writeln!(out, "  {error}")?,
    }
    if let Some(question) = book.programme.listening.questions.get(&follow_up.step) {
        let answers: Vec<&str> = question.answers.iter().map(|choice| choice.id.as_str()).collect();
        let (customer, answers) = (&follow_up.customer, answers.join("|"));
        writeln!(out, "  お返事をいただいたら: wasurena answer {shop} {customer} {answers}(お言葉は --words)")?;
    }
    writeln!(out, "  済みましたら: wasurena done {shop} {id}(お会いできなければ、うしろに --no-answer)")?;
    Ok(())
}

/// Where to find somebody: their number; the order, of which the cart knows the address.
fn whereto(follow_up: &FollowUp, shop: &Shop, customer: &Customer) -> String {
    let hours = || format!("{}から{}まで", shop.hours.from.format("%H:%M"), shop.hours.to.format("%H:%M"));
    let phone = customer.phone.as_ref().map(PhoneNumber::as_str);
    let last = || customer.purchases.iter().rfind(|bought| bought.counts()).map(|bought| &bought.key);
    let order = follow_up.purchase.as_ref().or_else(last);
    let order = order.map_or_else(|| "お客さまに伺う".to_owned(), |key| format!("カートのご注文 {key} にあります"));
    match follow_up.channel {
        Channel::Phone => format!("{}、{}", phone.unwrap_or("番号なし"), hours()),
        Channel::Visit => format!("ご住所は{order}、{}", hours()),
        _ => format!("お届け先は{order}"),
    }
}

/// Writes a script as a person reads it out, or copies it.
pub(crate) fn write_script(script: &Script, out: &mut impl Write) -> std::io::Result<()> {
    writeln!(out, "  ── {}", script.subject)?;
    for (heading, text) in script.parts() {
        if let Some(heading) = heading {
            writeln!(out, "  {heading}")?;
        }
        for line in text.lines() {
            writeln!(out, "  {line}")?;
        }
    }
    Ok(())
}
