//! Publishing: readers see one whole version, whatever happens to the publisher.

use crate::support::{Cloud, sakura};
use serde_json::json;
use wasurena_cloud::diary::DiaryError;
use wasurena_letters::Files;

fn files(names: &[&str]) -> Files {
    Files::new(names.iter().map(|name| ((*name).to_owned(), format!("content of {name}")))).unwrap()
}

async fn current(cloud: &Cloud) -> Vec<String> {
    let state = cloud.diary.shop_state(&sakura()).await.unwrap();
    cloud.diary.files(&sakura(), state.version).await.unwrap().into_keys().collect()
}

#[tokio::test]
async fn a_publication_that_breaks_off_changes_nothing_and_leaves_nothing_to_the_next() {
    let cloud = Cloud::open().await;
    cloud.diary.publish(&sakura(), &files(&["one", "two"]), &[]).await.unwrap();
    // The version is begun and a file is written; then the diary is gone.
    cloud.fault(json!({ "call": "dynamodb.PutItem", "how": "fail_after" }));
    assert!(cloud.diary.publish(&sakura(), &files(&["stray"]), &[]).await.is_err());
    cloud.aws.faults().clear();
    assert_eq!(current(&cloud).await, ["one", "two"]);
    cloud.diary.publish(&sakura(), &files(&["three"]), &[]).await.unwrap();
    assert_eq!(current(&cloud).await, ["three"]);
}

#[tokio::test]
async fn of_two_who_publish_at_once_one_is_told_and_readers_never_see_a_mixture() {
    let cloud = Cloud::open().await;
    cloud.diary.publish(&sakura(), &files(&["first"]), &[]).await.unwrap();
    let (left, right) = (["a", "b", "c"], ["d", "e", "f"]);
    let (left_files, right_files) = (files(&left), files(&right));
    let shop = sakura();
    let (one, other) =
        tokio::join!(cloud.diary.publish(&shop, &left_files, &[]), cloud.diary.publish(&shop, &right_files, &[]));
    assert!(one.is_ok() || other.is_ok(), "{one:?} {other:?}");
    for lost in [&one, &other].into_iter().filter_map(|published| published.as_ref().err()) {
        assert!(matches!(lost, DiaryError::Changed), "{lost}");
    }
    let read = current(&cloud).await;
    assert!(read == left || read == right, "{read:?}");
}

#[tokio::test]
async fn a_shop_whose_first_programme_broke_off_has_none() {
    let cloud = Cloud::open().await;
    assert!(matches!(cloud.diary.shop_state(&sakura()).await, Err(DiaryError::NoProgramme(_))));
    cloud.fault(json!({ "call": "dynamodb.PutItem", "how": "fail_after" }));
    assert!(cloud.diary.publish(&sakura(), &files(&["one"]), &[]).await.is_err());
    cloud.aws.faults().clear();
    assert!(matches!(cloud.diary.shop_state(&sakura()).await, Err(DiaryError::NoProgramme(_))));
    cloud.diary.publish(&sakura(), &files(&["two"]), &[]).await.unwrap();
    assert_eq!(current(&cloud).await, ["two"]);
}

#[tokio::test]
async fn the_stop_switch_outlives_a_publication() {
    let cloud = Cloud::open().await;
    cloud.diary.publish(&sakura(), &files(&["one"]), &[]).await.unwrap();
    cloud.diary.set_stopped(&sakura(), true).await.unwrap();
    cloud.diary.publish(&sakura(), &files(&["two"]), &[]).await.unwrap();
    assert!(cloud.diary.shop_state(&sakura()).await.unwrap().stopped);
}
