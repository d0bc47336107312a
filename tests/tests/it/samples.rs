//! The carts' own samples through the real endpoint, where the folder with them is at hand beside the repository. Our
//! own fixtures go the same way in the carts' tests everywhere.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use wasurena_tests::journey::Journey;

fn folder() -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/payloads");
    folder.is_dir().then_some(folder)
}

fn read(folder: &Path, file: &str) -> Value {
    serde_json::from_slice(&std::fs::read(folder.join(file)).unwrap()).unwrap()
}

/// Each sample of the carts: the topic under which it is sent, and the endpoint's answer.
const SAMPLES: [(&str, &str, u16); 19] = [
    ("shopify/orders_paid_official_450789469.json", "orders/paid", 200),
    ("shopify/orders_cancelled_official.json", "orders/cancelled", 200),
    ("shopify/refunds_create_official.json", "refunds/create", 200),
    ("shopify/fulfillments_create_official.json", "fulfillments/create", 200),
    ("shopify/fulfillment_events_create_official.json", "fulfillment_events/create", 200),
    ("shopify/customers_data_request.json", "customers/data_request", 200),
    ("shopify/customers_redact.json", "customers/redact", 200),
    ("shopify/shop_redact.json", "shop/redact", 200),
    // As the REST API wraps it, it is no webhook.
    ("shopify/gofixture_order.json", "orders/updated", 400),
    ("woocommerce/order_docs_0_processing.json", "order.created", 200),
    ("woocommerce/order_docs_2_completed.json", "order.updated", 200),
    // A refund is no order.
    ("woocommerce/refund_docs.json", "order.updated", 400),
    ("stripe/checkout.session.completed.json", "", 200),
    ("stripe/checkout.session.completed.payment_mode.json", "", 200),
    ("stripe/charge.refunded.json", "", 200),
    // An event of another topic; and objects by themselves, which are no events.
    ("stripe/official_event_envelope.json", "", 200),
    ("stripe/official_checkout.session_object.json", "", 400),
    ("stripe/official_line_item_object.json", "", 400),
    ("stripe/official_refund_object.json", "", 400),
];

/// The one sample that is no JSON.
const PING: &str = "woocommerce/ping.txt";

/// The files of the carts in the folder.
fn files_of(folder: &Path) -> BTreeSet<String> {
    let files = |cart: &'static str| {
        let entries = std::fs::read_dir(folder.join(cart)).unwrap();
        entries.map(move |entry| format!("{cart}/{}", entry.unwrap().file_name().into_string().unwrap()))
    };
    ["shopify", "woocommerce", "stripe"].into_iter().flat_map(files).collect()
}

#[tokio::test]
async fn every_sample_is_accepted_or_refused_for_the_right_reason() {
    let Some(folder) = folder() else { return };
    let named = SAMPLES.iter().map(|(file, ..)| *file).chain([PING]).map(str::to_owned).collect();
    assert_eq!(files_of(&folder), named, "each file of the folder has its row");
    let journey = Journey::begin_at("2026-12-01T09:00:00+09:00").await;
    for (file, topic, expected) in SAMPLES {
        let body = read(&folder, file);
        let status = match file.split_once('/').unwrap().0 {
            "shopify" => journey.shopify(topic, &body).await,
            "woocommerce" => journey.woocommerce(topic, &body).await,
            _ => journey.stripe(&body).await,
        };
        assert_eq!(status, expected, "{file}");
    }
    let order = read(&folder, "shopify/gofixture_order.json");
    assert_eq!(journey.shopify("orders/updated", &order["order"]).await, 200, "a test order is left alone");
    let ping = std::fs::read(folder.join(PING)).unwrap().trim_ascii().to_vec();
    let form = [("content-type", "application/x-www-form-urlencoded")];
    assert_eq!(journey.post("/hooks/sakura/woocommerce", &form, ping).await.status(), 200);

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
