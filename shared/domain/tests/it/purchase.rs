//! A purchase is the join of its reports: any order, any repetition, the same facts.

use crate::support::{at, key, order, paid};
use chrono::Duration;
use proptest::prelude::*;
use wasurena_domain::contact::{EmailAddress, PersonName};
use wasurena_domain::purchase::{Consent, Moments, Order, Purchase, Refund, Report};

fn report(moments: Moments, order: Option<Order>) -> Report {
    Report::new(key("a"), order, moments)
}

fn join(reports: impl IntoIterator<Item = Report>) -> Purchase {
    let mut reports = reports.into_iter();
    let first = Purchase::from_report(reports.next().unwrap());
    reports.fold(first, Purchase::join)
}

/// A report at `version` of an order placed at `ordered`, which says whether it is paid.
fn says(ordered: &str, version: &str, is_paid: bool) -> Report {
    let version_at = at(version);
    let moments = Moments {
        paid_seen_at: is_paid.then_some(version_at),
        unpaid_seen_at: (!is_paid).then_some(version_at),
        ..Moments::default()
    };
    report(moments, Some(Order { version_at, ..order(at(ordered)) }))
}

#[track_caller]
fn check_began(reports: &[Report], expected: Option<&str>) {
    let forward = join(reports.iter().cloned());
    let backward = join(reports.iter().rev().cloned());
    assert_eq!(forward, backward);
    assert_eq!(forward.began_at(), expected.map(at));
}

#[test]
fn a_purchase_begins_when_it_counts() {
    let ordered = "2026-12-01 12:00";
    let placed = |is_paid| says(ordered, ordered, is_paid);
    // Paid at once.
    check_began(&[placed(true)], Some(ordered));
    // Konbini: placed on Tuesday, paid on Thursday.
    check_began(&[placed(false)], None);
    check_began(&[placed(false), says(ordered, "2026-12-03 18:00", true)], Some("2026-12-03 18:00"));
    check_began(
        &[placed(false), says(ordered, "2026-12-03 18:00", true), says(ordered, "2026-12-05 09:00", true)],
        Some("2026-12-03 18:00"),
    );
    // Times of whole seconds: placed and paid within one.
    check_began(&[placed(false), placed(true)], Some(ordered));
    // Seen first by an update: it was paid when it was placed.
    check_began(&[says(ordered, "2026-12-04 09:00", true)], Some(ordered));
    // An old order that somebody touches is an old order.
    check_began(&[says("2024-11-01 12:00", "2026-12-01 09:00", true)], Some("2024-11-01 12:00"));
    // Something is added to a paid order, and it owes money again.
    check_began(&[says(ordered, "2026-12-04 09:00", true), says(ordered, "2026-12-09 09:00", false)], Some(ordered));
    // A cart whose clocks disagree: nothing begins before it was ordered.
    check_began(&[says(ordered, "2026-12-01 11:00", false), says(ordered, "2026-12-01 11:30", true)], Some(ordered));
    // Nothing but the id is known.
    let refund = Moments { refunded_at: Some(at("2026-12-09 09:00")), ..Moments::default() };
    check_began(&[report(refund, None)], None);
}

#[test]
fn undoing_absorbs() {
    let later = says("2026-12-01 12:00", "2026-12-20 09:00", true);
    for moments in [
        Moments { cancelled_at: Some(at("2026-12-02 09:00")), ..Moments::default() },
        Moments { refunded_at: Some(at("2026-12-02 09:00")), ..Moments::default() },
    ] {
        let undone = join([report(moments, None), later.clone()]);
        assert!(undone.is_undone() && join([later.clone(), report(moments, None)]) == undone);
    }
    assert!(!join([later]).is_undone());
}

#[test]
fn the_newest_version_counts_as_a_whole() {
    let old = paid("a", order(at("2026-12-01 12:00")));
    let mut newer = old.clone();
    let order = newer.order.as_mut().unwrap();
    order.version_at = at("2026-12-02 09:00");
    order.buyer.name = None;
    order.consent = Consent::Denied;
    let joined = join([newer.clone(), old]).order.unwrap();
    assert_eq!(Some(joined), newer.order);
}

fn any_moment() -> impl Strategy<Value = Option<chrono::DateTime<chrono::Utc>>> {
    proptest::option::weighted(0.4, (0..8_i64).prop_map(|hours| at("2026-12-01 12:00") + Duration::hours(hours)))
}

fn any_report() -> impl Strategy<Value = Report> {
    let moment = any_moment;
    let moments = (moment(), moment(), moment(), moment(), moment(), moment(), moment()).prop_map(
        |(paid_seen_at, unpaid_seen_at, shipped_at, arrived_at, cancelled_at, refunded_at, returned_at)| Moments {
            paid_seen_at,
            unpaid_seen_at,
            shipped_at,
            arrived_at,
            cancelled_at,
            refunded_at,
            returned_at,
        },
    );
    let buyer = ("[a-c]@example\\.jp", proptest::option::of("[ア-ウ]"));
    // Few versions, so that equal times with unequal contents are common.
    let order = (0..4_i64, any::<bool>(), buyer).prop_map(|(version, gift, (email, name))| {
        let mut order = order(at("2026-12-01 12:00"));
        order.version_at += Duration::seconds(version);
        order.gift = gift;
        order.buyer.email = EmailAddress::parse(&email).ok();
        order.buyer.name = name.and_then(|name| PersonName::parse(&name));
        order
    });
    let refund = (0..3_i64, 0..3_i64).prop_map(|(hour, thousands)| Refund {
        at: at("2026-12-02 12:00") + Duration::hours(hour),
        amount_minor: thousands * 1000,
    });
    let refunds = proptest::collection::btree_map("[a-c]", refund, 0..3);
    (moments, proptest::option::weighted(0.8, order), refunds)
        .prop_map(|(moments, order, refunds)| Report { refunds, ..report(moments, order) })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_order_and_any_repetition_gives_the_same_facts(
        (reports, shuffled) in proptest::collection::vec(any_report(), 1..6)
            .prop_flat_map(|reports| (Just(reports.clone()), Just(reports).prop_shuffle())),
        again in proptest::collection::vec(any::<proptest::sample::Index>(), 0..6),
    ) {
        let repeated = again.iter().map(|index| index.get(&reports).clone());
        let expected = join(reports.iter().cloned());
        let facts = join(shuffled.into_iter().chain(repeated));
        prop_assert_eq!(facts.began_at(), expected.began_at());
        prop_assert_eq!(facts, expected);
    }

    #[test]
    fn what_was_undone_stays_undone(reports in proptest::collection::vec(any_report(), 1..6)) {
        let mut purchase = Purchase::from_report(reports[0].clone());
        for report in reports {
            let was_undone = purchase.is_undone();
            purchase = purchase.join(report);
            prop_assert!(purchase.is_undone() || !was_undone);
        }
    }
}
