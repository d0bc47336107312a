//! Shopify's row.

use super::row::{Message, Row, Said};
use crate::support::{fixture, with};
use serde_json::{Value, json};
use wasurena_carts::sign;

pub(crate) const ROW: Row = Row {
    cart: "shopify",
    headers: |secret, topic, body, _| vec![sign::shopify(secret, body), ("x-shopify-topic", topic.to_owned())],
    signed_by: &["x-shopify-hmac-sha256"],
    malformed: "no base64!",
    signs_time: false,
    topic: Some("x-shopify-topic"),
    key: "shopify/6012345678901234567",
    product: "8012345678901234567",
    says,
};

fn order(chapter: &str) -> Value {
    fixture(&format!("shopify/{chapter}"))
}

/// The paid order with `value` at `pointer`.
fn paid(pointer: &str, value: Value) -> Value {
    with(&order("paid"), pointer, value)
}

fn every_line(field: &str, value: &Value) -> Value {
    ["/line_items/0/", "/line_items/1/"]
        .iter()
        .fold(order("paid"), |body, line| with(&body, &format!("{line}{field}"), value.clone()))
}

fn consent(state: &str, ticked: bool) -> Value {
    let body = paid("/customer/email_marketing_consent/state", json!(state));
    with(&body, "/buyer_accepts_marketing", json!(ticked))
}

fn changed() -> Value {
    let body = with(&order("paid"), "/updated_at", json!("2026-04-05T09:00:00+09:00"));
    let body = with(&body, "/customer/first_name", json!("華子"));
    with(&body, "/line_items/0/title", json!("灰釉の飯碗"))
}

/// Shopify blanks all personal fields of apps that it has not approved.
fn nobody() -> Value {
    let fields = ["email", "contact_email", "phone", "customer", "billing_address", "shipping_address"];
    fields.iter().fold(order("paid"), |body, field| with(&body, &format!("/{field}"), Value::Null))
}

fn says(said: Said) -> Option<Message> {
    let (topic, body) = match said {
        Said::Unpaid => ("orders/create", order("create")),
        Said::Paid => ("orders/paid", order("paid")),
        Said::Updated => ("orders/updated", changed()),
        Said::Shipped => ("fulfillments/create", order("parcel")),
        Said::Arrived => ("fulfillment_events/create", order("parcel_event")),
        Said::PartlyRefunded => ("refunds/create", order("refund")),
        Said::Refunded => ("orders/updated", with(&order("cancelled"), "/cancelled_at", Value::Null)),
        Said::Cancelled => ("orders/cancelled", order("cancelled")),
        Said::ConsentGiven => ("orders/paid", consent("subscribed", false)),
        Said::ConsentDenied => ("orders/paid", consent("unsubscribed", true)),
        Said::ConsentUnsaid => ("orders/paid", consent("not_subscribed", false)),
        Said::Gift => ("orders/paid", paid("/note_attributes", json!([{ "name": "のし", "value": "御祝" }]))),
        Said::Renewal => ("orders/create", paid("/source_name", json!("subscription_contract_checkout_one"))),
        Said::Exchange => ("orders/create", paid("/tags", json!("VIP, 交換"))),
        Said::GiftCard => ("orders/paid", every_line("gift_card", &json!(true))),
        Said::Company => ("orders/paid", paid("/billing_address/company", json!("見本商店"))),
        Said::Marketplace => ("orders/paid", paid("/email", json!("0a1b2c@marketplace.amazon.co.jp"))),
        Said::Digital => ("orders/paid", every_line("requires_shipping", &json!(false))),
        Said::MadeToOrder => ("orders/paid", paid("/tags", json!("予約"))),
        Said::Promised => {
            ("orders/paid", paid("/note_attributes", json!([{ "name": "お届け希望日", "value": "2026/04/20" }])))
        }
        Said::Payment => return None,
        Said::Nobody => ("orders/paid", nobody()),
        Said::Dollars => ("orders/paid", with(&paid("/currency", json!("USD")), "/total_price", json!("82.70"))),
        Said::LongId => ("orders/paid", paid("/id", json!(9_007_199_254_740_993_u64))),
        Said::Test => ("orders/paid", paid("/test", json!(true))),
        Said::NoOrder => return None,
        Said::UnusedTopic => ("orders/edited", json!({ "order_edit": { "order_id": 1 } })),
        Said::UnknownTopic => ("carts/update", json!({ "id": "abc" })),
        Said::Erase => ("customers/redact", order("redact")),
        Said::Disclose => ("customers/data_request", requested()),
        Said::EraseCart => {
            ("shop/redact", json!({ "shop_id": 548_380_009, "shop_domain": "sakura-sample.myshopify.com" }))
        }
    };
    Some(Message { topic, body })
}

fn requested() -> Value {
    let mut body = order("redact");
    let orders = body.as_object_mut().unwrap().remove("orders_to_redact").unwrap();
    with(&with(&body, "/orders_requested", orders), "/data_request", json!({ "id": 9999 }))
}
