//! What counts as what: which orders are purchases, which are one occasion, which wait for a person.

use crate::support::{Story, at, day, key, order, paid, shop};
use wasurena_domain::contact::EmailAddress;
use wasurena_domain::customer::{Closed, Ruling, Standing};
use wasurena_domain::follow_up::{FollowUp, Reason, State};
use wasurena_domain::ids::{CartId, PurchaseKey};
use wasurena_domain::money::{Currency, Money};
use wasurena_domain::promise::{Promise, promises};
use wasurena_domain::purchase::{Line, Moments, Order, OrderKind, Refund, Report};
use wasurena_domain::shop::{OwnAddress, Shop};

fn yen(amount_minor: i64) -> Money {
    Money { amount_minor, currency: Currency::JPY }
}

#[test]
fn not_every_order_is_a_purchase() {
    let plain = || order(at("2026-12-01 12:00"));
    let free_line = Line::new(Some("cup"), "湯のみ", None, 1, 0);
    let mut shop = shop();
    shop.thresholds.hold_from = Some(yen(100_000));
    let rows: [(&str, Order, Standing); 12] = [
        ("a purchase", plain(), Standing::Purchase),
        ("a renewal", Order { kind: OrderKind::Renewal, ..plain() }, Standing::Renewal),
        ("an exchange", Order { kind: OrderKind::Exchange, ..plain() }, Standing::Exchange),
        ("a gift card", Order { kind: OrderKind::GiftCard, ..plain() }, Standing::GiftCard),
        ("nothing to pay", Order { total: yen(0), ..plain() }, Standing::Free),
        ("carriage only", Order { lines: vec![free_line.clone()], total: yen(800), ..plain() }, Standing::CarriageOnly),
        ("no lines: nobody can tell", Order { lines: vec![], line_count: 0, ..plain() }, Standing::Purchase),
        ("lines beyond those kept", Order { lines: vec![free_line], line_count: 30, ..plain() }, Standing::Purchase),
        ("a company", Order { company: true, ..plain() }, Standing::Held),
        ("below the threshold", Order { total: yen(99_999), ..plain() }, Standing::Purchase),
        ("at the threshold", Order { total: yen(100_000), ..plain() }, Standing::Held),
        (
            "as much in another currency",
            Order { total: Money { amount_minor: 100_000, currency: Currency::parse("USD").unwrap() }, ..plain() },
            Standing::Purchase,
        ),
    ];
    for (what, order, expected) in rows {
        assert_eq!(Standing::of(&order, None, &shop), expected, "{what}");
        assert_eq!(Standing::of(&order, Some(Ruling::FollowUp), &shop), Standing::Purchase, "{what}");
        assert_eq!(Standing::of(&order, Some(Ruling::LeaveAlone), &shop), Standing::LeftAlone, "{what}");
    }
    shop.thresholds.hold_companies = false;
    assert_eq!(Standing::of(&Order { company: true, ..plain() }, None, &shop), Standing::Purchase);
}

#[test]
fn what_is_no_purchase_is_no_second_purchase() {
    for kind in [OrderKind::Renewal, OrderKind::Exchange, OrderKind::GiftCard] {
        let mut story = Story::new();
        story.buys("a", "2026-12-01 12:00").until("2027-01-05 12:00");
        let second = Order { kind, ..order(at("2027-01-05 12:00")) };
        story.hears(paid("b", second));
        assert_eq!(story.customer.occasion_count(&story.shop), 1, "{kind:?}");
        assert!(!story.diary().iter().any(|line| line.starts_with("thanks-second")), "{kind:?}");
    }
}

