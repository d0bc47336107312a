//! The texts of a step that comes with each occasion: in turn, each once for a customer (nobody gets the same text twice).
//!
//! A step without further texts has its own, whenever it comes. One that has some leaves out whoever has had them all, with the
//! reason on record, and the owner is asked for a fresh one as soon as somebody gets the last.

use super::Situation;
use super::series::{Waiting, warning};
use super::wishes::{Wish, find};
use crate::customer::Occasion;
use crate::follow_up::{FollowUp, Reason};
use crate::ids::{FollowUpId, StepId};
use crate::programme::Step;

/// A wish with the text that it keeps, or the first that the customer has not had and will not have by another wish.
pub(super) fn with_text(situation: &Situation<'_>, step: &Step, others: &[Wish], wish: Wish) -> Wish {
    if step.texts.is_empty() {
        return wish;
    }
    if let Some(standing) = find(situation, &wish.id) {
        return Wish { text: standing.text.clone(), ..wish };
    }
    match fresh(situation, step, others, Some(&wish.id)) {
        Some(text) => Wish { text: Some(text).filter(|text| **text != step.id).cloned(), ..wish },
        None => Wish { obstacle: wish.obstacle.or(Some(Reason::NoFreshLetter)), ..wish },
    }
}

/// The steps of which the customer has had, or is about to get, the last text, and which would come again.
pub(super) fn running_dry(situation: &Situation<'_>, occasions: &[Occasion<'_>], wishes: &[Wish]) -> Vec<Waiting> {
    let next = occasions.last().map_or(1, |occasion| occasion.nth + 1);
    let comes_again = |step: &&Step| !step.texts.is_empty() && step.occasions.contains(next);
    let is_dry = |step: &&Step| fresh(situation, step, wishes, None).is_none();
    // Nobody knows when somebody buys again: it may be soon.
    let next_at = situation.now + warning();
    let dry = situation.programme.steps.iter().filter(comes_again).filter(is_dry);
    dry.map(|step| Waiting { series: step.id.clone(), next_at }).collect()
}

/// The first text of a step that nothing else holds but the follow-up `own`.
fn fresh<'s>(
    situation: &Situation<'_>,
    step: &'s Step,
    wishes: &[Wish],
    own: Option<&FollowUpId>,
) -> Option<&'s StepId> {
    let standing = situation.follow_ups.iter().filter(|f| f.step == step.id && own != Some(&f.id));
    let had: Vec<&StepId> = standing.filter(|f| holds(situation, f)).map(FollowUp::letter).collect();
    let planned = wishes.iter().filter(|w| w.step == step.id && w.obstacle.is_none() && own != Some(&w.id));
    let planned: Vec<&StepId> = planned.map(|w| w.text.as_ref().unwrap_or(&w.step)).collect();
    step.all_texts().find(|text| !had.contains(text) && !planned.contains(text))
}

/// Whether the customer has had a text by this follow-up, may have, or may still get it.
fn holds(situation: &Situation<'_>, follow_up: &FollowUp) -> bool {
    let may_come_back = follow_up.can_revive() && situation.now <= follow_up.deadline;
    let may_have_left = follow_up.state.may_have_left() || follow_up.reason == Some(Reason::UnknownWhetherSent);
    follow_up.state.is_open() || may_have_left || may_come_back
}
