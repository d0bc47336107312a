//! What Shopify tells without the order.

use crate::conformance::row::joined;
use crate::conformance::row_of;
use crate::support::{fixture, report, shopify, time, with};
use serde_json::{Value, json};
use wasurena_carts::{IgnoredReason, Unreadable, Webhook};
use wasurena_domain::purchase::{Delivery, Moments, OrderKind, Refund, Report};

fn send(topic: &str, body: &Value) -> Result<Webhook, Unreadable> {
    row_of("shopify").send(topic, body.to_string().as_bytes())
}

#[track_caller]
fn said(topic: &str, body: &Value) -> Report {
    match send(topic, body).unwrap() {
        Webhook::Purchase(report) => *report,
        other => panic!("{topic}: {other:?}"),
    }
}

#[track_caller]
fn is_left_alone(topic: &str, body: &Value) {
    let webhook = send(topic, body).unwrap();
    assert!(matches!(webhook, Webhook::Ignored(IgnoredReason::NothingToKeep(_))), "{webhook:?}");
}

#[test]
fn a_refund_is_what_its_transactions_gave_back() {
    let refund = fixture("shopify/refund");
    let one = refund["transactions"][0].clone();
    let failed = with(&one, "/status", json!("failure"));
    let void = with(&one, "/kind", json!("void"));
    for (transactions, expected) in [
        (json!([one]), Some(1900)),
        (json!([one, failed, one, void]), Some(3800)),
        (json!([failed]), None),
        (json!([void]), None),
        (json!([]), None),
        (json!(null), None),
    ] {
        let body = with(&refund, "/transactions", transactions);
        match expected {
            None => is_left_alone("refunds/create", &body),
            Some(amount_minor) => {
                let at = time("2026-04-09T11:30:00+09:00");
                let refunds = said("refunds/create", &body).refunds;
                assert_eq!(refunds, [("929361472001".to_owned(), Refund { at, amount_minor })].into());
            }
        }
    }
    let played = with(&refund, "/transactions/0/test", json!(true));
    assert_eq!(send("refunds/create", &played), Ok(Webhook::Ignored(IgnoredReason::TestOrder)));
}

#[test]
fn a_refund_in_the_customers_currency_is_a_return() {
    let body = with(&fixture("shopify/refund"), "/transactions/0/currency", json!("USD"));
    let body = with(&body, "/transactions/0/amount", json!("12.50"));
    let report = said("refunds/create", &body);
    let returned_at = Some(time("2026-04-09T11:30:00+09:00"));
    assert_eq!((report.moments.returned_at, report.refunds.len()), (returned_at, 0));
}

#[test]
fn of_several_such_refunds_the_last_counts() {
    let foreign = with(&fixture("shopify/refund"), "/transactions/0/currency", json!("USD"));
    let later = with(&with(&foreign, "/id", json!(2)), "/processed_at", json!("2026-04-20T11:30:00+09:00"));
    let returned_at = Some(time("2026-04-20T11:30:00+09:00"));
    for refunds in [json!([foreign, later]), json!([later, foreign])] {
        let order = report("shopify", &with(&shopify("updated"), "/refunds", refunds));
        assert_eq!(order.moments.returned_at, returned_at);
    }
    let order = report("shopify", &shopify("updated"));
    let alone = [said("refunds/create", &later), said("refunds/create", &foreign)];
    assert_eq!(joined([order].into_iter().chain(alone)).moments.returned_at, returned_at);
}

#[test]
fn a_refunds_odd_amount_refuses_nothing() {
    let refund = fixture("shopify/refund");
    let returned_at = Some(time("2026-04-09T11:30:00+09:00"));
    for (pointer, value, rounded) in [
        ("/transactions/0/amount", json!("1900.00"), Some(1900)),
        ("/transactions/0/amount", json!("1899.50"), Some(1900)),
        ("/transactions/0/amount", json!("1900.49"), Some(1900)),
        ("/transactions/0/amount", json!(1900), Some(1900)),
        ("/transactions/0/amount", json!("?"), None),
        ("/transactions/0/amount", json!(null), None),
        ("/transactions/0/currency", json!("円"), None),
    ] {
        let refund = with(&refund, pointer, value.clone());
        let in_order = report("shopify", &with(&shopify("paid"), "/refunds", json!([refund])));
        for report in [said("refunds/create", &refund), in_order] {
            assert_eq!(report.refunds.values().map(|r| r.amount_minor).next(), rounded, "{value}");
            assert_eq!(report.moments.returned_at, returned_at.filter(|_| rounded.is_none()), "{value}");
        }
    }
}

#[test]
fn a_refund_is_the_same_in_the_order_and_by_itself() {
    let (order, refund) = (shopify("updated"), fixture("shopify/refund"));
    let order = with(&order, "/refunds", json!([refund]));
    let order = with(&order, "/financial_status", json!("partially_refunded"));
    let (in_order, alone) = (report("shopify", &order), said("refunds/create", &refund));
    assert_eq!(in_order.refunds, alone.refunds);
    assert_eq!(joined([in_order.clone(), alone.clone()]), joined([in_order.clone()]));
    let foreign = with(&refund, "/transactions/0/currency", json!("USD"));
    let order = with(&order, "/refunds", json!([foreign]));
    assert_eq!(report("shopify", &order).moments.returned_at, said("refunds/create", &foreign).moments.returned_at);
}

