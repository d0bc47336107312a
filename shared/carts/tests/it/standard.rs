//! What the generic hook says.

use crate::support::{event, ignored, permutations, refused, report, short, time, with};
use serde_json::{Value, json};
use wasurena_carts::IgnoredReason;
use wasurena_domain::purchase::{Consent, Line, Moments, Order, Purchase};

fn order(body: &Value) -> Order {
    report("standard", body).order.unwrap()
}

#[test]
fn the_published_example_becomes_facts() {
    let report = report("standard", &event("purchase.paid"));
    assert_eq!(report.key.to_string(), "standard/2026-0403-017");
    let paid_seen_at = Some(time("2026-04-03T10:30:00+09:00"));
    assert_eq!(report.moments, Moments { paid_seen_at, ..Moments::default() });
    let order = report.order.unwrap();
    assert_eq!(order.version_at, time("2026-04-03T10:30:00+09:00"));
    assert_eq!(order.ordered_at, time("2026-04-03T10:24:31+09:00"));
    assert_eq!(order.total.to_string(), "8270 JPY");
    assert_eq!((order.consent, order.gift, order.line_count), (Consent::Granted, false, 2));
    let picture = Some("https://shop.example.jp/img/kohiki-meshiwan.jpg");
    assert_eq!(order.lines[0], Line::new(Some("kohiki-meshiwan-l"), "粉引の飯碗", picture, 2, 2800));
    assert_eq!(order.buyer.email.unwrap().as_str(), "hanako@example.jp");
    assert_eq!(order.buyer.phone.unwrap().as_str(), "+81312345678");
    assert_eq!(order.buyer.name.unwrap().as_str(), "見本 花子");
}

#[test]
fn the_type_decides_the_moment() {
    let occurred_at = Some(time("2026-04-05T12:00:00+09:00"));
    let none = Moments::default();
    for (kind, expected) in [
        ("paid", Moments { paid_seen_at: occurred_at, ..none }),
        ("shipped", Moments { shipped_at: occurred_at, ..none }),
        ("arrived", Moments { arrived_at: occurred_at, ..none }),
        ("cancelled", Moments { cancelled_at: occurred_at, ..none }),
        ("refunded", Moments { refunded_at: occurred_at, ..none }),
    ] {
        let report = report("standard", &short(&format!("purchase.{kind}")));
        assert_eq!((report.order, report.moments), (None, expected), "{kind}");
    }
}

#[test]
fn a_field_outweighs_the_time_of_the_event() {
    let earlier = time("2026-04-04T09:00:00+09:00");
    let mut body = short("purchase.arrived");
    body["order"]["arrived_at"] = json!("2026-04-04T09:00:00+09:00");
    body["order"]["shipped_at"] = json!("2026-04-04T09:00:00+09:00");
    let expected = Moments { arrived_at: Some(earlier), shipped_at: Some(earlier), ..Moments::default() };
    assert_eq!(report("standard", &body).moments, expected);
}

#[test]
fn a_placed_order_is_unpaid_until_somebody_says_paid() {
    let occurred_at = Some(time("2026-04-03T10:30:00+09:00"));
    let none = Moments::default();
    let unpaid = |kind| with(&event(kind), "/order/paid_at", json!(null));
    for (body, expected) in [
        (unpaid("purchase.placed"), Moments { unpaid_seen_at: occurred_at, ..none }),
        (event("purchase.placed"), Moments { paid_seen_at: occurred_at, ..none }),
        (unpaid("purchase.paid"), Moments { paid_seen_at: occurred_at, ..none }),
        (unpaid("purchase.updated"), none),
        (event("purchase.updated"), Moments { paid_seen_at: occurred_at, ..none }),
    ] {
        assert_eq!(report("standard", &body).moments, expected, "{body}");
    }
}

#[test]
fn a_paid_order_that_was_never_seen_unpaid_began_when_it_was_placed() {
    let at_once = Purchase::from_report(report("standard", &event("purchase.paid")));
    assert_eq!(at_once.began_at(), Some(time("2026-04-03T10:24:31+09:00")));
    let placed = report("standard", &with(&event("purchase.placed"), "/order/paid_at", json!(null)));
    assert_eq!(Purchase::from_report(placed.clone()).began_at(), None);
    let waited = Purchase::from_report(placed).join(report("standard", &short("purchase.paid")));
    assert_eq!(waited.began_at(), Some(time("2026-04-05T12:00:00+09:00")));
}

