//! What Shopify's orders say.

use crate::support::{NOW, SECRET, ignored, parse, permutations, refused, report, secrets, shopify, time, with};
use serde_json::{Value, json};
use wasurena_carts::{IgnoredReason, ParseContext, Unreadable, Webhook, find, sign};
use wasurena_domain::money::Money;
use wasurena_domain::purchase::{Consent, Line, Moments, Order, Purchase};

fn order(body: &Value) -> Order {
    report("shopify", body).order.unwrap()
}

fn moments(body: &Value) -> Moments {
    report("shopify", body).moments
}

#[test]
fn an_order_becomes_facts() {
    let report = report("shopify", &shopify("create"));
    assert_eq!(report.key.to_string(), "shopify/6012345678901234567");
    let order = report.order.unwrap();
    assert_eq!(order.version_at, time("2026-04-03T10:24:33+09:00"));
    assert_eq!(order.ordered_at, time("2026-04-03T10:24:30+09:00"));
    assert_eq!(order.total.to_string(), "8270 JPY");
    assert_eq!((order.consent, order.gift, order.line_count), (Consent::Granted, false, 2));
    assert_eq!(order.lines[0], Line::new(Some("8012345678901234567"), "粉引の飯碗", None, 2, 2800));
    assert_eq!(order.lines[1], Line::new(Some("8012345678901234580"), "鉄釉の湯呑", None, 1, 1900));
    assert_eq!(order.buyer.email.unwrap().as_str(), "hanako@example.jp");
    assert_eq!(order.buyer.phone.unwrap().as_str(), "+81312345678");
    assert_eq!(order.buyer.name.unwrap().as_str(), "見本 花子");
}

#[test]
fn the_moments_follow_from_the_status() {
    let updated_at = Some(time("2026-04-03T10:24:33+09:00"));
    let paid = Moments { paid_seen_at: updated_at, ..Moments::default() };
    let unpaid = Moments { unpaid_seen_at: updated_at, ..Moments::default() };
    for (status, expected) in [
        (json!("paid"), paid),
        (json!("authorized"), paid),
        (json!("partially_refunded"), paid),
        (json!("refunded"), Moments { refunded_at: updated_at, ..paid }),
        (json!("pending"), unpaid),
        (json!("partially_paid"), unpaid),
        (json!("expired"), unpaid),
        (json!("voided"), Moments::default()),
        (json!("something_new"), Moments::default()),
        (json!(null), Moments::default()),
    ] {
        assert_eq!(moments(&with(&shopify("create"), "/financial_status", status.clone())), expected, "{status}");
    }
    let cancelled = with(&shopify("create"), "/cancelled_at", json!("2026-04-03T11:00:00+09:00"));
    let cancelled_at = Some(time("2026-04-03T11:00:00+09:00"));
    assert_eq!(moments(&cancelled), Moments { cancelled_at, ..unpaid });
}

#[test]
fn a_parcel_is_shipped_when_it_was_handed_over_and_arrived_when_it_was_delivered() {
    let parcel = |status: &str, shipment: &str, day: u8| {
        let (created, updated) = (format!("2026-04-0{day}T10:00:00+09:00"), format!("2026-04-0{day}T18:00:00+09:00"));
        json!({ "status": status, "shipment_status": shipment, "created_at": created, "updated_at": updated })
    };
    for (parcels, shipped, arrived) in [
        (json!([]), None, None),
        (json!(null), None, None),
        (json!([parcel("success", "in_transit", 5)]), Some("2026-04-05T10:00:00+09:00"), None),
        (json!([parcel("failure", "delivered", 5), parcel("cancelled", "delivered", 5)]), None, None),
        (
            json!([
                parcel("success", "in_transit", 6),
                parcel("success", "delivered", 5),
                parcel("success", "delivered", 7)
            ]),
            Some("2026-04-05T10:00:00+09:00"),
            Some("2026-04-05T18:00:00+09:00"),
        ),
    ] {
        let said = moments(&with(&shopify("paid"), "/fulfillments", parcels.clone()));
        assert_eq!((said.shipped_at, said.arrived_at), (shipped.map(time), arrived.map(time)), "{parcels}");
    }
}

#[test]
fn the_total_is_what_was_first_charged_in_the_shops_currency() {
    assert_eq!(order(&shopify("cancelled")).total.amount_minor, 8270, "not current_total_price, which is 0 by now");
    for (total, expected) in [("8270.00", 8270), ("8270.50", 8271), ("8270.49", 8270)] {
        assert_eq!(order(&with(&shopify("create"), "/total_price", json!(total))).total.amount_minor, expected);
    }
    let mut dollars = with(&shopify("create"), "/currency", json!("USD"));
    dollars["presentment_currency"] = json!("EUR");
    let total = order(&with(&dollars, "/total_price", json!("82.70"))).total;
    assert_eq!(total, Money::parse("82.7", total.currency).unwrap());
    assert_eq!(total.to_string(), "82.70 USD");
}

