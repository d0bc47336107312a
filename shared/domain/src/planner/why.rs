//! Why, and why not: for each message of the programme, whether and when it comes to a customer, and the rules and data that
//! decided.
//!
//! Nothing is decided here. The planner drafts the same plan as ever, with a journal open beside it; what stands in the
//! diary says what became of it; and the decision at the last moment is asked what it would say on the day.

mod account;

pub use account::{Account, Because, Ground, Objection, Origin, Verdict};

use super::journal::{About, Journal, Notes};
use super::placing::{Placed, is_over};
use super::{Draft, Situation, draft, new_follow_up, why_unwanted};
use crate::apprenticeship::{Approvals, awaits_approval};
use crate::calendar::day_of;
use crate::channel::Channel;
use crate::follow_up::{FollowUp, Reason, State};
use crate::ids::StepId;
use crate::policy::{Decision, Moment, decide, spares_the_name, speaks_of_paused};
use crate::programme::Class;
use chrono::NaiveDate;

/// What the shop holds back until a person has said yes.
#[derive(Debug, Clone, Copy)]
pub struct UntilTold<'a> {
    /// How many mails of each step were approved.
    pub approvals: &'a Approvals,
    /// The products whose cheerful messages wait until somebody has looked at them (R31).
    pub paused: &'a [String],
    /// Whether only what is owed goes out: too many mails bounce or are called spam.
    pub is_at_risk: bool,
}

impl UntilTold<'_> {
    /// Why a planned message waits.
    fn reasons(self, situation: &Situation<'_>, planned: &FollowUp) -> impl Iterator<Item = Reason> {
        let Situation { shop, customer, .. } = *situation;
        let awaits = awaits_approval(shop, self.approvals, planned).then_some(Reason::NotApproved);
        let is_paused = speaks_of_paused(planned, planned.class, customer, self.paused);
        let spares = self.is_at_risk && spares_the_name(planned, planned.class, situation);
        [awaits, is_paused.then_some(Reason::ProductPaused), spares.then_some(Reason::ReputationAtRisk)]
            .into_iter()
            .flatten()
    }
}

/// What becomes of each message of the programme, and of all that stands in the diary: first what has a day, in the order of
/// days. What is to come is as things stand: a new fact changes it.
#[must_use]
pub fn why(situation: &Situation<'_>, until_told: &UntilTold<'_>) -> Vec<Account> {
    let journal = Journal::asked();
    let draft = draft(situation, &journal);
    let notes = journal.into_notes();
    let mut accounts: Vec<Account> =
        draft.placed.iter().map(|p| of_placed(situation, until_told, p, &draft, &notes)).collect();
    let placed = |f: &FollowUp| draft.placed.iter().any(|p| p.wish.id == f.id);
    accounts.extend(situation.follow_ups.iter().filter(|f| !placed(f)).map(|f| of_diary(situation, f)));
    accounts.extend(left_out_steps(situation, &accounts, &notes));
    accounts.extend(left_out_texts(situation, &draft, &accounts, &notes));
    accounts.extend(remedies_by_hand(situation, &accounts));
    let zone = situation.shop.zone;
    accounts.sort_by_key(|account| account.day(zone).map_or((true, NaiveDate::MAX), |day| (false, day)));
    accounts
}