#[test]
fn the_order_comes_whole_or_not_at_all() {
    let base = short("purchase.shipped");
    for (name, value) in [
        ("ordered_at", json!("2026-04-03T10:24:31+09:00")),
        ("total", json!("8270")),
        ("gift", json!(true)),
        ("consent", json!("granted")),
        ("buyer", json!({ "email": "hanako@example.jp" })),
        ("lines", json!([])),
    ] {
        let body = with(&base, &format!("/order/{name}"), value);
        assert_eq!(refused("standard", &body), "order.currency: expected a string, but it is missing", "{name}");
    }
    for kind in ["purchase.placed", "purchase.updated"] {
        assert_eq!(refused("standard", &short(kind)), "order.currency: expected a string, but it is missing");
    }
    for (name, expected) in [
        ("lines", "a list"),
        ("total", "a decimal number in a string, like \"5900\" or \"59.00\""),
        ("ordered_at", "a date and time with offset (RFC 3339), like 2026-04-03T10:30:00+09:00"),
    ] {
        let body = with(&event("purchase.cancelled"), &format!("/order/{name}"), json!(null));
        assert_eq!(refused("standard", &body), format!("order.{name}: expected {expected}, but it is missing"));
    }
    let placed = with(&event("purchase.placed"), "/order/ordered_at", json!(null));
    assert_eq!(order(&placed).ordered_at, time("2026-04-03T10:30:00+09:00"), "placed when the event occurred");
}

#[test]
fn what_an_order_leaves_out_is_unknown() {
    let mut body = event("purchase.paid");
    for name in ["gift", "consent", "buyer"] {
        body["order"].as_object_mut().unwrap().remove(name);
    }
    let order = order(&body);
    assert_eq!((order.gift, order.consent, order.buyer), (false, Consent::Unknown, <_>::default()));
}

#[test]
fn consent_may_be_older_than_the_order() {
    let said_at = |value: Value| order(&with(&event("purchase.paid"), "/order/consent_at", value)).consent_at;
    let at = "2025-11-20T09:00:00+09:00";
    assert_eq!((said_at(json!(at)), said_at(json!(null))), (Some(time(at)), None));
    let alone = with(&short("purchase.shipped"), "/order/consent_at", json!(at));
    assert_eq!(refused("standard", &alone), "order.currency: expected a string, but it is missing");
}

#[test]
fn many_lines_are_counted_and_the_first_kept() {
    let line = event("purchase.paid")["order"]["lines"][0].clone();
    let order = order(&with(&event("purchase.paid"), "/order/lines", json!(vec![line; 25])));
    assert_eq!((order.line_count, order.lines.len()), (25, 20));
}

#[test]
fn what_cannot_be_an_address_counts_as_none() {
    let body =
        with(&event("purchase.paid"), "/order/buyer", json!({ "email": "hanako", "phone": "1", "name": "テスト" }));
    assert_eq!(order(&body).buyer, <_>::default());
    let whole = json!({ "name": "見本 花子", "family_name": "別", "given_name": "人" });
    let named = with(&event("purchase.paid"), "/order/buyer", whole);
    assert_eq!(order(&named).buyer.name.unwrap().as_str(), "見本 花子");
}

#[test]
fn a_birthday_may_keep_its_year_and_what_is_none_counts_as_none() {
    for (told, expected) in [
        (json!("1980-04-03"), Some("1980-04-03")),
        (json!("--04-03"), Some("--04-03")),
        (json!("3 April"), None),
        (json!("--02-30"), None),
        (json!(null), None),
    ] {
        let body = with(&event("purchase.paid"), "/order/buyer/birthday", told.clone());
        let birthday = order(&body).buyer.birthday.map(|birthday| birthday.to_string());
        assert_eq!(birthday.as_deref(), expected, "{told}");
    }
}

#[test]
fn a_number_and_its_digits_are_the_same_order() {
    for id in [json!(1042), json!("1042")] {
        let body = with(&short("purchase.arrived"), "/order/id", id);
        assert_eq!(report("standard", &body).key.to_string(), "standard/1042");
    }
}

