//! The two functions with a URL, as Lambda hands requests to them and takes their answers.

use crate::support::{Deployment, HANAKO, hook, order, webhook};
use serde_json::{Value, json};
use wasurena_carts::sign;
use wasurena_local::sample;
use wasurena_tests::lambda::events;

#[tokio::test]
#[ignore = "needs the release binaries: tests/run builds them"]
async fn a_body_in_base64_is_the_same_webhook() {
    let mut deployment = Deployment::new().await;
    let order = order(1, HANAKO);
    assert_eq!(deployment.answer("receive-purchase", &webhook(&order)).await["statusCode"], 200);
    let stored = deployment.cloud.items();
    assert!(!stored.is_empty());

    let body = order.to_string();
    let (name, signature) = sign::shopify(sample::SECRET, body.as_bytes());
    let headers = [("x-shopify-topic", "orders/create"), (name, signature.as_str())];
    let encoded = events::post_bytes(&hook(), &headers, body.as_bytes());
    assert_eq!(encoded["isBase64Encoded"], true);
    assert_eq!(deployment.answer("receive-purchase", &encoded).await["statusCode"], 200);
    assert_eq!(deployment.cloud.items(), stored, "a webhook that comes again changes no byte");
    assert_eq!(deployment.function("receive-purchase").starts(), 1, "both calls went to one process");
}

#[tokio::test]
#[ignore = "needs the release binaries: tests/run builds them"]
async fn each_refusal_has_its_status() {
    let mut deployment = Deployment::new().await;
    let body = order(1, HANAKO).to_string();
    let signed = |body: &str| sign::shopify(sample::SECRET, body.as_bytes());
    let (name, signature) = signed(&body);
    let (_, of_nonsense) = signed("[]");
    let topic = ("x-shopify-topic", "orders/create");
    let large = vec![b' '; 1024 * 1024 + 1];
    for (status, event) in [
        (404, events::post("/hooks/nobody/shopify", &[topic, (name, &signature)], &body)),
        (404, events::post("/", &[], "")),
        (405, events::get(&hook())),
        (413, events::post_bytes(&hook(), &[topic], &large)),
        (401, events::post(&hook(), &[topic, (name, &of_nonsense)], &body)),
        (401, events::post(&hook(), &[topic], &body)),
        (400, events::post(&hook(), &[topic, (name, &of_nonsense)], "[]")),
    ] {
        let answer = deployment.answer("receive-purchase", &event).await;
        assert_eq!(answer["statusCode"], status, "{answer}");
        assert_eq!(answer["isBase64Encoded"], false, "{answer}");
    }
    assert_eq!(purchases(&deployment), 0);
}

fn purchases(deployment: &Deployment) -> usize {
    deployment.cloud.items().iter().filter(|item| item["entity"]["S"] == "purchase").count()
}

#[tokio::test]
#[ignore = "needs the release binaries: tests/run builds them"]
async fn a_page_comes_with_its_headers() {
    let mut deployment = Deployment::new().await;
    let answer = deployment.answer("customer-pages", &events::get("/c/sakura/stop/no-token")).await;
    assert_eq!(answer["statusCode"], 404, "{answer}");
    let header = |name: &str| answer["headers"][name].clone();
    assert_eq!(header("content-type"), "text/html; charset=utf-8");
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(header("x-robots-tag"), "noindex");
    assert!(answer["body"].as_str().unwrap().starts_with("<!DOCTYPE html>"), "{answer}");
    assert_eq!(answer["cookies"], json!([]), "nobody is followed by a cookie");
    assert_ne!(answer["headers"], Value::Null);
}