#[test]
fn wholesale_waits_for_the_owner_and_is_on_their_list() {
    let mut story = Story::new();
    let large = Order { company: true, ..order(at("2026-12-01 12:00")) };
    story.until("2026-12-01 12:00").hears(paid("a", large));
    assert_eq!((story.plan.closed, story.diary()), (Some(Closed::Held), vec![]));
    assert!(story.tasks.contains(&format!("decide_order#{}#standard/a", story.customer.id)), "{:?}", story.tasks);
    let held = promises(&story.shop, &story.customer, &[], &story.ledger, at("2027-01-01 12:00")).unwrap();
    assert_eq!(held.contact, Promise::Impossible(Reason::HeldWholesale));
    // The owner decides in time: everything is planned as for any purchase.
    story.until("2026-12-02 09:00").rules("a", Ruling::FollowUp);
    assert_eq!(story.planned()[0], "thanks-first 2026-12-02 10:00");
    story.rules("a", Ruling::LeaveAlone);
    assert_eq!((story.plan.closed, story.planned()), (Some(Closed::NoPurchase), vec![]));
}

/// The same order as another cart reports it.
fn in_cart(cart: &str, name: &str, order: Order) -> Report {
    let report = paid(name, order);
    Report { key: PurchaseKey { cart: CartId::parse(cart).unwrap(), ..key(name) }, ..report }
}

#[test]
fn one_sale_that_two_carts_report_is_one() {
    let at_noon = || order(at("2026-12-09 12:00"));
    let paying = |payment: &str| Some(payment.to_owned());
    let ordered = |wall, order: Order| Order { ordered_at: at(wall), ..order };
    let rows: [(&str, Order, Order, u32); 7] = [
        (
            "the same payment, days apart",
            Order { payment: paying("pi_1"), ..at_noon() },
            ordered("2026-12-20 12:00", Order { payment: paying("pi_1"), total: yen(6000), ..at_noon() }),
            2,
        ),
        ("the same amount within a day", at_noon(), ordered("2026-12-10 09:00", at_noon()), 2),
        ("the same amount, another day", at_noon(), ordered("2026-12-17 12:00", at_noon()), 3),
        (
            "another amount, another occasion",
            at_noon(),
            ordered("2026-12-17 12:00", Order { total: yen(1), ..at_noon() }),
            3,
        ),
        (
            "the same amount, other payments",
            Order { payment: paying("pi_1"), ..at_noon() },
            ordered("2026-12-17 12:00", Order { payment: paying("pi_2"), ..at_noon() }),
            3,
        ),
        (
            "only one names its payment",
            Order { payment: paying("pi_1"), ..at_noon() },
            ordered("2026-12-10 09:00", at_noon()),
            2,
        ),
        ("nothing paid, twice", Order { total: yen(0), ..at_noon() }, Order { total: yen(0), ..at_noon() }, 1),
    ];
    for (what, woocommerce, stripe, expected) in rows {
        // A first purchase makes the sale's own occasion the second one.
        for backwards in [false, true] {
            let mut story = Story::new();
            story.buys("first", "2026-12-01 12:00");
            let mut reports =
                vec![in_cart("woocommerce", "7", woocommerce.clone()), in_cart("stripe", "pi_1", stripe.clone())];
            if backwards {
                reports.reverse();
            }
            for report in reports {
                story.until("2026-12-20 12:00").hears(report);
            }
            assert_eq!(story.customer.occasion_count(&story.shop), expected, "{what}");
        }
    }
}

/// The first purchase of an occasion that ends on the 8th; then one sale at its very edge, which one cart counts
/// into that occasion and the other, a minute later, after it.
#[test]
fn one_sale_counts_once_also_where_the_week_would_part_it() {
    let mut story = Story::new();
    story.buys("first", "2026-12-01 12:00");
    let edge = order(at("2026-12-08 23:59"));
    story.until("2026-12-09 00:01").hears(in_cart("woocommerce", "7", edge.clone()));
    story.hears(in_cart("stripe", "pi_1", Order { ordered_at: at("2026-12-09 00:00"), ..edge }));
    assert_eq!(story.customer.occasion_count(&story.shop), 1);
    // Looked back at much later, after purchases enough to push it out of the summary.
    for month in 1..=12 {
        story.buys(&format!("m{month}"), &format!("2027-{month:02}-20 12:00"));
    }
    assert_eq!(story.customer.occasion_count(&story.shop), 13);
}

