//! The carts' own samples, where the folder with them is at hand: each is accepted, left alone or refused for the
//! reason named here. Our own fixtures cover the same where it is not.

use crate::conformance::row_of;
use crate::support::{secrets, with};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use wasurena_carts::{Headers, Webhook, find};

/// The folder with samples and vectors, beside the repository.
fn folder() -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    (folder.join("payloads").is_dir() && folder.join("vectors").is_dir()).then_some(folder)
}

/// What became of a body, in a few words.
fn outcome(cart: &str, topic: &str, body: &[u8]) -> String {
    match row_of(cart).send(topic, body) {
        Ok(Webhook::Purchase(report)) => format!("purchase {}", report.key),
        Ok(Webhook::Erase(subject)) => format!("erase {}", subject.purchases.len()),
        Ok(Webhook::Disclose(subject)) => format!("disclose {}", subject.purchases.len()),
        Ok(Webhook::EraseCart) => "erase cart".to_owned(),
        Ok(Webhook::Ignored(why)) => format!("ignored: {why}"),
        Err(e) => format!("refused: {e}"),
    }
}

#[test]
fn every_sample_is_accepted_or_refused_for_the_right_reason() {
    let Some(folder) = folder() else { return };
    let (test, nothing) = ("ignored: it is marked as a test", "ignored: nothing of it is kept:");
    for (file, topic, expected) in [
        ("shopify/orders_paid_official_450789469.json", "orders/paid", "purchase shopify/450789469".to_owned()),
        ("shopify/orders_cancelled_official.json", "orders/cancelled", "purchase shopify/450789469".to_owned()),
        ("shopify/refunds_create_official.json", "refunds/create", test.to_owned()),
        (
            "shopify/fulfillments_create_official.json",
            "fulfillments/create",
            format!("{nothing} the parcel was not handed over"),
        ),
        (
            "shopify/fulfillment_events_create_official.json",
            "fulfillment_events/create",
            "purchase shopify/450789469".to_owned(),
        ),
        ("shopify/customers_redact.json", "customers/redact", "erase 3".to_owned()),
        ("shopify/customers_data_request.json", "customers/data_request", "disclose 3".to_owned()),
        ("shopify/shop_redact.json", "shop/redact", "erase cart".to_owned()),
        ("woocommerce/order_docs_0_processing.json", "order.created", "purchase woocommerce/727".to_owned()),
        ("woocommerce/order_docs_2_completed.json", "order.updated", "purchase woocommerce/727".to_owned()),
        ("stripe/checkout.session.completed.json", "", test.to_owned()),
        ("stripe/checkout.session.completed.payment_mode.json", "", test.to_owned()),
        ("stripe/charge.refunded.json", "", format!("{nothing} the charge names no payment intent")),
    ] {
        let body = fs::read(folder.join("payloads").join(file)).unwrap();
        assert_eq!(outcome(file.split('/').next().unwrap(), topic, &body), expected, "{file}");
    }
}

#[test]
fn samples_that_are_no_webhooks_by_themselves() {
    let Some(folder) = folder() else { return };
    let read = |file: &str| -> Value {
        serde_json::from_slice(&fs::read(folder.join("payloads").join(file)).unwrap()).unwrap()
    };
    let wrapped = read("shopify/gofixture_order.json");
    let sent = |cart, topic, body: &Value| outcome(cart, topic, body.to_string().as_bytes());
    assert_eq!(sent("shopify", "orders/updated", &wrapped["order"]), "ignored: it is marked as a test");
    let missing = "refused: id: expected a string or a whole number below 2^64, but it is missing";
    assert_eq!(sent("shopify", "orders/updated", &wrapped), missing, "as the REST API wraps it");
    let live = with(&wrapped["order"], "/test", json!(false));
    assert_eq!(sent("shopify", "orders/updated", &live), "purchase shopify/123456");

    // The object of Stripe's reference, in an event: its session was never finished, so it has no currency.
    let session = read("stripe/official_checkout.session_object.json");
    let event = json!({ "type": "checkout.session.completed", "created": 1_234_567_890, "livemode": false });
    let event = with(&event, "/data", json!({ "object": session }));
    assert_eq!(sent("stripe", "", &event), "refused: data.object.currency: expected a string, but it is missing");
    let envelope = read("stripe/official_event_envelope.json");
    assert!(sent("stripe", "", &envelope).starts_with("ignored: the topic "), "{}", sent("stripe", "", &envelope));
    let refund = read("woocommerce/refund_docs.json");
    assert!(sent("woocommerce", "order.updated", &refund).starts_with("refused: "), "a refund is no order");

    let ping = fs::read(folder.join("payloads/woocommerce/ping.txt")).unwrap();
    assert!(find("woocommerce").unwrap().is_ping(&[("", ""); 0], ping.trim_ascii()));
}

#[test]
fn every_vector_is_accepted() {
    let Some(folder) = folder() else { return };
    for (cart, file) in [
        ("shopify", "shopify_go-shopify.json"),
        ("woocommerce", "woocommerce_computed.json"),
        ("stripe", "stripe_computed.json"),
        ("standard", "standard_webhooks.json"),
    ] {
        let vector: Value = serde_json::from_slice(&fs::read(folder.join("vectors").join(file)).unwrap()).unwrap();
        let sent_headers = if vector["header"].is_object() { &vector["header"] } else { &vector["headers"] };
        let headers: Vec<(String, String)> = sent_headers
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
            .collect();
        let body = vector["body"].as_str().unwrap().as_bytes();
        let sent = vector["timestamp"].as_i64().or_else(|| headers.get("webhook-timestamp")?.parse().ok());
        let now = chrono::DateTime::from_timestamp(sent.unwrap_or_default(), 0).unwrap();
        let secrets = secrets(vector["secret"].as_str().unwrap(), None);
        let verified = find(cart).unwrap().verify(&headers, body, &secrets, now);
        assert_eq!(verified.err(), None, "{file}");
    }
}
