//! Wishes that race, that were cut short, and those of people who are not in the diary.

use crate::diary::of_customer;
use crate::support::{Cloud, TABLE, at, customer_id, record, sakura};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept};
use aws_sdk_dynamodb::operation::put_item::PutItemInput;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeSerializationInterceptorContextRef;
use std::sync::atomic::{AtomicUsize, Ordering};
use wasurena_cloud::Diary;
use wasurena_cloud::diary::{Before, CustomerRecord, Erased, NewCustomer};
use wasurena_cloud::wishes::{Saying, Wish, WishError, carry_out, is_stopped};
use wasurena_domain::contact::EmailAddress;
use wasurena_domain::ledger::{Channel, Entry, How, Said};
use wasurena_domain::shop::Shop;

fn shop() -> Shop {
    wasurena_letters::load_shop(&sakura(), &wasurena_letters::utsuwa("2026-12-01".parse().unwrap())).unwrap()
}

fn phone(words: &str) -> Saying<'_> {
    Saying { how: How::Phone, wording: Some(words), at: at("2026-12-02T01:00:00Z") }
}

/// 花子 is in the diary.
async fn hanako(cloud: &Cloud) -> CustomerRecord {
    let mut after = record("hanako");
    after.customer.email = Some(EmailAddress::parse("hanako@example.jp").unwrap());
    let facts = of_customer(NewCustomer { before: Before::Nobody, after: after.clone() });
    cloud.diary.take_in(&sakura(), &facts).await.unwrap();
    after
}

fn entry(said: Said, event: &str) -> Entry {
    Entry {
        at: at("2026-12-02T00:00:00Z"),
        channel: Channel::Mail,
        place: None,
        said,
        how: How::Link,
        wording: None,
        until: None,
        preferences: None,
        event: event.to_owned(),
    }
}

/// Whether 花子 is stopped by the ledger, on record, and how many entries there are.
async fn standing(cloud: &Cloud) -> (bool, bool, usize) {
    let id = customer_id(&sakura(), "hanako");
    let customer = cloud.diary.customer(&sakura(), &id).await.unwrap().unwrap().customer;
    let ledger = cloud.diary.ledger(&sakura(), &id).await.unwrap();
    let mut by_ledger = customer.clone();
    by_ledger.opted_out_at = None;
    (is_stopped(&ledger, &by_ledger), customer.opted_out_at.is_some(), ledger.len())
}

#[tokio::test]
async fn a_stop_that_only_the_ledger_has_is_written_on_record_too() {
    let cloud = Cloud::open().await;
    let id = hanako(&cloud).await.customer.id;
    // Called spam: the ledger says so, the record does not.
    cloud.diary.add_entry(&sakura(), &id, &entry(Said::Complained, "feedback-1")).await.unwrap();
    for _ in 0..2 {
        carry_out(&cloud.diary, &shop(), &id, Wish::Stop, phone("もう結構です")).await.unwrap();
    }
    assert_eq!(standing(&cloud).await, (true, true, 2));
}

#[tokio::test]
async fn what_is_said_anew_after_two_wishes_that_were_cut_short_counts() {
    let cloud = Cloud::open().await;
    let id = hanako(&cloud).await.customer.id;
    // Resumed and stopped in this order, and neither reached the record.
    cloud.diary.add_entry(&sakura(), &id, &entry(Said::Resumed, "customer@0")).await.unwrap();
    let later = Entry { at: at("2026-12-02T00:30:00Z"), ..entry(Said::OptedOut, "customer@0") };
    cloud.diary.add_entry(&sakura(), &id, &later).await.unwrap();
    carry_out(&cloud.diary, &shop(), &id, Wish::Resume, phone("また読みたい")).await.unwrap();
    assert_eq!(standing(&cloud).await, (false, false, 3));
}

/// Says stop on the phone just before the second item is put: the record, after the ledger's entry.
#[derive(Debug)]
struct StopInBetween {
    diary: Diary,
    puts: AtomicUsize,
}