#[test]
fn a_sale_that_is_undone_in_one_cart_is_undone() {
    let mut story = Story::new();
    let once = order(at("2026-12-01 12:00"));
    story
        .until("2026-12-01 12:00")
        .hears(in_cart("woocommerce", "7", once.clone()))
        .hears(in_cart("stripe", "pi_1", once));
    let refunded = Moments { refunded_at: Some(at("2026-12-01 18:00")), ..Moments::default() };
    let stripe = PurchaseKey { cart: CartId::parse("stripe").unwrap(), ..key("pi_1") };
    story.until("2026-12-01 18:00").hears(Report::new(stripe, None, refunded));
    assert_eq!((story.plan.closed, story.planned()), (Some(Closed::NoPurchase), vec![]));
}

#[test]
fn the_owner_may_say_that_it_is_two_sales() {
    let mut story = Story::new();
    let once = order(at("2026-12-01 12:00"));
    story
        .until("2026-12-01 12:00")
        .hears(in_cart("woocommerce", "7", once.clone()))
        .hears(in_cart("stripe", "pi_1", once));
    let [first, second] = story.customer.purchases.as_slice() else { panic!("two reports") };
    assert!(first.is_same_sale(second));
    let ruled = wasurena_domain::customer::Bought { ruling: Some(Ruling::FollowUp), ..second.clone() };
    assert!(!first.is_same_sale(&ruled));
}

#[test]
fn a_marketplace_purchase_counts_and_nobody_writes_to_its_buyer() {
    let mut story = Story::new();
    let there = Order { marketplace: Some("rakuten".to_owned()), ..order(at("2026-12-01 12:00")) };
    story.until("2026-12-01 12:00").hears(paid("a", there)).until("2027-06-01 12:00");
    assert!(story.sent.is_empty(), "{:?}", story.sent);
    assert!(story.follow_ups.iter().all(|f| (f.state, f.reason) == (State::Skipped, Some(Reason::MarketplaceForbids))));
    assert_eq!(story.follow_ups.len(), 3, "each with its reason on record");
    assert!(story.plan.review_at.is_some(), "and still looked after");
    // Who then buys from the shop itself buys for the second time.
    story.buys("b", "2027-06-02 12:00");
    assert_eq!(story.planned()[0], "thanks-second 2027-06-03 10:00");
}

#[test]
fn what_came_back_opens_a_case_that_stops_cheer_until_it_is_settled() {
    let mut story = Story::new();
    story.buys("a", "2026-12-01 12:00").until("2026-12-05 12:00");
    let part = Refund { at: at("2026-12-05 12:00"), amount_minor: 1000 };
    story
        .hears(Report { refunds: [("r1".to_owned(), part)].into(), ..Report::new(key("a"), None, Moments::default()) });
    assert!(story.tasks.contains(&format!("settle_case#{}#standard/a", story.customer.id)), "{:?}", story.tasks);
    assert_eq!(story.planned(), [] as [&str; 0]);
    story.until("2026-12-09 12:00");
    assert_eq!(story.sent.len(), 1, "only the thank-you, from before");
    story.settles("2026-12-10 12:00");
    assert_eq!(story.planned(), ["arrival 2026-12-11 10:00", "usage 2026-12-15 10:00", "letter-1 2027-01-12 10:00"]);
    // The rest of the money goes back too: then it is no purchase any more.
    let rest = Refund { at: at("2026-12-11 12:00"), amount_minor: 4900 };
    story.until("2026-12-11 12:00");
    story
        .hears(Report { refunds: [("r2".to_owned(), rest)].into(), ..Report::new(key("a"), None, Moments::default()) });
    assert_eq!(story.plan.closed, Some(Closed::NoPurchase));
}

