//! Bad input at the webhook: a clear answer by its name, nothing stored, nothing lost.

use reqwest::StatusCode;
use serde_json::{Value, json};
use wasurena_carts::sign;
use wasurena_local::sample::SECRET;
use wasurena_tests::journey::{Journey, moment, orders};

async fn check(journey: &Journey, path: &str, headers: &[(&str, &str)], body: Vec<u8>, status: StatusCode, code: &str) {
    let answer = journey.post(path, headers, body).await;
    assert_eq!(answer.status(), status, "{path} {headers:?}");
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let problem: Value = answer.json().await.unwrap();
    assert_eq!(problem["code"], code, "{problem}");
}

#[tokio::test]
async fn every_rejection_has_its_answer_and_stores_nothing() {
    let journey = Journey::begin().await;
    let before = journey.diary().await;
    let order = orders::paid(1, "2026-12-01T10:00:00+09:00", "hanako@example.jp", "飯碗").to_string().into_bytes();
    let topic = ("x-shopify-topic", "orders/create");
    let signed = |body: &[u8]| sign::shopify(SECRET, body).1;
    let shopify = "/hooks/sakura/shopify";

    // 404 before everything: a stranger learns nothing about shops, carts or sizes.
    let huge = vec![b' '; 1024 * 1024 + 1];
    for path in ["/hooks/nowhere/shopify", "/hooks/sakura/nothing", "/hooks/sakura", "/hooks/a/b/c"] {
        check(&journey, path, &[], huge.clone(), StatusCode::NOT_FOUND, "unknown_shop_or_cart").await;
    }
    // 413 before the signature.
    check(&journey, shopify, &[topic], huge, StatusCode::PAYLOAD_TOO_LARGE, "body_too_large").await;
    // 401: missing, wrong, of another body, of another secret.
    let rejected = |value: String| vec![topic, ("x-shopify-hmac-sha256", Box::leak(value.into_boxed_str()) as &str)];
    check(&journey, shopify, &[topic], order.clone(), StatusCode::UNAUTHORIZED, "signature_rejected").await;
    for value in ["not base64".to_owned(), signed(b"{}"), sign::shopify("another", &order).1] {
        check(&journey, shopify, &rejected(value), order.clone(), StatusCode::UNAUTHORIZED, "signature_rejected").await;
    }
    // 400: signed, and no order.
    for body in ["", "[]", "{", "{\"id\": true}", "null"] {
        let headers = rejected(signed(body.as_bytes()));
        check(&journey, shopify, &headers, body.into(), StatusCode::BAD_REQUEST, "body_unreadable").await;
    }
    // Stale and premature signatures of the generic hook.
    for at in ["2026-12-01T08:54:59+09:00", "2026-12-01T09:05:01+09:00"] {
        let body = b"{}";
        let headers = sign::standard(SECRET, "msg_1", moment(at), body).unwrap();
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        check(
            &journey,
            "/hooks/sakura/standard",
            &headers,
            body.to_vec(),
            StatusCode::UNAUTHORIZED,
            "signature_rejected",
        )
        .await;
    }
    assert_eq!(journey.get(shopify).await.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(journey.diary().await, before);
}

#[tokio::test]
async fn a_wrong_type_is_refused_with_the_path_of_its_field() {
    let journey = Journey::begin().await;
    let body = json!({
        "type": "purchase.paid",
        "occurred_at": "2026-12-01T09:00:00+09:00",
        "order": {
            "id": "A-1", "ordered_at": "2026-12-01T09:00:00+09:00", "currency": "JPY", "total": "3800",
            "buyer": { "email": "hanako@example.jp" },
            "lines": [{ "name": "飯碗", "quantity": "two", "unit_price": "3800" }],
        },
    });
    let text = body.to_string();
    let headers = sign::standard(SECRET, "msg_1", moment("2026-12-01T09:00:00+09:00"), text.as_bytes()).unwrap();
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = journey.post("/hooks/sakura/standard", &headers, text.into()).await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    let problem: Value = answer.json().await.unwrap();
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("order.lines[0].quantity") && !detail.contains("two"), "{detail}");
}

#[tokio::test]
async fn unknown_topics_and_test_orders_are_acknowledged_and_left_alone() {
    let journey = Journey::begin().await;
    let before = journey.diary().await;
    let order = orders::paid(1, "2026-12-01T10:00:00+09:00", "hanako@example.jp", "飯碗");
    assert_eq!(journey.shopify("products/update", &json!({ "id": 1 })).await, 200);
    assert_eq!(journey.shopify("orders/create", &orders::with(&order, &json!({ "test": true }))).await, 200);
    assert_eq!(journey.diary().await, before);
}