impl Intercept for StopInBetween {
    fn name(&self) -> &'static str {
        "StopInBetween"
    }

    fn read_before_execution(
        &self,
        context: &BeforeSerializationInterceptorContextRef<'_>,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let is_put = context.input().downcast_ref::<PutItemInput>().is_some();
        if !is_put || self.puts.fetch_add(1, Ordering::SeqCst) != 1 {
            return Ok(());
        }
        let diary = self.diary.clone();
        let other = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let (id, shop) = (customer_id(&sakura(), "hanako"), shop());
            runtime.block_on(carry_out(&diary, &shop, &id, Wish::Stop, phone("やはり結構です"))).unwrap();
        });
        other.join().map_err(|_| "the other wish failed".into())
    }
}

#[tokio::test]
async fn a_resume_that_lost_a_race_does_not_take_a_later_stop_back() {
    let cloud = Cloud::open().await;
    let id = hanako(&cloud).await.customer.id;
    carry_out(&cloud.diary, &shop(), &id, Wish::Stop, phone("もう結構です")).await.unwrap();
    let in_between = StopInBetween { diary: cloud.diary.clone(), puts: AtomicUsize::new(0) };
    let config = cloud.clients.dynamodb().config().to_builder().interceptor(in_between).build();
    let slower = Diary::new(aws_sdk_dynamodb::Client::from_conf(config), TABLE);
    carry_out(&slower, &shop(), &id, Wish::Resume, phone("また読みたい")).await.unwrap();
    assert_eq!(standing(&cloud).await, (true, true, 3));
}

#[tokio::test]
async fn an_address_is_reached_again_though_its_owner_said_stop() {
    let cloud = Cloud::open().await;
    let id = hanako(&cloud).await.customer.id;
    let bounced = Entry { place: Some(id.clone()), ..entry(Said::Bounced, "feedback-1") };
    cloud.diary.add_entry(&sakura(), &id, &bounced).await.unwrap();
    carry_out(&cloud.diary, &shop(), &id, Wish::Stop, phone("もう結構です")).await.unwrap();
    for _ in 0..2 {
        carry_out(&cloud.diary, &shop(), &id, Wish::Reach, phone("届きます")).await.unwrap();
    }
    let ledger = cloud.diary.ledger(&sakura(), &id).await.unwrap();
    assert_eq!(ledger.iter().filter(|e| e.said == Said::Reachable).count(), 1, "{ledger:?}");
}

#[tokio::test]
async fn a_stop_counts_where_nobody_stands_yet_and_nothing_else_does() {
    let cloud = Cloud::open().await;
    let id = customer_id(&sakura(), "hanako");
    for wish in [Wish::Resume, Wish::Reach] {
        let refused = carry_out(&cloud.diary, &shop(), &id, wish, phone("はい")).await;
        assert!(matches!(refused, Err(WishError::Gone)), "{refused:?}");
    }
    for _ in 0..2 {
        carry_out(&cloud.diary, &shop(), &id, Wish::Stop, phone("もう結構です")).await.unwrap();
    }
    hanako(&cloud).await;
    assert_eq!(standing(&cloud).await, (true, false, 1));
}

#[tokio::test]
async fn of_somebody_erased_only_the_words_of_a_button_are_kept() {
    let cloud = Cloud::open().await;
    let id = customer_id(&sakura(), "hanako");
    let erased = Erased { id: id.clone(), erased_at: at("2026-12-01T12:00:00Z"), last_version: 1 };
    cloud.diary.erase_customer(&sakura(), None, &erased).await.unwrap();
    carry_out(&cloud.diary, &shop(), &id, Wish::Stop, phone("もう結構です")).await.unwrap();
    let button = Saying { how: How::Link, ..phone("元に戻す") };
    carry_out(&cloud.diary, &shop(), &id, Wish::Resume, button).await.unwrap();
    let mut ledger = cloud.diary.ledger(&sakura(), &id).await.unwrap();
    ledger.sort();
    let words: Vec<_> = ledger.iter().map(|e| (e.said, e.wording.as_deref())).collect();
    assert_eq!(words, [(Said::OptedOut, None), (Said::Resumed, Some("元に戻す"))]);
}
