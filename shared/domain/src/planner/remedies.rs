//! Remedies that a person has approved: they stand in the diary already, and the plan keeps them.

use super::Situation;
use super::why::Origin;
use super::wishes::{Priority, Wish};
use crate::calendar::day_of;
use crate::follow_up::{FollowUp, Reason};

/// The approved remedies that still wait to go out, each as a wish for where it stands. They take their days like every
/// other message. A case that is open, and a purchase that was undone, are why they go out, and no reason against it.
pub(super) fn approved<'a>(situation: &'a Situation<'_>) -> impl Iterator<Item = Wish> + 'a {
    let is_remedy = |f: &&FollowUp| situation.programme.listening.is_remedy(&f.step);
    situation.follow_ups.iter().filter(is_remedy).map(|f| wish(situation, f))
}

fn wish(situation: &Situation<'_>, follow_up: &FollowUp) -> Wish {
    let slot = follow_up.slot.start().with_timezone(&situation.shop.zone);
    let bought = follow_up.purchase.as_ref().and_then(|key| situation.customer.bought(key));
    let forbids = || bought.is_some_and(|b| b.marketplace).then_some(Reason::MarketplaceForbids);
    Wish {
        id: follow_up.id.clone(),
        step: follow_up.step.clone(),
        text: None,
        series: None,
        class: follow_up.class,
        priority: Priority::Remedy,
        purchase: follow_up.purchase.clone(),
        channel: follow_up.channel,
        day: slot.date_naive(),
        latest: day_of(follow_up.deadline, situation.shop.zone),
        stride: 1,
        at: slot.time(),
        // An apology waits for no quiet day to be over: a person has chosen its day.
        keeps_quiet: false,
        beat: None,
        origin: Origin::Case,
        obstacle: situation.reach(slot.date_naive()).obstacle(follow_up.channel).or_else(forbids),
    }
}
