//! What the post says back, and what the customer says by the link: deliveries, bounces, complaints, late and twice.

use serde_json::{Value, json};
use wasurena_domain::ids::{CustomerId, ShopId};
use wasurena_domain::ledger::{Entry, How, Said};
use wasurena_tests::journey::{Journey, orders};

const HANAKO: &str = "hanako@example.jp";

async fn after_an_order() -> Journey {
    let journey = Journey::begin().await;
    journey.shopify("orders/create", &orders::paid(1, "2026-12-01T10:00:00+09:00", HANAKO, "飯碗")).await;
    journey
}

/// After the thank-you went out.
async fn after_a_mail() -> Journey {
    let journey = after_an_order().await;
    journey.until("2026-12-02T10:30:00+09:00").await;
    assert_eq!(journey.mails().await.len(), 1);
    journey
}

/// Something happens to the last mail to Hanako.
async fn happens(journey: &Journey, kind: &str) {
    let mails = journey.mails().await;
    let last = mails.iter().rfind(|mail| mail["to"][0] == HANAKO).unwrap();
    event(journey, last, kind).await;
}

async fn event(journey: &Journey, mail: &Value, kind: &str) {
    let (kind, permanent) = if kind == "hard_bounce" { ("bounce", true) } else { (kind, false) };
    journey.turn("ses-events", &json!({ "mail": mail["id"], "type": kind, "permanent": permanent })).await;
}

fn sakura() -> ShopId {
    ShopId::parse("sakura").unwrap()
}

async fn hanako(journey: &Journey) -> CustomerId {
    let follow_ups = journey.follow_ups(HANAKO).await;
    CustomerId::parse(follow_ups[0]["customer"].as_str().unwrap()).unwrap()
}

/// What stands in Hanako's ledger but for what her orders said.
async fn ledger(journey: &Journey) -> Vec<Entry> {
    let mut ledger = journey.world().diary().ledger(&sakura(), &hanako(journey).await).await.unwrap();
    ledger.retain(|entry| entry.how != How::Order);
    ledger.sort();
    ledger
}

async fn state_of(journey: &Journey, step: &str) -> String {
    let states = journey.states(HANAKO).await;
    states.into_iter().find(|state| state.starts_with(step)).unwrap()
}

#[tokio::test]
async fn a_delivery_is_noted_and_nothing_else_changes() {
    let journey = after_a_mail().await;
    journey.turn("usage/reset", &json!({})).await;
    happens(&journey, "delivery").await;
    assert_eq!(state_of(&journey, "thanks-first").await, "thanks-first delivered -");
    assert_eq!(journey.usage().await["write_units"], 1.0);
    journey.turn("usage/reset", &json!({})).await;
    happens(&journey, "delivery").await;
    happens(&journey, "send").await;
    let again = journey.usage().await;
    assert_eq!((&again["write_units"], &again["invocations"]["record-delivery"]), (&json!(0.0), &json!(2)));
    journey.until("2026-12-16T00:00:00+09:00").await;
    assert_eq!(journey.mails().await.len(), 3);
}

#[tokio::test]
async fn a_dead_address_gets_no_further_mail_and_the_owner_a_postcard_to_write() {
    let journey = after_a_mail().await;
    happens(&journey, "hard_bounce").await;
    assert_eq!(state_of(&journey, "thanks-first").await, "thanks-first bounced address_bounced");
    let said: Vec<Said> = ledger(&journey).await.iter().map(|entry| entry.said).collect();
    assert_eq!(said, [Said::Bounced]);
    let open: Vec<Value> = journey.diary().await.into_iter().filter(|item| item["ended"]["BOOL"] == true).collect();
    assert!(open.is_empty(), "the planner has dealt with it: {open:?}");
    let tasks = journey.tasks().await;
    assert!(tasks.iter().any(|task| task["kind"] == "write_postcard"), "{tasks:?}");
    assert!(tasks.iter().any(|task| task["kind"] == "find_address"), "{tasks:?}");
    // Another order to the same address does not wake it up.
    journey.until("2026-12-20T00:00:00+09:00").await;
    journey.shopify("orders/create", &orders::paid(2, "2026-12-20T10:00:00+09:00", HANAKO, "湯呑")).await;
    journey.days(90).await;
    assert_eq!(journey.mails().await.len(), 1);
}

