//! The ways to reach somebody (R22), and which of them a message takes (R23, R26, R30).
//!
//! A message names its channels in order; the first that may reach this customer is used. What a machine cannot do (a
//! letter, a call, a visit) is handed to a person, by the same rules as a mail: judged when it is planned and again at the
//! last moment.
//!
//! The post goes to an address that is kept nowhere here. The cart has it, and whoever writes a letter finds it there by the
//! order's number; a copy would be one more place with somebody's address, which grows old. So a letter may be written to
//! whoever has bought, until the owner finds that there is no address, or that the post comes back.

use crate::calendar::Slot;
use crate::customer::{Customer, Stage};
use crate::follow_up::{Event, FollowUp, Reason, transition};
use crate::ledger::{self, Entry, Said};
use crate::planner::{NOTICE_MINUTES, next_in_hours};
use crate::programme::Programme;
use crate::shop::Shop;
use crate::task::TaskKind;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A way to reach somebody.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Mail to an address.
    #[default]
    Mail,
    /// A letter or a postcard, by post.
    Letter,
    /// A telephone call.
    Phone,
    /// A visit.
    Visit,
    /// A message on a social network. Nothing here sends one yet, so no programme may ask for it.
    Sns,
}

impl Channel {
    /// All channels.
    pub const ALL: [Self; 5] = [Self::Mail, Self::Letter, Self::Phone, Self::Visit, Self::Sns];

    /// The channel by its name in the diary and in programmes.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Letter => "letter",
            Self::Phone => "phone",
            Self::Visit => "visit",
            Self::Sns => "sns",
        }
    }

    /// Whether it is mail: what is usual is not written down.
    #[must_use]
    pub fn is_mail(&self) -> bool {
        *self == Self::Mail
    }

    /// Whether somebody is spoken to there and then, and so only with permission or as an old acquaintance (R23).
    #[must_use]
    pub fn is_spoken(self) -> bool {
        matches!(self, Self::Phone | Self::Visit)
    }

    /// The task by which a person carries out a message of this channel; `None` for a channel that a machine serves.
    #[must_use]
    pub fn task(self) -> Option<TaskKind> {
        match self {
            Self::Letter => Some(TaskKind::SendLetter),
            Self::Phone => Some(TaskKind::MakeCall),
            Self::Visit => Some(TaskKind::PayVisit),
            Self::Mail | Self::Sns => None,
        }
    }
}

/// The channels of a message, the one to be tried first first. There is always one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channels(Vec<Channel>);

impl Default for Channels {
    fn default() -> Self {
        Self(vec![Channel::Mail])
    }
}

impl Channels {
    /// These channels in this order; `None` where there is none, or one stands twice.
    #[must_use]
    pub fn new(channels: Vec<Channel>) -> Option<Self> {
        let different: BTreeSet<&Channel> = channels.iter().collect();
        (!channels.is_empty() && different.len() == channels.len()).then_some(Self(channels))
    }

    /// Whether it is mail alone, as where nothing else is said.
    #[must_use]
    pub fn are_usual(&self) -> bool {
        self.0 == [Channel::Mail]
    }

    /// Whether a channel is among them.
    #[must_use]
    pub fn contains(&self, channel: Channel) -> bool {
        self.0.contains(&channel)
    }

    /// The channels in their order.
    pub fn iter(&self) -> impl Iterator<Item = Channel> {
        self.0.iter().copied()
    }
}

/// What decides which channels reach somebody on a day.
#[derive(Debug, Clone, Copy)]
pub struct Reach<'a> {
    /// The shop.
    pub shop: &'a Shop,
    /// The customer.
    pub customer: &'a Customer,
    /// What they said, and what was found out about reaching them.
    pub ledger: &'a [Entry],
    /// The day of the shop on which they are to be reached.
    pub day: NaiveDate,
}

