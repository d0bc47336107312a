//! One order's events in any order, with repeats: the same facts, the same mails. Each shuffle is another customer of
//! one world, so that hundreds of lives fit into one journey.

use proptest::prelude::{Just, Strategy};
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use wasurena_tests::journey::{Journey, moment, orders};

const LIVES: usize = 16;

/// A cart's events of one order, by the order's number and its buyer's address.
type Life = fn(u64, &str) -> Vec<Event>;

/// Where it goes, under which topic, and what it says.
type Event = (&'static str, &'static str, Value);

fn unix(at: &str) -> i64 {
    moment(at).timestamp()
}

fn shopify(number: u64, address: &str) -> Vec<Event> {
    let order = orders::paid(number, "2026-12-01T09:00:00+09:00", address, "飯碗");
    let id = order["id"].clone();
    let at = |time: &str, more: Value| {
        orders::with(&orders::with(&order, &json!({ "updated_at": format!("2026-12-01T{time}:00+09:00") })), &more)
    };
    let parcel = json!({
        "id": 5, "order_id": id, "status": "success", "created_at": "2026-12-01T11:00:00+09:00",
        "updated_at": "2026-12-01T11:00:00+09:00", "shipment_status": null,
    });
    let arrival = json!({ "id": 6, "order_id": id, "status": "delivered", "happened_at": "2026-12-01T12:00:00+09:00" });
    vec![
        ("shopify", "orders/create", at("09:00", json!({ "financial_status": "pending" }))),
        ("shopify", "orders/paid", at("10:00", json!({}))),
        ("shopify", "orders/updated", at("10:30", json!({ "note": "x", "total_price": "4200" }))),
        ("shopify", "fulfillments/create", parcel),
        ("shopify", "fulfillment_events/create", arrival),
    ]
}

fn woocommerce(number: u64, address: &str) -> Vec<Event> {
    let order = orders::woocommerce(number, "2026-12-01T00:00:00", address, "飯碗");
    let at = |time: &str, more: Value| {
        orders::with(&orders::with(&order, &json!({ "date_modified_gmt": format!("2026-12-01T{time}:00") })), &more)
    };
    let paid = || json!("2026-12-01T01:00:00");
    vec![
        ("woocommerce", "order.created", at("00:00", json!({ "status": "on-hold", "date_paid_gmt": null }))),
        ("woocommerce", "order.updated", at("01:00", json!({ "date_paid_gmt": paid() }))),
        // The same second, and further.
        (
            "woocommerce",
            "order.updated",
            at(
                "01:00",
                json!({ "status": "completed", "date_paid_gmt": paid(), "date_completed_gmt": "2026-12-01T01:00:00" }),
            ),
        ),
        ("woocommerce", "order.updated", at("02:00", json!({ "date_paid_gmt": paid(), "total": "4200" }))),
    ]
}

fn stripe(number: u64, address: &str) -> Vec<Event> {
    let payment = format!("pi_{number}");
    let begun = unix("2026-12-01T00:00:00Z");
    let event = |name: &str, at: &str, status: &str| {
        let mut event = orders::stripe(&payment, unix(at), address);
        event["type"] = json!(name);
        event["data"]["object"]["created"] = json!(begun);
        event["data"]["object"]["payment_status"] = json!(status);
        ("stripe", "", event)
    };
    vec![
        event("checkout.session.completed", "2026-12-01T00:05:00Z", "unpaid"),
        event("checkout.session.async_payment_succeeded", "2026-12-01T01:00:00Z", "paid"),
    ]
}

fn standard(number: u64, address: &str) -> Vec<Event> {
    let order = json!({
        "id": format!("s-{number}"), "ordered_at": "2026-12-01T09:00:00+09:00", "currency": "JPY", "total": "3800",
        "consent": "granted", "buyer": { "email": address, "name": "山田 花子" },
        "lines": [{ "product_id": "b1", "name": "飯碗", "quantity": 1, "unit_price": "3800" }],
    });
    let event = |name: &str, at: &str, order: Value| {
        ("standard", "", json!({ "type": name, "occurred_at": format!("2026-12-01T{at}:00+09:00"), "order": order }))
    };
    let bare = || json!({ "id": format!("s-{number}") });
    vec![
        event("purchase.placed", "09:00", order.clone()),
        event("purchase.paid", "10:00", bare()),
        event("purchase.updated", "10:30", orders::with(&order, &json!({ "total": "4200" }))),
        event("purchase.shipped", "11:00", bare()),
        event("purchase.arrived", "12:00", bare()),
    ]
}

/// The same lives with their ends: a part goes back, then all of it or the order is called off.
fn shopify_to_its_end(number: u64, address: &str) -> Vec<Event> {
    let order = orders::paid(number, "2026-12-01T09:00:00+09:00", address, "飯碗");
    let refund = |id: u64, at: &str, amount: &str| {
        let transaction =
            json!({ "id": id, "kind": "refund", "status": "success", "amount": amount, "currency": "JPY" });
        json!({
            "id": id, "order_id": order["id"], "created_at": format!("2026-12-01T{at}:00+09:00"),
            "refund_line_items": [], "transactions": [transaction],
        })
    };
    let cancelled = json!({ "updated_at": "2026-12-01T12:50:00+09:00", "cancelled_at": "2026-12-01T12:50:00+09:00" });
    let end = [
        ("shopify", "refunds/create", refund(1, "12:30", "800")),
        ("shopify", "refunds/create", refund(2, "12:40", "3000")),
        ("shopify", "orders/cancelled", orders::with(&order, &cancelled)),
    ];
    [shopify(number, address), end.to_vec()].concat()
}

