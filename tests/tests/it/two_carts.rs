//! One sale that reaches us from two carts: a WooCommerce order that Stripe was paid for.

use serde_json::{Value, json};
use wasurena_tests::journey::{Journey, moment, orders};

const HANAKO: &str = "hanako@example.jp";

fn unix(at: &str) -> i64 {
    moment(at).timestamp()
}

/// Thanks that went out or will, by their steps.
async fn thanks(journey: &Journey) -> Vec<String> {
    let mut states = journey.states(HANAKO).await;
    states.retain(|state| state.starts_with("thanks"));
    states.sort();
    states
}

#[tokio::test]
async fn it_counts_once_and_is_thanked_once() {
    for stripe_first in [false, true] {
        let journey = Journey::begin().await;
        let woocommerce = orders::woocommerce(7, "2026-12-01T01:00:00", HANAKO, "飯碗");
        let stripe = orders::stripe("pi_7", unix("2026-12-01T01:00:05Z"), HANAKO);
        if stripe_first {
            assert_eq!(journey.stripe(&stripe).await, 200);
        }
        assert_eq!(journey.woocommerce("order.created", &woocommerce).await, 200);
        if !stripe_first {
            assert_eq!(journey.stripe(&stripe).await, 200);
        }
        journey.days(25).await;
        let steps: Vec<String> = journey.received(HANAKO).await;
        assert_eq!(steps, ["12-02 10:00 thanks-first", "12-08 10:00 arrival", "12-15 10:00 usage"]);
    }
}

/// The next purchase is the second one, not the third: also where the two reports of the sale lie at the edge of the
/// first occasion's week, so that the week alone would make two occasions of them.
#[tokio::test]
async fn looked_back_at_later_it_is_still_one() {
    let journey = Journey::begin().await;
    journey.shopify("orders/create", &orders::paid(1, "2026-12-01T09:30:00+09:00", HANAKO, "飯碗")).await;
    journey.until("2026-12-09T00:30:00+09:00").await;
    let late_evening = orders::woocommerce(7, "2026-12-08T14:59:50", HANAKO, "湯呑み");
    journey.woocommerce("order.created", &late_evening).await;
    journey.stripe(&orders::stripe("pi_7", unix("2026-12-08T15:00:10Z"), HANAKO)).await;
    journey.days(30).await;
    assert_eq!(thanks(&journey).await, ["thanks-first sent -"], "all of it was the first occasion");
    let now = journey.now().await.to_rfc3339();
    journey.shopify("orders/create", &orders::paid(2, &now, HANAKO, "角皿")).await;
    journey.days(3).await;
    assert_eq!(thanks(&journey).await, ["thanks-first sent -", "thanks-second sent -"]);
}

/// A konbini payment: the cart sees it paid when the money comes, days after the other. The payment's id tells.
#[tokio::test]
async fn the_payments_id_tells_where_days_lie_between() {
    let journey = Journey::begin().await;
    let named = json!({ "meta_data": [{ "id": 1, "key": "_stripe_intent_id", "value": "pi_7" }] });
    let order = orders::with(&orders::woocommerce(7, "2026-12-01T00:10:00", HANAKO, "飯碗"), &named);
    journey.woocommerce("order.created", &order).await;
    journey.until("2026-12-10T12:00:00+09:00").await;
    let mut paid_later = orders::stripe("pi_7", unix("2026-12-10T02:00:00Z"), HANAKO);
    paid_later["type"] = json!("checkout.session.async_payment_succeeded");
    paid_later["data"]["object"]["created"] = json!(unix("2026-12-01T00:10:00Z"));
    journey.stripe(&paid_later).await;
    journey.days(20).await;
    assert_eq!(thanks(&journey).await, ["thanks-first sent -"]);
}

#[tokio::test]
async fn a_refund_finds_its_sale_by_the_payment() {
    let journey = Journey::begin().await;
    journey.stripe(&orders::stripe("pi_7", unix("2026-12-01T01:00:05Z"), HANAKO)).await;
    let refunded: Value = json!({
        "id": "evt_refund", "object": "event", "type": "charge.refunded", "livemode": true,
        "created": unix("2026-12-01T05:00:00Z"),
        "data": { "object": {
            "id": "ch_1", "object": "charge", "payment_intent": "pi_7", "refunded": true,
            "amount": 3800, "amount_refunded": 3800,
        } },
    });
    assert_eq!(journey.stripe(&refunded).await, 200);
    journey.days(30).await;
    assert!(journey.mails().await.is_empty());
    assert!(journey.states(HANAKO).await.iter().all(|state| state.ends_with("cancelled purchase_undone")));
}