#[test]
fn ids_are_exact_whether_numbers_or_strings() {
    let body = shopify("create");
    for id in [json!(u64::MAX), json!("18446744073709551615")] {
        assert_eq!(report("shopify", &with(&body, "/id", id)).key.order.as_str(), "18446744073709551615");
    }
    assert_eq!(order(&with(&body, "/line_items/0/product_id", json!(null))).lines[0].product, "粉引の飯碗");
}

#[test]
fn ordered_is_when_it_was_processed_or_else_created() {
    let unprocessed = with(&shopify("create"), "/processed_at", json!(null));
    assert_eq!(order(&unprocessed).ordered_at, time("2026-04-03T10:24:31+09:00"));
}

#[test]
fn the_buyer_is_found_where_there_is_one() {
    let mut body = shopify("create");
    body["shipping_address"]["first_name"] = json!("太郎");
    body["shipping_address"]["phone"] = json!("03-9876-5432");
    body["shipping_address"]["email"] = json!("taro@example.jp");

    body["email"] = json!("");
    body["contact_email"] = json!("not an address");
    body["customer"]["email"] = json!("Customer@Example.jp");
    assert_eq!(order(&body).buyer.email.unwrap().as_str(), "customer@example.jp");

    body["customer"]["phone"] = json!("+81 90-1234-5678");
    assert_eq!(order(&body).buyer.phone.unwrap().as_str(), "+819012345678");
    body["phone"] = json!("06-6123-4567");
    assert_eq!(order(&body).buyer.phone.unwrap().as_str(), "+81661234567");

    body["customer"]["first_name"] = json!("テスト");
    assert_eq!(order(&body).buyer.name.unwrap().as_str(), "見本 花子", "from the billing address");
    body["customer"]["first_name"] = json!(null);
    assert_eq!(order(&body).buyer.name.unwrap().as_str(), "見本");
    body["billing_address"] = json!({ "last_name": "Doe", "first_name": "Jane" });
    body["customer"] = json!(null);
    assert_eq!(order(&body).buyer.name.unwrap().as_str(), "Jane Doe");
}

#[test]
fn an_order_without_personal_data_is_still_a_purchase() {
    let mut body = shopify("paid");
    for name in ["email", "contact_email", "phone", "customer", "billing_address", "shipping_address"] {
        body[name] = json!(null);
    }
    let order = order(&body);
    assert_eq!((order.buyer, order.consent, order.line_count), (<_>::default(), Consent::Unknown, 2));
}

#[test]
fn consent_is_said_or_unknown() {
    for (ticked, state, expected) in [
        (json!(true), json!("subscribed"), Consent::Granted),
        (json!(false), json!("subscribed"), Consent::Granted),
        (json!(true), json!("unsubscribed"), Consent::Denied),
        (json!(false), json!("unsubscribed"), Consent::Denied),
        (json!(true), json!("not_subscribed"), Consent::Granted),
        (json!(true), json!(null), Consent::Granted),
        (json!(false), json!("not_subscribed"), Consent::Unknown),
        (json!(false), json!("pending"), Consent::Unknown),
        (json!(false), json!(null), Consent::Unknown),
        (json!(null), json!(null), Consent::Unknown),
    ] {
        let body = with(&shopify("create"), "/buyer_accepts_marketing", ticked.clone());
        let body = with(&body, "/customer/email_marketing_consent/state", state.clone());
        assert_eq!(order(&body).consent, expected, "{ticked} {state}");
    }
    let unasked = with(&shopify("create"), "/customer/email_marketing_consent", json!(null));
    assert_eq!(order(&unasked).consent, Consent::Unknown);
}

#[test]
fn a_gift_is_what_the_order_form_calls_one() {
    for (name, value, expected) in [
        ("ギフト包装", json!("希望する"), true),
        ("ｷﾞﾌﾄ", json!("はい"), true),
        ("のし", json!("御祝"), true),
        ("熨斗の名入れ", json!("見本"), true),
        ("贈り物ですか", json!("はい"), true),
        ("Gift wrap", json!("Yes"), true),
        ("is_gift", json!(true), true),
        ("is_gift", json!(false), false),
        ("のし", json!("不要"), false),
        ("熨斗", json!("なし"), false),
        ("ギフト", json!(" "), false),
        ("gift", json!("No"), false),
        ("gift", json!("ＦＡＬＳＥ"), false),
        ("gift", json!(null), false),
        ("gift", json!({ "id": 1 }), false),
        ("ご連絡", json!("ギフト"), false),
    ] {
        let attribute = json!([{ "name": "配達", "value": "午前" }, { "name": name, "value": value }]);
        for place in ["/note_attributes", "/line_items/1/properties"] {
            assert_eq!(
                order(&with(&shopify("create"), place, attribute.clone())).gift,
                expected,
                "{place} {attribute}"
            );
        }
    }
    let elsewhere = with(&shopify("create"), "/shipping_address/last_name", json!("別人"));
    assert!(!order(&elsewhere).gift, "another name on the parcel is no gift");
}

