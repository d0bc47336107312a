//! What only a person can do: write to somebody without an address, make good a promise that could not be
//! kept, write the next letter of a series.

use super::series::{Waiting, warning};
use super::{Change, Situation};
use crate::calendar::{day_of, days_after};
use crate::follow_up::{FollowUp, Reason, State};
use crate::programme::THANKS_LATEST_DAY;
use crate::task::{Task, TaskKind};

/// A case should be looked after within so many days.
const CASE_WITHIN_DAYS: u32 = 1;

/// The tasks that this plan leaves to a person, each once, in the order of their keys.
pub(super) fn tasks(situation: &Situation<'_>, changes: &[Change], waiting: &[Waiting]) -> Vec<Task> {
    let given_up = changes.iter().filter_map(|change| match change {
        Change::Put(f) if f.state != State::Planned => f.reason.map(|reason| (&**f, reason)),
        Change::Cancel { from, reason } => Some((&**from, *reason)),
        Change::Put(_) | Change::Replan { .. } => None,
    });
    let ended = situation.follow_ups.iter().filter(|f| f.ended).filter_map(|f| f.reason.map(|reason| (f, reason)));
    let promises = given_up.chain(ended).filter_map(|(f, reason)| promise_task(situation, f, reason));
    let dry = waiting.iter().filter(|w| w.next_at - warning() <= situation.now);
    let mut tasks: Vec<Task> = promises.chain(dry.map(|w| letter_task(situation, w))).collect();
    tasks.extend(customer_tasks(situation));
    tasks.sort_by_key(Task::key);
    tasks.dedup_by(|a, b| a.key() == b.key());
    tasks
}

/// The task that a follow-up leaves behind which was promised (R1, R2) and does not go out.
fn promise_task(situation: &Situation<'_>, follow_up: &FollowUp, reason: Reason) -> Option<Task> {
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
        _ => return None,
    };
    let due = day_of(follow_up.deadline, situation.shop.zone);
    Some(Task { kind, customer: Some(situation.customer.id.clone()), about, due, why: reason })
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
