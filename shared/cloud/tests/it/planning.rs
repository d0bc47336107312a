//! Planning for somebody who is gone: what they left behind does not stay due for ever.

use crate::support::{Cloud, SLOT, at, planned, sakura};
use wasurena_cloud::bookshelf::Bookshelf;
use wasurena_cloud::planning::Planning;
use wasurena_domain::follow_up::{FollowUp, State};

#[tokio::test]
async fn what_a_customer_who_is_gone_has_left_behind_ends() {
    let cloud = Cloud::open().await;
    let today = chrono::NaiveDate::from_ymd_opt(2026, 12, 1).unwrap();
    wasurena_cloud::bookshelf::Bookshelf::new(cloud.diary.clone())
        .publish(&sakura(), &wasurena_letters::utsuwa(today))
        .await
        .unwrap();
    let waiting = planned("hanako", "usage", SLOT);
    let ended = FollowUp { state: State::Skipped, ended: true, ..planned("hanako", "thanks-first", SLOT) };
    for follow_up in [&waiting, &ended] {
        cloud.diary.put_new(&sakura(), follow_up).await.unwrap();
    }
    let bookshelf = Bookshelf::new(cloud.diary.clone());
    Planning::new(cloud.diary.clone(), bookshelf, cloud.clock()).run(&sakura(), &waiting.customer).await.unwrap();
    assert!(cloud.diary.due_by(&sakura(), 0, at("2027-12-01T00:00:00Z"), 10).await.unwrap().is_empty());
    let left = cloud.diary.follow_up(&sakura(), &waiting.id).await.unwrap().unwrap();
    assert_eq!(left.state, State::Cancelled);
}
