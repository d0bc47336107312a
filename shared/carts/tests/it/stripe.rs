//! What Stripe's sessions and charges say.

use crate::conformance::row_of;
use crate::support::{NOW, SECRET, fixture, ignored, refused, report, secrets, time, with};
use serde_json::{Value, json};
use wasurena_carts::{IgnoredReason, Rejected, Webhook, find, sign};
use wasurena_domain::purchase::{Delivery, Line, Moments, Order, OrderKind, Purchase};

/// The completed session with these values at these pointers of it.
fn session(changes: &[(&str, Value)]) -> Value {
    let body = fixture("stripe/completed");
    changes.iter().fold(body, |body, (pointer, value)| with(&body, &format!("/data/object{pointer}"), value.clone()))
}

fn order(changes: &[(&str, Value)]) -> Order {
    report("stripe", &session(changes)).order.unwrap()
}

fn moments(body: &Value) -> Moments {
    report("stripe", body).moments
}

#[test]
fn the_moments_follow_from_event_and_payment() {
    let (created, ordered) = (Some(time("2026-04-03T10:24:33+09:00")), Some(time("2026-04-03T10:24:31+09:00")));
    let none = Moments::default();
    let kind = |kind: &str| with(&session(&[]), "/type", json!(format!("checkout.session.{kind}")));
    let status = |status: &str| session(&[("/payment_status", json!(status))]);
    for (body, expected) in [
        (status("paid"), Moments { paid_seen_at: created, ..none }),
        (status("no_payment_required"), Moments { paid_seen_at: created, ..none }),
        (status("unpaid"), Moments { unpaid_seen_at: created, ..none }),
        (status("something_new"), none),
        (kind("async_payment_succeeded"), Moments { paid_seen_at: created, unpaid_seen_at: ordered, ..none }),
        (kind("async_payment_failed"), Moments { unpaid_seen_at: created, ..none }),
    ] {
        assert_eq!(moments(&body), expected, "{body}");
    }
}

#[test]
fn a_charge_tells_what_came_back() {
    let at = Some(time("2026-04-09T19:10:00+09:00"));
    let charge = fixture("stripe/charge_refunded");
    let dispute = with(&charge, "/type", json!("charge.dispute.created"));
    let whole = with(&charge, "/data/object/refunded", json!(true));
    for (body, refunded_at, returned_at) in [(&charge, None, at), (&whole, at, None), (&dispute, None, at)] {
        let report = report("stripe", body);
        assert_eq!(report.key.to_string(), "stripe/pi_3SAMPLE00000000000000001");
        assert_eq!(report.moments, Moments { refunded_at, returned_at, ..Moments::default() });
        assert!(report.order.is_none() && report.refunds.is_empty());
    }
    let nameless = with(&charge, "/data/object/payment_intent", json!(null));
    assert!(matches!(ignored("stripe", &nameless), IgnoredReason::NothingToKeep(_)));
}

#[test]
fn money_that_was_reserved_is_paid_when_it_is_captured() {
    let at = time("2026-04-09T19:10:00+09:00");
    let captured = with(&fixture("stripe/charge_refunded"), "/type", json!("charge.captured"));
    let capture = report("stripe", &captured);
    assert_eq!(capture.moments, Moments { paid_seen_at: Some(at), ..Moments::default() });
    assert!(capture.order.is_none() && capture.refunds.is_empty());
    let reserved = report("stripe", &session(&[("/payment_status", json!("unpaid"))]));
    let alone = Purchase::from_report(reserved.clone());
    assert_eq!((alone.began_at(), alone.join(capture.clone()).began_at()), (None, Some(at)));
    assert_eq!(Purchase::from_report(capture).join(reserved).began_at(), Some(at));
    let nameless = with(&captured, "/data/object/payment_intent", json!(null));
    assert!(matches!(ignored("stripe", &nameless), IgnoredReason::NothingToKeep(_)));
    assert_eq!(ignored("stripe", &with(&captured, "/livemode", json!(false))), IgnoredReason::TestOrder);
}