#[test]
fn what_is_a_case_and_what_was_only_called_off() {
    let moment = |wall: &str| Some(at(wall));
    let refunded = Moments { refunded_at: moment("2026-12-05 12:00"), ..Moments::default() };
    let rows: [(&str, Moments, OrderKind, bool); 7] = [
        ("nothing happened", Moments::default(), OrderKind::Purchase, false),
        (
            "something came back",
            Moments { returned_at: moment("2026-12-05 12:00"), ..Moments::default() },
            OrderKind::Purchase,
            true,
        ),
        ("refunded whole before it left", refunded, OrderKind::Purchase, false),
        (
            "refunded whole after it left",
            Moments { shipped_at: moment("2026-12-03 12:00"), ..refunded },
            OrderKind::Purchase,
            true,
        ),
        (
            "cancelled",
            Moments { cancelled_at: moment("2026-12-02 12:00"), ..Moments::default() },
            OrderKind::Purchase,
            false,
        ),
        (
            "cancelled and paid back",
            Moments { cancelled_at: moment("2026-12-02 12:00"), ..refunded },
            OrderKind::Purchase,
            false,
        ),
        ("sent instead of what was broken", Moments::default(), OrderKind::Exchange, true),
    ];
    for (what, moments, kind, expected) in rows {
        let mut story = Story::new();
        let report = paid("a", Order { kind, ..order(at("2026-12-01 12:00")) });
        story.until("2026-12-01 12:00").hears(report).hears(Report::new(key("a"), None, moments));
        assert_eq!(story.customer.open_case().is_some(), expected, "{what}");
    }
}

#[test]
fn somebody_without_a_name_shows_up_once() {
    let mut story = Story::new();
    let mut nameless = order(at("2026-12-01 12:00"));
    nameless.buyer.name = None;
    story.until("2026-12-01 12:00").hears(paid("a", nameless)).until("2027-03-01 12:00");
    let shown: Vec<&String> = story.tasks.iter().filter(|key| key.starts_with("check_name#")).collect();
    assert_eq!(shown.len(), 1, "{:?}", story.tasks);
    let mut named = Story::new();
    named.buys("a", "2026-12-01 12:00");
    assert!(!named.tasks.iter().any(|key| key.starts_with("check_name#")));
}

#[test]
fn thresholds_are_the_shops() {
    let seen_late = |history_days: u32| {
        let mut shop = shop();
        shop.thresholds.history_days = history_days;
        let mut story = Story::of(shop, crate::support::programme());
        story.until("2026-12-31 12:00").hears(paid("a", order(at("2026-12-01 12:00"))));
        story.customer.purchases[0].history
    };
    assert_eq!((seen_late(21), seen_late(30)), (true, false));
    let occasions = |occasion_days: u32| {
        let mut story = Story::of(Shop { occasion_days, ..shop() }, crate::support::programme());
        story.buys("a", "2026-12-01 12:00").buys("b", "2026-12-06 12:00");
        story.customer.occasion_count(&story.shop)
    };
    assert_eq!((occasions(7), occasions(3)), (1, 2));
}

#[test]
fn the_shops_own_addresses_are_its_own() {
    let address = |text: &str| EmailAddress::parse(text).unwrap();
    let own_addresses =
        vec![OwnAddress::Address(address("sato@example.com")), OwnAddress::Domain("sakura.example.jp".to_owned())];
    let shop = Shop { own_addresses, ..shop() };
    for (text, expected) in [
        ("Sato@Example.com", true),
        ("sato2@example.com", false),
        ("anyone@sakura.example.jp", true),
        ("anyone@not-sakura.example.jp", false),
    ] {
        assert_eq!(shop.is_own(&address(text)), expected, "{text}");
    }
}

