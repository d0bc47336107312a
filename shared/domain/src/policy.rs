//! The decision at the last moment: everything that may have changed since the follow-up was planned.
//!
//! The sender has claimed the follow-up and read the customer strongly. Each "no" is a named reason in the
//! diary; each "not now" is a new slot that still keeps the deadline.

use crate::apprenticeship::{Approvals, awaits_approval, next_look};
use crate::calendar::{Slot, day_of};
use crate::channel::{Channel, Reach};
use crate::customer::{Bought, Customer};
use crate::follow_up::{FollowUp, Reason, State};
use crate::ledger::Entry;
use crate::mistake::{Mistake, made};
use crate::planner::{NOTICE_MINUTES, Situation, next_in_hours, next_slot_of_day_after};
use crate::preference::Preferences;
use crate::programme::{Class, Programme, SELLING_FROM_OCCASION};
use crate::promise::hangs_on;
use crate::purchase::Consent;
use crate::reputation::is_owed;
use crate::shop::Shop;
use chrono::{DateTime, Duration, NaiveDate, Utc};

/// What the decision is made from, all of it read after the claim.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'a> {
    /// The shop.
    pub shop: &'a Shop,
    /// Whether its owner has pressed the stop switch.
    pub stopped: bool,
    /// How many mails of each step were approved.
    pub approvals: &'a Approvals,
    /// The current programme.
    pub programme: &'a Programme,
    /// The customer.
    pub customer: &'a Customer,
    /// All the customer's follow-ups.
    pub follow_ups: &'a [FollowUp],
    /// The customer's ledger.
    pub ledger: &'a [Entry],
    /// The products whose cheerful messages wait until somebody has looked at them (R31).
    pub paused: &'a [String],
    /// Whether only what is owed goes out: too many mails bounce or are called spam.
    pub is_at_risk: bool,
    /// Now.
    pub now: DateTime<Utc>,
}

impl<'a> Moment<'a> {
    /// The same for the planner, which asks neither the switch nor the owner's approvals.
    #[must_use]
    pub fn situation(&self) -> Situation<'a> {
        let Self { shop, programme, customer, follow_ups, ledger, now, .. } = *self;
        Situation { shop, programme, customer, follow_ups, ledger, now }
    }
}

/// What to do with a claimed follow-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Send it.
    Send,
    /// Hand it to a person: it is a letter, a call or a visit.
    HandOver,
    /// Do not send it.
    Skip(Reason),
    /// Its window has ended.
    Expire,
    /// Not now: this slot instead.
    Move(Slot),
    /// Not now, and nobody knows when: the stop switch is on. It waits where it is.
    Hold,
}

/// Decides about a claimed follow-up.
#[must_use]
pub fn decide(follow_up: &FollowUp, moment: &Moment<'_>) -> Decision {
    if moment.stopped && !made(Mistake::SwitchIgnored) {
        return Decision::Hold;
    }
    let Some(class) = moment.programme.class_of(&follow_up.step) else {
        return Decision::Skip(Reason::StepGone);
    };
    if let Some(reason) = forbidden(follow_up, class, moment) {
        return Decision::Skip(reason);
    }
    if moment.now > follow_up.deadline {
        return Decision::Expire;
    }
    if let Some(reason) = withheld(follow_up, class, moment).or_else(|| paused_by_customer(follow_up, moment)) {
        return next_look(moment.shop, follow_up, moment.now).map_or(Decision::Skip(reason), Decision::Move);
    }
    match better_slot(follow_up, moment) {
        None => carried_out(follow_up),
        Some(slot) if slot.start() <= follow_up.deadline => Decision::Move(slot),
        Some(_) if heard_today(follow_up, moment) && !is_promised(follow_up, moment) => {
            Decision::Skip(Reason::TooOften)
        }
        Some(_) if is_open(moment) => carried_out(follow_up),
        Some(_) => match next_opening(moment) {
            slot if slot.start() <= follow_up.deadline => Decision::Move(slot),
            _ => Decision::Expire,
        },
    }
}

