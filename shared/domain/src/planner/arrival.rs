//! When the thing itself arrives: what the question for impressions counts from (R11), and the usage of what
//! arrives late.

use super::Situation;
use crate::calendar::{day_of, days_after};
use crate::customer::Bought;
use crate::programme::{Anchor, Class, Step};
use crate::purchase::Delivery;
use chrono::NaiveDate;

/// How a purchase reaches the customer: as its cart says, else as the shop's product file does.
fn delivery(situation: &Situation<'_>, bought: &Bought) -> Delivery {
    let of_product = || {
        let known = situation.shop.products.find(bought.product.as_deref(), bought.product_name.as_deref());
        known.map_or(Delivery::Goods, |product| product.delivery)
    };
    if bought.delivery.is_goods() { of_product() } else { bought.delivery }
}

/// The day on which it arrives: the carrier's word; else some days after it was handed over; else the promised
/// day. What is digital is there at once. `None` while nobody knows: then the customer is asked.
pub(super) fn arrival(situation: &Situation<'_>, bought: &Bought) -> Option<NaiveDate> {
    let zone = situation.shop.zone;
    let began = day_of(bought.began_at, zone);
    let carriage_days = situation.shop.thresholds.carriage_days;
    let by_carrier = || bought.arrived_at.map(|at| day_of(at, zone));
    let handed_over = || bought.shipped_at.map(|at| days_after(day_of(at, zone), carriage_days));
    let day = match delivery(situation, bought) {
        Delivery::Digital => Some(began),
        Delivery::Appointment => bought.promised_on,
        Delivery::Goods | Delivery::MadeToOrder => by_carrier().or_else(handed_over).or(bought.promised_on),
    };
    day.map(|day| day.max(began))
}

/// Whether it arrives so late that its usage is explained only then: later than the shop's threshold, or too late
/// for a message about the thing to go out in its time. What is made to order arrives late unless somebody knows
/// better.
pub(super) fn is_late(situation: &Situation<'_>, bought: &Bought) -> bool {
    match arrival(situation, bought) {
        Some(day) => {
            let began = day_of(bought.began_at, situation.shop.zone);
            let is_past_threshold = (day - began).num_days() > i64::from(situation.shop.thresholds.late_days);
            is_past_threshold || is_too_late_to_explain(situation, bought, day)
        }
        None => delivery(situation, bought) == Delivery::MadeToOrder,
    }
}

/// Whether, on this day, a message about the thing may have missed its time.
pub(super) fn is_too_late_to_explain(situation: &Situation<'_>, bought: &Bought, day: NaiveDate) -> bool {
    let began = day_of(bought.began_at, situation.shop.zone);
    let mut steps = situation.programme.steps.iter().filter(|s| is_about_the_thing(s));
    steps.any(|s| s.anchor == Anchor::Purchase && day >= days_after(began, s.latest_day))
}

/// Whether a step speaks of the thing itself, and so makes little sense before it is there.
pub(super) fn is_about_the_thing(step: &Step) -> bool {
    matches!(step.class, Class::Usage | Class::Survey) && !step.arrives_late
}
