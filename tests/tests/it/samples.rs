//! The carts' own samples through the real endpoint, where the folder with them is at hand beside the repository. Our
//! own fixtures go the same way in the carts' tests everywhere.

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use wasurena_tests::journey::Journey;

fn folder() -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/payloads");
    folder.is_dir().then_some(folder)
}

fn read(folder: &Path, file: &str) -> Value {
    serde_json::from_slice(&std::fs::read(folder.join(file)).unwrap()).unwrap()
}

#[tokio::test]
async fn every_sample_is_accepted_or_refused_for_the_right_reason() {
    let Some(folder) = folder() else { return };
    let journey = Journey::begin_at("2026-12-01T09:00:00+09:00").await;
    for (file, topic) in [
        ("orders_paid_official_450789469", "orders/paid"),
        ("orders_cancelled_official", "orders/cancelled"),
        ("refunds_create_official", "refunds/create"),
        ("fulfillments_create_official", "fulfillments/create"),
        ("fulfillment_events_create_official", "fulfillment_events/create"),
        ("customers_data_request", "customers/data_request"),
        ("customers_redact", "customers/redact"),
        ("shop_redact", "shop/redact"),
    ] {
        let body = read(&folder, &format!("shopify/{file}.json"));
        assert_eq!(journey.shopify(topic, &body).await, 200, "{file}");
    }
    let order = read(&folder, "shopify/gofixture_order.json");
    assert_eq!(journey.shopify("orders/updated", &order["order"]).await, 200, "a test order is left alone");
    assert_eq!(journey.shopify("orders/updated", &order).await, 400, "as the REST API wraps it, it is no webhook");

    for (file, topic) in [("order_docs_0_processing", "order.created"), ("order_docs_2_completed", "order.updated")] {
        let body = read(&folder, &format!("woocommerce/{file}.json"));
        assert_eq!(journey.woocommerce(topic, &body).await, 200, "{file}");
    }
    let refund = read(&folder, "woocommerce/refund_docs.json");
    assert_eq!(journey.woocommerce("order.updated", &refund).await, 400, "a refund is no order");
    let ping = std::fs::read(folder.join("woocommerce/ping.txt")).unwrap().trim_ascii().to_vec();
    let form = [("content-type", "application/x-www-form-urlencoded")];
    assert_eq!(journey.post("/hooks/sakura/woocommerce", &form, ping).await.status(), 200);

    for file in ["checkout.session.completed", "checkout.session.completed.payment_mode", "charge.refunded"] {
        let body = read(&folder, &format!("stripe/{file}.json"));
        assert_eq!(journey.stripe(&body).await, 200, "{file}");
    }
    // Made live, the sample's session is a purchase.
    let mut live = read(&folder, "stripe/checkout.session.completed.payment_mode.json");
    live["livemode"] = json!(true);
    assert_eq!(journey.stripe(&live).await, 200);
    let kept = |cart: &str, diary: &[Value]| {
        diary.iter().filter(|item| item["pk"]["S"].as_str().unwrap().starts_with(&format!("sakura#P#{cart}#"))).count()
    };
    let diary = journey.diary().await;
    assert_eq!((kept("woocommerce", &diary), kept("stripe", &diary)), (1, 1), "the two of WooCommerce are one order");
}

#[tokio::test]
async fn an_unsigned_ping_is_the_only_thing_that_needs_no_signature() {
    let journey = Journey::begin().await;
    let before = journey.diary().await;
    let post = |path: &'static str, body: &'static str| {
        let journey = &journey;
        async move { journey.post(path, &[], body.as_bytes().to_vec()).await.status().as_u16() }
    };
    for (path, body, expected) in [
        ("/hooks/sakura/woocommerce", "webhook_id=42", 200),
        ("/hooks/sakura/woocommerce", "webhook_id=42&id=1", 401),
        ("/hooks/sakura/woocommerce", "webhook_id=", 401),
        ("/hooks/sakura/woocommerce", "{}", 401),
        ("/hooks/sakura/shopify", "webhook_id=42", 401),
        ("/hooks/sakura/stripe", "webhook_id=42", 401),
        ("/hooks/nowhere/woocommerce", "webhook_id=42", 404),
    ] {
        assert_eq!(post(path, body).await, expected, "{path} {body}");
    }
    assert_eq!(journey.diary().await, before);
}
