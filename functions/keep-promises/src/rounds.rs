//! The round of one shop: what is due, entry by entry, and what is done about it.

use crate::report::{Finding, Report};
use crate::unreadable::{self, forget_mended};
use crate::{KeepPromises, KeepingError};
use chrono::{DateTime, Duration, Utc};
use std::collections::{BTreeMap, BTreeSet};
use wasurena_cloud::bookshelf::OpenBook;
use wasurena_cloud::diary::{Attention, DiaryError, Due, DueItem};
use wasurena_cloud::telemetry::Metric;
use wasurena_domain::calendar::{Slot, day_of};
use wasurena_domain::follow_up::{Event, FollowUp, Reason, State, doubt_wait, transition};
use wasurena_domain::ids::{CustomerId, FollowUpId, ShopId};
use wasurena_domain::repair::{OVERDUE_AFTER_MINUTES, Repair, repair};

/// Entries looked at in one round of a shard; the rest waits for the next hour.
const ENTRIES_MAX: usize = 5_000;

/// Looks after one shop: all its shards. One entry that fails does not hold up the others.
pub(crate) async fn look_after(
    keeper: &KeepPromises,
    shop: &ShopId,
    stop_at: DateTime<Utc>,
    report: &mut Report,
) -> Result<(), KeepingError> {
    let open = keeper.bookshelf.open(shop).await?;
    let mut round = Round { keeper, open: &open, now: keeper.clock.now(), report, unreadable: BTreeSet::new() };
    let mut to_plan: BTreeMap<CustomerId, bool> = BTreeMap::new();
    let mut is_whole = true;
    for shard in 0..open.book.shop.shards.max(1) {
        let mut ringing = Ringing { keeper, shop, shard, now: round.now, known: None };
        let due = keeper.diary.due_by(shop, shard, round.now, ENTRIES_MAX).await?;
        if due.len() >= ENTRIES_MAX {
            is_whole = false;
            round.report.found(Finding::CutShort);
        }
        for Due { item, at } in due {
            if keeper.clock.now() >= stop_at {
                is_whole = false;
                round.report.found(Finding::CutShort);
                break;
            }
            match item {
                DueItem::Customer(customer) => {
                    to_plan.entry(customer).or_default();
                }
                DueItem::FollowUp(customer, id) => match see_to(&mut ringing, &mut round, at, &id).await {
                    Ok(Repair::Plan) => {
                        *to_plan.entry(customer).or_default() |= is_left_alone(at, round.now);
                    }
                    // Somebody else saw to it at the same moment.
                    Ok(_) | Err(KeepingError::Diary(DiaryError::Changed)) => {}
                    Err(error) => round.leave(&customer, Some(&id), &error).await,
                },
            }
        }
    }
    is_whole &= plan(&mut round, to_plan, stop_at).await;

    if is_whole && round.report.count(Finding::NotRepaired) == 0 {
        forget_mended(keeper, shop, &round.unreadable).await?;
    }
    Ok(())
}

/// Plans for customers, each with whether a follow-up of theirs has ended and was left alone. Answers whether it came to
/// the last of them.
async fn plan(round: &mut Round<'_>, customers: BTreeMap<CustomerId, bool>, stop_at: DateTime<Utc>) -> bool {
    let Round { keeper, open, .. } = *round;
    for (customer, left_alone) in customers {
        if keeper.clock.now() >= stop_at {
            round.report.found(Finding::CutShort);
            return false;
        }
        match keeper.planning.run(&open.book.shop.id, &customer).await {
            Ok(Some(Attention::Facts(_))) => round.report.found(Finding::Replanned),
            Ok(_) if left_alone => round.report.found(Finding::Replanned),
            Ok(_) => round.report.reviewed += 1,
            Err(error) => round.leave(&customer, None, &error.into()).await,
        }
    }
    true
}

/// Whether what was due in this slot has been left alone for as long as a sender and the stream may take.
fn is_left_alone(at: Slot, now: DateTime<Utc>) -> bool {
    at.start() + Duration::minutes(OVERDUE_AFTER_MINUTES) <= now
}

