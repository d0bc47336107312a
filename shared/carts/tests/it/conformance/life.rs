//! One order's life as each cart tells it: what is repeated or late changes nothing.

use super::ROWS;
use super::row::{Row, Said, joined};
use crate::support::{permutations, time};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use wasurena_carts::Webhook;
use wasurena_domain::purchase::{Purchase, Report};

#[test]
fn a_purchase_begins_when_it_is_paid() {
    for row in &ROWS {
        let unpaid = row.facts(&[Said::Unpaid]);
        assert_eq!(unpaid.began_at(), None, "{}", row.cart);
        assert!(unpaid.moments.unpaid_seen_at.is_some(), "{}", row.cart);
        let began_at = row.facts(&[Said::Unpaid, Said::Paid]).began_at().unwrap();
        assert_eq!((began_at - time("2026-04-04T19:02:10+09:00")).num_minutes(), 0, "{}", row.cart);
    }
}

#[test]
fn a_newer_version_takes_the_place_of_the_older_one() {
    for row in &ROWS {
        for said in [[Said::Paid, Said::Updated], [Said::Updated, Said::Paid]] {
            let order = row.facts(&said).order.unwrap();
            assert_eq!(order.buyer.name.unwrap().as_str(), "見本 華子", "{}", row.cart);
            assert_eq!(order.lines[0].name, "灰釉の飯碗", "{}", row.cart);
        }
    }
}

#[test]
fn parcels_are_followed_where_the_cart_tells_of_them() {
    for row in &ROWS {
        let says = |said| (row.says)(said).is_some();
        let shipped_at = says(Said::Shipped).then(|| time("2026-04-06T15:10:00+09:00"));
        let arrived_at = says(Said::Arrived).then(|| time("2026-04-08T13:40:02+09:00"));
        assert_eq!(row.moments(Said::Shipped).shipped_at, shipped_at, "{}", row.cart);
        assert_eq!(row.moments(Said::Arrived).arrived_at, arrived_at, "{}", row.cart);
        assert_eq!(row.moments(Said::Paid).arrived_at, None, "{}", row.cart);
    }
}

#[test]
fn a_part_that_came_back_is_a_case_and_the_whole_is_the_end() {
    for row in &ROWS {
        let paid = row.facts(&[Said::Unpaid, Said::Paid, Said::Shipped]);
        assert!(!paid.is_undone() && paid.case_at().is_none(), "{}", row.cart);
        let partly = row.facts(&[Said::Unpaid, Said::Paid, Said::Shipped, Said::PartlyRefunded]);
        assert!(!partly.is_undone() && partly.case_at().is_some(), "{}", row.cart);
        let whole = row.facts(&[Said::Unpaid, Said::Paid, Said::Shipped, Said::Refunded]);
        assert!(whole.is_undone(), "{}", row.cart);
        if (row.says)(Said::Cancelled).is_some() {
            let cancelled = row.facts(&[Said::Unpaid, Said::Paid, Said::Cancelled]);
            assert!(cancelled.is_undone() && cancelled.case_at().is_none(), "{}", row.cart);
        }
    }
}

#[test]
fn every_order_of_arrival_ends_in_the_same_facts() {
    for row in &ROWS {
        let chapters: Vec<Said> = Said::LIFE.into_iter().filter(|said| (row.says)(*said).is_some()).collect();
        let facts = row.facts(&chapters);
        let reports: Vec<_> = chapters.iter().filter_map(|said| row.report(*said)).collect();
        // Six chapters in all 720 orders; eight of them would be 40320.
        for kept in reports.windows(reports.len().min(6)) {
            let end = joined(kept.to_vec());
            for order in permutations(kept) {
                assert_eq!(joined(order), end, "{}", row.cart);
            }
        }
        assert_eq!(reports.iter().cloned().fold(facts.clone(), Purchase::join), facts, "{}: again", row.cart);
    }
}

/// What each cart says in the life of one order, read once.
static REPORTS: LazyLock<Vec<BTreeMap<Said, Report>>> = LazyLock::new(|| {
    let life = |row: &Row| Said::LIFE.into_iter().filter_map(|said| Some((said, row.report(said)?))).collect();
    ROWS.iter().map(life).collect()
});

proptest! {
    #[test]
    fn any_order_with_repeats_ends_in_the_same_facts(
        shuffled in Just(Said::LIFE.to_vec()).prop_shuffle(),
        repeats in prop::collection::vec(prop::sample::select(Said::LIFE.to_vec()), 0..8),
    ) {
        for (row, reports) in ROWS.iter().zip(REPORTS.iter()) {
            let play = |said: &mut dyn Iterator<Item = &Said>| joined(said.filter_map(|said| reports.get(said).cloned()));
            let facts = play(&mut Said::LIFE.iter());
            prop_assert_eq!(&play(&mut shuffled.iter().chain(&repeats)), &facts, "{}", row.cart);
            prop_assert_eq!(&play(&mut repeats.iter().chain(&shuffled)), &facts, "{}", row.cart);
        }
    }
}

#[test]
fn a_body_under_another_topic_says_what_it_always_said_or_nothing() {
    for row in ROWS.iter().filter(|row| row.topic.is_some()) {
        let messages: Vec<_> = Said::ALL.iter().filter_map(|(said, _)| (row.says)(*said)).collect();
        let topics = messages.iter().map(|m| m.topic).chain(["order.deleted", "order.restored"]);
        for topic in topics {
            for message in &messages {
                let own = row.read(message).unwrap();
                let body = message.body.to_string();
                match row.send(topic, body.as_bytes()) {
                    Err(_) | Ok(Webhook::Ignored(_)) => {}
                    Ok(other) => {
                        // What is ignored under its own topic may be an order all the same: product.updated.
                        let is_bare = own == other || matches!(own, Webhook::Ignored(_));
                        assert!(is_bare, "{} as {topic}: {other:?}", message.topic);
                    }
                }
            }
        }
    }
}
