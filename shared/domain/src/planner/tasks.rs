//! What only a person can do: write to somebody without an address, make good a promise that could not be
//! kept, write the next letter of a series.

use super::series::{Waiting, warning};
use super::{Change, Situation};
use crate::calendar::day_of;
use crate::follow_up::{FollowUp, Reason, State};
use crate::task::{Task, TaskKind};

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
    tasks.sort_by_key(Task::key);
    tasks.dedup_by(|a, b| a.key() == b.key());
    tasks
}

/// The task that a follow-up leaves behind which was promised (R1, R2) and does not go out.
fn promise_task(situation: &Situation<'_>, follow_up: &FollowUp, reason: Reason) -> Option<Task> {
    let (kind, about) = match reason {
        Reason::NoMailAddress => (TaskKind::WritePostcard, follow_up.purchase.as_ref()?.to_string()),
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
