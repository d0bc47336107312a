//! The post may speak before the sender has written down what it knows. Then the post's word stands, the sender takes
//! it for its own outcome, and nothing is sent twice.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use send_follow_ups::config::Config;
use send_follow_ups::{SendFollowUps, SlotReport};
use serde_json::json;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use wasurena_cloud::alarms::{Alarm, AlarmTarget};
use wasurena_cloud::clock::Dice;
use wasurena_cloud::{Clients, Clock};
use wasurena_domain::calendar::Slot;
use wasurena_domain::ids::ShopId;
use wasurena_tests::journey::{Journey, moment, orders};

const HANAKO: &str = "hanako@example.jp";
const SLOT: &str = "2026-12-02T01:00Z";

/// The sender's clock. When the sender first waits, because the diary does not answer, the diary comes back and the
/// post speaks.
#[derive(Debug)]
struct Meddler {
    journey: Arc<Journey>,
    word: Mutex<Option<&'static str>>,
}

#[async_trait]
impl Clock for Meddler {
    fn now(&self) -> DateTime<Utc> {
        moment("2026-12-02T01:00:05Z")
    }

    async fn sleep(&self, _: Duration) {
        let word = self.word.lock().unwrap().take();
        if let Some(word) = word {
            self.journey.end_faults().await;
            let mail = self.journey.mails().await.remove(0);
            self.journey.turn("ses-events", &json!({ "mail": mail["id"], "type": word })).await;
        }
    }
}

/// A slot in which the diary is gone just after the mail was handed over, and the post speaks meanwhile.
async fn interrupted(word: &'static str, answer_is_lost: bool) -> (Arc<Journey>, SlotReport) {
    let journey = Arc::new(Journey::begin().await);
    journey.shopify("orders/create", &orders::paid(1, "2026-12-01T10:00:00+09:00", HANAKO, "飯碗")).await;
    journey.until("2026-12-02T09:59:00+09:00").await;
    if answer_is_lost {
        journey.turn("faults", &json!({ "call": "ses.SendEmail", "how": "fail_after", "times": 1 })).await;
    }
    journey.turn("faults", &json!({ "call": "dynamodb.PutItem", "how": "down" })).await;
    let config = Config {
        table: "wasurena".to_owned(),
        secrets_path: "/wasurena".to_owned(),
        target: AlarmTarget {
            group: "wasurena".to_owned(),
            function_arn: "arn:aws:lambda:ap-northeast-1:000000000000:function:send-follow-ups".to_owned(),
            role_arn: "arn:aws:iam::000000000000:role/alarms".to_owned(),
            dead_letter_arn: "arn:aws:sqs:ap-northeast-1:000000000000:alarms-undelivered".to_owned(),
        },
        configuration_set: "wasurena".to_owned(),
        public_url: "http://127.0.0.1".to_owned(),
    };
    let clients = Clients::new(&journey.world().aws().sdk_config(), None);
    let clock = Arc::new(Meddler { journey: Arc::clone(&journey), word: Mutex::new(Some(word)) });
    let sender = SendFollowUps::new(&config, &clients, clock, Arc::new(Dice));
    let shop = ShopId::parse("sakura").unwrap();
    let alarm = Alarm { shop, shard: 0, slot: Slot::parse(SLOT).unwrap(), n: 0 };
    let report = sender.handle(&alarm, moment("2026-12-02T01:15:00Z")).await.unwrap();
    (journey, report)
}

#[tokio::test]
async fn the_posts_word_stands_and_is_the_senders_outcome() {
    for answer_is_lost in [false, true] {
        for (word, sent, state, mails) in [
            ("send", 1, "thanks-first sent -", 1),
            ("delivery", 1, "thanks-first delivered -", 1),
            ("complaint", 1, "thanks-first complained complained", 1),
            ("reject", 0, "thanks-first refused refused_by_provider", 1),
            // It left, came back, and is tried again an hour later: the keeper, who comes at seven past ten, puts it there.
            ("bounce", 1, "thanks-first planned -", 2),
        ] {
            let (journey, report) = interrupted(word, answer_is_lost).await;
            assert_eq!((report.sent, report.not_sent), (sent, 1 - sent), "{word} {answer_is_lost}");
            assert_eq!(report.stopped, None, "{word} {answer_is_lost}: nothing is in doubt");
            let states = journey.states(HANAKO).await;
            assert!(states.contains(&state.to_owned()), "{word} {answer_is_lost}: {states:?}");
            journey.until("2026-12-02T10:59:00+09:00").await;
            assert_eq!(journey.mails().await.len(), 1, "{word} {answer_is_lost}");
            journey.until("2026-12-02T11:00:30+09:00").await;
            assert_eq!(journey.mails().await.len(), mails, "{word} {answer_is_lost}");
            journey.until("2026-12-04T00:00:00+09:00").await;
            assert_eq!(journey.mails().await.len(), mails, "{word} {answer_is_lost}");
        }
    }
}
