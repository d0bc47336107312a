//! A webhook that comes again changes no byte.

use serde_json::{Value, json};
use wasurena_carts::sign;
use wasurena_local::sample;
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

/// WooCommerce makes its delivery id of the webhook's id and the second: two orders of one second share it, and the
/// same content sent again has another. So it tells nothing, and the content everything.
#[tokio::test]
async fn woocommerces_delivery_id_neither_joins_two_orders_nor_parts_one() {
    let journey = Journey::begin().await;
    let deliver = async |number: u64, address: &str, delivery: &str| {
        let body = orders::woocommerce(number, "2026-12-01T00:00:00", address, "飯碗").to_string();
        let (name, signature) = sign::woocommerce(sample::SECRET, body.as_bytes());
        let headers =
            [(name, &*signature), ("x-wc-webhook-topic", "order.created"), ("x-wc-webhook-delivery-id", delivery)];
        assert_eq!(journey.post("/hooks/sakura/woocommerce", &headers, body.into()).await.status(), 200);
    };
    deliver(7, HANAKO, "same").await;
    deliver(8, "ichiro@example.jp", "same").await;
    let before = journey.diary().await;
    assert_eq!(before.iter().filter(|item| item["entity"]["S"] == "purchase").count(), 2);
    deliver(7, HANAKO, "another").await;
    assert_eq!(journey.diary().await, before);
    journey.days(3).await;
    assert_eq!(journey.mails().await.len(), 2, "each is thanked once");
}
