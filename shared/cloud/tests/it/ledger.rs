//! The ledger: what was said once stays said.

use crate::support::{Cloud, at, customer_id, sakura};
use serde_json::json;
use wasurena_domain::ids::ShopId;
use wasurena_domain::ledger::{Channel, Entry, How, Said};

fn entry(said: Said, event: &str) -> Entry {
    Entry {
        at: at("2026-12-02T01:00:00Z"),
        channel: Channel::Mail,
        place: None,
        said,
        how: How::Link,
        wording: Some("お便りを止める".to_owned()),
        until: None,
        preferences: None,
        event: event.to_owned(),
    }
}

#[tokio::test]
async fn what_was_said_twice_is_one_entry_and_the_first_stands() {
    let cloud = Cloud::open().await;
    let hanako = customer_id(&sakura(), "hanako");
    let first = entry(Said::OptedOut, "customer@1");
    let later = Entry { at: at("2026-12-09T01:00:00Z"), wording: None, ..first.clone() };
    for said in [&first, &first, &later] {
        cloud.diary.add_entry(&sakura(), &hanako, said).await.unwrap();
    }
    assert_eq!(cloud.diary.ledger(&sakura(), &hanako).await.unwrap(), std::slice::from_ref(&first));
    let others = [entry(Said::Resumed, "customer@1"), entry(Said::OptedOut, "customer@2")];
    for other in &others {
        cloud.diary.add_entry(&sakura(), &hanako, other).await.unwrap();
    }
    let ledger = cloud.diary.ledger(&sakura(), &hanako).await.unwrap();
    assert_eq!(ledger.len(), 3);
    assert!(others.iter().chain([&first]).all(|entry| ledger.contains(entry)));
}

#[tokio::test]
async fn an_entry_about_an_address_is_another_than_one_about_the_customer() {
    let cloud = Cloud::open().await;
    let hanako = customer_id(&sakura(), "hanako");
    let about_all = entry(Said::Bounced, "feedback-1");
    let about_one = Entry { place: Some(hanako.clone()), ..about_all.clone() };
    for said in [&about_all, &about_one] {
        cloud.diary.add_entry(&sakura(), &hanako, said).await.unwrap();
    }
    assert_eq!(cloud.diary.ledger(&sakura(), &hanako).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_ledger_is_a_customers_and_a_shops_own() {
    let cloud = Cloud::open().await;
    let hanako = customer_id(&sakura(), "hanako");
    cloud.diary.add_entry(&sakura(), &hanako, &entry(Said::OptedOut, "customer@1")).await.unwrap();
    let other_shop = ShopId::parse("sakura-2").unwrap();
    assert!(cloud.diary.ledger(&other_shop, &hanako).await.unwrap().is_empty());
    assert!(cloud.diary.ledger(&sakura(), &customer_id(&sakura(), "taro")).await.unwrap().is_empty());
}

#[tokio::test]
async fn wordings_are_kept_within_bounds_and_a_lost_answer_is_an_entry() {
    let cloud = Cloud::open().await;
    let hanako = customer_id(&sakura(), "hanako");
    cloud.fault(json!({ "call": "dynamodb.PutItem", "how": "fail_after", "times": 2 }));
    let long = Entry { wording: Some("止".repeat(10_000)), ..entry(Said::OptedOut, &"e".repeat(10_000)) };
    cloud.diary.add_entry(&sakura(), &hanako, &long).await.unwrap();
    let ledger = cloud.diary.ledger(&sakura(), &hanako).await.unwrap();
    assert_eq!(ledger.len(), 1);
    assert!(ledger[0].wording.as_ref().unwrap().chars().count() <= 500);
}
