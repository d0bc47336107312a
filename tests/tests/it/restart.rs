//! The process ends and starts again on its data: diary, postbox, alarms, clock and stream positions are kept.

use wasurena_tests::journey::{Journey, orders};

const HANAKO: &str = "hanako@example.jp";

#[tokio::test]
async fn a_restart_changes_nothing() {
    let journey = Journey::begin().await;
    journey.shopify("orders/create", &orders::paid(1, "2026-12-01T10:00:00+09:00", HANAKO, "飯碗")).await;
    let journey = journey.restart().await;
    assert_eq!(journey.states(HANAKO).await.len(), 3);
    journey.until("2026-12-02T12:00:00+09:00").await;
    let now = journey.now().await;
    let journey = journey.restart().await;
    assert_eq!(journey.now().await, now);
    assert_eq!(journey.received(HANAKO).await, ["12-02 10:00 thanks-first"]);
    journey.until("2026-12-16T00:00:00+09:00").await;
    assert_eq!(journey.received(HANAKO).await.len(), 3);
}
