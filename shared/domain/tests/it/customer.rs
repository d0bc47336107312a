//! The customer's summary: occasions, history, details of the newest order, all within bounds.

use crate::support::{at, day, key, nobody, order, paid, shop};
use chrono::{DateTime, Duration, Utc};
use proptest::prelude::*;
use wasurena_domain::birthday::Birthday;
use wasurena_domain::contact::{EmailAddress, PersonName, PhoneNumber};
use wasurena_domain::customer::{Closed, Customer, PURCHASES_MAX};
use wasurena_domain::purchase::{Consent, Moments, Order, Purchase, Report};

fn purchase(name: &str, ordered_at: DateTime<Utc>) -> Purchase {
    Purchase::from_report(paid(name, order(ordered_at)))
}

fn undone(name: &str, ordered_at: DateTime<Utc>) -> Purchase {
    let moments = Moments { cancelled_at: Some(ordered_at), ..Moments::default() };
    purchase(name, ordered_at).join(Report::new(key(name), None, moments))
}

fn take_in(customer: &mut Customer, purchase: &Purchase) {
    customer.take_in(purchase, purchase.began_at().unwrap(), &shop());
}

/// Purchases on these days after 2026-03-01 23:30 (a negative one is cancelled), and the occasion that each
/// of those that count is part of.
#[track_caller]
fn check_occasions(days: &[i64], expected: &[u32]) {
    let mut customer = nobody();
    for (n, day) in days.iter().enumerate() {
        let ordered_at = at("2026-03-01 23:30") + Duration::days(day.abs());
        let make = if *day < 0 { undone } else { purchase };
        take_in(&mut customer, &make(&format!("order-{n}"), ordered_at));
    }
    let shop = shop();
    let occasions = customer.occasions(&shop);
    let nth: Vec<u32> = occasions.iter().flat_map(|o| o.purchases.iter().map(|_| o.nth)).collect();
    assert_eq!(nth, expected, "{days:?}");
    assert_eq!(customer.occasion_count(&shop), expected.last().copied().unwrap_or(0));
}

#[test]
fn orders_within_seven_days_are_one_occasion() {
    check_occasions(&[0], &[1]);
    check_occasions(&[0, 7], &[1, 1]);
    check_occasions(&[0, 8], &[1, 2]);
    // Counted from the first of the occasion, not from the last.
    check_occasions(&[0, 5, 10], &[1, 1, 2]);
    check_occasions(&[10, 0, 5], &[1, 1, 2]);
    // What is cancelled is no purchase, and holds no occasion together.
    check_occasions(&[-1, 5, 12], &[1, 1]);
    check_occasions(&[0, -5, 10], &[1, 2]);
    check_occasions(&[-1, -9], &[]);
}

#[test]
fn a_week_is_counted_in_the_shops_days() {
    let mut customer = nobody();
    take_in(&mut customer, &purchase("a", at("2026-03-01 00:10")));
    take_in(&mut customer, &purchase("b", at("2026-03-08 23:50")));
    assert_eq!(customer.occasion_count(&shop()), 1);
    take_in(&mut customer, &purchase("c", at("2026-03-09 00:10")));
    assert_eq!(customer.occasion_count(&shop()), 2);
}

#[track_caller]
fn check_history(ordered: &str, first_seen: &str, expected: bool) {
    let mut customer = nobody();
    customer.take_in(&purchase("a", at(ordered)), at(first_seen), &shop());
    assert_eq!(customer.purchases[0].history, expected, "{ordered} seen {first_seen}");
    assert_eq!(customer.occasions(&shop())[0].is_history(), expected);
    assert_eq!(customer.occasion_count(&shop()), 1, "history counts");
}

#[test]
fn old_orders_are_history() {
    assert_eq!(shop().start_date, day("2026-01-01"));
    check_history("2025-12-31 23:59", "2026-01-01 09:00", true);
    check_history("2026-01-01 00:00", "2026-01-01 09:00", false);
    check_history("2026-03-01 00:10", "2026-03-22 23:50", false);
    check_history("2026-03-01 23:50", "2026-03-23 00:10", true);
    check_history("2024-03-01 12:00", "2026-03-22 12:00", true);
}

#[test]
fn an_occasion_with_a_new_order_is_no_history() {
    let mut customer = nobody();
    take_in(&mut customer, &purchase("old", at("2025-12-30 12:00")));
    take_in(&mut customer, &purchase("new", at("2026-01-02 12:00")));
    assert_eq!(customer.occasions(&shop()).len(), 1);
    assert!(!customer.occasions(&shop())[0].is_history());
}