/// What to do with a message whose time has come: a machine sends it, or a person has to see to it.
fn carried_out(follow_up: &FollowUp) -> Decision {
    if follow_up.channel.task().is_some() { Decision::HandOver } else { Decision::Send }
}

/// Why a message waits from day to day until a person has said yes, in time or not at all: to this mail, or to the product that
/// it speaks of; or until the shop's name with the providers is better.
fn withheld(follow_up: &FollowUp, class: Class, moment: &Moment<'_>) -> Option<Reason> {
    if awaits_approval(moment.shop, moment.approvals, follow_up) {
        Some(Reason::NotApproved)
    } else if speaks_of_paused(follow_up, class, moment.customer, moment.paused) {
        Some(Reason::ProductPaused)
    } else {
        (moment.is_at_risk && spares_the_name(follow_up, class, &moment.situation()))
            .then_some(Reason::ReputationAtRisk)
    }
}

/// Whether the customer has asked to hear nothing for a while. What makes good is what they have asked for.
fn paused_by_customer(follow_up: &FollowUp, moment: &Moment<'_>) -> Option<Reason> {
    let today = day_of(moment.now, moment.shop.zone);
    let is_paused = Preferences::of(moment.ledger).pause_on(today) && follow_up.class != Class::Remedy;
    is_paused.then_some(Reason::CustomerPaused)
}

/// Whether it is a mail that waits while too many of the shop's mails bounce or are called spam: what is owed does not.
pub(crate) fn spares_the_name(follow_up: &FollowUp, class: Class, situation: &Situation<'_>) -> bool {
    follow_up.channel == Channel::Mail && !is_owed(class) && !hangs_on(follow_up, situation)
}

/// Why the message may not go out at all; `None` where it may.
fn forbidden(follow_up: &FollowUp, class: Class, moment: &Moment<'_>) -> Option<Reason> {
    let Moment { customer, shop, .. } = moment;
    let bought = follow_up.purchase.as_ref().and_then(|key| customer.bought(key));
    let reach = Reach { shop, customer, ledger: moment.ledger, day: day_of(moment.now, shop.zone) };
    if let Some(reason) = reach.obstacle(follow_up.channel).filter(|_| !made(Mistake::StopDecidedEarly)) {
        return Some(reason);
    }
    // What makes good goes out though the purchase was undone: often because it was.
    let is_remedy = moment.programme.listening.is_remedy(&follow_up.step);
    if let Some(reason) = bought.and_then(|b| customer.why_no_purchase(b)).filter(|_| !is_remedy) {
        return Some(reason);
    }
    if let Some(closed) = customer.closed(shop).filter(|_| !is_remedy) {
        Some(closed.reason())
    } else if bought.is_some_and(|b| b.marketplace) {
        Some(Reason::MarketplaceForbids)
    } else if class != Class::Remedy && customer.open_case().is_some() && !made(Mistake::CaseDecidedEarly) {
        Some(Reason::CaseOpen)
    } else if !follow_up.is_bound_to_purchase() && customer.consent != Consent::Granted {
        Some(Reason::NoConsent)
    } else if class.is_selling()
        && customer.occasion_count(shop) < SELLING_FROM_OCCASION
        && !made(Mistake::PromotionDecidedEarly)
    {
        Some(Reason::BeforeSecondPurchase)
    } else if !moment.programme.is_for(&follow_up.step, customer.stage(shop, moment.now)) {
        Some(Reason::NotForStage)
    } else if bought.is_some_and(|b| !is_for(follow_up, b, moment)) {
        Some(Reason::NotForProduct)
    } else if Preferences::of(moment.ledger).leave_out(class) {
        Some(Reason::NotWanted)
    } else {
        None
    }
}

/// Whether a message of a purchase is for what was bought, as the product file says now.
fn is_for(follow_up: &FollowUp, bought: &Bought, moment: &Moment<'_>) -> bool {
    let target = moment.programme.target_of(&follow_up.step);
    target.is_none_or(|target| !follow_up.is_bound_to_purchase() || target.fits(moment.shop, [bought]))
}

