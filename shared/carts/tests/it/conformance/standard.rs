//! The generic hook's row.

use super::row::{Message, Row, Said};
use crate::support::{event, short, with};
use serde_json::{Value, json};
use wasurena_carts::sign;

pub(crate) const ROW: Row = Row {
    cart: "standard",
    headers: |secret, _, body, at| sign::standard(secret, "msg_1", at, body).unwrap().to_vec(),
    signed_by: &["webhook-id", "webhook-timestamp", "webhook-signature"],
    malformed: "v1,no base64!",
    signs_time: true,
    topic: None,
    key: "standard/2026-0403-017",
    product: "kohiki-meshiwan-l",
    says,
};

/// The published example as an event of another type, with these values at these pointers.
fn order(kind: &str, occurred_at: &str, changes: &[(&str, Value)]) -> Value {
    let body = with(&event(&format!("purchase.{kind}")), "/occurred_at", json!(occurred_at));
    let body = with(&body, "/order/paid_at", Value::Null);
    changes.iter().fold(body, |body, (pointer, value)| with(&body, pointer, value.clone()))
}

fn paid(changes: &[(&str, Value)]) -> Value {
    order("paid", "2026-04-04T19:02:10+09:00", changes)
}

/// An event with nothing but the order's id.
fn later(kind: &str, occurred_at: &str) -> Value {
    with(&short(&format!("purchase.{kind}")), "/occurred_at", json!(occurred_at))
}

fn about_customer(kind: &str) -> Value {
    json!({
        "type": kind,
        "occurred_at": "2026-04-10T09:15:00+09:00",
        "customer": { "email": "hanako@example.jp", "phone": "03-1234-5678", "orders": ["2026-0403-017"] },
    })
}

fn says(said: Said) -> Option<Message> {
    let refund = json!({ "id": "R-1", "amount": "1900", "currency": "JPY" });
    let nobody = json!({ "email": "", "name": "" });
    let body = match said {
        Said::Unpaid => order("placed", "2026-04-03T10:24:33+09:00", &[]),
        Said::Paid => paid(&[]),
        Said::Updated => {
            let names = [("/order/buyer/given_name", json!("華子")), ("/order/lines/0/name", json!("灰釉の飯碗"))];
            order("updated", "2026-04-05T09:00:00+09:00", &names)
        }
        Said::Shipped => later("shipped", "2026-04-06T15:10:00+09:00"),
        Said::Arrived => later("arrived", "2026-04-08T13:40:02+09:00"),
        Said::PartlyRefunded => with(&later("returned", "2026-04-09T11:30:00+09:00"), "/order/refund", refund),
        Said::Refunded => later("refunded", "2026-04-10T09:15:02+09:00"),
        Said::Cancelled => later("cancelled", "2026-04-10T09:15:00+09:00"),
        Said::ConsentGiven => paid(&[("/order/consent", json!("granted"))]),
        Said::ConsentDenied => paid(&[("/order/consent", json!("denied"))]),
        Said::ConsentUnsaid => paid(&[("/order/consent", Value::Null)]),
        Said::Gift => paid(&[("/order/gift", json!(true))]),
        Said::Renewal => paid(&[("/order/kind", json!("renewal"))]),
        Said::Exchange => paid(&[("/order/kind", json!("exchange"))]),
        Said::GiftCard => paid(&[("/order/kind", json!("gift_card"))]),
        Said::Company => paid(&[("/order/company", json!(true))]),
        Said::Marketplace => paid(&[("/order/marketplace", json!("Amazon"))]),
        Said::Digital => paid(&[("/order/delivery", json!("digital"))]),
        Said::MadeToOrder => paid(&[("/order/delivery", json!("made_to_order"))]),
        Said::Promised => paid(&[("/order/promised_on", json!("2026-04-20"))]),
        Said::Payment => paid(&[("/order/payment", json!("pi_3SAMPLE00000000000000001"))]),
        Said::Nobody => paid(&[("/order/buyer", nobody)]),
        Said::Dollars => paid(&[("/order/currency", json!("USD")), ("/order/total", json!("82.70"))]),
        Said::LongId => paid(&[("/order/id", json!(9_007_199_254_740_993_u64))]),
        Said::Test => paid(&[("/test", json!(true))]),
        Said::UnknownTopic => with(&event("purchase.reviewed"), "/order", Value::Null),
        Said::Erase => about_customer("customer.erased"),
        Said::Disclose => about_customer("customer.data_requested"),
        Said::NoOrder | Said::UnusedTopic | Said::EraseCart => return None,
    };
    Some(Message { topic: "", body })
}
