//! What counts as what, from the webhook to the mail: the journeys behind the domain's tables.

use serde_json::{Value, json};
use wasurena_tests::journey::{Journey, orders};

const HANAKO: &str = "hanako@example.jp";
const AT: &str = "2026-12-01T10:00:00+09:00";

fn order(changes: &Value) -> Value {
    orders::with(&orders::paid(1, AT, HANAKO, "飯碗"), changes)
}

async fn kinds(journey: &Journey) -> Vec<String> {
    let mut kinds: Vec<String> = journey.tasks().await.iter().map(|t| t["kind"].as_str().unwrap().to_owned()).collect();
    kinds.sort();
    kinds
}

/// An order changed in one way: how many mails it leads to in 25 days, and what is left to the owner.
#[tokio::test]
async fn an_order_is_what_it_says() {
    let company = json!({ "billing_address": { "company": "見本商事株式会社" } });
    let rows: [(&str, Value, usize, &[&str]); 7] = [
        ("a purchase", json!({}), 3, &[]),
        ("nothing to pay", json!({ "total_price": "0" }), 0, &[]),
        ("an exchange", json!({ "tags": "交換" }), 0, &["settle_case"]),
        ("a renewal", json!({ "source_name": "subscription_contract" }), 0, &[]),
        ("a company's", company, 0, &["decide_order"]),
        (
            "without a name",
            json!({ "customer": { "email_marketing_consent": { "state": "subscribed" } } }),
            3,
            &["check_name"],
        ),
        ("a marketplace's", json!({ "email": "abc123@marketplace.amazon.co.jp" }), 0, &[]),
    ];
    for (what, changes, mails, tasks) in rows {
        let journey = Journey::begin().await;
        assert_eq!(journey.shopify("orders/create", &order(&changes)).await, 200, "{what}");
        journey.days(25).await;
        assert_eq!(
            (journey.mails().await.len(), kinds(&journey).await),
            (mails, tasks.iter().map(|t| (*t).to_owned()).collect()),
            "{what}"
        );
    }
}

#[tokio::test]
async fn a_partial_refund_stops_cheer_and_is_on_the_owners_list() {
    let journey = Journey::begin().await;
    journey.shopify("orders/create", &order(&json!({}))).await;
    journey.days(3).await;
    let refund = json!({
        "id": 900, "order_id": 6_600_000_000_001_u64, "created_at": "2026-12-04T10:00:00+09:00",
        "transactions": [{ "id": 1, "kind": "refund", "status": "success", "amount": "800", "currency": "JPY" }],
        "refund_line_items": [],
    });
    assert_eq!(journey.shopify("refunds/create", &refund).await, 200);
    journey.days(40).await;
    assert_eq!(journey.received(HANAKO).await, ["12-02 10:00 thanks-first"]);
    assert_eq!(kinds(&journey).await, ["settle_case"]);
}

#[tokio::test]
async fn a_konbini_order_begins_when_it_is_paid() {
    let journey = Journey::begin().await;
    let waiting = order(&json!({ "financial_status": "pending" }));
    journey.shopify("orders/create", &waiting).await;
    journey.until("2026-12-05T12:00:00+09:00").await;
    assert!(journey.mails().await.is_empty());
    let paid =
        orders::with(&waiting, &json!({ "financial_status": "paid", "updated_at": "2026-12-05T12:00:00+09:00" }));
    journey.shopify("orders/paid", &paid).await;
    journey.days(2).await;
    assert_eq!(journey.received(HANAKO).await, ["12-06 10:00 thanks-first"]);
}