fn is_open(moment: &Moment<'_>) -> bool {
    moment.shop.hours.contains(moment.now.with_timezone(&moment.shop.zone).time())
}

/// The first slot inside the shop's hours for which an alarm can still be set.
fn next_opening(moment: &Moment<'_>) -> Slot {
    next_in_hours(moment.shop, Slot::at_or_after(moment.now + Duration::minutes(NOTICE_MINUTES)))
}

/// A slot that suits better than now: inside the shop's hours, and on a day on which the customer has not
/// heard from it yet, rather no quiet one. `None` where now is right.
fn better_slot(follow_up: &FollowUp, moment: &Moment<'_>) -> Option<Slot> {
    let better = match () {
        () if heard_today(follow_up, moment) => tomorrow(follow_up, moment),
        () if is_open(moment) => return None,
        () => next_opening(moment),
    };
    Some(off_quiet_days(follow_up, better, moment))
}

/// The same time on the next day that the shop does not leave quiet, where its window has one; else the slot itself. An apology
/// waits for no quiet day to be over, and what is for such a day does not either.
fn off_quiet_days(follow_up: &FollowUp, slot: Slot, moment: &Moment<'_>) -> Slot {
    let Moment { shop, programme, .. } = *moment;
    let dated = programme.dated.iter().find(|dated| follow_up.series.as_ref() == Some(&dated.id));
    let keeps_quiet = follow_up.class != Class::Remedy && dated.is_none_or(|dated| !dated.on.is_for_quiet_days());
    let day = |slot: &Slot| day_of(slot.start(), shop.zone);
    let later = std::iter::successors(Some(slot), |slot| Some(next_slot_of_day_after(shop, *slot, day(slot))));
    let mut fitting = later.take_while(|slot| slot.start() <= follow_up.deadline);
    fitting.find(|slot| !keeps_quiet || !shop.is_quiet(day(slot))).unwrap_or(slot)
}

/// The slot at the same time on the next day.
fn tomorrow(follow_up: &FollowUp, moment: &Moment<'_>) -> Slot {
    let today = day_of(moment.now, moment.shop.zone);
    next_slot_of_day_after(moment.shop, follow_up.slot, today)
}

/// Whether it speaks of a product with which customers are not happy, and is cheerful: telling how to use what may be no
/// good is. Thanks are owed all the same, and a question and an apology are what listening is.
#[must_use]
pub fn speaks_of_paused(follow_up: &FollowUp, class: Class, customer: &Customer, paused: &[String]) -> bool {
    let bought = follow_up.purchase.as_ref().and_then(|key| customer.bought(key));
    let product = bought.and_then(|b| b.product.as_ref());
    let is_cheerful = !matches!(class, Class::Thanks | Class::Survey | Class::Remedy);
    is_cheerful && product.is_some_and(|product| paused.contains(product))
}

/// Whether the customer has heard from the shop today, or may have: a message in doubt counts.
fn heard_today(follow_up: &FollowUp, moment: &Moment<'_>) -> bool {
    let today = day_of(moment.now, moment.shop.zone);
    moment.follow_ups.iter().any(|f| f.id != follow_up.id && may_be_heard_on(f, today, moment.shop))
}

/// Whether a message has been heard on a day, or may have been.
pub(crate) fn may_be_heard_on(follow_up: &FollowUp, day: NaiveDate, shop: &Shop) -> bool {
    match follow_up.state {
        State::InDoubt => day_of(follow_up.slot.start(), shop.zone) == day,
        state => state.has_left() && follow_up.sent_at.is_some_and(|at| day_of(at, shop.zone) == day),
    }
}

/// Whether R1 or R2 hangs on it: then it goes out on its last day, even as the second message of that day.
fn is_promised(follow_up: &FollowUp, moment: &Moment<'_>) -> bool {
    hangs_on(follow_up, &moment.situation())
}