/// The round of one shop.
struct Round<'a> {
    keeper: &'a KeepPromises,
    open: &'a OpenBook,
    now: DateTime<Utc>,
    report: &'a mut Report,
    /// The tasks for what could not be read.
    unreadable: BTreeSet<String>,
}

impl Round<'_> {
    /// Leaves what could not be dealt with: to the next hour; what cannot be read, to a person.
    async fn leave(&mut self, customer: &CustomerId, follow_up: Option<&FollowUpId>, error: &KeepingError) {
        let settings = &self.open.book.shop;
        let shop = &settings.id;
        let follow_up = follow_up.map(FollowUpId::as_str);
        tracing::error!(%shop, %customer, follow_up, %error, metric = Metric::RepairsFailed.name(), "repair.failed");
        let Some(item) = unreadable::item(error) else {
            self.report.found(Finding::NotRepaired);
            return;
        };
        let task = unreadable::task(item, Some(customer), day_of(self.now, settings.zone));
        if self.unreadable.insert(task.key()) {
            self.report.found(Finding::Unreadable);
            if let Err(error) = self.keeper.diary.add_task(shop, &task).await {
                tracing::error!(%shop, %customer, %error, "owner.not_told");
            }
        }
    }
}

/// Sees to one follow-up that is due. What a sender can still do is left to it.
async fn see_to(
    ringing: &mut Ringing<'_>,
    round: &mut Round<'_>,
    at: Slot,
    id: &FollowUpId,
) -> Result<Repair, KeepingError> {
    let Round { keeper, open, now, .. } = *round;
    let settings = &open.book.shop;
    let Some(follow_up) = keeper.diary.follow_up(&settings.id, id).await? else { return Ok(Repair::Wait) };
    let nth_late = round.report.count(Finding::Overdue) as usize;
    let what = repair(&follow_up, settings, open.stopped, nth_late, now);
    let is_senders = follow_up.state == State::Planned && now <= follow_up.deadline;
    if is_senders && !matches!(what, Repair::Wait | Repair::Place) && ringing.still(at).await? {
        return Ok(Repair::Wait);
    }
    put_right(round, &follow_up, what).await?;
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

async fn put_right(round: &mut Round<'_>, follow_up: &FollowUp, what: Repair) -> Result<(), KeepingError> {
    let (event, finding, metric) = match what {
        Repair::Wait | Repair::Plan => return Ok(()),
        Repair::Place => return place(round, follow_up).await,
        Repair::Move(_) => (Event::Move, Finding::Overdue, Metric::Overdue),
        Repair::Expire => (Event::Expire, Finding::Expired, Metric::Overdue),
        Repair::Doubt => (Event::Doubt, Finding::InDoubt, Metric::FollowUpsInDoubt),
        Repair::Drop => (Event::Drop, Finding::LeftUnsent, Metric::LeftUnsent),
    };
    let Ok(state) = transition(follow_up.state, event) else { return Ok(()) };
    let mut after = FollowUp { state, until: None, ended: state != State::Planned, ..follow_up.clone() };
    match what {
        Repair::Move(slot) => {
            after.slot = slot;
            after.generation += 1;
        }
        Repair::Expire => after.reason = Some(Reason::WindowOver),
        Repair::Doubt => after.until = Some(round.now + doubt_wait()),
        Repair::Drop => after.reason = Some(Reason::UnknownWhetherSent),
        Repair::Wait | Repair::Plan | Repair::Place => {}
    }
    let shop = &round.open.book.shop.id;
    round.keeper.diary.replace(shop, follow_up, &after).await?;
    tracing::warn!(
        %shop,
        follow_up = %follow_up.id,
        from = follow_up.state.name(),
        to = after.state.name(),
        metric = metric.name(),
        "follow_up.repaired"
    );
    round.report.found(finding);
    Ok(())
}

/// Puts a follow-up that is to be tried again where its slot is: nothing was wrong with it.
async fn place(round: &Round<'_>, follow_up: &FollowUp) -> Result<(), KeepingError> {
    let shop = &round.open.book.shop.id;
    let after = FollowUp { until: None, ..follow_up.clone() };
    round.keeper.diary.replace(shop, follow_up, &after).await?;
    tracing::info!(%shop, follow_up = %follow_up.id, slot = %follow_up.slot, "follow_up.placed");
    Ok(())
}
