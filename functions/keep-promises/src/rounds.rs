//! The round of one shop: what is due, entry by entry, and what is done about it.

use crate::{KeepPromises, KeepingError};
use chrono::{DateTime, Duration, Utc};
use std::collections::BTreeSet;
use std::ops::Add;
use wasurena_cloud::bookshelf::OpenBook;
use wasurena_cloud::diary::{DiaryError, Due, DueItem};
use wasurena_cloud::telemetry::Metric;
use wasurena_domain::calendar::Slot;
use wasurena_domain::follow_up::{Event, FollowUp, Reason, State, doubt_wait, transition};
use wasurena_domain::ids::{CustomerId, FollowUpId, ShopId};
use wasurena_domain::repair::{OVERDUE_AFTER_MINUTES, Repair, repair};

/// Entries looked at in one round of a shard; the rest waits for the next hour.
const ENTRIES_MAX: usize = 5_000;

/// What a round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    /// Customers planned for.
    pub planned: u32,
    /// Late follow-ups that got another slot.
    pub moved: u32,
    /// Follow-ups whose window ended.
    pub expired: u32,
    /// Claims that ended without an outcome.
    pub doubted: u32,
    /// Doubtful ones that were settled.
    pub settled: u32,
    /// Entries that could not be dealt with.
    pub failed: u32,
    /// Whether time ran out before everything due was looked at.
    pub is_cut_short: bool,
}

impl Report {
    /// One line about a shop's round.
    pub(crate) fn tell(&self, shop: &ShopId) {
        let Self { planned, moved, expired, doubted, settled, failed, is_cut_short } = self;
        tracing::info!(%shop, planned, moved, expired, doubted, settled, failed, is_cut_short, "shop.looked_after");
    }
}

impl Add for Report {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            planned: self.planned + other.planned,
            moved: self.moved + other.moved,
            expired: self.expired + other.expired,
            doubted: self.doubted + other.doubted,
            settled: self.settled + other.settled,
            failed: self.failed + other.failed,
            is_cut_short: self.is_cut_short || other.is_cut_short,
        }
    }
}

/// Looks after one shop: all its shards. One entry that fails does not hold up the others.
pub(crate) async fn look_after(
    keeper: &KeepPromises,
    shop: &ShopId,
    stop_at: DateTime<Utc>,
) -> Result<Report, KeepingError> {
    let open = keeper.bookshelf.open(shop).await?;
    let now = keeper.clock.now();
    let mut report = Report::default();
    let mut to_plan: BTreeSet<CustomerId> = BTreeSet::new();
    for shard in 0..open.book.shop.shards.max(1) {
        let mut ringing = Ringing { keeper, shop, shard, now, known: None };
        for Due { item, at } in keeper.diary.due_by(shop, shard, now, ENTRIES_MAX).await? {
            if keeper.clock.now() >= stop_at {
                report.is_cut_short = true;
                break;
            }
            match item {
                DueItem::Customer(customer) => {
                    to_plan.insert(customer);
                }
                DueItem::FollowUp(customer, id) => match see_to(&mut ringing, &open, at, &id, &mut report).await {
                    Ok(Repair::Plan) => {
                        to_plan.insert(customer);
                    }
                    // Somebody else saw to it at the same moment.
                    Ok(_) | Err(KeepingError::Diary(DiaryError::Changed)) => {}
                    Err(error) => {
                        tracing::error!(%shop, follow_up = %id, %error, metric = Metric::RepairsFailed.name(), "repair.failed");
                        report.failed += 1;
                    }
                },
            }
        }
    }
    for customer in to_plan {
        if keeper.clock.now() >= stop_at {
            report.is_cut_short = true;
            break;
        }
        match keeper.planning.run(shop, &customer).await {
            Ok(()) => report.planned += 1,
            Err(error) => {
                tracing::error!(%shop, %customer, %error, metric = Metric::RepairsFailed.name(), "planning.failed");
                report.failed += 1;
            }
        }
    }
    Ok(report)
}

/// Sees to one follow-up that is due. What a sender can still do is left to it.
async fn see_to(
    ringing: &mut Ringing<'_>,
    open: &OpenBook,
    at: Slot,
    id: &FollowUpId,
    report: &mut Report,
) -> Result<Repair, KeepingError> {
    let Ringing { keeper, shop, now, .. } = *ringing;
    let Some(follow_up) = keeper.diary.follow_up(shop, id).await? else { return Ok(Repair::Wait) };
    let what = repair(&follow_up, &open.book.shop, open.stopped, report.moved as usize, now);
    let is_senders = follow_up.state == State::Planned && now <= follow_up.deadline;
    if is_senders && what != Repair::Wait && ringing.still(at).await? {
        return Ok(Repair::Wait);
    }
    put_right(keeper, open, &follow_up, what, now, report).await?;
    Ok(what)
}

/// Whether a slot's last alarm has yet to ring, or rang so lately that its sender may be at work: then nothing in
/// the slot is lost. Read once for each slot.
struct Ringing<'a> {
    keeper: &'a KeepPromises,
    shop: &'a ShopId,
    shard: u32,
    now: DateTime<Utc>,
    known: Option<(Slot, bool)>,
}

impl Ringing<'_> {
    async fn still(&mut self, slot: Slot) -> Result<bool, KeepingError> {
        if let Some((known, rings)) = self.known
            && known == slot
        {
            return Ok(rings);
        }
        let marker = self.keeper.diary.slot_marker(self.shop, self.shard, slot).await?;
        let at_work = Duration::minutes(OVERDUE_AFTER_MINUTES);
        let rings = marker.is_some_and(|marker| marker.ring_at + at_work > self.now);
        self.known = Some((slot, rings));
        Ok(rings)
    }
}

async fn put_right(
    keeper: &KeepPromises,
    open: &OpenBook,
    follow_up: &FollowUp,
    what: Repair,
    now: DateTime<Utc>,
    report: &mut Report,
) -> Result<(), KeepingError> {
    let (event, count, metric): (Event, &mut u32, Metric) = match what {
        Repair::Wait | Repair::Plan => return Ok(()),
        Repair::Move(_) => (Event::Move, &mut report.moved, Metric::Overdue),
        Repair::Expire => (Event::Expire, &mut report.expired, Metric::Overdue),
        Repair::Doubt => (Event::Doubt, &mut report.doubted, Metric::FollowUpsInDoubt),
        Repair::Drop => (Event::Drop, &mut report.settled, Metric::LeftUnsent),
    };
    let Ok(state) = transition(follow_up.state, event) else { return Ok(()) };
    let mut after = FollowUp { state, until: None, ended: state != State::Planned, ..follow_up.clone() };
    match what {
        Repair::Move(slot) => {
            after.slot = slot;
            after.generation += 1;
        }
        Repair::Expire => after.reason = Some(Reason::WindowOver),
        Repair::Doubt => after.until = Some(now + doubt_wait()),
        Repair::Drop => after.reason = Some(Reason::UnknownWhetherSent),
        Repair::Wait | Repair::Plan => {}
    }
    keeper.diary.replace(&open.book.shop.id, follow_up, &after).await?;
    *count += 1;
    tracing::warn!(
        shop = %open.book.shop.id,
        follow_up = %follow_up.id,
        from = follow_up.state.name(),
        to = after.state.name(),
        metric = metric.name(),
        "follow_up.repaired"
    );
    Ok(())
}
