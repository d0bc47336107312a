//! Who is at work: counted once, however often it is written down.

use crate::support::{Cloud, slot};
use serde_json::json;

const BEFORE: &str = "2026-12-02T00:45Z";
const NOW: &str = "2026-12-02T01:00Z";
const AFTER: &str = "2026-12-02T01:15Z";

#[tokio::test]
async fn a_sender_whose_answer_was_lost_is_one_sender() {
    let cloud = Cloud::open().await;
    assert_eq!(cloud.diary.join_senders(slot(NOW), "one").await.unwrap(), 1);
    cloud.fault(json!({ "call": "dynamodb.UpdateItem", "how": "fail_after", "times": 2 }));
    assert_eq!(cloud.diary.join_senders(slot(NOW), "two").await.unwrap(), 2);
    assert_eq!(cloud.calls("dynamodb.UpdateItem"), 4, "the SDK has written three times");
    cloud.fault(json!({ "call": "dynamodb.UpdateItem", "how": "fail_after", "times": 2 }));
    cloud.diary.leave_senders(slot(NOW), "one").await.unwrap();
    assert_eq!(cloud.diary.senders(slot(NOW)).await.unwrap(), 1);
}

#[tokio::test]
async fn those_of_the_quarter_hour_before_may_still_be_at_work() {
    let cloud = Cloud::open().await;
    cloud.diary.join_senders(slot(BEFORE), "one").await.unwrap();
    assert_eq!(cloud.diary.join_senders(slot(NOW), "two").await.unwrap(), 2);
    let mut seen = Vec::new();
    for quarter in [BEFORE, NOW, AFTER, "2026-12-02T01:30Z"] {
        seen.push(cloud.diary.senders(slot(quarter)).await.unwrap());
    }
    assert_eq!(seen, [1, 2, 1, 0]);
    cloud.diary.leave_senders(slot(BEFORE), "one").await.unwrap();
    cloud.diary.leave_senders(slot(NOW), "two").await.unwrap();
    assert_eq!(cloud.diary.senders(slot(NOW)).await.unwrap(), 0);
    // The last one took the set with it; the next begins it anew.
    assert_eq!(cloud.diary.join_senders(slot(NOW), "three").await.unwrap(), 1);
}
