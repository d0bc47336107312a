//! Arrival: what the question for impressions counts from, with its fallbacks; and what arrives late.

use crate::support::{Story, at, day, order, paid, programme, step};
use chrono::NaiveDate;
use wasurena_domain::catalogue::{Catalogue, Product};
use wasurena_domain::programme::{Anchor, Class, Programme};
use wasurena_domain::purchase::{Delivery, Moments, Order, Report};
use wasurena_domain::shop::{Shop, Thresholds};

/// The programme with a story for whoever waits.
fn with_story() -> Programme {
    let mut programme = programme();
    let mut making = step("making", Class::Story, Anchor::Purchase, (1, None), (10, 18));
    making.arrives_late = true;
    programme.steps.push(making);
    programme
}

fn planned(programme: Programme, order: Order, moments: Moments) -> Vec<String> {
    let mut story = Story::of(crate::support::shop(), programme);
    story.until("2026-12-01 12:00").hears(Report { moments, ..paid("a", order) });
    story.planned()
}

fn moments(shipped: Option<&str>, arrived: Option<&str>) -> Moments {
    let paid_seen_at = Some(at("2026-12-01 12:00"));
    Moments { paid_seen_at, shipped_at: shipped.map(at), arrived_at: arrived.map(at), ..Moments::default() }
}

/// What it shows; handed over, arrived, promised; how it comes; the day of the question.
type Row<'a> = (&'a str, Option<&'a str>, Option<&'a str>, Option<NaiveDate>, Delivery, &'a str);

#[test]
fn the_question_follows_the_best_word_about_arrival() {
    let promised = Some(day("2026-12-09"));
    let rows: [Row<'_>; 8] = [
        (
            "the carrier's word",
            Some("2026-12-03 12:00"),
            Some("2026-12-05 12:00"),
            promised,
            Delivery::Goods,
            "2026-12-09",
        ),
        ("else handed over and three days", Some("2026-12-03 12:00"), None, promised, Delivery::Goods, "2026-12-10"),
        ("else the promised day", None, None, promised, Delivery::Goods, "2026-12-13"),
        ("else the customer is asked", None, None, None, Delivery::Goods, "2026-12-08"),
        ("what is digital is there at once", None, None, None, Delivery::Digital, "2026-12-05"),
        ("a lesson has its date", None, None, promised, Delivery::Appointment, "2026-12-13"),
        (
            "a lesson has nothing to hand over",
            Some("2026-12-03 12:00"),
            None,
            promised,
            Delivery::Appointment,
            "2026-12-13",
        ),
        ("nothing arrives before it is bought", None, Some("2026-11-01 12:00"), None, Delivery::Goods, "2026-12-05"),
    ];
    for (what, shipped, arrived, promised_on, delivery, expected) in rows {
        let order = Order { promised_on, delivery, ..order(at("2026-12-01 12:00")) };
        let planned = planned(programme(), order, moments(shipped, arrived));
        assert!(planned.contains(&format!("arrival {expected} 10:00")), "{what}: {planned:?}");
    }
}

#[test]
fn what_is_made_to_order_has_its_story_and_its_usage_when_it_is_there() {
    let made = || Order { delivery: Delivery::MadeToOrder, ..order(at("2026-12-01 12:00")) };
    let mut story = Story::of(crate::support::shop(), with_story());
    story.until("2026-12-01 12:00").hears(paid("a", made()));
    assert_eq!(story.planned(), ["thanks-first 2026-12-02 10:00", "making 2026-12-11 10:00"], "R1 is kept meanwhile");
    story.until("2027-01-20 12:00");
    let arrived = moments(Some("2027-01-18 12:00"), Some("2027-01-20 12:00"));
    story.hears(Report { moments: arrived, ..paid("a", made()) });
    let planned = story.planned();
    assert!(planned.contains(&"arrival 2027-01-24 10:00".to_owned()), "{planned:?}");
    assert!(planned.contains(&"usage 2027-02-03 10:00".to_owned()), "{planned:?}");
}

#[test]
fn what_is_promised_for_later_is_late_and_what_comes_in_time_is_not() {
    for (promised, expected) in [("2026-12-15", "usage 2026-12-15 10:00"), ("2026-12-16", "making 2026-12-11 10:00")] {
        let order = Order { promised_on: Some(day(promised)), ..order(at("2026-12-01 12:00")) };
        let planned = planned(with_story(), order, moments(None, None));
        assert!(planned.contains(&expected.to_owned()), "{promised}: {planned:?}");
    }
}

