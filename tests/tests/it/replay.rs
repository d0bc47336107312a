//! A webhook that comes again changes no byte.

use serde_json::{Value, json};
use wasurena_tests::journey::{Journey, orders};

const HANAKO: &str = "hanako@example.jp";

#[tokio::test]
async fn every_webhook_five_times_after_it_was_played_leaves_the_diary_as_it_is() {
    let journey = Journey::begin().await;
    let order = orders::paid(1, "2026-12-01T10:00:00+09:00", HANAKO, "飯碗");
    let second = orders::paid(2, "2026-12-01T11:00:00+09:00", "ichiro@example.jp", "湯呑み");
    let unpaid = orders::with(
        &orders::paid(3, "2026-12-01T11:30:00+09:00", "makoto@example.jp", "土瓶"),
        &json!({ "financial_status": "pending" }),
    );
    let cancelled = json!({ "updated_at": "2026-12-01T12:00:00+09:00", "cancelled_at": "2026-12-01T12:00:00+09:00" });
    let webhooks: Vec<(&str, Value)> = vec![
        ("orders/create", order.clone()),
        ("orders/paid", order.clone()),
        ("orders/updated", orders::with(&order, &json!({ "updated_at": "2026-12-01T10:05:00+09:00" }))),
        ("orders/create", second.clone()),
        ("orders/cancelled", orders::with(&second, &cancelled)),
        ("orders/create", unpaid),
        ("orders/create", orders::with(&order, &json!({ "id": 99, "test": true }))),
        ("orders/edited", order),
    ];
    for (topic, body) in &webhooks {
        assert_eq!(journey.shopify(topic, body).await, 200);
    }
    journey.until("2026-12-16T00:00:00+09:00").await;
    let before = journey.diary().await;
    assert!(before.len() > 10);
    for _ in 0..5 {
        for (topic, body) in &webhooks {
            assert_eq!(journey.shopify(topic, body).await, 200);
            assert_eq!(journey.diary().await, before, "{topic}");
        }
    }
}