#[test]
fn unpaid_orders_are_no_purchase_yet() {
    let unpaid = Moments { unpaid_seen_at: Some(at("2026-03-01 12:00")), ..Moments::default() };
    let report = Report::new(key("a"), Some(order(at("2026-03-01 12:00"))), unpaid);
    let mut customer = nobody();
    customer.take_in(&Purchase::from_report(report), at("2026-03-01 12:00"), &shop());
    assert_eq!(customer, nobody());
    assert_eq!(customer.closed(&shop()), Some(Closed::NoPurchase));
}

#[test]
fn forgetting_keeps_the_count() {
    let mut customer = nobody();
    for n in 0..40_u32 {
        let one = purchase(&format!("order-{n}"), at("2026-03-01 12:00") + Duration::days(i64::from(n) * 10));
        take_in(&mut customer, &one);
        assert_eq!(customer.occasion_count(&shop()), n + 1);
        assert!(customer.purchases.len() <= PURCHASES_MAX);
        let before = customer.clone();
        take_in(&mut customer, &one);
        take_in(&mut customer, &purchase("order-0", at("2026-03-01 12:00")));
        assert_eq!(customer.occasion_count(&shop()), n + 1, "what was forgotten is not counted again");
        assert_eq!(customer, before);
    }
    assert_eq!((customer.earlier_occasions, customer.purchases.len()), (28, PURCHASES_MAX));
}

#[test]
fn forgetting_begins_with_what_was_undone() {
    let mut customer = nobody();
    for n in 0..12 {
        let make = if n == 5 { undone } else { purchase };
        take_in(&mut customer, &make(&format!("order-{n}"), at("2026-03-01 12:00") + Duration::days(n * 10)));
    }
    take_in(&mut customer, &purchase("last", at("2026-12-01 12:00")));
    assert_eq!(customer.earlier_occasions, 0);
    assert!(customer.bought(&key("order-5")).is_none() && customer.bought(&key("order-0")).is_some());
    // What was forgotten does not come back in the place of another that was undone since.
    take_in(&mut customer, &undone("order-2", at("2026-03-01 12:00") + Duration::days(20)));
    let before = customer.clone();
    take_in(&mut customer, &undone("order-5", at("2026-03-01 12:00") + Duration::days(50)));
    assert_eq!(customer, before);
}

#[test]
fn many_orders_of_one_week_are_one_occasion() {
    let mut customer = nobody();
    for n in 0..30 {
        take_in(&mut customer, &purchase(&format!("order-{n}"), at("2026-03-01 12:00") + Duration::hours(n)));
    }
    assert_eq!((customer.purchases.len(), customer.occasion_count(&shop())), (PURCHASES_MAX, 1));
    assert!(customer.bought(&key("order-0")).is_some() && customer.bought(&key("order-29")).is_some());
}

/// An order placed on a day of March 2026, in the version of a later day.
fn version(name: &str, version_day: i64, change: impl FnOnce(&mut Order)) -> Purchase {
    let mut order = order(at("2026-03-01 12:00"));
    order.version_at = at("2026-03-01 12:00") + Duration::days(version_day);
    change(&mut order);
    Purchase::from_report(paid(name, order))
}

#[track_caller]
fn check_details(purchases: &[Purchase], name: Option<&str>, consent: Consent) {
    for backward in [false, true] {
        let mut customer = nobody();
        let order: Vec<&Purchase> =
            if backward { purchases.iter().rev().collect() } else { purchases.iter().collect() };
        order.into_iter().for_each(|p| take_in(&mut customer, p));
        assert_eq!(customer.name.as_ref().map(PersonName::as_str), name, "backward: {backward}");
        assert_eq!(customer.consent, consent, "backward: {backward}");
        assert!(customer.email.is_some());
    }
}

#[test]
fn a_parcel_that_leaves_takes_no_later_no_back() {
    // The older order is changed last: it was completed. What it says of consent was said when it was placed.
    let older = version("older", 9, |_| ());
    let newer = version("newer", 2, |o| {
        o.ordered_at += Duration::days(10);
        o.consent = Consent::Denied;
    });
    check_details(&[older, newer], Some("見本 花子"), Consent::Denied);
}

#[test]
fn the_newest_order_that_says_something_counts() {
    let named = |order: &mut Order, name: &str| order.buyer.name = PersonName::parse(name);
    let old = || version("old", 1, |o| named(o, "古田 花子"));
    check_details(&[old(), version("new", 2, |o| named(o, "新田 花子"))], Some("新田 花子"), Consent::Granted);
    let silent = version("new", 2, |o| {
        o.buyer = Default::default();
        o.consent = Consent::Unknown;
    });
    check_details(&[old(), silent], Some("古田 花子"), Consent::Granted);
    let says_no = |o: &mut Order| (o.consent, o.consent_at) = (Consent::Denied, Some(o.version_at));
    check_details(&[old(), version("new", 2, says_no)], Some("見本 花子"), Consent::Denied);
    check_details(&[old(), version("same time", 1, |_| ())], Some("見本 花子"), Consent::Granted);
}

