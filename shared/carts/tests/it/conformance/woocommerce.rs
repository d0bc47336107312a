//! WooCommerce's row.

use super::row::{Message, Row, Said};
use crate::support::{fixture, with};
use serde_json::{Value, json};
use wasurena_carts::sign;

pub(crate) const ROW: Row = Row {
    cart: "woocommerce",
    headers: |secret, topic, body, _| vec![sign::woocommerce(secret, body), ("x-wc-webhook-topic", topic.to_owned())],
    signed_by: &["x-wc-webhook-signature"],
    malformed: "no base64!",
    signs_time: false,
    topic: Some("x-wc-webhook-topic"),
    key: "woocommerce/1042",
    product: "93",
    says,
};

/// The paid order with these values at these pointers.
fn order(changes: &[(&str, Value)]) -> Value {
    let paid = fixture("woocommerce/processing");
    changes.iter().fold(paid, |body, (pointer, value)| with(&body, pointer, value.clone()))
}

/// The order in another state, since `modified`.
fn state(status: &str, modified: &str, further: &[(&str, Value)]) -> Value {
    let state = [("/status", json!(status)), ("/date_modified_gmt", json!(modified))];
    order(&state.iter().chain(further).cloned().collect::<Vec<_>>())
}

fn meta(key: &str, value: &str) -> Value {
    order(&[("/meta_data/1", json!({ "id": 13108, "key": key, "value": value }))])
}

fn says(said: Said) -> Option<Message> {
    let unpaid = [("/date_paid", Value::Null), ("/date_paid_gmt", Value::Null)];
    let body = match said {
        Said::Unpaid => state("on-hold", "2026-04-03T01:24:33", &unpaid),
        Said::Paid => order(&[]),
        Said::Updated => state(
            "processing",
            "2026-04-05T00:00:00",
            &[("/billing/first_name", json!("華子")), ("/line_items/0/parent_name", json!("灰釉の飯碗"))],
        ),
        Said::Shipped => {
            state("completed", "2026-04-06T06:10:02", &[("/date_completed_gmt", json!("2026-04-06T06:10:00"))])
        }
        Said::PartlyRefunded => {
            let refund = json!([{ "id": 2001, "reason": "湯呑が欠けていた", "total": "-1900" }]);
            state("completed", "2026-04-09T02:30:00", &[("/refunds", refund)])
        }
        Said::Refunded => state("refunded", "2026-04-10T00:15:02", &[]),
        Said::Cancelled => state("cancelled", "2026-04-10T00:15:00", &[]),
        Said::ConsentGiven => meta("メルマガ", "希望する"),
        Said::ConsentDenied => meta("メルマガ", "希望しない"),
        Said::ConsentUnsaid => order(&[]),
        Said::Gift => meta("_billing_noshi_のし", "御祝"),
        Said::Renewal => order(&[("/created_via", json!("subscription"))]),
        Said::Company => order(&[("/billing/company", json!("見本商店"))]),
        Said::Marketplace => order(&[("/billing/email", json!("0a1b2c@pc.fw.rakuten.ne.jp"))]),
        Said::Digital => order(&[("/needs_processing", json!(false)), ("/shipping_lines", json!([]))]),
        Said::MadeToOrder => meta("_wc_pre_orders_is_pre_order", "1"),
        Said::Promised => meta("wc4jp-delivery-date", "2026-04-20"),
        Said::Payment => meta("_stripe_intent_id", "pi_3SAMPLE00000000000000001"),
        Said::Nobody => order(&[("/billing", json!({ "first_name": "", "last_name": "", "email": "", "phone": "" }))]),
        Said::Dollars => order(&[("/currency", json!("USD")), ("/total", json!("82.70"))]),
        Said::LongId => order(&[("/id", json!(9_007_199_254_740_993_u64))]),
        Said::Test => meta("_wcpay_mode", "test"),
        Said::NoOrder => order(&[("/status", json!("checkout-draft"))]),
        Said::UnusedTopic => return Some(Message { topic: "product.updated", body: json!({ "id": 93 }) }),
        Said::UnknownTopic => return Some(Message { topic: "action.woocommerce_add_to_cart", body: json!({}) }),
        Said::Arrived | Said::Exchange | Said::GiftCard => return None,
        Said::Erase | Said::Disclose | Said::EraseCart => return None,
    };
    Some(Message { topic: if said == Said::Unpaid { "order.created" } else { "order.updated" }, body })
}
