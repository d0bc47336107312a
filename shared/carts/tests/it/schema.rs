//! The published schema, example and page against the parser: what one accepts, the other does.

use crate::support::{EXAMPLE, SCHEMA, event, parse, read, short, with};
use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::LazyLock;
use wasurena_carts::{IgnoredReason, Unreadable, Webhook};

static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
});

/// Holds schema and parser together on one body. Where the schema says yes and the parser no, it must be
/// for a rule that no schema can say: decimals of a currency, a time that lies ahead.
fn agree(body: &Value) -> Result<(), String> {
    let valid = VALIDATOR.is_valid(body);
    match (read("standard", body), valid) {
        (Ok(Webhook::Ignored(IgnoredReason::UnknownTopic(_))), _) | (Ok(_), true) | (Err(_), false) => Ok(()),
        (Err(Unreadable::Impossible { .. }), true) => Ok(()),
        (Ok(_), false) => Err(format!("the parser takes what the schema refuses: {body}")),
        (Err(e), true) => Err(format!("the schema takes what the parser refuses with {e}: {body}")),
    }
}

#[test]
fn the_example_is_valid_and_read() {
    let example: Value = serde_json::from_str(EXAMPLE).unwrap();
    VALIDATOR.validate(&example).unwrap();
    assert!(matches!(parse("standard", EXAMPLE.as_bytes()), Ok(Webhook::Purchase(_))));
}

#[test]
fn every_body_on_the_page_is_valid_and_read() {
    let page = include_str!("../../../../docs/hooks/standard.md");
    let bodies: Vec<&str> = page.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert_eq!(bodies.len(), 4);
    for body in bodies {
        VALIDATOR.validate(&serde_json::from_str(body).unwrap()).unwrap();
        assert!(matches!(parse("standard", body.as_bytes()), Ok(Webhook::Purchase(_) | Webhook::Erase(_))), "{body}");
    }
}

#[test]
fn schema_and_parser_agree_on_whole_and_short_events() {
    for kind in ["placed", "paid", "updated", "shipped", "arrived", "cancelled", "refunded", "returned", "reviewed"] {
        let kind = format!("purchase.{kind}");
        agree(&short(&kind)).unwrap();
        agree(&event(&kind)).unwrap();
        for (name, value) in [
            ("kind", "renewal"),
            ("delivery", "digital"),
            ("promised_on", "2026-04-20"),
            ("consent_at", "2026-04-03T10:24:31+09:00"),
            ("marketplace", "rakuten"),
            ("payment", "pi_1"),
        ] {
            agree(&with(&short(&kind), &format!("/order/{name}"), json!(value))).unwrap();
        }
        for name in event(&kind)["order"].as_object().unwrap().keys() {
            agree(&with(&event(&kind), &format!("/order/{name}"), Value::Null)).unwrap();
            let carried = event(&kind)["order"][name].clone();
            agree(&with(&short(&kind), &format!("/order/{name}"), carried)).unwrap();
        }
    }
}

/// Places in the example, down to the fields of its lines.
const PLACES: [&str; 47] = [
    "/type",
    "/occurred_at",
    "/test",
    "/order",
    "/order/id",
    "/order/ordered_at",
    "/order/paid_at",
    "/order/shipped_at",
    "/order/arrived_at",
    "/order/cancelled_at",
    "/order/refunded_at",
    "/order/returned_at",
    "/order/refund",
    "/order/refund/id",
    "/order/refund/amount",
    "/order/refund/currency",
    "/order/kind",
    "/order/delivery",
    "/order/promised_on",
    "/order/company",
    "/order/marketplace",
    "/order/payment",
    "/customer",
    "/customer/email",
    "/customer/phone",
    "/customer/orders",
    "/customer/orders/0",
    "/customer/unheard_of",
    "/order/currency",
    "/order/total",
    "/order/gift",
    "/order/consent",
    "/order/consent_at",
    "/order/buyer",
    "/order/buyer/email",
    "/order/buyer/phone",
    "/order/buyer/name",
    "/order/buyer/family_name",
    "/order/buyer/given_name",
    "/order/lines",
    "/order/lines/0",
    "/order/lines/0/product_id",
    "/order/lines/0/name",
    "/order/lines/0/picture",
    "/order/lines/0/quantity",
    "/order/lines/0/unit_price",
    "/unheard_of",
];

fn anything() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        // A whole float is an integer to a schema and none to the parser.
        any::<i16>().prop_map(|n| json!(f64::from(n) + 0.5)),
        ".{0,8}".prop_map(Value::from),
        "-?[0-9]{1,4}([.][0-9]{0,3})?".prop_map(Value::from),
        "202[0-9]-0[1-9]-[0-2][1-8][T ][0-2][0-9]:[0-5][0-9]:[0-5][0-9]([.][0-9]{1,7})?(Z|[+]09:00)?"
            .prop_map(Value::from),
        "[a-zA-Z]{3}".prop_map(Value::from),
        prop::sample::select(vec!["granted", "denied", "unknown", "purchase.placed", "purchase.shipped"])
            .prop_map(Value::from),
        prop::sample::select(vec![
            "exchange",
            "appointment",
            "customer.erased",
            "2026-02-29",
            "2028-02-29",
            "2026-4-3"
        ])
        .prop_map(Value::from),
        Just(json!([])),
        Just(json!({})),
        Just(json!([{ "name": "湯呑", "quantity": 1, "unit_price": "1900" }])),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn schema_and_parser_agree_on_any_change(
        base in 0..4_usize,
        changes in prop::collection::vec((prop::sample::select(PLACES.to_vec()), anything()), 1..3),
    ) {
        let refund = json!({ "id": 1, "amount": "1900", "currency": "JPY" });
        let mut body = match base {
            0 => event("purchase.paid"),
            1 => short("purchase.arrived"),
            2 => with(&short("purchase.returned"), "/order/refund", refund),
            _ => with(
                &json!({ "type": "customer.erased", "occurred_at": "2026-04-05T12:00:00+09:00" }),
                "/customer",
                json!({ "email": "hanako@example.jp", "phone": null, "orders": ["1042"] }),
            ),
        };
        for (place, value) in changes {
            let parent = place.rsplit_once('/').unwrap().0;
            if body.pointer(place).is_some() || body.pointer(parent).is_some_and(Value::is_object) {
                body = with(&body, place, value);
            }
        }
        agree(&body).map_err(TestCaseError::fail)?;
    }
}