#[test]
fn what_is_late_and_how_long_carriage_takes_are_the_shops() {
    let planned = |thresholds: Thresholds, shipped: Option<&str>| {
        let order = Order { promised_on: Some(day("2026-12-14")), ..order(at("2026-12-01 12:00")) };
        let mut story = Story::of(Shop { thresholds, ..crate::support::shop() }, with_story());
        story.until("2026-12-03 12:00").hears(Report { moments: moments(shipped, None), ..paid("a", order) });
        story.planned()
    };
    for (late_days, expected) in [(14, "usage 2026-12-15 10:00"), (10, "making 2026-12-11 10:00")] {
        let planned = planned(Thresholds { late_days, ..Thresholds::default() }, None);
        assert!(planned.contains(&expected.to_owned()), "{late_days}: {planned:?}");
    }
    for (carriage_days, expected) in [(3, "arrival 2026-12-10 10:00"), (1, "arrival 2026-12-08 10:00")] {
        let planned = planned(Thresholds { carriage_days, ..Thresholds::default() }, Some("2026-12-03 12:00"));
        assert!(planned.contains(&expected.to_owned()), "{carriage_days}: {planned:?}");
    }
}

#[test]
fn what_was_thought_late_and_comes_early_needs_no_story() {
    let made = || Order { delivery: Delivery::MadeToOrder, ..order(at("2026-12-01 12:00")) };
    let mut story = Story::of(crate::support::shop(), with_story());
    story.until("2026-12-01 12:00").hears(paid("a", made())).until("2026-12-05 12:00");
    story.hears(Report { moments: moments(None, Some("2026-12-05 12:00")), ..paid("a", made()) });
    assert_eq!(story.planned(), ["arrival 2026-12-09 10:00", "usage 2026-12-15 10:00"]);
}

#[test]
fn without_a_story_the_usage_keeps_the_promise() {
    let made = Order { delivery: Delivery::MadeToOrder, ..order(at("2026-12-01 12:00")) };
    let planned = planned(programme(), made, moments(None, None));
    assert!(planned.contains(&"usage 2026-12-15 10:00".to_owned()), "{planned:?}");
}

#[test]
fn the_product_file_knows_what_the_cart_does_not() {
    let product = Product {
        ids: vec!["cup".to_owned()],
        name: "湯のみ".to_owned(),
        delivery: Delivery::MadeToOrder,
        ..Product::default()
    };
    let mut shop = crate::support::shop();
    shop.products = Catalogue::new(vec![product]);
    let mut story = Story::of(shop, with_story());
    story.buys("a", "2026-12-01 12:00");
    assert_eq!(story.planned(), ["thanks-first 2026-12-02 10:00", "making 2026-12-11 10:00"]);
}

#[test]
fn nothing_is_told_of_the_making_of_what_has_left_or_is_no_thing() {
    let promised_on = Some(day("2027-01-10"));
    let rows: [(&str, Option<&str>, Delivery, bool); 4] = [
        ("promised for weeks later", None, Delivery::Goods, true),
        ("the same, and it has left", Some("2026-12-03 12:00"), Delivery::Goods, false),
        ("a lesson", None, Delivery::Appointment, false),
        ("made to order, and it has left", Some("2026-12-03 12:00"), Delivery::MadeToOrder, false),
    ];
    for (what, shipped, delivery, expected) in rows {
        let order = Order { promised_on, delivery, ..order(at("2026-12-01 12:00")) };
        let planned = planned(with_story(), order, moments(shipped, None));
        assert_eq!(planned.iter().any(|line| line.starts_with("making")), expected, "{what}: {planned:?}");
        assert_eq!(planned.iter().any(|line| line.starts_with("usage 2026-12-15")), !expected, "{what}: {planned:?}");
    }
}

#[test]
fn who_is_never_told_that_it_arrived_is_asked_after_two_months() {
    let made = Order { delivery: Delivery::MadeToOrder, ..order(at("2026-12-01 12:00")) };
    let mut story = Story::of(crate::support::shop(), with_story());
    story.until("2026-12-01 12:00").hears(paid("a", made)).until("2027-03-01 12:00");
    let sent: Vec<String> = story.diary().into_iter().filter(|line| line.ends_with(" sent")).collect();
    assert_eq!(
        sent[..4],
        [
            "thanks-first 2026-12-02 10:00 sent",
            "making 2026-12-11 10:00 sent",
            "arrival 2027-02-03 10:00 sent",
            "usage 2027-02-13 10:00 sent"
        ]
    );
}

/// Heard of so late that the story had not been told when the parcel left: then it is not told any more, and usage
/// keeps the promise.
#[test]
fn no_story_of_the_making_follows_the_parcel() {
    let made = Order { delivery: Delivery::MadeToOrder, ..order(at("2026-12-01 12:00")) };
    let mut story = Story::of(crate::support::shop(), with_story());
    story.until("2026-12-17 12:00");
    story.hears(Report { moments: moments(Some("2026-12-16 12:00"), None), ..paid("a", made) });
    let planned = story.planned();
    assert!(!planned.iter().any(|line| line.starts_with("making")), "{planned:?}");
    assert!(planned.iter().any(|line| line.starts_with("usage 2026-12-1")), "R1 is kept: {planned:?}");
}