#[test]
fn a_purchase_is_known_by_its_payment_or_else_by_its_session() {
    let expanded = json!({ "id": "pi_9", "object": "payment_intent", "amount": 8270 });
    for (intent, expected) in
        [(json!("pi_1"), "stripe/pi_1"), (expanded, "stripe/pi_9"), (json!(null), "stripe/cs_live_S")]
    {
        let report = report("stripe", &session(&[("/payment_intent", intent.clone())]));
        assert!(report.key.to_string().starts_with(expected), "{}", report.key);
        assert_eq!(report.order.unwrap().payment.is_some(), !intent.is_null());
    }
}

#[test]
fn what_was_bought_is_told_by_link_metadata_or_expanded_lines() {
    let link = ("/payment_link", json!("plink_1"));
    let no_link = ("/payment_link", json!(null));
    let said = |product: &str, name: &str| ("/metadata", json!({ "product": product, "product_name": name }));
    let unsaid = ("/metadata", json!({}));
    let items = json!({ "object": "list", "data": [
        { "description": "粉引の飯碗", "quantity": 2, "amount_subtotal": 5600, "price": { "product": "prod_1" } },
        { "description": "鉄釉の湯呑", "quantity": null, "amount_subtotal": 1900, "price": { "product": { "id": "prod_2" } } },
    ] });
    let one = |product, name| vec![Line::new(product, name, None, 1, 7500)];
    for (changes, expected) in [
        (vec![link.clone(), said("", "飯碗")], one(Some("plink_1"), "飯碗")),
        (vec![link, unsaid.clone()], one(Some("plink_1"), "")),
        (vec![no_link.clone(), said("kohiki", "飯碗")], one(Some("kohiki"), "飯碗")),
        (vec![no_link.clone(), said("kohiki", "")], one(Some("kohiki"), "")),
        (vec![no_link.clone(), said("", "飯碗")], one(None, "飯碗")),
        (vec![no_link.clone(), unsaid.clone()], vec![]),
        (
            vec![no_link.clone(), unsaid.clone(), ("/line_items", items)],
            vec![
                Line::new(Some("prod_1"), "粉引の飯碗", None, 2, 2800),
                Line::new(Some("prod_2"), "鉄釉の湯呑", None, 1, 1900),
            ],
        ),
        (vec![no_link, ("/metadata", json!(null))], vec![]),
    ] {
        let order = order(&changes);
        assert_eq!(order.line_count as usize, expected.len());
        assert_eq!(order.lines, expected, "{changes:?}");
    }
}

#[test]
fn amounts_are_in_stripes_smallest_units() {
    for (currency, amount, expected) in [
        ("jpy", 8270, "8270 JPY"),
        ("usd", 8270, "82.70 USD"),
        ("bhd", 8270, "8.270 BHD"),
        ("isk", 827_000, "8270 ISK"),
        ("ugx", 827_000, "8270 UGX"),
        ("mga", 8270, "8270.00 MGA"),
    ] {
        let total = order(&[("/currency", json!(currency)), ("/amount_total", json!(amount))]).total;
        assert_eq!(total.to_string(), expected);
    }
}

#[test]
fn metadata_tells_how_it_is_delivered() {
    for (delivery, expected) in [
        ("digital", Delivery::Digital),
        ("made_to_order", Delivery::MadeToOrder),
        ("appointment", Delivery::Appointment),
        ("by pigeon", Delivery::Goods),
    ] {
        assert_eq!(order(&[("/metadata/delivery", json!(delivery))]).delivery, expected);
    }
    let unasked = order(&[("/collected_information", json!(null)), ("/shipping_cost", json!(null))]);
    assert_eq!(unasked.delivery, Delivery::Goods, "that no address was asked for proves nothing");
    assert_eq!(order(&[("/metadata/promised_on", json!("soon"))]).promised_on, None);
    let day = json!([{ "key": "day", "label": { "custom": "体験日" }, "text": { "value": "2026/4/20" } }]);
    let lesson = order(&[("/custom_fields", day.clone())]);
    assert_eq!((lesson.delivery, lesson.promised_on.is_some()), (Delivery::Appointment, true));
    let file = order(&[("/custom_fields", day), ("/metadata/delivery", json!("digital"))]);
    assert_eq!(file.delivery, Delivery::Digital, "the shop's own word outweighs a field");
    assert_eq!(order(&[("/mode", json!("subscription")), ("/payment_intent", json!(null))]).kind, OrderKind::Purchase);
}

