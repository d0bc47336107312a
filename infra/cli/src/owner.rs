//! The owner's hand: what was said on the phone or in a reply, what is decided about an order, a case that is settled,
//! somebody who asks to be forgotten.

mod channels;

use crate::site::{Rooms, Site};
use anyhow::anyhow;
use channels::{ChannelSaid, Permit};
use clap::{Args, Subcommand, ValueEnum};
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use wasurena_cloud::cases;
use wasurena_cloud::erasing::{ErasedCart, Erasing};
use wasurena_cloud::exporting::everything;
use wasurena_cloud::rulings;
use wasurena_cloud::wishes::{Saying, Wish};
use wasurena_domain::contact::EmailAddress;
use wasurena_domain::customer::Ruling;
use wasurena_domain::ids::{CartId, CustomerId, OrderId, PurchaseKey, ShopId};
use wasurena_domain::ledger::How;
use wasurena_domain::privacy::Subject;
use wasurena_domain::task::TaskKind;

/// `wasurena customer …`
#[derive(Debug, Subcommand)]
pub(crate) enum CustomerCommand {
    /// They said stop: no mail goes out any more, or nothing by another channel, at once and for good
    Stop(Said),
    /// They may be called or visited: who said so, how, in which words, and until when
    Permit(Permit),
    /// They want to hear from the shop again
    Resume(Said),
    /// Their address, which refused mail, takes it again
    Reach(Said),
    /// What was wrong with their purchase is settled: what is planned goes on
    Settle(Whom),
    /// Show everything that the shop has of them, to hand it over
    Show(Whom),
    /// Erase their data; what was sent and said stays on record without them
    Erase(Whom),
}

/// Somebody, and where they are.
#[derive(Debug, Args)]
pub(crate) struct Whom {
    /// The shop
    shop: String,
    /// The customer: a mail address, or the id that the owner's list shows
    customer: String,
    #[command(flatten)]
    site: Site,
}

/// Somebody, and how they said it.
#[derive(Debug, Args)]
pub(crate) struct Said {
    #[command(flatten)]
    whom: Whom,
    /// How they said it
    #[arg(long, value_enum)]
    how: HowSaid,
    /// In which words, for the record
    #[arg(long)]
    words: Option<String>,
    /// What it is about
    #[arg(long, value_enum, default_value_t = ChannelSaid::Mail)]
    channel: ChannelSaid,
}

/// How somebody said something to the owner.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum HowSaid {
    /// In a reply to a mail
    Reply,
    /// On the phone
    Phone,
    /// In the shop
    InPerson,
}

impl From<HowSaid> for How {
    fn from(how: HowSaid) -> Self {
        match how {
            HowSaid::Reply => Self::Reply,
            HowSaid::Phone => Self::Phone,
            HowSaid::InPerson => Self::InPerson,
        }
    }
}

/// A cart of a shop, and where it is.
#[derive(Debug, Args)]
pub(crate) struct WhichCart {
    /// The shop
    shop: String,
    /// The cart: shopify, woocommerce, stripe, standard
    cart: String,
    #[command(flatten)]
    site: Site,
}