fn woocommerce_to_its_end(number: u64, address: &str) -> Vec<Event> {
    let order = orders::woocommerce(number, "2026-12-01T00:00:00", address, "飯碗");
    let refunds = json!([{ "id": 1, "reason": "", "total": "-800" }]);
    let at = |time: &str, status: &str| {
        let change = json!({
            "date_modified_gmt": format!("2026-12-01T{time}:00"), "date_paid_gmt": "2026-12-01T01:00:00",
            "status": status, "refunds": refunds,
        });
        ("woocommerce", "order.updated", orders::with(&order, &change))
    };
    let end = [
        at("03:00", "processing"),
        at("03:10", "refunded"),
        at("03:20", "cancelled"),
        ("woocommerce", "order.deleted", json!({ "id": number })),
    ];
    [woocommerce(number, address), end.to_vec()].concat()
}

fn stripe_to_its_end(number: u64, address: &str) -> Vec<Event> {
    let charge = |at: &str, whole: bool| {
        let object = json!({
            "id": "ch_1", "object": "charge", "payment_intent": format!("pi_{number}"), "refunded": whole,
            "amount": 3800, "amount_refunded": if whole { 3800 } else { 800 },
        });
        let event = json!({
            "id": format!("evt_{at}"), "object": "event", "type": "charge.refunded", "livemode": true,
            "created": unix(at), "data": { "object": object },
        });
        ("stripe", "", event)
    };
    let end = [charge("2026-12-01T03:00:00Z", false), charge("2026-12-01T03:30:00Z", true)];
    [stripe(number, address), end.to_vec()].concat()
}

fn standard_to_its_end(number: u64, address: &str) -> Vec<Event> {
    let event = |name: &str, at: &str| {
        let order = json!({ "id": format!("s-{number}") });
        ("standard", "", json!({ "type": name, "occurred_at": format!("2026-12-01T{at}:00+09:00"), "order": order }))
    };
    let end = [
        event("purchase.returned", "12:30"),
        event("purchase.refunded", "12:40"),
        event("purchase.cancelled", "12:50"),
    ];
    [standard(number, address), end.to_vec()].concat()
}

async fn tell(journey: &Journey, (cart, topic, body): &Event) {
    let status = match *cart {
        "shopify" => journey.shopify(topic, body).await,
        "woocommerce" => journey.woocommerce(topic, body).await,
        "stripe" => journey.stripe(body).await,
        _ => journey.standard(body).await,
    };
    assert_eq!(status, 200, "{cart} {topic}");
}

/// What the diary has of an order: moments and refunds, and the order but for whose it is.
fn facts(diary: &[Value], address: &str) -> Value {
    let of_them = |item: &&Value| item["facts"]["M"]["order"]["M"]["buyer"]["M"]["email"]["S"] == address;
    let mut facts = diary.iter().find(of_them).unwrap()["facts"]["M"].clone();
    facts["order"]["M"]["buyer"] = Value::Null;
    facts["order"]["M"]["payment"] = Value::Null;
    facts["key"] = Value::Null;
    facts
}

/// The events in an order of the runner's choice, some of them again.
fn shuffled(runner: &mut TestRunner, events: Vec<Event>) -> Vec<Event> {
    let again = proptest::collection::vec(proptest::sample::select(events.clone()), 0..4);
    let all = (Just(events), again).prop_map(|(events, again)| [events, again].concat()).prop_shuffle();
    all.new_tree(runner).unwrap().current()
}

/// Lives told in any order: the facts and mails of each are those of the life told as it happened.
async fn check(life: Life, mails_in_25_days: usize) {
    let journey = Journey::begin_at("2026-12-01T13:00:00+09:00").await;
    let mut runner = TestRunner::deterministic();
    let addresses: Vec<String> = (0..LIVES).map(|number| format!("customer{number}@example.jp")).collect();
    for (number, address) in (1..).zip(&addresses) {
        let events = life(number, address);
        // The first life is told as it happened.
        let events = if number == 1 { events } else { shuffled(&mut runner, events) };
        for event in &events {
            tell(&journey, event).await;
        }
    }
    let diary = journey.diary().await;
    journey.days(25).await;
    let mut mails: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for address in &addresses {
        mails.insert(address.clone(), journey.received(address).await);
    }
    let expected = (facts(&diary, &addresses[0]), mails[&addresses[0]].clone());
    assert_eq!(expected.1.len(), mails_in_25_days, "{:?}", expected.1);
    for address in &addresses {
        assert_eq!((facts(&diary, address), mails[address].clone()), expected, "{address}");
    }
}

#[tokio::test]
async fn shopify_in_any_order() {
    check(shopify, 3).await;
    check(shopify_to_its_end, 0).await;
}

#[tokio::test]
async fn woocommerce_in_any_order() {
    check(woocommerce, 3).await;
    check(woocommerce_to_its_end, 0).await;
}

#[tokio::test]
async fn stripe_in_any_order() {
    check(stripe, 3).await;
    check(stripe_to_its_end, 0).await;
}

#[tokio::test]
async fn the_generic_hook_in_any_order() {
    check(standard, 3).await;
    check(standard_to_its_end, 0).await;
}
