//! A step that a person carries out (R22 to R26), through the real functions: handed over once, ticked off, or tried by the
//! next channel.

use serde_json::{Value, json};
use std::sync::Arc;
use wasurena_cloud::chores::{Came, Follows, House, tick_off};
use wasurena_cloud::permissions::{Word, record};
use wasurena_cloud::wishes::Saying;
use wasurena_domain::channel::Channel;
use wasurena_domain::ids::{CustomerId, FollowUpId, ShopId};
use wasurena_domain::ledger::{How, Said};
use wasurena_domain::task::{Task, TaskKind};
use wasurena_letters::Published;
use wasurena_local::sample;
use wasurena_tests::journey::{Journey, orders};

const HANAKO: &str = "hanako@example.jp";

/// A shop whose question for arrival goes by these channels, and 花子, who has bought a bowl.
async fn asked_by(channels: &str, letter: Option<&str>) -> Journey {
    let journey = Journey::begin().await;
    let changed = |path: &str, text: &str| match path {
        "programme.toml" => {
            Some(text.replace("id = \"arrival\"\n", &format!("id = \"arrival\"\nchannels = {channels}\n")))
        }
        "letters/arrival.txt" => Some(letter.unwrap_or(text).to_owned()),
        _ => Some(text.to_owned()),
    };
    journey.publish(changed).await;
    let order = orders::paid(1, "2026-12-01T10:00:00+09:00", HANAKO, "飯碗");
    let order = orders::with(&order, &json!({ "phone": "090-0000-0000" }));
    assert_eq!(journey.shopify("orders/create", &order).await, 200);
    journey
}

fn shop() -> ShopId {
    sample::SHOP.to_owned().try_into().unwrap()
}

async fn book(journey: &Journey) -> Arc<Published> {
    journey.world().bookshelf().open(&shop()).await.unwrap().book
}

/// How the question stands, and by which channel.
async fn question(journey: &Journey) -> (String, Value) {
    let found = journey.follow_ups(HANAKO).await.into_iter().find(|f| f["step"] == "arrival").unwrap();
    (found["state"].as_str().unwrap().to_owned(), found["channel"].clone())
}

async fn tasks_of(journey: &Journey, kind: TaskKind) -> Vec<Task> {
    journey.world().diary().tasks_of_kind(&shop(), kind).await.unwrap()
}

async fn ticked_off(journey: &Journey, kind: TaskKind, came: Came) -> Follows {
    let book = book(journey).await;
    let diary = journey.world().diary();
    let house = House { diary, shop: &book.shop, programme: &book.programme, now: journey.world().now() };
    let task = tasks_of(journey, kind).await.pop().unwrap();
    let follows = tick_off(house, &task, came).await.unwrap();
    journey.world().settle().await.unwrap();
    assert!(tasks_of(journey, kind).await.is_empty(), "it is off the list");
    follows
}

async fn says(journey: &Journey, channel: Channel, said: Said) {
    let book = book(journey).await;
    let follow_up = journey.follow_ups(HANAKO).await[0]["id"].as_str().unwrap().to_owned();
    let customer: CustomerId = FollowUpId::parse(&follow_up).unwrap().customer().unwrap();
    let saying = Saying { how: How::InPerson, wording: Some("はい"), at: journey.world().now() };
    let word = Word { channel, said, until: None };
    record(journey.world().diary(), &book.shop, &customer, word, saying).await.unwrap();
    journey.world().settle().await.unwrap();
}

#[tokio::test]
async fn a_letter_is_handed_over_once_and_ses_never_hears_of_it() {
    let journey = asked_by("[\"letter\", \"mail\"]", None).await;
    journey.until("2026-12-20T00:00:00+09:00").await;
    assert_eq!(question(&journey).await, ("handed_over".to_owned(), json!("letter")));
    let tasks = tasks_of(&journey, TaskKind::SendLetter).await;
    assert_eq!((tasks.len(), tasks[0].due.to_string().as_str()), (1, "2026-12-08"));
    assert_eq!(journey.received(HANAKO).await, ["12-02 10:00 thanks-first", "12-15 10:00 usage"]);
    assert_eq!(ticked_off(&journey, TaskKind::SendLetter, Came::Done).await, Follows::Nothing);
    assert_eq!(question(&journey).await, ("delivered".to_owned(), json!("letter")));
    journey.until("2027-01-05T00:00:00+09:00").await;
    assert!(tasks_of(&journey, TaskKind::SendLetter).await.is_empty(), "and it stays off");
}