#[tokio::test]
async fn a_full_mailbox_is_tried_again_after_an_hour_a_day_and_three_days_then_given_up() {
    let journey = after_an_order().await;
    // The question, which may wait for a week.
    for (until, mails) in [
        ("2026-12-08T10:30:00+09:00", 2),
        ("2026-12-08T11:45:00+09:00", 3),
        ("2026-12-09T12:00:00+09:00", 4),
        ("2026-12-12T12:15:00+09:00", 5),
    ] {
        journey.until(until).await;
        assert_eq!(journey.mails().await.len(), mails, "{until}");
        happens(&journey, "bounce").await;
        // The same event once more, and one that comes late, change nothing.
        happens(&journey, "bounce").await;
        happens(&journey, "send").await;
    }
    assert_eq!(state_of(&journey, "arrival").await, "arrival bounced mailbox_unavailable");
    assert!(ledger(&journey).await.is_empty(), "the address is not dead");
    journey.until("2026-12-16T00:00:00+09:00").await;
    let received = journey.received(HANAKO).await;
    assert_eq!(received.len(), 6, "{received:?}");
    assert_eq!(received[5], "12-15 10:00 usage", "the next message tries its own luck");
}

#[tokio::test]
async fn a_full_mailbox_is_not_tried_past_the_window() {
    let journey = after_a_mail().await;
    for (until, mails, state) in [
        ("2026-12-02T10:30:00+09:00", 1, "thanks-first planned -"),
        ("2026-12-02T11:45:00+09:00", 2, "thanks-first planned -"),
        ("2026-12-03T12:00:00+09:00", 3, "thanks-first bounced mailbox_unavailable"),
    ] {
        journey.until(until).await;
        assert_eq!(journey.mails().await.len(), mails, "{until}");
        happens(&journey, "bounce").await;
        assert_eq!(state_of(&journey, "thanks-first").await, state, "{until}");
    }
}

#[tokio::test]
async fn out_of_office_is_no_bounce() {
    for (news, expected) in [
        (vec!["delivery", "auto_reply"], "thanks-first delivered -"),
        (vec!["auto_reply", "delivery"], "thanks-first delivered -"),
        (vec!["auto_reply"], "thanks-first sent -"),
        (vec!["delivery", "bounce"], "thanks-first delivered -"),
    ] {
        let journey = after_a_mail().await;
        for kind in &news {
            happens(&journey, kind).await;
        }
        assert_eq!(state_of(&journey, "thanks-first").await, expected, "{news:?}");
        journey.until("2026-12-03T00:00:00+09:00").await;
        assert_eq!(journey.mails().await.len(), 1, "{news:?}");
    }
}

#[tokio::test]
async fn a_complaint_stops_everything_at_once_until_it_is_taken_back() {
    let journey = after_a_mail().await;
    let page = journey.stop_page(HANAKO).await;
    happens(&journey, "delivery").await;
    happens(&journey, "complaint").await;
    assert_eq!(state_of(&journey, "thanks-first").await, "thanks-first complained complained");
    let planned = journey.states(HANAKO).await.into_iter().filter(|state| state.contains(" planned ")).count();
    assert_eq!(planned, 0);
    assert!(journey.get(&page).await.text().await.unwrap().contains("お止めいたしました。"));
    journey.until("2026-12-12T00:00:00+09:00").await;
    assert_eq!(journey.mails().await.len(), 1);
    // That they say stop themselves goes on record, once.
    for _ in 0..2 {
        journey.post(&page, &[], b"wish=stop".to_vec()).await;
        assert_eq!(ledger(&journey).await.len(), 2);
    }
    let answer = journey.post(&page, &[], b"wish=resume".to_vec()).await;
    assert!(answer.text().await.unwrap().contains("元に戻しました"));
    assert!(journey.get(&page).await.text().await.unwrap().contains("お便りを止める"));
    let said: Vec<Said> = ledger(&journey).await.iter().map(|entry| entry.said).collect();
    assert_eq!(said, [Said::Complained, Said::OptedOut, Said::Resumed]);
    journey.until("2026-12-20T00:00:00+09:00").await;
    assert!(journey.mails().await.len() > 1, "{:?}", journey.states(HANAKO).await);
}

