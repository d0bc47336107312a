//! Approving: each mail counts once, whoever else writes at that moment; and the owner's line.

use crate::support::{Cloud, SLOT, TABLE, at, claim, planned, sakura, slot};
use std::collections::BTreeSet;
use wasurena_cloud::approving::{Approved, ApprovingError, approve, write_line};
use wasurena_cloud::bookshelf::{Bookshelf, OpenBook};
use wasurena_cloud::diary::DiaryError;
use wasurena_domain::follow_up::{FollowUp, Note, State};
use wasurena_domain::ids::StepId;
use wasurena_letters::{Files, utsuwa};

const NOW: &str = "2026-12-01T12:00:00Z";

/// A shop whose apprenticeship is on, and its book.
async fn shop(cloud: &Cloud) -> (Bookshelf, OpenBook) {
    let files = utsuwa("2026-12-01".parse().unwrap());
    let on = files
        .iter()
        .map(|(path, text)| (path.to_owned(), text.replace("apprenticeship = false", "apprenticeship = true")));
    let shelf = Bookshelf::new(cloud.diary.clone());
    shelf.publish(&sakura(), &Files::new(on).unwrap()).await.unwrap();
    let open = shelf.open(&sakura()).await.unwrap();
    (shelf, open)
}

async fn wait(cloud: &Cloud, who: &str) -> FollowUp {
    let follow_up = planned(who, "thanks-first", SLOT);
    cloud.diary.put_new(&sakura(), &follow_up).await.unwrap();
    follow_up
}

async fn counted(cloud: &Cloud) -> u32 {
    let state = cloud.diary.shop_state(&sakura()).await.unwrap();
    state.approvals.of(&StepId::parse("thanks-first").unwrap())
}

#[tokio::test]
async fn two_approvals_at_once_count_two_and_one_twice_counts_once() {
    let cloud = Cloud::open().await;
    let (_, open) = shop(&cloud).await;
    let (hanako, taro) = (wait(&cloud, "hanako").await, wait(&cloud, "taro").await);
    let approve = async |follow_up: &FollowUp| approve(&cloud.diary, &open, &follow_up.id, at(NOW)).await.unwrap();
    let both = tokio::join!(approve(&hanako), approve(&taro));
    assert_eq!((both, counted(&cloud).await), ((Approved::Now, Approved::Now), 2));
    assert_eq!((approve(&hanako).await, counted(&cloud).await), (Approved::Before, 2));
    let jiro = wait(&cloud, "jiro").await;
    let twice = tokio::join!(approve(&jiro), approve(&jiro));
    assert!(matches!(twice, (Approved::Now, Approved::Before) | (Approved::Before, Approved::Now)), "{twice:?}");
    assert_eq!(counted(&cloud).await, 3);
    let stands = cloud.diary.follow_up(&sakura(), &jiro.id).await.unwrap().unwrap();
    assert_eq!(stands, FollowUp { approved_at: Some(at(NOW)), ..jiro });
}

#[tokio::test]
async fn what_a_sender_has_or_what_is_over_is_not_approved_and_counts_nothing() {
    let cloud = Cloud::open().await;
    let (_, open) = shop(&cloud).await;
    let waits = wait(&cloud, "hanako").await;
    let claimed = cloud.diary.claim(&sakura(), &waits.customer, &waits.id, slot(SLOT), &claim("one")).await.unwrap();
    let claimed = claimed.unwrap();
    let approved = || approve(&cloud.diary, &open, &waits.id, at(NOW));
    assert!(matches!(approved().await, Err(ApprovingError::WithSender(_))));
    // Also where it was claimed after it was read.
    assert!(matches!(cloud.diary.approve(&sakura(), &waits, at(NOW)).await, Err(DiaryError::Changed)));
    let sent = FollowUp { state: State::Sent, sent_at: Some(at(NOW)), ended: true, until: None, ..claimed.clone() };
    cloud.diary.replace(&sakura(), &claimed, &sent).await.unwrap();
    assert!(matches!(approved().await, Err(ApprovingError::NotWaiting { state: State::Sent, .. })));
    let nobody = planned("nobody", "thanks-first", SLOT).id;
    let unknown = approve(&cloud.diary, &open, &nobody, at(NOW)).await;
    assert!(matches!(unknown, Err(ApprovingError::NoFollowUp(_))));
    assert_eq!(counted(&cloud).await, 0);
}