impl Reach<'_> {
    /// Why nothing may go to them through a channel; `None` where it may.
    #[must_use]
    pub fn obstacle(&self, channel: Channel) -> Option<Reason> {
        let stopped = || self.last(channel, &[Said::OptedOut, Said::Resumed]) == Some(Said::OptedOut);
        let failed = || self.last(channel, &[Said::Bounced, Said::Reachable]) == Some(Said::Bounced);
        match channel {
            Channel::Mail => ledger::obstacle(self.ledger, self.customer),
            // Whoever has called a mail spam has not chosen a channel: they want to be left alone.
            _ if ledger::has_complained(self.ledger, self.customer) => Some(Reason::Complained),
            _ if stopped() => Some(Reason::OptedOut),
            Channel::Letter => failed().then_some(Reason::NoPostalAddress),
            Channel::Phone if self.customer.phone.is_none() || failed() => Some(Reason::NoPhoneNumber),
            Channel::Visit if failed() => Some(Reason::NoPostalAddress),
            Channel::Phone | Channel::Visit => (!self.is_welcome(channel)).then_some(Reason::NoPermission),
            Channel::Sns => Some(Reason::NoPermission),
        }
    }

    /// Whether to ask them for an address that letters can be posted to: the programme writes letters, and theirs have
    /// nowhere to go (R26).
    #[must_use]
    pub fn lacks_address(&self, programme: &Programme) -> bool {
        programme.channels().contains(&Channel::Letter)
            && self.obstacle(Channel::Letter) == Some(Reason::NoPostalAddress)
    }

    /// The first of a message's channels that may reach them and was not tried in vain.
    ///
    /// # Errors
    /// Why there is none: what stands in the way of mail, where that is among them, else of the first.
    pub fn first(&self, channels: &Channels, tried: &BTreeSet<Channel>) -> Result<Channel, Reason> {
        let mut left = channels.iter().filter(|channel| !tried.contains(channel));
        if let Some(channel) = left.find(|channel| self.obstacle(*channel).is_none()) {
            return Ok(channel);
        }
        let told = if channels.contains(Channel::Mail) { Some(Channel::Mail) } else { channels.iter().next() };
        Err(told.and_then(|channel| self.obstacle(channel)).unwrap_or(Reason::NotReached))
    }

    /// Whether somebody may be spoken to: they have permitted it, and that has not run out; or they are old acquaintances
    /// and have not said no (R23).
    fn is_welcome(&self, channel: Channel) -> bool {
        let last = self.last_entry(channel, &[Said::Granted, Said::Denied]);
        let is_strong = || matches!(self.customer.course(self.shop).on(self.day), Stage::Regular | Stage::Loyal);
        match last {
            Some(entry) if entry.said == Said::Denied => false,
            Some(entry) if entry.until.is_none_or(|until| self.day <= until) => true,
            _ => is_strong(),
        }
    }

    fn last(&self, channel: Channel, kinds: &[Said]) -> Option<Said> {
        self.last_entry(channel, kinds).map(|entry| entry.said)
    }

    /// The last word about a channel: of two at the same time the stronger.
    fn last_entry(&self, channel: Channel, kinds: &[Said]) -> Option<&Entry> {
        self.ledger.iter().filter(|entry| entry.channel == channel && kinds.contains(&entry.said)).max()
    }
}

/// What becomes of a follow-up that was handed to a person who found nobody (R26): it waits for the next channel of its
/// message, in the next slot in which the shop sends. `None` where no channel is left, or its window has ended.
#[must_use]
pub fn after_no_answer(
    follow_up: &FollowUp,
    channels: &Channels,
    reach: &Reach<'_>,
    now: DateTime<Utc>,
) -> Option<FollowUp> {
    let state = transition(follow_up.state, Event::NoAnswer).ok()?;
    let mut tried = follow_up.tried.clone();
    tried.insert(follow_up.channel);
    let channel = reach.first(channels, &tried).ok()?;
    let slot = next_in_hours(reach.shop, Slot::at_or_after(now + Duration::minutes(NOTICE_MINUTES)));
    let generation = follow_up.generation + 1;
    let again = FollowUp { state, channel, tried, slot, generation, sent_at: None, ended: false, ..follow_up.clone() };
    (slot.start() <= follow_up.deadline).then_some(again)
}