/// A message that the programme wants.
fn of_placed(
    situation: &Situation<'_>,
    until_told: &UntilTold<'_>,
    placed: &Placed<'_>,
    draft: &Draft<'_>,
    notes: &Notes,
) -> Account {
    let wish = &placed.wish;
    let counted = Ground::Counted { from: wish.origin, day: wish.day, latest: wish.latest };
    let mut grounds = vec![counted];
    grounds.extend(by_hand(wish.channel));
    if wish.priority.is_promise() {
        grounds.push(Ground::Promised);
    }
    let own = |id: &StepId| Some(id) == wish.series.as_ref();
    grounds.extend(notes.left_out.iter().filter_map(|(about, because)| match about {
        About::Coming(id, day) if own(id) && *because != Because::Over => {
            Some(Ground::Missed { day: *day, because: *because })
        }
        _ => None,
    }));
    let passed_over = notes.passed_over.iter().filter(|(id, ..)| *id == wish.id);
    grounds.extend(passed_over.map(|(_, day, because)| {
        let by = match because {
            Objection::Near { other, .. } => on_day(situation, draft, *other),
            _ => None,
        };
        Ground::PassedOver { day: *day, because: *because, by }
    }));
    let verdict = match (placed.existing.filter(|f| is_over(f)), placed.obstacle) {
        (Some(over), _) => of_state(situation, over),
        (None, Some(reason)) => Verdict::Not(Because::Reason(reason)),
        (None, None) => {
            let planned = planned(situation, placed);
            grounds.extend(last_look(situation, &planned).map(Ground::LastLook));
            grounds.extend(until_told.reasons(situation, &planned).map(Ground::Waits));
            Verdict::Comes { slot: placed.slot, deadline: placed.deadline }
        }
    };
    Account {
        step: wish.step.clone(),
        series: wish.series.clone(),
        class: Some(wish.class),
        purchase: wish.purchase.clone(),
        verdict,
        grounds,
    }
}

/// That a person carries it out, where it is no mail.
fn by_hand(channel: Channel) -> Option<Ground> {
    (!channel.is_mail()).then_some(Ground::ByHand(channel))
}

/// The message that has a day, or will have it.
fn on_day(situation: &Situation<'_>, draft: &Draft<'_>, day: NaiveDate) -> Option<StepId> {
    let zone = situation.shop.zone;
    let left = situation.follow_ups.iter().filter(|f| f.state.may_have_left());
    let mut left = left.filter(|f| day_of(f.sent_at.unwrap_or(f.slot.start()), zone) == day).map(|f| &f.step);
    let coming = draft.placed.iter().filter(|p| p.is_possible() && day_of(p.slot.start(), zone) == day);
    left.next().or_else(|| coming.map(|p| &p.wish.step).next()).cloned()
}

/// The follow-up as it will stand in the diary.
fn planned(situation: &Situation<'_>, placed: &Placed<'_>) -> FollowUp {
    let Placed { wish, existing, slot, deadline, obstacle } = placed;
    match existing {
        Some(known) => FollowUp { slot: *slot, deadline: *deadline, channel: wish.channel, ..(*known).clone() },
        None => new_follow_up(situation, wish, *slot, *deadline, *obstacle),
    }
}

/// What the decision at the last moment would have against a message, as things stand.
fn last_look(situation: &Situation<'_>, planned: &FollowUp) -> Option<Reason> {
    let Situation { shop, programme, customer, follow_ups, ledger, now } = *situation;
    let now = now.max(planned.slot.start());
    // What waits for a person's word is told apart: here it is as if they had said yes.
    let approved = FollowUp { approved_at: Some(now), ..planned.clone() };
    let held = (false, &Approvals::none(), &[], false);
    let (stopped, approvals, paused, is_at_risk) = held;
    let moment = Moment { shop, stopped, approvals, programme, customer, follow_ups, ledger, paused, is_at_risk, now };
    match decide(&approved, &moment) {
        Decision::Skip(reason) => Some(reason),
        Decision::Expire => Some(Reason::WindowOver),
        Decision::Send | Decision::HandOver | Decision::Move(_) | Decision::Hold => None,
    }
}

/// What stands in the diary and is not wanted (any more).
fn of_diary(situation: &Situation<'_>, follow_up: &FollowUp) -> Account {
    let verdict = match follow_up.state {
        State::Planned => Verdict::Not(Because::Reason(why_unwanted(situation, follow_up))),
        _ => of_state(situation, follow_up),
    };
    Account {
        step: follow_up.step.clone(),
        series: follow_up.series.clone(),
        class: Some(follow_up.class),
        purchase: follow_up.purchase.clone(),
        verdict,
        grounds: by_hand(follow_up.channel).into_iter().collect(),
    }
}