#[tokio::test]
async fn a_doubt_is_settled_by_what_the_post_says() {
    for (kind, state) in [
        ("send", "thanks-first sent -"),
        ("delivery", "thanks-first delivered -"),
        ("delivery_delay", "thanks-first sent -"),
        ("reject", "thanks-first refused refused_by_provider"),
    ] {
        let journey = after_an_order().await;
        journey.turn("faults", &json!({ "call": "ses.SendEmail", "how": "fail_after", "times": 1 })).await;
        journey.until("2026-12-02T10:30:00+09:00").await;
        assert_eq!(state_of(&journey, "thanks-first").await, "thanks-first in_doubt -");
        happens(&journey, kind).await;
        assert_eq!(state_of(&journey, "thanks-first").await, state);
        journey.until("2026-12-16T00:00:00+09:00").await;
        assert_eq!(state_of(&journey, "thanks-first").await, state);
        assert_eq!(journey.usage().await["calls"]["ses.SendEmail"], 3, "{kind}: never again, and the others once");
        let tasks = journey.tasks().await;
        assert_eq!(tasks.is_empty(), kind != "reject", "{kind}: {tasks:?}");
    }
}

/// While a follow-up is in doubt its place in the index of what is due is the end of the doubt, a day later. An event that
/// ends the doubt leaves it there, for its two write units: so it is then that the keeper tries once more.
#[tokio::test]
async fn a_doubt_that_a_full_mailbox_ends_is_tried_again_when_the_doubt_would_have_ended() {
    let journey = after_an_order().await;
    journey.turn("faults", &json!({ "call": "ses.SendEmail", "how": "fail_after", "times": 1 })).await;
    journey.until("2026-12-02T10:30:00+09:00").await;
    assert_eq!(state_of(&journey, "thanks-first").await, "thanks-first in_doubt -");
    happens(&journey, "bounce").await;
    assert_eq!(state_of(&journey, "thanks-first").await, "thanks-first planned -");
    journey.until("2026-12-03T11:00:00+09:00").await;
    assert_eq!(journey.mails().await.len(), 1);
    journey.until("2026-12-03T12:00:00+09:00").await;
    assert_eq!(journey.mails().await.len(), 2);
    assert_eq!(state_of(&journey, "thanks-first").await, "thanks-first sent -");
}

#[tokio::test]
async fn evidence_that_is_lost_leaves_the_doubt() {
    let journey = after_an_order().await;
    journey.turn("faults", &json!({ "call": "ses.SendEmail", "how": "fail_after", "times": 1 })).await;
    journey.until("2026-12-02T10:30:00+09:00").await;
    let mail = journey.mails().await.remove(0);
    journey.turn("ses-events", &json!({ "mail": mail["id"], "type": "delivery", "lost": true })).await;
    assert_eq!(state_of(&journey, "thanks-first").await, "thanks-first in_doubt -");
    journey.until("2026-12-03T12:00:00+09:00").await;
    assert_eq!(state_of(&journey, "thanks-first").await, "thanks-first skipped unknown_whether_sent");
    // It comes after all, later than anybody waits: then the diary knows.
    event(&journey, &mail, "delivery").await;
    assert_eq!(state_of(&journey, "thanks-first").await, "thanks-first delivered -");
}

#[tokio::test]
async fn any_order_and_any_repeats_end_in_the_same_diary() {
    let mut seen: Vec<(String, Vec<Said>, usize)> = Vec::new();
    for order in [
        ["send", "bounce", "delivery", "hard_bounce", "complaint"],
        ["complaint", "hard_bounce", "delivery", "bounce", "send"],
        ["bounce", "complaint", "send", "hard_bounce", "delivery"],
        ["delivery", "hard_bounce", "complaint", "send", "bounce"],
    ] {
        let journey = after_a_mail().await;
        let mail = journey.mails().await.remove(0);
        for kind in order.iter().chain(&order) {
            event(&journey, &mail, kind).await;
        }
        let said = ledger(&journey).await.iter().map(|entry| entry.said).collect();
        let state = state_of(&journey, "thanks-first").await;
        journey.days(30).await;
        seen.push((state, said, journey.mails().await.len()));
    }
    let expected = ("thanks-first complained complained".to_owned(), vec![Said::Complained, Said::Bounced], 1);
    assert!(seen.iter().all(|end| *end == expected), "{seen:?}");
}

