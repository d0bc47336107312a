//! What only a person can do: write to somebody without an address, make good a promise that could not be
//! kept, write the next letter of a series.

use super::series::{Waiting, warning};
use super::wishes::{Priority, Wanted};
use super::{Change, Situation};
use crate::calendar::{day_of, days_after};
use crate::follow_up::{FollowUp, Reason, State};
use crate::ids::FollowUpId;
use crate::programme::{Class, THANKS_LATEST_DAY};
use crate::promise::{Promise, breaks_without, may_keep_promise, promises};
use crate::task::{Task, TaskKind};

/// A case should be looked after within so many days.
const CASE_WITHIN_DAYS: u32 = 1;

/// The tasks that this plan leaves to a person, each once, in the order of their keys.
pub(super) fn tasks(situation: &Situation<'_>, changes: &[Change], wanted: &Wanted) -> Vec<Task> {
    let given_up = changes.iter().filter_map(|change| match change {
        Change::Put(f) if f.state != State::Planned => f.reason.map(|reason| (&**f, reason)),
        Change::Cancel { from, reason } => Some((&**from, *reason)),
        Change::Put(_) | Change::Replan { .. } => None,
    });
    let ended = situation.follow_ups.iter().filter(|f| f.ended).filter_map(|f| f.reason.map(|reason| (f, reason)));
    let missed = given_up.chain(ended).filter_map(|(f, reason)| promise_task(situation, f, reason, wanted));
    let missed = missed.chain(lost_contact(situation, changes, wanted));
    let dry = wanted.waiting.iter().filter(|w| w.next_at - warning() <= situation.now);
    let mut tasks: Vec<Task> = missed.chain(dry.map(|w| letter_task(situation, w))).collect();
    tasks.extend(customer_tasks(situation));
    tasks.sort_by_key(Task::key);
    tasks.dedup_by(|a, b| a.key() == b.key());
    tasks
}

/// The task that a follow-up leaves behind which was promised (R1, R2) and does not go out.
fn promise_task(situation: &Situation<'_>, follow_up: &FollowUp, reason: Reason, wanted: &Wanted) -> Option<Task> {
    let is_promise = || wanted.wishes.iter().any(|w| w.id == follow_up.id && w.priority.is_promise());
    let (kind, about) = match reason {
        Reason::NoMailAddress | Reason::AddressBounced | Reason::MailboxUnavailable
            if follow_up.is_bound_to_purchase() =>
        {
            (TaskKind::WritePostcard, follow_up.purchase.as_ref()?.to_string())
        }
        Reason::KnownTooLate
        | Reason::WindowOver
        | Reason::RefusedByProvider
        | Reason::UnknownWhetherSent
        | Reason::CannotRender
            if follow_up.is_bound_to_purchase() =>
        {
            (TaskKind::KeepPromise, follow_up.id.to_string())
        }
        // Of what makes way for other messages only a promise is missed.
        Reason::TooOften if is_promise() => (TaskKind::KeepPromise, follow_up.id.to_string()),
        // What nobody approved, and what a product's pause has cost (R31), is missed where a promise hung on it; the rest may
        // come another time.
        Reason::NotApproved | Reason::ProductPaused if breaks_without(follow_up, situation) => {
            (TaskKind::KeepPromise, follow_up.id.to_string())
        }
        _ => return None,
    };
    let due = day_of(follow_up.deadline, situation.shop.zone);
    Some(Task { kind, customer: Some(situation.customer.id.clone()), about, due, why: reason })
}

/// The task that is left where the message that would have kept R1 is not meant any more (what was being made has left
/// the shop), and nothing else can keep it: the others had made way, and their time is over.
fn lost_contact(situation: &Situation<'_>, changes: &[Change], wanted: &Wanted) -> Option<Task> {
    let Situation { shop, programme, customer, follow_ups, ledger, now } = *situation;
    let mut kept = wanted.wishes.iter().filter(|w| w.priority == Priority::Contact);
    let stands = |id: &FollowUpId| match changes.iter().find(|c| c.follow_up().id == *id) {
        Some(Change::Put(new)) => new.state.is_open(),
        Some(Change::Replan { .. }) => true,
        Some(Change::Cancel { .. }) => false,
        None => follow_ups.iter().any(|f| f.id == *id && f.state.may_have_left() | f.state.is_open()),
    };
    let lost = changes.iter().find_map(|change| match change {
        Change::Cancel { from, reason: Reason::Replanned } => Some(&**from),
        _ => None,
    });
    let lost = lost.filter(|f| f.class != Class::Thanks && may_keep_promise(shop, programme, customer, f))?;
    let is_open = promises(shop, customer, follow_ups, ledger, now).is_some_and(|p| p.contact == Promise::Open);
    (is_open && !kept.any(|w| stands(&w.id))).then(|| Task {
        kind: TaskKind::KeepPromise,
        customer: Some(customer.id.clone()),
        about: lost.id.to_string(),
        due: day_of(lost.deadline, shop.zone),
        why: Reason::KnownTooLate,
    })
}

/// What a person has to see to for this customer: a case, a held order, an address that bounces, a missing name.
fn customer_tasks(situation: &Situation<'_>) -> Vec<Task> {
    let Situation { shop, customer, now, .. } = *situation;
    let day = |at| day_of(at, shop.zone);
    let task = |kind, about: String, due, why| Task { kind, customer: Some(customer.id.clone()), about, due, why };
    let case = customer.open_case().and_then(|b| {
        let due = days_after(day(b.case_at?), CASE_WITHIN_DAYS);
        Some(task(TaskKind::SettleCase, b.key.to_string(), due, Reason::CaseOpen))
    });
    let held = customer.purchases.iter().filter(|b| b.standing.is_held() && !b.undone && !b.history).map(|b| {
        let due = days_after(day(b.began_at), THANKS_LATEST_DAY);
        task(TaskKind::DecideOrder, b.key.to_string(), due, Reason::HeldWholesale)
    });
    let is_bounced = situation.obstacle() == Some(Reason::AddressBounced);
    let place = customer.place().to_string();
    let bounced = is_bounced.then(|| task(TaskKind::FindAddress, place, day(now), Reason::AddressBounced));
    // Said once, with the first plan that finds something to send.
    let is_first = situation.follow_ups.is_empty() && customer.email.is_some() && customer.occasion_count(shop) > 0;
    let newest = customer.purchases.iter().rfind(|b| b.counts() && !b.history);
    let nameless = newest
        .filter(|_| is_first && customer.name.is_none())
        .map(|b| task(TaskKind::CheckName, b.key.to_string(), day(b.began_at), Reason::NoName));
    case.into_iter().chain(held).chain(bounced).chain(nameless).collect()
}

/// The task to write the next letter of a series, for whoever has had them all.
fn letter_task(situation: &Situation<'_>, waiting: &Waiting) -> Task {
    Task {
        kind: TaskKind::WriteLetter,
        customer: None,
        about: waiting.series.to_string(),
        due: day_of(waiting.next_at, situation.shop.zone),
        why: Reason::NoFreshLetter,
    }
}