#[test]
fn the_buyer_is_who_paid_never_who_receives() {
    let details = |email: Value| ("/customer_details", json!({ "email": email, "name": "見本 花子", "phone": null }));
    let fallback = ("/customer_email", json!("taro@example.jp"));
    assert_eq!(order(&[details(json!("hanako@example.jp"))]).buyer.email.unwrap().as_str(), "hanako@example.jp");
    assert_eq!(order(&[details(json!(null)), fallback]).buyer.email.unwrap().as_str(), "taro@example.jp");
    assert_eq!(order(&[details(json!(null))]).buyer.name.unwrap().as_str(), "見本 花子");
}

#[test]
fn a_test_shows_what_is_wrong() {
    let test = with(&session(&[]), "/livemode", json!(false));
    assert_eq!(ignored("stripe", &test), IgnoredReason::TestOrder);
    let wrong = with(&test, "/data/object/amount_total", json!("8270"));
    assert_eq!(refused("stripe", &wrong), "data.object.amount_total: expected a whole number");
}

#[test]
fn what_is_no_session_is_refused_by_the_fields_path() {
    for (pointer, value, expected) in [
        ("/created", json!("today"), "created: expected a time in unix seconds"),
        ("/data", json!(null), "data: expected an object, but it is missing"),
        ("/data/object/currency", json!(null), "data.object.currency: expected a string, but it is missing"),
        ("/data/object/amount_total", json!(82.7), "data.object.amount_total: expected a whole number"),
        (
            "/data/object/payment_status",
            json!(null),
            "data.object.payment_status: expected a string, but it is missing",
        ),
    ] {
        assert_eq!(refused("stripe", &with(&session(&[]), pointer, value)), expected);
    }
}

#[test]
fn every_signature_is_tried_and_other_versions_are_skipped() {
    let body = b"{\"id\": \"evt_1\"}";
    let (name, good) = sign::stripe(SECRET, time(NOW), body);
    let (t, v1) = good.split_once(',').unwrap();
    let wrong = "v1=00ff";
    let no_version = Rejected::UnknownSignatureVersion("stripe-signature", "v1=<hex>");
    let malformed = Rejected::MalformedHeader("stripe-signature", "t=<unix seconds>,v1=<hex>");
    for (header, expected) in [
        (good.clone(), None),
        (format!("{t},{wrong},{v1},v0=00"), None),
        (format!("{v1}, {t}"), None),
        (format!("{t},{wrong}"), Some(Rejected::BadSignature)),
        (format!("{t},v0={}", &v1[3..]), Some(no_version)),
        (v1.to_owned(), Some(malformed)),
        (format!("{t},v1=xyz"), Some(malformed)),
        (format!("t=99999999999999999999,{v1}"), Some(malformed)),
        (format!("t=1,{v1}"), Some(Rejected::BadSignature)),
    ] {
        let headers = [(name, header.as_str())];
        let verified = find("stripe").unwrap().verify(&headers, body, &secrets(SECRET, None), time(NOW));
        assert_eq!(verified.err(), expected, "{header}");
    }
}

#[test]
fn a_store_of_cards_is_no_order() {
    let body = session(&[("/mode", json!("setup")), ("/currency", json!(null)), ("/amount_total", json!(null))]);
    let webhook = row_of("stripe").send("", body.to_string().as_bytes()).unwrap();
    assert!(matches!(webhook, Webhook::Ignored(IgnoredReason::NotAnOrder(_))));
}
