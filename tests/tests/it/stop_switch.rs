//! The owner's stop switch: nothing is claimed while it is on, and nothing is lost by it.

use serde_json::json;
use wasurena_tests::journey::{Journey, orders};

const HANAKO: &str = "hanako@example.jp";

#[tokio::test]
async fn while_it_is_on_nothing_goes_out_and_afterwards_what_still_fits_does() {
    let journey = Journey::begin().await;
    journey.shopify("orders/create", &orders::paid(1, "2026-12-01T10:00:00+09:00", HANAKO, "飯碗")).await;
    journey.turn("stop", &json!({ "shop": "sakura", "on": true })).await;
    journey.until("2026-12-03T09:00:00+09:00").await;
    assert!(journey.mails().await.is_empty());
    assert_eq!(journey.usage().await["calls"]["ses.SendEmail"], json!(null));
    journey.turn("stop", &json!({ "shop": "sakura", "on": false })).await;
    journey.until("2026-12-04T00:00:00+09:00").await;
    let received = journey.received(HANAKO).await;
    assert_eq!(received.len(), 1, "{received:?}");
    assert!(received[0].starts_with("12-03 ") && received[0].ends_with("thanks-first"), "{received:?}");
}

#[tokio::test]
async fn an_unknown_shop_is_told_apart() {
    let journey = Journey::begin().await;
    let body = json!({ "shop": "nowhere", "on": true }).to_string();
    let answer = journey.post("/_local/stop", &[("content-type", "application/json")], body.into()).await;
    assert_eq!(answer.status(), 404);
}
