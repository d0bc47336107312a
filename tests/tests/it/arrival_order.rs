//! Carts deliver out of order. Every order of first arrival of one purchase's webhooks ends in the same facts.

use serde_json::{Value, json};
use wasurena_tests::journey::{Journey, orders};

const HANAKO: &str = "hanako@example.jp";

/// The facts of purchase and customer, without what counts writes or is derived from this world's own key.
fn facts(diary: &[Value]) -> Value {
    let of = |entity: &str| diary.iter().find(|item| item["entity"]["S"] == entity).cloned().unwrap_or_default();
    let (purchase, customer) = (of("purchase"), of("customer"));
    let parts = ["purchases", "email", "name", "consent", "contact", "earlier_occasions"];
    let customer: serde_json::Map<String, Value> =
        parts.iter().map(|part| ((*part).to_owned(), customer[*part].clone())).collect();
    json!({ "purchase": purchase["facts"], "customer": customer })
}

#[tokio::test]
async fn create_paid_updated_cancelled_in_all_24_orders() {
    let order = orders::paid(1, "2026-12-01T10:00:00+09:00", HANAKO, "飯碗");
    let at = |time: &str, more: &Value| {
        let version = orders::with(&order, &json!({ "updated_at": format!("2026-12-01T{time}:00+09:00") }));
        orders::with(&version, more)
    };
    let webhooks = [
        ("orders/create", at("10:00", &json!({ "financial_status": "pending" }))),
        ("orders/paid", at("12:00", &json!({}))),
        ("orders/updated", at("13:00", &json!({ "total_price": "4200" }))),
        ("orders/cancelled", at("14:00", &json!({ "cancelled_at": "2026-12-01T14:00:00+09:00" }))),
    ];
    let mut expected = None;
    for order in permutations(4) {
        let journey = Journey::begin_at("2026-12-01T15:00:00+09:00").await;
        for place in &order {
            let (topic, body) = &webhooks[*place];
            assert_eq!(journey.shopify(topic, body).await, 200);
        }
        let facts = facts(&journey.diary().await);
        assert!(facts["purchase"]["M"]["moments"]["M"]["cancelled_at"]["S"].is_string(), "{facts}");
        assert_eq!(*expected.get_or_insert_with(|| facts.clone()), facts, "{order:?}");
        journey.days(30).await;
        assert!(journey.mails().await.is_empty(), "{order:?}");
    }
}

fn permutations(n: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![Vec::new()];
    }
    let shorter = permutations(n - 1);
    shorter
        .iter()
        .flat_map(|p| {
            (0..n).map(move |place| {
                let mut p = p.clone();
                p.insert(place, n - 1);
                p
            })
        })
        .collect()
}
