//! The state of the model: what stands in the diary, what SES accepted, and who is in the middle of what.
//!
//! Nothing in it counts without end: names of attempts that nobody holds any more are used again, and how often
//! something was tried is left out, since no decision looks at it. So the model is finite although senders may crash, answers
//! be lost and events be doubled as often as they like; only time and the follow-up's window end it.

use crate::hands::Hand;
use crate::post::Sending;
use crate::sender::Sender;
use crate::writer::Edit;
use chrono::{DateTime, Duration, NaiveDate, NaiveTime, TimeZone, Utc};
use std::collections::BTreeSet;
use std::sync::LazyLock;
use wasurena_domain::almanac::Region;
use wasurena_domain::calendar::Slot;
use wasurena_domain::catalogue::Catalogue;
use wasurena_domain::channel::Channel;
use wasurena_domain::contact::EmailAddress;
use wasurena_domain::follow_up::{Event, FollowUp, Reason, State, lease_grace, transition};
use wasurena_domain::ids::{CustomerId, FollowUpId, ShopId, StepId};
use wasurena_domain::programme::Class;
use wasurena_domain::repair::OVERDUE_AFTER_MINUTES;
use wasurena_domain::shop::{Hours, Legal, Sender as From, Shop, Staff, Stages, Thresholds};

/// A claim's name.
pub(crate) type Attempt = u8;

/// A follow-up as the diary keeps it, with what decisions look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Note {
    pub(crate) state: State,
    pub(crate) channel: Channel,
    /// The channels by which nobody was reached, a bit for each.
    pub(crate) tried: u8,
    pub(crate) reason: Option<Reason>,
    pub(crate) slot: Slot,
    pub(crate) until: Option<DateTime<Utc>>,
    pub(crate) attempt: Option<Attempt>,
    pub(crate) has_message: bool,
    pub(crate) soft_bounces: u8,
    pub(crate) ended: bool,
}

impl Note {
    /// As the planner writes it.
    fn planned(slot: Slot, channel: Channel) -> Self {
        Self {
            state: State::Planned,
            channel,
            tried: 0,
            reason: None,
            slot,
            until: None,
            attempt: None,
            has_message: false,
            soft_bounces: 0,
            ended: false,
        }
    }

    /// After an event, as production's table says; `None` where the table has no such row.
    pub(crate) fn stepped(self, event: Event) -> Option<Self> {
        Some(Self { state: transition(self.state, event).ok()?, ..self })
    }

    /// Whether nothing is to be waited for any more.
    pub(crate) fn is_over(self) -> bool {
        !self.state.is_open() && self.state != State::InDoubt
    }

    /// As production's functions take it.
    pub(crate) fn follow_up(self, deadline: DateTime<Utc>) -> FollowUp {
        FollowUp {
            channel: self.channel,
            tried: Channel::ALL.into_iter().filter(|channel| self.tried & bit(*channel) != 0).collect(),
            slot: self.slot,
            deadline,
            state: self.state,
            reason: self.reason,
            attempt: self.attempt.map(|attempt| attempt.to_string()),
            until: self.until,
            message: self.has_message.then(String::new),
            sent_at: self.has_message.then(first_slot),
            soft_bounces: self.soft_bounces,
            ended: self.ended,
            ..TEMPLATE.clone()
        }
    }

    /// As production's functions return it.
    pub(crate) fn of(follow_up: &FollowUp) -> Self {
        Self {
            state: follow_up.state,
            channel: follow_up.channel,
            tried: follow_up.tried.iter().map(|channel| bit(*channel)).sum(),
            reason: follow_up.reason,
            slot: follow_up.slot,
            until: follow_up.until,
            attempt: follow_up.attempt.as_ref().map(|attempt| attempt.parse().unwrap()),
            has_message: follow_up.message.is_some(),
            soft_bounces: follow_up.soft_bounces,
            ended: follow_up.ended,
        }
    }

    /// The moments at which something becomes possible, or due, that was not before.
    fn moments(self, deadline: DateTime<Utc>) -> impl Iterator<Item = DateTime<Utc>> {
        let start = self.slot.start();
        let overdue = start + Duration::minutes(OVERDUE_AFTER_MINUTES);
        let judged = self.until.map(|until| until + lease_grace());
        let moments = match self.state {
            State::Planned => [Some(start), Some(overdue), Some(deadline + Duration::seconds(1))],
            State::Claimed => [self.until, judged, None],
            State::InDoubt => [self.until, None, None],
            _ => [None; 3],
        };
        moments.into_iter().flatten()
    }
}

fn bit(channel: Channel) -> u8 {
    1 << Channel::ALL.iter().position(|one| *one == channel).unwrap()
}

/// Everything, at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct World {
    pub(crate) now: DateTime<Utc>,
    /// The diary, a note for each follow-up.
    pub(crate) notes: Vec<Note>,
    /// The last claim of each follow-up that the diary has accepted, kept by nobody but the model.
    pub(crate) last_claims: Vec<Option<Attempt>>,
    /// What SES accepted, in order.
    pub(crate) sendings: Vec<Sending>,
    /// What was handed to people, in order.
    pub(crate) hands: Vec<Hand>,
    /// Of which follow-ups nobody was reached, and another task is on the list.
    pub(crate) last_resorts: BTreeSet<usize>,
    /// Who sends: in order, as they are alike.
    pub(crate) senders: [Sender; 2],
    /// Who else is about to write: keeper, planner and record-delivery; in order.
    pub(crate) edits: Vec<Edit>,
    /// Writes that are still on their way to the diary although their answer was given up.
    pub(crate) late: Vec<Edit>,
}