#[test]
fn holidays_give_way_to_promises_only() {
    let on = |holidays: &[&str]| {
        let holidays = holidays.iter().map(|text| day(text)).collect();
        let mut story = Story::of(Shop { holidays, ..shop() }, crate::support::programme());
        story.buys("a", "2026-12-01 12:00");
        story.planned()[0].clone()
    };
    assert_eq!(on(&[]), "thanks-first 2026-12-02 10:00");
    assert_eq!(on(&["2026-12-02"]), "thanks-first 2026-12-03 10:00");
    assert_eq!(on(&["2026-12-02", "2026-12-03", "2026-12-04"]), "thanks-first 2026-12-02 10:00");
}

#[test]
fn what_one_cart_says_of_a_sale_holds_for_all() {
    let sale = || Order { payment: Some("pi_1".to_owned()), ..order(at("2026-12-01 12:00")) };
    let bare = || Order { lines: vec![], line_count: 0, ..sale() };
    let rows: [(&str, Order, Option<Closed>); 3] = [
        ("held in one", Order { company: true, ..sale() }, Some(Closed::Held)),
        ("a renewal in one", Order { kind: OrderKind::Renewal, ..sale() }, Some(Closed::NoPurchase)),
        ("a purchase in both", sale(), None),
    ];
    for (what, woocommerce, expected) in rows {
        let mut story = Story::new();
        story.until("2026-12-01 12:05").hears(in_cart("stripe", "pi_1", bare()));
        story.hears(in_cart("woocommerce", "7", woocommerce));
        assert_eq!(story.plan.closed, expected, "{what}");
    }
    // The thing and the gift are named by one of them: that is the one letters speak of.
    let mut story = Story::new();
    let named = Order { gift: true, ordered_at: at("2026-12-01 12:03"), ..sale() };
    story.until("2026-12-01 12:05").hears(in_cart("stripe", "pi_1", bare())).hears(in_cart("woocommerce", "7", named));
    let is_thanks = |f: &&FollowUp| f.step.as_str() == "thanks-first" && f.state == State::Planned;
    let thanks = story.follow_ups.iter().find(is_thanks).unwrap();
    let bought = story.customer.bought(thanks.purchase.as_ref().unwrap()).unwrap();
    assert!(bought.product_name.is_some() && story.customer.is_gift(bought));
    assert!(story.customer.purchases.iter().all(|b| story.customer.is_gift(b)));
}

#[test]
fn what_was_refunded_long_ago_is_no_case_today() {
    let mut story = Story::new();
    story.buys("new", "2026-12-20 12:00");
    let old = Report {
        refunds: [("r1".to_owned(), Refund { at: at("2025-03-10 12:00"), amount_minor: 500 })].into(),
        ..paid("old", order(at("2025-03-01 12:00")))
    };
    story.hears(old);
    assert!(story.customer.open_case().is_none());
    assert_eq!(story.planned()[0], "thanks-second 2026-12-21 10:00");
}

/// Thirteen occasions: more than the summary holds.
fn regular() -> Story {
    let mut story = Story::new();
    for month in 1..=12 {
        story.buys(&format!("m{month}"), &format!("2027-{month:02}-01 12:00"));
    }
    story
}

#[test]
fn what_waits_for_the_owner_is_not_forgotten_by_a_full_summary() {
    let rows: [(&str, Order, &str); 2] = [
        ("an exchange", Order { kind: OrderKind::Exchange, ..order(at("2027-12-10 12:00")) }, "settle_case#"),
        ("wholesale", Order { company: true, ..order(at("2027-12-10 12:00")) }, "decide_order#"),
    ];
    for (what, order, task) in rows {
        let mut story = regular();
        story.until("2027-12-10 12:00").hears(paid("late", order));
        assert!(story.tasks.iter().any(|key| key.starts_with(task)), "{what}: {:?}", story.tasks);
        for month in 1..=6 {
            story.buys(&format!("n{month}"), &format!("2028-{month:02}-10 12:00"));
        }
        assert!(story.customer.bought(&key("late")).is_some(), "{what}");
        assert!(story.customer.purchases.len() <= 24);
        assert_eq!(story.customer.occasion_count(&story.shop), 18, "{what}");
    }
}
