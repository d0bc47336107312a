//! The round of one shop: what is due, entry by entry, and what is done about it.

use crate::{KeepPromises, KeepingError};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use std::ops::Add;
use wasurena_cloud::bookshelf::OpenBook;
use wasurena_cloud::diary::{Due, DueItem};
use wasurena_domain::calendar::Slot;
use wasurena_domain::follow_up::{Event, FollowUp, Reason, State, doubt_wait, transition};
use wasurena_domain::ids::{CustomerId, ShopId};
use wasurena_domain::repair::{Repair, repair};

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
        }
    }
}

/// Looks after one shop: all its shards. One entry that fails does not hold up the others.
pub(crate) async fn look_after(keeper: &KeepPromises, shop: &ShopId) -> Result<Report, KeepingError> {
    let open = keeper.bookshelf.open(shop).await?;
    let now = keeper.clock.now();
    let mut report = Report::default();
    let mut to_plan: BTreeSet<CustomerId> = BTreeSet::new();
    for shard in 0..open.book.shop.shards.max(1) {
        let mut ringing = Ringing { keeper, shop, shard, now, known: None };
        for Due { item, at } in keeper.diary.due_by(shop, shard, now, ENTRIES_MAX).await? {
            match item {
                DueItem::Customer(customer) => {
                    to_plan.insert(customer);
                }
                DueItem::FollowUp(customer, id) => {
                    if ringing.still(at).await? {
                        continue;
                    }
                    let Some(follow_up) = keeper.diary.follow_up(shop, &id).await? else { continue };
                    let late = report.moved as usize;
                    let what = repair(&follow_up, &open.book.shop, open.stopped, late, now);
                    if what == Repair::Plan {
                        to_plan.insert(customer);
                    } else if let Err(error) = put_right(keeper, &open, &follow_up, what, now, &mut report).await {
                        tracing::error!(%shop, follow_up = %id, %error, "repair.failed");
                        report.failed += 1;
                    }
                }
            }
        }
    }
    for customer in to_plan {
        match keeper.planning.run(shop, &customer).await {
            Ok(()) => report.planned += 1,
            Err(error) => {
                tracing::error!(%shop, %customer, %error, "planning.failed");
                report.failed += 1;
            }
        }
    }
    Ok(report)
}

/// Whether a slot's next alarm has yet to ring: then its sender will come back, and nothing in it is lost.
/// Read once for each slot.
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
        let rings = marker.is_some_and(|marker| marker.ring_at > self.now);
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
    let (event, count): (Event, &mut u32) = match what {
        Repair::Wait | Repair::Plan => return Ok(()),
        Repair::Move(_) => (Event::Move, &mut report.moved),
        Repair::Expire => (Event::Expire, &mut report.expired),
        Repair::Doubt => (Event::Doubt, &mut report.doubted),
        Repair::Drop => (Event::Drop, &mut report.settled),
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
        "follow_up.repaired"
    );
    Ok(())
}