impl World {
    /// This many follow-ups are planned by this channel, and their slot has come.
    pub(crate) fn new(follow_ups: usize, channel: Channel) -> Self {
        Self {
            now: first_slot(),
            notes: vec![Note::planned(Slot::at_or_after(first_slot()), channel); follow_ups],
            last_claims: vec![None; follow_ups],
            sendings: Vec::new(),
            hands: Vec::new(),
            last_resorts: BTreeSet::new(),
            senders: [Sender::Idle, Sender::Idle],
            edits: Vec::new(),
            late: Vec::new(),
        }
    }

    /// The next quarter hour at which something has become possible; `None` where nothing is waited for.
    pub(crate) fn next_moment(&self, deadline: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let next = self.notes.iter().flat_map(|note| note.moments(deadline)).filter(|at| *at > self.now).min();
        next.map(|at| Slot::at_or_after(at).start())
    }

    /// A name for a claim that nobody could mistake for another.
    pub(crate) fn fresh_attempt(&mut self) -> Attempt {
        let mut used: BTreeSet<Attempt> = BTreeSet::new();
        self.attempts(|attempt| {
            used.insert(*attempt);
        });
        (0..=Attempt::MAX).find(|name| !used.contains(name)).unwrap()
    }

    /// The same world, whatever its claims are called and whichever sender is which: what cannot be told apart is one
    /// state. Claims are numbered in the order in which they are met.
    pub(crate) fn canonical(mut self) -> Self {
        self.senders.sort_by_key(|sender| sender.nameless());
        self.edits.sort_by_key(|edit| edit.nameless());
        self.late.sort_by_key(|edit| edit.nameless());
        let mut met: Vec<Attempt> = Vec::new();
        self.attempts(|attempt| {
            let place = met.iter().position(|name| name == attempt).unwrap_or_else(|| {
                met.push(*attempt);
                met.len() - 1
            });
            *attempt = Attempt::try_from(place).unwrap();
        });
        self
    }

    /// Calls `f` with every name of a claim, in an order of their own.
    fn attempts(&mut self, mut f: impl FnMut(&mut Attempt)) {
        self.sendings.iter_mut().for_each(|sending| f(&mut sending.attempt));
        self.notes.iter_mut().filter_map(|note| note.attempt.as_mut()).for_each(&mut f);
        self.last_claims.iter_mut().flatten().for_each(&mut f);
        self.senders.iter_mut().for_each(|sender| sender.attempts(&mut f));
        self.edits.iter_mut().chain(&mut self.late).for_each(|edit| edit.write.attempts(&mut f));
    }

    /// How many are in the middle of something.
    pub(crate) fn at_work(&self) -> usize {
        self.edits.len() + self.late.len() + self.senders.iter().filter(|sender| **sender != Sender::Idle).count()
    }

    /// What SES accepted for a follow-up, in order.
    pub(crate) fn sendings_of(&self, follow_up: usize) -> impl DoubleEndedIterator<Item = &Sending> {
        self.sendings.iter().filter(move |sending| sending.follow_up == follow_up)
    }
}

/// Ten in the morning, in the middle of the shop's hours.
pub(crate) fn first_slot() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 12, 8, 1, 0, 0).unwrap()
}

/// The shop: its hours and zone are all that counts here.
pub(crate) static SHOP: LazyLock<Shop> = LazyLock::new(|| {
    let email = || EmailAddress::parse("shop@example.jp").unwrap();
    Shop {
        id: ShopId::parse("sakura").unwrap(),
        name: "うつわ さくら".into(),
        url: "https://example.jp/".into(),
        legal: Legal {
            operator: "見本 さくら".into(),
            address: "見本県見本市1-2-3".into(),
            phone: "03-0000-0000".into(),
            phone_hours: "10〜17時".into(),
            email: email(),
        },
        sender: From { address: email(), name: "うつわ さくら".into(), reply_to: email() },
        staff: Staff { name: "見本 さくら".into(), role: "店主".into(), picture: None },
        zone: chrono_tz::Asia::Tokyo,
        start_date: NaiveDate::MIN,
        history_complete: true,
        apprenticeship: false,
        hours: Hours { from: NaiveTime::MIN, to: NaiveTime::from_hms_opt(23, 59, 59).unwrap() },
        shards: 1,
        occasion_days: 7,
        thresholds: Thresholds::default(),
        stages: Stages::default(),
        holidays: BTreeSet::new(),
        quiet: BTreeSet::new(),
        region: Region::default(),
        own_addresses: Vec::new(),
        pages: Vec::new(),
        products: Catalogue::default(),
    }
});

/// What is the same of all follow-ups, and looked at by nobody here.
static TEMPLATE: LazyLock<FollowUp> = LazyLock::new(|| {
    let customer = CustomerId::derive(b"key of the model", &SHOP.id, "hanako@example.jp");
    let step = StepId::parse("arrival").unwrap();
    FollowUp {
        id: FollowUpId::derive(&customer, &step, "purchase:1"),
        customer,
        step,
        text: None,
        series: None,
        class: Class::Survey,
        purchase: None,
        channel: Channel::Mail,
        tried: BTreeSet::new(),
        shard: 0,
        slot: Slot::at_or_after(first_slot()),
        deadline: first_slot(),
        state: State::Planned,
        reason: None,
        generation: 0,
        attempts: 0,
        attempt: None,
        until: None,
        message: None,
        sent_at: None,
        soft_bounces: 0,
        approved_at: None,
        note: None,
        ended: false,
    }
});
