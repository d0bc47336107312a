//! A household: two mail addresses, one phone. Two customers; and an order without an address is nobody's guess.

use serde_json::json;
use wasurena_tests::journey::{Journey, orders};

const PHONE: &str = "03-1234-5678";

#[tokio::test]
async fn two_addresses_with_one_phone_are_two_customers() {
    let journey = Journey::begin().await;
    let phone = json!({ "phone": PHONE });
    let at = "2026-12-01T10:00:00+09:00";
    for (number, address) in [(1, "mother@example.jp"), (2, "daughter@example.jp")] {
        let order = orders::with(&orders::paid(number, at, address, "飯碗"), &phone);
        assert_eq!(journey.shopify("orders/create", &order).await, 200);
    }
    let (mother, daughter) =
        (journey.follow_ups("mother@example.jp").await, journey.follow_ups("daughter@example.jp").await);
    assert_eq!((mother.len(), daughter.len()), (3, 3));
    assert_ne!(mother[0]["customer"], daughter[0]["customer"]);

    // An order with the phone alone could be either's: it is somebody new, and a postcard.
    journey.shopify("orders/create", &orders::with(&orders::paid(3, at, "", "湯呑み"), &phone)).await;
    journey.days(40).await;
    assert_eq!(journey.received("mother@example.jp").await.len(), 3);
    assert_eq!(journey.received("daughter@example.jp").await.len(), 3);
    assert_eq!(journey.tasks().await.len(), 1);
}

#[tokio::test]
async fn a_phone_that_only_one_customer_has_leads_to_them() {
    let journey = Journey::begin().await;
    let phone = json!({ "phone": PHONE });
    let first = orders::paid(1, "2026-12-01T10:00:00+09:00", "hanako@example.jp", "飯碗");
    journey.shopify("orders/create", &orders::with(&first, &phone)).await;
    journey.days(30).await;
    let now = journey.now().await.to_rfc3339();
    journey.shopify("orders/create", &orders::with(&orders::paid(2, &now, "", "湯呑み"), &phone)).await;
    journey.days(2).await;
    assert!(journey.received("hanako@example.jp").await.last().unwrap().ends_with("thanks-second"));
    assert!(journey.tasks().await.is_empty());
}

#[tokio::test]
async fn a_corrected_address_is_used_from_then_on_and_leads_to_the_same_customer() {
    let journey = Journey::begin().await;
    let order = orders::paid(1, "2026-12-01T10:00:00+09:00", "hanakoo@example.jp", "飯碗");
    journey.shopify("orders/create", &order).await;
    let corrected = json!({ "email": "hanako@example.jp", "updated_at": "2026-12-01T11:00:00+09:00" });
    journey.shopify("orders/updated", &orders::with(&order, &corrected)).await;
    journey.days(2).await;
    assert_eq!(journey.received("hanako@example.jp").await, ["12-02 10:00 thanks-first"]);
    assert_eq!(journey.mails().await.len(), 1);
}