/// What became of a follow-up that is over.
fn of_state(situation: &Situation<'_>, follow_up: &FollowUp) -> Verdict {
    let on = day_of(follow_up.sent_at.unwrap_or(follow_up.slot.start()), situation.shop.zone);
    if follow_up.state.has_left() {
        Verdict::Went { on, state: follow_up.state }
    } else if follow_up.state.may_have_left() {
        Verdict::Unknown { on }
    } else {
        let otherwise = if follow_up.state == State::Refused { Reason::RefusedByProvider } else { Reason::WindowOver };
        Verdict::Not(Because::Reason(follow_up.reason.unwrap_or(otherwise)))
    }
}

/// The steps that the programme does not want for one of the occasions; a step that is only for other occasions is told of
/// once, and only where nothing else is.
fn left_out_steps(situation: &Situation<'_>, known: &[Account], notes: &Notes) -> Vec<Account> {
    let mut accounts: Vec<Account> = Vec::new();
    for step in &situation.programme.steps {
        let of_step = |(about, because): &(About, Because)| match about {
            About::Occasion(id, day) if *id == step.id => Some((*day, *because)),
            _ => None,
        };
        let told: Vec<(NaiveDate, Because)> = notes.left_out.iter().filter_map(of_step).collect();
        let is_general = |because: &Because| matches!(because, Because::OtherOccasion { .. } | Because::History);
        let own = told.iter().filter(|(_, because)| !is_general(because));
        let own = own.map(|(day, because)| (vec![Ground::Occasion { day: *day }], *because));
        let mut found: Vec<(Vec<Ground>, Because)> = own.collect();
        if found.is_empty() && !known.iter().any(|account| account.step == step.id) {
            let general = told.last().map(|(_, because)| *because);
            found.push((Vec::new(), general.or_else(|| closed(situation)).unwrap_or(Because::History)));
        }
        accounts.extend(found.into_iter().map(|(grounds, because)| Account {
            step: step.id.clone(),
            series: None,
            class: Some(step.class),
            purchase: None,
            verdict: Verdict::Not(because),
            grounds,
        }));
    }
    accounts
}

/// The texts of series and dates that are neither wanted next nor stand in the diary, each with what is so of its series; and
/// the series that have none left.
fn left_out_texts(situation: &Situation<'_>, draft: &Draft<'_>, known: &[Account], notes: &Notes) -> Vec<Account> {
    let programme = situation.programme;
    let series = programme.series.iter().map(|s| (&s.id, &s.letters));
    let mut accounts: Vec<Account> = Vec::new();
    for (id, letters) in series.chain(programme.dated.iter().map(|d| (&d.id, &d.letters))) {
        let told = notes.left_out.iter().find(|(about, _)| *about == About::Series(id.clone()));
        let because = told.map(|(_, because)| *because).or_else(|| closed(situation)).unwrap_or(Because::LaterText);
        let not = |step: &StepId, class, because| Account {
            step: step.clone(),
            series: Some(id.clone()),
            class,
            purchase: None,
            verdict: Verdict::Not(because),
            grounds: Vec::new(),
        };
        let others = letters.iter().filter(|letter| !known.iter().any(|account| account.step == letter.id));
        accounts.extend(others.map(|letter| not(&letter.id, Some(letter.class), because)));
        if draft.wanted.waiting.iter().any(|waiting| waiting.series == *id) {
            accounts.push(not(id, None, Because::Reason(Reason::NoFreshLetter)));
        }
    }
    accounts
}

/// The letters that make good, where nobody has approved one.
fn remedies_by_hand(situation: &Situation<'_>, known: &[Account]) -> Vec<Account> {
    let remedies = situation.programme.listening.remedies.iter();
    let unused = remedies.filter(|id| !known.iter().any(|account| account.step == **id));
    let account = |id: &StepId| Account {
        step: id.clone(),
        series: None,
        class: Some(Class::Remedy),
        purchase: None,
        verdict: Verdict::Not(Because::ByHand),
        grounds: Vec::new(),
    };
    unused.map(account).collect()
}

/// Why nothing at all is planned, where that is so.
fn closed(situation: &Situation<'_>) -> Option<Because> {
    situation.closed().map(|closed| {
        let stopped = situation.obstacle().filter(|reason| matches!(reason, Reason::OptedOut | Reason::Complained));
        Because::Reason(stopped.unwrap_or(closed.reason()))
    })
}
