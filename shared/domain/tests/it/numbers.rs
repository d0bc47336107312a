//! The number that counts: who came back, out of whom.

use crate::story::Story;
use crate::support::day;
use wasurena_domain::numbers::{ENOUGH, Numbers, Share};

/// Somebody who bought on these days.
fn bought(days: &[&str]) -> Story {
    let mut story = Story::new();
    for (n, day) in days.iter().enumerate() {
        story.buys(&format!("order-{n}"), &format!("{day} 12:00"));
    }
    story
}

fn counted(stories: &[Story], today: &str) -> Numbers {
    let mut numbers = Numbers::default();
    for Story { shop, customer, follow_ups, .. } in stories {
        numbers.add(shop, customer, follow_ups, day(today));
    }
    numbers
}

#[test]
fn r35_how_many_first_buyers_buy_a_second_time_is_counted_of_those_who_have_had_the_time() {
    let stories = [
        bought(&["2026-12-01"]),
        bought(&["2026-12-01", "2027-01-20", "2027-03-01"]),
        bought(&["2026-12-01", "2027-05-20"]),
        // One occasion, and somebody who has not had 90 days.
        bought(&["2026-12-01", "2026-12-05"]),
        bought(&["2027-05-20"]),
    ];
    let numbers = counted(&stories, "2027-06-15");
    assert_eq!((numbers.customers, numbers.came_back), (5, 2));
    let second: Vec<(u32, Share)> = numbers.second.iter().map(|(days, share)| (*days, *share)).collect();
    assert_eq!(
        second,
        [(90, Share { of: 4, came: 1 }), (180, Share { of: 4, came: 2 }), (365, Share { of: 0, came: 0 })]
    );
    assert_eq!(numbers.third[&90], Share { of: 1, came: 1 });
    assert_eq!(numbers.spent.values().copied().collect::<Vec<i64>>(), [9 * 5900]);
    assert!(numbers.sent > 10, "{numbers:?}");
    assert!(!second[0].1.is_enough() && Share { of: ENOUGH, came: 1 }.is_enough());
}

#[test]
fn whose_first_purchase_nobody_knows_is_not_counted_as_a_first_buyer() {
    let mut old = bought(&["2026-12-01", "2027-01-20"]);
    old.customer.purchases[0].history = true;
    let mut incomplete = old.clone();
    incomplete.shop.history_complete = false;
    assert_eq!(counted(&[incomplete], "2027-12-31").unknown, 1);
    let numbers = counted(&[old], "2027-12-31");
    assert_eq!((numbers.unknown, numbers.second[&90]), (0, Share { of: 1, came: 1 }));
    let undone = {
        let mut story = bought(&["2026-12-01"]);
        story.cancels("order-0", "2026-12-01 13:00");
        story
    };
    assert_eq!(counted(&[undone], "2027-12-31").customers, 0);
}
