//! What somebody said to the owner about being written to, called and visited, channel by channel (R23, R30).

use super::{HowSaid, Whom};
use crate::site::Rooms;
use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use std::io::Write;
use std::process::ExitCode;
use wasurena_cloud::permissions::{Word, record};
use wasurena_cloud::wishes::{self, Saying, Wish};
use wasurena_domain::channel::Channel;
use wasurena_domain::ids::CustomerId;
use wasurena_domain::ledger::Said;
use wasurena_domain::shop::Shop;

/// A channel, or all of them, as the owner names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ChannelSaid {
    /// Mails
    Mail,
    /// Letters and postcards
    Letter,
    /// Telephone calls
    Phone,
    /// Visits
    Visit,
    /// Everything
    All,
}

impl ChannelSaid {
    /// The channels that are meant.
    pub(crate) fn each(self) -> Vec<Channel> {
        match self {
            Self::Mail => vec![Channel::Mail],
            Self::Letter => vec![Channel::Letter],
            Self::Phone => vec![Channel::Phone],
            Self::Visit => vec![Channel::Visit],
            Self::All => Channel::ALL.to_vec(),
        }
    }
}

/// A channel that needs a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Spoken {
    /// Telephone calls
    Phone,
    /// Visits
    Visit,
}

/// `wasurena customer permit …`
#[derive(Debug, Args)]
pub(crate) struct Permit {
    #[command(flatten)]
    whom: Whom,
    /// What they permit
    #[arg(long, value_enum)]
    channel: Spoken,
    /// How they said it
    #[arg(long, value_enum)]
    how: HowSaid,
    /// In which words, for the record
    #[arg(long)]
    words: String,
    /// The last day on which it holds, such as 2027-12-31; for good, where none is named
    #[arg(long)]
    until: Option<NaiveDate>,
}

/// Puts a permission on record.
pub(crate) async fn permit(permit: &Permit, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let (rooms, shop, id) = permit.whom.find().await?;
    let book = rooms.bookshelf.open(&shop).await?.book;
    let channel = match permit.channel {
        Spoken::Phone => Channel::Phone,
        Spoken::Visit => Channel::Visit,
    };
    let word = Word { channel, said: Said::Granted, until: permit.until };
    let saying = Saying { how: permit.how.into(), wording: Some(&permit.words), at: rooms.clock.now() };
    record(&rooms.diary, &book.shop, &id, word, saying).await?;
    let until = permit.until.map_or_else(String::new, |day| format!(", until {day}"));
    writeln!(out, "{id}: their permission is on record{}{until}", by(channel))?;
    Ok(ExitCode::SUCCESS)
}

/// Carries out a wish about a channel.
pub(crate) async fn carry_out(
    rooms: &Rooms,
    shop: &Shop,
    id: &CustomerId,
    (channel, wish): (Channel, Wish),
    saying: Saying<'_>,
) -> anyhow::Result<()> {
    if channel.is_mail() {
        wishes::carry_out(&rooms.diary, shop, id, wish, saying).await?;
    } else {
        record(&rooms.diary, shop, id, Word { channel, said: wish.said(), until: None }, saying).await?;
    }
    Ok(())
}

/// What is so from now on, of a channel other than mail.
pub(crate) fn done(wish: Wish) -> &'static str {
    match wish {
        Wish::Stop => "nothing goes to them any more",
        Wish::Resume => "they hear from the shop again",
        Wish::Reach => "they can be reached again",
    }
}

/// The channel at the end of a sentence; mail goes without saying.
pub(crate) fn by(channel: Channel) -> String {
    if channel.is_mail() { String::new() } else { format!(", by {}", channel.name()) }
}