#[test]
fn refunds_that_add_up_undo_the_purchase() {
    let refund = fixture("shopify/refund");
    let rest = with(&with(&refund, "/id", json!(929_361_472_002_u64)), "/transactions/0/amount", json!("6370"));
    let reports = [report("shopify", &shopify("paid")), said("refunds/create", &refund)];
    assert!(!joined(reports.clone()).is_undone());
    assert!(joined(reports.into_iter().chain([said("refunds/create", &rest)])).is_undone());
}

#[test]
fn a_parcel_tells_when_it_was_handed_over_and_when_it_arrived() {
    let parcel = fixture("shopify/parcel");
    let shipped_at = Some(time("2026-04-06T15:10:00+09:00"));
    let shipped = Moments { shipped_at, ..Moments::default() };
    for topic in ["fulfillments/create", "fulfillments/update"] {
        assert_eq!(said(topic, &parcel).moments, shipped, "{topic}");
        let delivered = with(&parcel, "/shipment_status", json!("delivered"));
        let delivered = with(&delivered, "/updated_at", json!("2026-04-08T13:40:02+09:00"));
        let arrived_at = Some(time("2026-04-08T13:40:02+09:00"));
        assert_eq!(said(topic, &delivered).moments, Moments { arrived_at, ..shipped }, "{topic}");
        for status in ["pending", "open", "cancelled", "error", "failure"] {
            is_left_alone(topic, &with(&parcel, "/status", json!(status)));
        }
    }
}

#[test]
fn the_carriers_word_counts_where_it_proves_something() {
    let happened_at = Some(time("2026-04-08T13:40:02+09:00"));
    let none = Moments::default();
    for (status, expected) in [
        ("delivered", Some(Moments { arrived_at: happened_at, ..none })),
        ("in_transit", Some(Moments { shipped_at: happened_at, ..none })),
        ("out_for_delivery", Some(Moments { shipped_at: happened_at, ..none })),
        ("attempted_delivery", Some(Moments { shipped_at: happened_at, ..none })),
        ("carrier_picked_up", Some(Moments { shipped_at: happened_at, ..none })),
        ("label_printed", None),
        ("label_purchased", None),
        ("confirmed", None),
        ("ready_for_pickup", None),
        ("delayed", None),
        ("failure", None),
    ] {
        let body = with(&fixture("shopify/parcel_event"), "/status", json!(status));
        match expected {
            Some(expected) => assert_eq!(said("fulfillment_events/create", &body).moments, expected, "{status}"),
            None => is_left_alone("fulfillment_events/create", &body),
        }
    }
}

#[test]
fn a_request_about_data_is_told_from_any_other_body() {
    let redact = fixture("shopify/redact");
    let without = |name: &str| {
        let mut body = redact.clone();
        body.as_object_mut().unwrap().remove(name);
        body
    };
    for (topic, body, expected) in [
        ("customers/redact", shopify("paid"), "orders_to_redact: expected a list, but it is missing"),
        ("customers/data_request", redact.clone(), "orders_requested: expected a list, but it is missing"),
        ("customers/redact", without("customer"), "customer: expected an object, but it is missing"),
        ("shop/redact", redact.clone(), "customer: a request to erase a shop names no customer"),
        ("shop/redact", shopify("paid"), "shop_id: expected a string or a whole number below 2^64, but it is missing"),
    ] {
        assert_eq!(send(topic, &body).unwrap_err().to_string(), expected, "{topic}");
    }
    let odd = with(&redact, "/customer", json!({ "id": 7, "email": "not an address", "phone": "" }));
    let Ok(Webhook::Erase(subject)) = send("customers/redact", &odd) else { panic!("an erasure") };
    assert_eq!((subject.email, subject.phone, subject.purchases.len()), (None, None, 1));
}

#[test]
fn channel_tags_and_lines_tell_what_kind_of_order_it_is() {
    let order = |pointer: &str, value: Value| report("shopify", &with(&shopify("paid"), pointer, value)).order.unwrap();
    for (pointer, value, kind, delivery) in [
        ("/source_name", json!("web"), OrderKind::Purchase, Delivery::Goods),
        ("/source_name", json!("subscription_contract"), OrderKind::Renewal, Delivery::Goods),
        ("/tags", json!("appstle_subscription_recurring_order"), OrderKind::Renewal, Delivery::Goods),
        ("/tags", json!("Subscription First Order"), OrderKind::Purchase, Delivery::Goods),
        ("/tags", json!("再送"), OrderKind::Exchange, Delivery::Goods),
        ("/tags", json!("受注生産"), OrderKind::Purchase, Delivery::MadeToOrder),
        (
            "/note_attributes",
            json!([{ "name": "体験日", "value": "2026-04-20" }]),
            OrderKind::Purchase,
            Delivery::Appointment,
        ),
        ("/line_items/0/gift_card", json!(true), OrderKind::Purchase, Delivery::Goods),
        ("/line_items/0/requires_shipping", json!(false), OrderKind::Purchase, Delivery::Goods),
        ("/line_items", json!([]), OrderKind::Purchase, Delivery::Goods),
    ] {
        let order = order(pointer, value.clone());
        assert_eq!((order.kind, order.delivery), (kind, delivery), "{value}");
    }
    assert!(order("/company", json!({ "id": 1, "location_id": 2 })).company);
    assert!(!order("/billing_address/company", json!("個人")).company);
    assert!(!order("/shipping_address/company", json!("見本商店")).company, "parcels are sent to offices");
    assert_eq!(order("/source_name", json!("amazon-jp")).marketplace.as_deref(), Some("amazon"));
}