#[test]
fn an_order_may_take_back_what_it_said() {
    let mut customer = nobody();
    take_in(&mut customer, &version("a", 1, |_| ()));
    take_in(&mut customer, &version("a", 2, |o| (o.buyer.name, o.consent) = (None, Consent::Unknown)));
    assert_eq!((customer.name, customer.consent), (None, Consent::Unknown));
}

fn any_purchases() -> impl Strategy<Value = Vec<Vec<Purchase>>> {
    // Which details an order speaks of is fixed for all its versions: taking back is another test.
    let says = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    let versions = proptest::collection::vec((0..60_i64, "[ア-オ]", any::<bool>(), any::<bool>()), 1..4);
    let one = (0..60_i64, says, versions, any::<bool>());
    proptest::collection::vec(one, 1..PURCHASES_MAX / 2).prop_map(|orders| {
        let orders = orders.into_iter().enumerate();
        orders
            .map(|(n, (day, says, versions, is_undone))| build(&format!("order-{n}"), day, says, versions, is_undone))
            .collect()
    })
}

/// The states of one purchase, as its reports come in one after the other.
fn build(
    name: &str,
    day: i64,
    (says_name, says_birthday, says_phone, says_consent): (bool, bool, bool, bool),
    versions: Vec<(i64, String, bool, bool)>,
    is_undone: bool,
) -> Vec<Purchase> {
    let mut states: Vec<Purchase> = Vec::new();
    for (version, text, yes, arrived) in versions {
        let mut order = order(at("2026-03-01 12:00") + Duration::days(day));
        order.version_at = order.ordered_at + Duration::days(version);
        order.buyer.email = EmailAddress::parse(if yes { "a@example.jp" } else { "b@example.jp" }).ok();
        order.buyer.name = says_name.then(|| PersonName::parse(&text)).flatten();
        let birthday = Birthday::parse(if yes { "--04-03" } else { "1980-02-29" }).ok();
        order.buyer.birthday = birthday.filter(|_| says_birthday);
        let number = if yes { "03-1234-5678" } else { "03-1234-5679" };
        order.buyer.phone = says_phone.then(|| PhoneNumber::parse(number).ok()).flatten();
        let consent = if yes { Consent::Granted } else { Consent::Denied };
        order.consent = if says_consent { consent } else { Consent::Unknown };
        let mut report = paid(name, order);
        report.moments.arrived_at = arrived.then(|| at("2026-03-05 12:00") + Duration::days(day));
        states.push(match states.last() {
            Some(before) => before.clone().join(report),
            None => Purchase::from_report(report),
        });
    }
    if is_undone {
        let moments = Moments { cancelled_at: Some(at("2026-06-01 12:00")), ..Moments::default() };
        let last = states[states.len() - 1].clone();
        states.push(last.join(Report::new(key(name), None, moments)));
    }
    states
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_order_of_arrival_gives_the_same_customer(
        (purchases, arrivals) in any_purchases().prop_flat_map(|purchases| {
            let turns: Vec<usize> = purchases.iter().enumerate().flat_map(|(n, p)| vec![n; p.len()]).collect();
            (Just(purchases), Just(turns).prop_shuffle())
        })
    ) {
        let mut straight = nobody();
        for states in &purchases {
            take_in(&mut straight, &states[states.len() - 1]);
        }
        let mut mixed = nobody();
        let mut next = vec![0; purchases.len()];
        for n in arrivals {
            let state = &purchases[n][next[n]];
            next[n] += 1;
            take_in(&mut mixed, state);
            let once = mixed.clone();
            take_in(&mut mixed, state);
            prop_assert_eq!(&mixed, &once, "taking in twice is taking in once");
        }
        prop_assert_eq!(mixed, straight);
    }

    #[test]
    fn the_summary_is_bounded_and_the_count_never_shrinks(
        gaps in proptest::collection::vec(0..20_i64, 1..60)
    ) {
        let mut customer = nobody();
        let mut ordered_at = at("2026-03-01 12:00");
        let mut occasions = Vec::new();
        for (n, gap) in gaps.into_iter().enumerate() {
            ordered_at += Duration::days(gap);
            take_in(&mut customer, &purchase(&format!("order-{n}"), ordered_at));
            match occasions.last() {
                Some(first) if ordered_at - *first <= Duration::days(7) => {}
                _ => occasions.push(ordered_at),
            }
            prop_assert!(customer.purchases.len() <= PURCHASES_MAX);
            prop_assert_eq!(usize::try_from(customer.occasion_count(&shop())).unwrap(), occasions.len());
        }
    }
}