/// Erases everything that came from a cart.
pub(crate) async fn erase_cart(which: WhichCart, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let (shop, cart) = (ShopId::parse(&which.shop)?, CartId::parse(&which.cart)?);
    let erasing = which.site.open().await?.erasing();
    let ErasedCart { customers, purchases, kept } = erasing.erase_cart(&shop, &cart).await?;
    writeln!(out, "{shop}, {cart}: {customers} customers and {purchases} other purchases erased")?;
    if kept > 0 {
        writeln!(out, "  {kept} customers stay, because they bought elsewhere too")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// `wasurena order …`
#[derive(Debug, Subcommand)]
pub(crate) enum OrderCommand {
    /// It is a purchase of its own: follow it up
    FollowUp(Which),
    /// It is none, or is to be left alone
    LeaveAlone(Which),
}

/// An order, and where it is.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// The shop
    shop: String,
    /// The cart: shopify, woocommerce, stripe, standard
    cart: String,
    /// The order's id there
    order: String,
    #[command(flatten)]
    site: Site,
}

/// Carries out what the owner says about a customer.
pub(crate) async fn customer(command: CustomerCommand, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    match command {
        CustomerCommand::Stop(said) => wish(&said, Wish::Stop, "no mail goes to them any more", out).await,
        CustomerCommand::Permit(permit) => channels::permit(&permit, out).await,
        CustomerCommand::Resume(said) => wish(&said, Wish::Resume, "they hear from the shop again", out).await,
        CustomerCommand::Reach(said) => wish(&said, Wish::Reach, "mail goes to their address again", out).await,
        CustomerCommand::Settle(whom) => {
            let (rooms, shop, id) = whom.find().await?;
            let book = rooms.bookshelf.open(&shop).await?.book;
            cases::settle(&rooms.diary, &book.shop, &id, (None, None), rooms.clock.now()).await?;
            writeln!(out, "{id}: settled; what is planned goes on")?;
            Ok(ExitCode::SUCCESS)
        }
        CustomerCommand::Show(whom) => {
            let (rooms, shop, id) = whom.find().await?;
            let everything = everything(&rooms.diary, &rooms.erasing(), &shop, &id)
                .await?
                .ok_or_else(|| anyhow!("there is no such customer"))?;
            writeln!(out, "{}", serde_json::to_string_pretty(&everything)?)?;
            rooms.diary.finish_tasks_of(&shop, &id, Some(TaskKind::HandOverData)).await?;
            Ok(ExitCode::SUCCESS)
        }
        CustomerCommand::Erase(whom) => {
            let (rooms, shop, id) = whom.find().await?;
            let erased = rooms.erasing().erase_one(&shop, &id).await?;
            let what = if erased { "erased" } else { "there was nothing to erase (any more)" };
            writeln!(out, "{id}: {what}")?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn wish(said: &Said, wish: Wish, done: &str, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let (rooms, shop, id) = said.whom.find().await?;
    let book = rooms.bookshelf.open(&shop).await?.book;
    let saying = Saying { how: said.how.into(), wording: said.words.as_deref(), at: rooms.clock.now() };
    for channel in said.channel.each() {
        channels::carry_out(&rooms, &book.shop, &id, (channel, wish), saying).await?;
        let done = if channel.is_mail() { done } else { channels::done(wish) };
        writeln!(out, "{id}: {done}{}", channels::by(channel))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Carries out what the owner decides about an order.
pub(crate) async fn order(command: OrderCommand, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let (which, ruling, done) = match command {
        OrderCommand::FollowUp(which) => (which, Ruling::FollowUp, "it is a purchase, and is followed up"),
        OrderCommand::LeaveAlone(which) => (which, Ruling::LeaveAlone, "it is left alone"),
    };
    let shop = ShopId::parse(&which.shop)?;
    let key = PurchaseKey { cart: CartId::parse(&which.cart)?, order: OrderId::parse(&which.order)? };
    let rooms = which.site.open().await?;
    let book = rooms.bookshelf.open(&shop).await?.book;
    rulings::rule(&rooms.diary, &book.shop, &key, ruling, rooms.clock.now()).await?;
    writeln!(out, "{key}: {done}")?;
    Ok(ExitCode::SUCCESS)
}

impl Rooms {
    fn erasing(&self) -> Erasing {
        Erasing::new(self.diary.clone(), self.keyring.clone(), Arc::clone(&self.clock))
    }
}

impl Whom {
    /// Their id. An address is looked up; an id is taken as it is.
    pub(crate) async fn find(&self) -> anyhow::Result<(Rooms, ShopId, CustomerId)> {
        let shop = ShopId::parse(&self.shop)?;
        let rooms = self.site.open().await?;
        let id = match EmailAddress::parse(&self.customer) {
            Ok(email) => {
                let subject = Subject { email: Some(email), ..Subject::default() };
                let found = rooms.erasing().find(&shop, &subject).await?;
                found.into_iter().next().ok_or_else(|| anyhow!("nobody has this address"))?
            }
            Err(_) => CustomerId::parse(&self.customer)
                .map_err(|_| anyhow!("give a mail address, or a customer's id as the owner's list shows it"))?,
        };
        Ok((rooms, shop, id))
    }
}