#[tokio::test]
async fn an_event_that_cannot_be_recorded_comes_again_twice_and_then_waits_for_a_person() {
    let journey = after_a_mail().await;
    journey.turn("faults", &json!({ "call": "dynamodb.*", "how": "down", "until": "2026-12-02T10:32:00+09:00" })).await;
    let mail = journey.world().mails().unwrap().remove(0);
    let delivery = json!({ "mail": mail.id, "type": "delivery" });
    journey.turn("ses-events", &delivery).await;
    journey.until("2026-12-02T10:40:00+09:00").await;
    assert_eq!(state_of(&journey, "thanks-first").await, "thanks-first delivered -");
    assert_eq!(journey.world().failed_events().unwrap(), 0);
    journey.turn("faults", &json!({ "call": "dynamodb.*", "how": "down", "until": "2026-12-02T11:00:00+09:00" })).await;
    journey.turn("ses-events", &json!({ "mail": mail.id, "type": "complaint" })).await;
    journey.until("2026-12-02T11:30:00+09:00").await;
    assert_eq!(journey.world().failed_events().unwrap(), 1);
    assert_eq!(journey.usage().await["invocations"]["record-delivery"], 6);
}

#[tokio::test]
async fn an_event_of_no_mail_is_told_so() {
    let journey = after_a_mail().await;
    for (event, status) in [
        (json!({ "mail": "nothing", "type": "delivery" }), 404),
        (json!({ "mail": "nothing", "type": "telepathy" }), 400),
    ] {
        let json = [("content-type", "application/json")];
        let answer = journey.post("/_local/ses-events", &json, event.to_string().into()).await;
        assert_eq!(answer.status(), status, "{event}");
    }
}

#[tokio::test]
async fn stop_and_resume_are_in_the_ledger_in_the_words_of_the_button() {
    let journey = after_a_mail().await;
    let page = journey.stop_page(HANAKO).await;
    // At the same moment by the clock: the later word is later all the same.
    for wish in ["stop", "stop", "resume", "resume", "stop", "resume"] {
        journey.post(&page, &[], format!("wish={wish}").into_bytes()).await;
    }
    let ledger = ledger(&journey).await;
    let said: Vec<Said> = ledger.iter().map(|entry| entry.said).collect();
    assert_eq!(said, [Said::OptedOut, Said::Resumed, Said::OptedOut, Said::Resumed]);
    assert!(ledger.iter().all(|entry| entry.how == How::Link && entry.place.is_none()));
    assert_eq!(ledger[0].wording.as_deref(), Some("お便りを止める"));
    assert_eq!(ledger[1].wording.as_deref(), Some("元に戻す"));
    journey.until("2026-12-16T00:00:00+09:00").await;
    assert_eq!(journey.mails().await.len(), 3);
}

#[tokio::test]
async fn a_stop_that_was_cut_short_after_its_entry_binds_and_is_finished_by_the_next() {
    let journey = after_a_mail().await;
    let page = journey.stop_page(HANAKO).await;
    journey.post(&page, &[], b"wish=stop".to_vec()).await;
    journey.post(&page, &[], b"wish=resume".to_vec()).await;
    let customer = hanako(&journey).await;
    let diary = journey.world().diary();
    let record = diary.customer(&sakura(), &customer).await.unwrap().unwrap();
    // The entry of a stop whose second write never came.
    let last = ledger(&journey).await.pop().unwrap();
    let at = last.at + chrono::Duration::seconds(1);
    let event = format!("customer@{}", record.customer.version);
    diary.add_entry(&sakura(), &customer, &Entry { at, said: Said::OptedOut, event, ..last }).await.unwrap();
    assert!(journey.get(&page).await.text().await.unwrap().contains("お止めいたしました。"));
    journey.until("2026-12-09T00:00:00+09:00").await;
    assert_eq!(journey.mails().await.len(), 1, "it binds by the ledger alone");
    let before = diary.customer(&sakura(), &customer).await.unwrap().unwrap();
    assert_eq!(before.customer.opted_out_at, None);
    journey.post(&page, &[], b"wish=stop".to_vec()).await;
    let after = diary.customer(&sakura(), &customer).await.unwrap().unwrap();
    assert!(after.customer.opted_out_at.is_some(), "finished");
    assert_eq!(ledger(&journey).await.len(), 3, "and said once");
}
