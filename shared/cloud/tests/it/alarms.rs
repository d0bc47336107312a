//! Alarms: one for each slot, another where it is needed, never a crowd.

use crate::support::{Cloud, SLOT, at, sakura, slot};
use serde_json::json;
use wasurena_cloud::alarms::Alarm;
use wasurena_cloud::diary::SlotMarker;

/// The alarms that will ring, with their times.
fn ringing(cloud: &Cloud) -> Vec<String> {
    let alarms = cloud.aws.scheduler().list().unwrap();
    let mut rows: Vec<String> =
        alarms.iter().filter_map(|a| Some(format!("{} {}", a.name, a.rings_at?.format("%d %H:%M:%S")))).collect();
    rows.sort();
    rows
}

fn alarm(n: u32) -> Alarm {
    Alarm { shop: sakura(), shard: 0, slot: slot(SLOT), n }
}

/// Rings and removes what is due, as Scheduler would, and moves the clock there.
fn ring(cloud: &Cloud, now: &str) {
    cloud.time.set(at(now));
    for ring in cloud.aws.scheduler().due(at(now)).unwrap() {
        cloud.aws.scheduler().complete(&ring).unwrap();
    }
}

#[tokio::test]
async fn a_slot_has_one_alarm_at_its_start_however_often_it_is_asked_for() {
    let cloud = Cloud::open().await;
    for _ in 0..3 {
        cloud.alarms().ensure(&sakura(), 0, slot(SLOT), cloud.clock().now()).await.unwrap();
    }
    assert_eq!(ringing(&cloud), ["sakura_20261202T0100_0_0 02 01:00:00"]);
    assert_eq!(cloud.calls("scheduler.CreateSchedule"), 1);
}

#[tokio::test]
async fn an_alarm_that_stands_without_its_marker_is_success() {
    let cloud = Cloud::open().await;
    // The alarm is created, then the marker cannot be written.
    cloud.fault(json!({ "call": "dynamodb.PutItem", "how": "down", "times": 3 }));
    assert!(cloud.alarms().ensure(&sakura(), 0, slot(SLOT), cloud.clock().now()).await.is_err());
    assert_eq!(cloud.diary.slot_marker(&sakura(), 0, slot(SLOT)).await.unwrap(), None);
    cloud.alarms().ensure(&sakura(), 0, slot(SLOT), cloud.clock().now()).await.unwrap();
    let marker = cloud.diary.slot_marker(&sakura(), 0, slot(SLOT)).await.unwrap();
    assert_eq!(marker, Some(SlotMarker { n: 0, ring_at: slot(SLOT).start() }));
    assert_eq!(ringing(&cloud).len(), 1);
}

#[tokio::test]
async fn a_slot_that_has_begun_gets_another_alarm_in_two_minutes() {
    let cloud = Cloud::open().await;
    cloud.alarms().ensure(&sakura(), 0, slot(SLOT), cloud.clock().now()).await.unwrap();
    ring(&cloud, "2026-12-02T01:00:30Z");
    for _ in 0..2 {
        cloud.alarms().ensure(&sakura(), 0, slot(SLOT), cloud.clock().now()).await.unwrap();
    }
    assert_eq!(ringing(&cloud), ["sakura_20261202T0100_0_1 02 01:02:30"]);
}

#[tokio::test]
async fn an_alarm_that_rings_twice_or_whose_sender_is_tried_again_is_followed_by_one() {
    let cloud = Cloud::open().await;
    cloud.alarms().ensure(&sakura(), 0, slot(SLOT), cloud.clock().now()).await.unwrap();
    ring(&cloud, "2026-12-02T01:00:00Z");
    for minute in 0..3 {
        let now = at(&format!("2026-12-02T01:0{minute}:00Z"));
        cloud.alarms().again(&alarm(0), now + chrono::Duration::minutes(30), now).await.unwrap();
    }
    assert_eq!(ringing(&cloud), ["sakura_20261202T0100_0_1 02 01:30:00"]);
}

#[tokio::test]
async fn an_alarm_that_follows_one_with_a_lost_marker_has_a_name_of_its_own() {
    let cloud = Cloud::open().await;
    let now = at("2026-12-02T03:00:00Z");
    cloud.alarms().again(&alarm(4), now + chrono::Duration::hours(1), now).await.unwrap();
    assert_eq!(ringing(&cloud), ["sakura_20261202T0100_0_5 02 04:00:00"]);
}

#[tokio::test]
async fn an_early_alarm_rings_again_at_its_slot_but_never_in_the_past() {
    let cloud = Cloud::open().await;
    cloud.alarms().ensure(&sakura(), 0, slot(SLOT), cloud.clock().now()).await.unwrap();
    cloud.aws.scheduler().delete_all().unwrap();
    for (n, now, rings) in [
        (0, "2026-12-02T00:30:00Z", "sakura_20261202T0100_0_1 02 01:00:00"),
        // A moment before the slot: by the time it is set, its start is over.
        (1, "2026-12-02T00:59:59Z", "sakura_20261202T0100_0_2 02 01:01:59"),
    ] {
        ring(&cloud, now);
        cloud.alarms().again(&alarm(n), slot(SLOT).start(), at(now)).await.unwrap();
        assert!(ringing(&cloud).contains(&rings.to_owned()), "{rings}: {:?}", ringing(&cloud));
    }
}

#[tokio::test]
async fn shops_and_shards_have_alarms_of_their_own() {
    let cloud = Cloud::open().await;
    let other = wasurena_domain::ids::ShopId::parse("sakura-2").unwrap();
    for (shop, shard) in [(&sakura(), 0), (&sakura(), 1), (&other, 0)] {
        cloud.alarms().ensure(shop, shard, slot(SLOT), cloud.clock().now()).await.unwrap();
    }
    assert_eq!(ringing(&cloud).len(), 3);
}