#[tokio::test]
async fn no_other_writer_loses_an_approval() {
    let cloud = Cloud::open().await;
    let (shelf, open) = shop(&cloud).await;
    let read = wait(&cloud, "hanako").await;
    approve(&cloud.diary, &open, &read.id, at(NOW)).await.unwrap();
    // Whoever has read it before has to read it again.
    let moved = FollowUp { slot: slot("2026-12-03T01:00Z"), generation: 1, ..read.clone() };
    assert!(matches!(cloud.diary.replace(&sakura(), &read, &moved).await, Err(DiaryError::Changed)));
    // Neither the stop switch nor a publication knows of the count.
    cloud.diary.set_stopped(&sakura(), true).await.unwrap();
    cloud.diary.set_stopped(&sakura(), false).await.unwrap();
    shelf.publish(&sakura(), &utsuwa("2026-12-01".parse().unwrap())).await.unwrap();
    assert_eq!((counted(&cloud).await, shelf.open(&sakura()).await.unwrap().version), (1, 2));
}

#[tokio::test]
async fn no_other_writer_loses_a_products_pause_and_twice_is_once() {
    let cloud = Cloud::open().await;
    let nobody = cloud.diary.set_paused(&sakura(), "飯碗", true).await;
    assert!(matches!(nobody, Err(DiaryError::NoProgramme(_))), "{nobody:?}");
    let (shelf, open) = shop(&cloud).await;
    let pause = async |product: &str, paused| cloud.diary.set_paused(&sakura(), product, paused).await.unwrap();
    tokio::join!(pause("飯碗", true), pause("湯呑み", true), pause("飯碗", true));
    approve(&cloud.diary, &open, &wait(&cloud, "hanako").await.id, at(NOW)).await.unwrap();
    cloud.diary.set_stopped(&sakura(), true).await.unwrap();
    cloud.diary.set_stopped(&sakura(), false).await.unwrap();
    shelf.publish(&sakura(), &utsuwa("2026-12-01".parse().unwrap())).await.unwrap();
    let paused = async || shelf.open(&sakura()).await.unwrap().paused.into_iter().collect::<BTreeSet<String>>();
    assert_eq!(paused().await, BTreeSet::from(["湯呑み".to_owned(), "飯碗".to_owned()]));
    assert_eq!(counted(&cloud).await, 1);
    pause("飯碗", false).await;
    pause("飯碗", false).await;
    assert_eq!(paused().await, BTreeSet::from(["湯呑み".to_owned()]));
    pause("湯呑み", false).await;
    assert!(paused().await.is_empty());
    // However many are paused, the shop's item stays small.
    for product in 0..60 {
        pause(&format!("p{product}"), true).await;
    }
    assert_eq!(paused().await.len(), 50);
}

#[tokio::test]
async fn a_shop_that_an_older_program_published_begins_to_count() {
    let cloud = Cloud::open().await;
    let (_, open) = shop(&cloud).await;
    let key = |text: &str| aws_sdk_dynamodb::types::AttributeValue::S(text.to_owned());
    let request = cloud.clients.dynamodb().update_item().table_name(TABLE).update_expression("REMOVE approvals");
    request.key("pk", key("sakura#SHOP")).key("sk", key("SHOP")).send().await.unwrap();
    let waits = wait(&cloud, "hanako").await;
    assert_eq!(counted(&cloud).await, 0);
    assert_eq!(approve(&cloud.diary, &open, &waits.id, at(NOW)).await.unwrap(), Approved::Now);
    assert_eq!(counted(&cloud).await, 1);
}

#[tokio::test]
async fn r21_a_line_is_written_over_nothing_else_and_taken_away_again() {
    let cloud = Cloud::open().await;
    let (shelf, open) = shop(&cloud).await;
    let letters = shelf.letters(&sakura(), open.version).await.unwrap();
    let waits = wait(&cloud, "hanako").await;
    approve(&cloud.diary, &open, &waits.id, at(NOW)).await.unwrap();
    let note = Note::parse("先日はありがとうございました。").unwrap();
    let write = async |line: Option<&Note>| write_line(&cloud.diary, &sakura(), &letters, &waits.id, line).await;
    write(Some(&note)).await.unwrap();
    let stands = async || cloud.diary.follow_up(&sakura(), &waits.id).await.unwrap().unwrap();
    let approved = FollowUp { approved_at: Some(at(NOW)), ..waits.clone() };
    assert_eq!(stands().await, FollowUp { note: Some(note), ..approved.clone() });
    let sells = Note::parse("ただいま半額です").unwrap();
    let error = write(Some(&sells)).await.unwrap_err();
    assert!(error.to_string().contains("「半額」 sells"), "{error}");
    write(None).await.unwrap();
    assert_eq!(stands().await, approved);
}