#[tokio::test]
async fn a_hand_over_whose_answer_is_lost_is_one_task() {
    for how in ["fail_after", "fail_before", "timeout"] {
        let journey = asked_by("[\"letter\", \"mail\"]", None).await;
        journey.until("2026-12-08T09:59:00+09:00").await;
        journey.turn("faults", &json!({ "call": "dynamodb.TransactWriteItems", "how": how, "times": 4 })).await;
        journey.until("2026-12-11T00:00:00+09:00").await;
        assert_eq!(question(&journey).await.0, "handed_over", "{how}");
        assert_eq!(tasks_of(&journey, TaskKind::SendLetter).await.len(), 1, "{how}");
        assert_eq!(journey.received(HANAKO).await.len(), 1, "{how}");
    }
}

#[tokio::test]
async fn a_letter_without_an_address_goes_by_mail_and_so_does_the_next() {
    let journey = asked_by("[\"letter\", \"mail\"]", None).await;
    journey.until("2026-12-09T12:00:00+09:00").await;
    let follows = ticked_off(&journey, TaskKind::SendLetter, Came::NoAnswer).await;
    assert_eq!(follows, Follows::Next(Channel::Mail));
    journey.until("2026-12-10T00:00:00+09:00").await;
    assert_eq!(journey.received(HANAKO).await[1..], ["12-09 12:15 arrival"]);
    // R26: the mail asks for what is missing.
    let texts: Vec<bool> =
        journey.mails().await.iter().map(|m| m["text"].as_str().unwrap().contains("ご住所を")).collect();
    assert_eq!(texts, [false, true]);
    let cup = orders::paid(2, "2027-01-20T10:00:00+09:00", HANAKO, "湯呑み");
    journey.until("2027-01-20T10:00:00+09:00").await;
    assert_eq!(journey.shopify("orders/create", &cup).await, 200);
    journey.until("2027-01-30T00:00:00+09:00").await;
    assert!(tasks_of(&journey, TaskKind::SendLetter).await.is_empty(), "nobody is asked for it again");
}

const CALL: &str = "件名: お手元に届きましたか\n\n【最初の一言】\n{{ shop.name }}です。ご案内や販売ではありません。\n\
                    【本文】\n無事に届きましたでしょうか。\n\n{{ answers }}\n【お留守のとき】\nまたあらためます。\n";

#[tokio::test]
async fn whoever_permits_it_is_called_and_a_stop_takes_the_call_off_the_list() {
    let journey = asked_by("[\"phone\", \"mail\"]", Some(CALL)).await;
    says(&journey, Channel::Phone, Said::Granted).await;
    journey.until("2026-12-09T00:00:00+09:00").await;
    assert_eq!(question(&journey).await, ("handed_over".to_owned(), json!("phone")));
    assert_eq!(tasks_of(&journey, TaskKind::MakeCall).await.len(), 1);
    says(&journey, Channel::Phone, Said::OptedOut).await;
    assert!(tasks_of(&journey, TaskKind::MakeCall).await.is_empty(), "it binds at once");
    journey.until("2026-12-20T00:00:00+09:00").await;
    assert_eq!(journey.received(HANAKO).await, ["12-02 10:00 thanks-first", "12-15 10:00 usage"], "mail goes on");
}

#[tokio::test]
async fn without_permission_the_same_words_go_by_mail() {
    let journey = asked_by("[\"phone\", \"mail\"]", Some(CALL)).await;
    journey.until("2026-12-09T00:00:00+09:00").await;
    assert_eq!(question(&journey).await.1, "mail");
    let mails = journey.mails().await;
    let text = mails[1]["text"].as_str().unwrap();
    assert!(text.contains("無事に届きましたでしょうか。"), "{text}");
    assert!(!text.contains("【") && !text.contains("販売") && !text.contains("またあらためます"), "{text}");
}

#[tokio::test]
async fn where_nobody_answers_and_no_channel_is_left_a_postcard_is() {
    let journey = asked_by("[\"phone\"]", Some(CALL)).await;
    says(&journey, Channel::Phone, Said::Granted).await;
    journey.until("2026-12-09T12:00:00+09:00").await;
    let follows = ticked_off(&journey, TaskKind::MakeCall, Came::NoAnswer).await;
    assert_eq!(follows, Follows::Task(TaskKind::WritePostcard));
    assert_eq!(tasks_of(&journey, TaskKind::WritePostcard).await.len(), 1);
}