#[test]
fn a_wrong_type_is_refused_by_the_fields_path() {
    const TIME: &str = "expected a date and time with offset (RFC 3339), like 2026-04-03T10:30:00+09:00";
    const MONEY: &str = "expected a decimal number in a string, like \"5900\" or \"59.00\"";
    const COUNT: &str = "expected a whole number from 0 to 4294967295";
    for (pointer, value, expected) in [
        ("/type", json!(1), "type: expected a string".to_owned()),
        ("/occurred_at", json!("2026-04-03 10:30"), format!("occurred_at: {TIME}")),
        ("/test", json!("false"), "test: expected true or false".to_owned()),
        ("/order", json!([]), "order: expected an object".to_owned()),
        ("/order/id", json!({}), "order.id: expected a string or a whole number below 2^64".to_owned()),
        ("/order/arrived_at", json!(1_775_179_800), format!("order.arrived_at: {TIME}")),
        ("/order/total", json!(8270), format!("order.total: {MONEY}")),
        (
            "/order/total",
            json!("8,270"),
            "order.total: an amount must be a decimal number like 5900 or 59.00".to_owned(),
        ),
        ("/order/gift", json!(1), "order.gift: expected true or false".to_owned()),
        ("/order/consent", json!(true), "order.consent: expected a string".to_owned()),
        ("/order/consent", json!("yes"), "order.consent: consent must be granted, denied or unknown".to_owned()),
        ("/order/buyer", json!("花子"), "order.buyer: expected an object".to_owned()),
        ("/order/buyer/email", json!([]), "order.buyer.email: expected a string".to_owned()),
        ("/order/lines/1/quantity", json!("1"), format!("order.lines[1].quantity: {COUNT}")),
        ("/order/lines/1/unit_price", json!(19.5), format!("order.lines[1].unit_price: {MONEY}")),
    ] {
        assert_eq!(refused("standard", &with(&event("purchase.paid"), pointer, value.clone())), expected, "{value}");
    }
}

#[test]
fn a_time_far_ahead_is_refused() {
    let why = "a time must not be more than a day ahead; check clock and offset of the sender";
    for name in ["/occurred_at", "/order/ordered_at", "/order/paid_at", "/order/consent_at", "/order/refunded_at"] {
        let at = |rfc3339: &str| with(&event("purchase.paid"), name, json!(rfc3339));
        report("standard", &at("2026-04-11T03:00:00Z"));
        let path = name[1..].replace('/', ".");
        assert_eq!(refused("standard", &at("2026-04-11T03:00:01Z")), format!("{path}: {why}"));
    }
}

#[test]
fn tests_and_unknown_types_are_left_alone() {
    let test = with(&event("purchase.paid"), "/test", json!(true));
    assert_eq!(ignored("standard", &test), IgnoredReason::TestOrder);
    let wrong = with(&test, "/order/total", json!(1));
    assert!(refused("standard", &wrong).starts_with("order.total: "), "a test shows what is wrong");
    let IgnoredReason::UnknownTopic(topic) = ignored("standard", &json!({ "type": "purchase.reviewed" })) else {
        panic!("an unknown type is acknowledged");
    };
    assert_eq!(topic.to_string(), "purchase.reviewed");
}

#[test]
fn every_order_of_arrival_ends_in_the_same_facts() {
    let placed = with(&event("purchase.placed"), "/order/paid_at", json!(null));
    let updated = with(&event("purchase.updated"), "/occurred_at", json!("2026-04-04T08:00:00+09:00"));
    let updated = with(&updated, "/order/buyer/given_name", json!("華子"));
    let short = ["purchase.arrived", "purchase.cancelled"].map(short);
    let bodies = [placed, event("purchase.paid"), updated].into_iter().chain(short);
    let reports: Vec<_> = bodies.map(|body| report("standard", &body)).collect();
    let play = |reports: Vec<_>| {
        let mut reports = reports.into_iter();
        let first = Purchase::from_report(reports.next().unwrap());
        reports.fold(first, Purchase::join)
    };
    let facts = play(reports.clone());
    for order in permutations(&reports) {
        let end = play(order.clone());
        assert_eq!(end, facts);
        assert_eq!(order.into_iter().fold(end, Purchase::join), facts, "played again");
    }
    assert_eq!(facts.order.as_ref().unwrap().buyer.name.as_ref().unwrap().as_str(), "見本 華子");
    assert!(facts.is_undone());
}
