//! When the thing itself arrives: what the question for impressions counts from (R11), and the usage of what
//! arrives late.

use super::Situation;
use crate::calendar::{day_of, days_after};
use crate::customer::Bought;
use crate::programme::Anchor;
use crate::purchase::Delivery;
use chrono::NaiveDate;

/// What is made to order counts as arrived this many days after its order, where nobody ever says anything.
const MADE_WITHIN_DAYS: u32 = 60;

/// The day on which it arrives: the carrier's word; else some days after it was handed over; else the promised
/// day. What is digital is there at once. `None` while nobody knows: then the customer is asked.
pub(super) fn arrival(situation: &Situation<'_>, bought: &Bought) -> Option<NaiveDate> {
    let zone = situation.shop.zone;
    let began = day_of(bought.began_at, zone);
    let carriage_days = situation.shop.thresholds.carriage_days;
    let by_carrier = || bought.arrived_at.map(|at| day_of(at, zone));
    let handed_over = || bought.shipped_at.map(|at| days_after(day_of(at, zone), carriage_days));
    let day = match situation.shop.delivery_of(bought) {
        Delivery::Digital => Some(began),
        Delivery::Appointment => bought.promised_on,
        Delivery::Goods => by_carrier().or_else(handed_over).or(bought.promised_on),
        Delivery::MadeToOrder => {
            let latest = || Some(days_after(began, MADE_WITHIN_DAYS));
            by_carrier().or_else(handed_over).or(bought.promised_on).or_else(latest)
        }
    };
    day.map(|day| day.max(began))
}

/// Whether a thing arrives so late that its usage is explained only then: later than the shop's threshold, or too late
/// for a message about the thing to go out in its time. Lessons and what is digital are no such things.
pub(super) fn is_late(situation: &Situation<'_>, bought: &Bought) -> bool {
    let is_thing = matches!(situation.shop.delivery_of(bought), Delivery::Goods | Delivery::MadeToOrder);
    let began = day_of(bought.began_at, situation.shop.zone);
    let late_days = i64::from(situation.shop.thresholds.late_days);
    let is_late_on =
        |day: NaiveDate| (day - began).num_days() > late_days || is_too_late_to_explain(situation, bought, day);
    is_thing && arrival(situation, bought).is_some_and(is_late_on)
}

/// Whether it has left the shop: nothing can be told of its making any more.
pub(super) fn is_handed_over(bought: &Bought) -> bool {
    bought.shipped_at.is_some() || bought.arrived_at.is_some()
}

/// Whether, on this day, a message about the thing may have missed its time.
fn is_too_late_to_explain(situation: &Situation<'_>, bought: &Bought, day: NaiveDate) -> bool {
    let began = day_of(bought.began_at, situation.shop.zone);
    let mut steps = situation.programme.steps.iter().filter(|s| s.is_about_the_thing());
    steps.any(|s| s.anchor == Anchor::Purchase && day >= days_after(began, s.latest_day))
}
