//! The index of what is due: its bounds, its order, its pages.

use crate::support::{Cloud, SLOT, at, planned, record, sakura, slot};
use wasurena_cloud::diary::{Attention, CustomerRecord, Due, DueItem};
use wasurena_domain::follow_up::{FollowUp, State};

async fn due_by(cloud: &Cloud, now: &str, limit: usize) -> Vec<String> {
    let due = cloud.diary.due_by(&sakura(), 0, at(now), limit).await.unwrap();
    due.iter().map(|due| due.at.to_string()).collect()
}

#[tokio::test]
async fn a_slot_has_its_own_follow_ups_and_no_neighbours_customers_or_other_shards() {
    let cloud = Cloud::open().await;
    let ours = planned("hanako", "thanks-first", SLOT);
    let strangers = [
        planned("hanako", "usage", "2026-12-02T00:45Z"),
        planned("hanako", "arrival", "2026-12-02T01:15Z"),
        FollowUp { shard: 1, ..planned("taro", "thanks-first", SLOT) },
        FollowUp { state: State::Sent, ..planned("jiro", "thanks-first", SLOT) },
    ];
    for follow_up in strangers.iter().chain([&ours]) {
        cloud.diary.put_new(&sakura(), follow_up).await.unwrap();
    }
    let found = cloud.diary.due_in_slot(&sakura(), 0, slot(SLOT)).await.unwrap();
    assert_eq!(found, [Due { at: slot(SLOT), item: DueItem::FollowUp(ours.customer.clone(), ours.id.clone()) }]);
}

#[tokio::test]
async fn what_is_due_comes_oldest_first_up_to_this_minute() {
    let cloud = Cloud::open().await;
    for (step, in_slot) in [("c", "2026-12-02T01:15Z"), ("a", "2026-12-02T00:45Z"), ("b", SLOT)] {
        cloud.diary.put_new(&sakura(), &planned("hanako", step, in_slot)).await.unwrap();
    }
    assert_eq!(due_by(&cloud, "2026-12-02T00:44:59Z", 10).await, [] as [&str; 0]);
    assert_eq!(due_by(&cloud, "2026-12-02T00:45:00Z", 10).await, ["2026-12-02T00:45Z"]);
    assert_eq!(due_by(&cloud, "2026-12-02T01:00:00Z", 10).await, ["2026-12-02T00:45Z", SLOT]);
    assert_eq!(due_by(&cloud, "2026-12-02T01:14:59Z", 10).await, ["2026-12-02T00:45Z", SLOT]);
    assert_eq!(due_by(&cloud, "2026-12-03T00:00:00Z", 2).await, ["2026-12-02T00:45Z", SLOT]);
}

#[tokio::test]
async fn what_is_due_to_be_looked_at_stands_there_until_it_is_dealt_with() {
    let cloud = Cloud::open().await;
    let doubtful = FollowUp {
        state: State::InDoubt,
        until: Some(at("2026-12-03T01:00:05Z")),
        ended: true,
        ..planned("hanako", "a", SLOT)
    };
    let ended = FollowUp { state: State::Sent, ended: true, ..planned("hanako", "b", SLOT) };
    let dealt_with = FollowUp { state: State::Sent, ..planned("hanako", "c", SLOT) };
    for follow_up in [&doubtful, &ended, &dealt_with] {
        cloud.diary.put_new(&sakura(), follow_up).await.unwrap();
    }
    assert_eq!(due_by(&cloud, "2026-12-05T00:00:00Z", 10).await, [SLOT, "2026-12-03T01:15Z"]);
}

#[tokio::test]
async fn a_slot_of_more_than_one_page_is_read_to_its_end() {
    let cloud = Cloud::open().await;
    // A page ends at 1 MiB; an entry of keys has about 180 bytes.
    let count = 7_000;
    let shop = sakura();
    for chunk in (0..count).collect::<Vec<_>>().chunks(50) {
        let writes = chunk.iter().map(|n| {
            let diary = cloud.diary.clone();
            let (shop, follow_up) = (shop.clone(), planned(&format!("customer {n}"), "thanks-first", SLOT));
            tokio::spawn(async move { diary.put_new(&shop, &follow_up).await.unwrap() })
        });
        for write in writes.collect::<Vec<_>>() {
            write.await.unwrap();
        }
    }
    cloud.aws.reset_usage();
    assert_eq!(cloud.diary.due_in_slot(&shop, 0, slot(SLOT)).await.unwrap().len(), count);
    assert!(cloud.calls("dynamodb.Query") > 1, "one page held it all");
}

#[tokio::test]
async fn a_customer_is_due_where_somebody_has_to_look() {
    let cloud = Cloud::open().await;
    let before = record("hanako");
    let marked = CustomerRecord { attention: Some(Attention::Review(slot(SLOT))), ..before.clone() };
    let facts =
        wasurena_cloud::diary::NewCustomer { before: wasurena_cloud::diary::Before::Nobody, after: marked.clone() };
    cloud.diary.take_in(&sakura(), &crate::diary::of_customer(facts)).await.unwrap();
    let found = cloud.diary.due_by(&sakura(), 0, at("2026-12-02T01:00:00Z"), 10).await.unwrap();
    assert_eq!(found, [Due { at: slot(SLOT), item: DueItem::Customer(before.customer.id.clone()) }]);
    let dealt_with = CustomerRecord { attention: None, ..marked.clone() };
    cloud.diary.put_customer(&sakura(), &marked, &dealt_with).await.unwrap();
    assert!(due_by(&cloud, "2026-12-02T01:00:00Z", 10).await.is_empty());
}
