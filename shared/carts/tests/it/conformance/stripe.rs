//! Stripe's row.

use super::row::{Message, Row, Said};
use crate::support::{fixture, with};
use serde_json::{Value, json};
use wasurena_carts::sign;

pub(crate) const ROW: Row = Row {
    cart: "stripe",
    headers: |secret, _, body, at| vec![sign::stripe(secret, at, body)],
    signed_by: &["stripe-signature"],
    malformed: "t=soon,v1=00",
    signs_time: true,
    topic: None,
    key: "stripe/pi_3SAMPLE00000000000000001",
    product: "plink_1SAMPLE0000000000000001",
    says,
};

/// 4 April 2026, 19:02:10 in Tokyo.
const PAID_AT: i64 = 1_775_296_930;

/// A later event of the session, with these values at these pointers of it.
fn session(kind: &str, created: i64, changes: &[(&str, Value)]) -> Value {
    let body = with(&fixture("stripe/completed"), "/type", json!(format!("checkout.session.{kind}")));
    let body = with(&body, "/created", json!(created));
    changes.iter().fold(body, |body, (pointer, value)| with(&body, &format!("/data/object{pointer}"), value.clone()))
}

/// The event that says the money has come, with further changes.
fn paid(changes: &[(&str, Value)]) -> Value {
    let paid = [("/payment_status", json!("paid"))];
    session("async_payment_succeeded", PAID_AT, &paid.iter().chain(changes).cloned().collect::<Vec<_>>())
}

fn refund(whole: bool) -> Value {
    let body = with(&fixture("stripe/charge_refunded"), "/data/object/refunded", json!(whole));
    if whole { with(&body, "/created", json!(1_775_780_102)) } else { body }
}

fn nobody() -> Value {
    paid(&[("/customer_details", Value::Null), ("/collected_information", Value::Null)])
}

fn says(said: Said) -> Option<Message> {
    let body = match said {
        Said::Unpaid => fixture("stripe/completed"),
        Said::Paid => paid(&[]),
        Said::Updated => {
            let changes = [
                ("/payment_status", json!("paid")),
                ("/customer_details/name", json!("見本 華子")),
                ("/metadata/product_name", json!("灰釉の飯碗")),
            ];
            session("completed", PAID_AT + 3600, &changes)
        }
        Said::PartlyRefunded => refund(false),
        Said::Refunded => refund(true),
        Said::ConsentGiven => paid(&[("/consent/promotions", json!("opt_in"))]),
        Said::ConsentDenied => paid(&[("/consent/promotions", json!("opt_out"))]),
        Said::ConsentUnsaid => paid(&[("/consent", Value::Null)]),
        Said::Gift => {
            let field = json!([{
                "key": "noshi",
                "label": { "custom": "のし", "type": "custom" },
                "optional": true,
                "type": "dropdown",
                "dropdown": { "options": [], "value": "御祝" },
            }]);
            paid(&[("/custom_fields", field)])
        }
        Said::Company => paid(&[("/customer_details/business_name", json!("見本商店"))]),
        Said::Marketplace => paid(&[("/customer_details/email", json!("0a1b2c@marketplace.amazon.co.jp"))]),
        Said::Digital => paid(&[("/metadata/delivery", json!("digital"))]),
        Said::MadeToOrder => paid(&[("/metadata/delivery", json!("made_to_order"))]),
        Said::Promised => paid(&[("/metadata/promised_on", json!("2026-04-20"))]),
        Said::Payment => paid(&[]),
        Said::Nobody => nobody(),
        Said::Dollars => paid(&[("/currency", json!("usd"))]),
        Said::LongId => paid(&[("/payment_intent", json!("pi_9007199254740993"))]),
        Said::Test => with(&paid(&[]), "/livemode", json!(false)),
        Said::NoOrder => session("completed", PAID_AT, &[("/mode", json!("setup")), ("/payment_intent", Value::Null)]),
        Said::UnusedTopic => session("expired", PAID_AT, &[]),
        Said::UnknownTopic => with(&paid(&[]), "/type", json!("climate.order.created")),
        Said::Shipped | Said::Arrived | Said::Cancelled => return None,
        Said::Renewal | Said::Exchange | Said::GiftCard => return None,
        Said::Erase | Said::Disclose | Said::EraseCart => return None,
    };
    Some(Message { topic: "", body })
}