#[test]
fn many_lines_are_counted_and_the_first_kept() {
    let line = shopify("create")["line_items"][0].clone();
    let order = order(&with(&shopify("create"), "/line_items", json!(vec![line; 25])));
    assert_eq!((order.line_count, order.lines.len()), (25, 20));
}

#[test]
fn topics_decide_only_whether_to_look() {
    let body = shopify("paid").to_string();
    let parse = |topic: Option<&str>, body: &str| {
        let mut headers = vec![sign::shopify(SECRET, body.as_bytes())];
        headers.extend(topic.map(|t| ("x-shopify-topic", t.to_owned())));
        let cart = find("shopify").unwrap();
        let verified = cart.verify(&headers, body.as_bytes(), &secrets(SECRET, None), time(NOW)).unwrap();
        cart.parse(&headers, verified, &ParseContext { now: time(NOW) })
    };
    let said = parse(Some("orders/paid"), &body).unwrap();
    for topic in
        ["orders/create", "orders/updated", "orders/cancelled", "orders/fulfilled", "orders/partially_fulfilled"]
    {
        assert_eq!(parse(Some(topic), &body).unwrap(), said, "{topic}");
    }
    let unused = Webhook::Ignored(IgnoredReason::UnusedTopic("orders/edited"));
    assert_eq!(parse(Some("orders/edited"), "no order").unwrap(), unused);
    let Ok(Webhook::Ignored(IgnoredReason::UnknownTopic(topic))) = parse(Some("carts/update"), "no order") else {
        panic!("an unknown topic is acknowledged");
    };
    assert_eq!(topic.to_string(), "carts/update");
    assert_eq!(parse(None, &body), Err(Unreadable::NoTopic("x-shopify-topic")));
}

#[test]
fn a_test_order_is_left_alone() {
    assert_eq!(ignored("shopify", &with(&shopify("paid"), "/test", json!(true))), IgnoredReason::TestOrder);
}

#[test]
fn what_is_no_order_is_refused_by_the_fields_path() {
    for (pointer, value, expected) in [
        ("/id", json!(null), "id: expected a string or a whole number below 2^64, but it is missing"),
        ("/id", json!(-4), "id: expected a string or a whole number below 2^64"),
        ("/total_price", json!(8270), "total_price: expected a decimal number in a string, like \"5900\" or \"59.00\""),
        (
            "/total_price",
            json!("8,270"),
            "total_price: expected a decimal number in a string, like \"5900\" or \"59.00\"",
        ),
        (
            "/updated_at",
            json!("yesterday"),
            "updated_at: expected a date and time with offset (RFC 3339), like 2026-04-03T10:30:00+09:00",
        ),
        ("/currency", json!("¥"), "currency: a currency must be three letters of ISO 4217, like JPY"),
    ] {
        assert_eq!(refused("shopify", &with(&shopify("create"), pointer, value.clone())), expected, "{value}");
    }
    for (body, expected) in [
        (&b"[]"[..], "the body: expected an object"),
        (b"", "the body is not JSON: see line 1, column 0"),
        (b"{\"id\": 1", "the body is not JSON: see line 1, column 8"),
        (b"\x83\x65\x83\x58\x83\x67", "the body is not UTF-8"),
        (b"{}", "id: expected a string or a whole number below 2^64, but it is missing"),
    ] {
        assert_eq!(parse("shopify", body).unwrap_err().to_string(), expected);
    }
}

#[test]
fn every_order_of_arrival_ends_in_the_same_facts() {
    let reports = ["create", "paid", "updated", "cancelled"].map(|chapter| report("shopify", &shopify(chapter)));
    let play = |reports: Vec<_>| {
        let mut reports = reports.into_iter();
        let first = Purchase::from_report(reports.next().unwrap());
        reports.fold(first, Purchase::join)
    };
    let facts = play(reports.to_vec());
    for order in permutations(&reports) {
        let end = play(order.clone());
        assert_eq!(end, facts);
        assert_eq!(order.into_iter().fold(end, Purchase::join), facts, "played again");
    }
    let at = |rfc3339| Some(time(rfc3339));
    let expected = Moments {
        paid_seen_at: at("2026-04-04T19:02:10+09:00"),
        unpaid_seen_at: at("2026-04-03T10:24:33+09:00"),
        shipped_at: at("2026-04-06T15:10:00+09:00"),
        arrived_at: at("2026-04-08T13:40:02+09:00"),
        cancelled_at: at("2026-04-10T09:15:00+09:00"),
        refunded_at: at("2026-04-10T09:15:02+09:00"),
        returned_at: None,
    };
    assert_eq!(facts.moments, expected);
    assert_eq!(facts.began_at(), expected.paid_seen_at, "it waited for its money");
    assert_eq!(facts.order, report("shopify", &shopify("cancelled")).order);
}
