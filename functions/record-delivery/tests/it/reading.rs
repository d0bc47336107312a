//! From the shape of SES to the domain's words.

use crate::support::{ATTEMPT, HANAKO, MESSAGE, OURS, at, fixture};
use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Value, json};
use wasurena_cloud::ses_event::{SesEvent, SesEventError};
use wasurena_domain::delivery::Word;

const SENT_AT: &str = "2026-12-02T01:00:00.412Z";
const KNOWN_AT: &str = "2026-12-02T01:00:09Z";
const BOUNCED_AT: &str = "2026-12-02T01:00:07.250Z";
const BOUNCE: &str = "0106018f3c2a9a10-7d5c-4a1e-000000";
const COMPLAINED_AT: &str = "2026-12-02T03:00:00Z";
const COMPLAINT: &str = "0106018f3c2aa0bc-91f2-4d20-000000";

#[rstest]
#[case::send("send", Word::Accepted, KNOWN_AT, MESSAGE)]
#[case::delay("delivery-delay", Word::Accepted, KNOWN_AT, MESSAGE)]
#[case::delivery("delivery", Word::Delivered, KNOWN_AT, MESSAGE)]
#[case::reject("reject", Word::NotSent, KNOWN_AT, MESSAGE)]
#[case::rendering("rendering-failure", Word::NotSent, KNOWN_AT, MESSAGE)]
#[case::hard("bounce-permanent", Word::Bounced, BOUNCED_AT, BOUNCE)]
#[case::suppressed("bounce-suppressed", Word::Bounced, BOUNCED_AT, BOUNCE)]
#[case::soft("bounce-transient", Word::Unavailable, BOUNCED_AT, BOUNCE)]
// The other side's clock is years ahead: it happened when SES knew of it, at the latest.
#[case::undetermined("bounce-undetermined", Word::Accepted, "2026-12-02T01:00:10Z", BOUNCE)]
#[case::complaint("complaint", Word::Complained, COMPLAINED_AT, COMPLAINT)]
#[case::complaint_without_an_id("complaint-bare", Word::Complained, COMPLAINED_AT, MESSAGE)]
#[case::complaint_that_is_none("complaint-not-spam", Word::Delivered, COMPLAINED_AT, COMPLAINT)]
fn each_type_is_a_word(#[case] name: &str, #[case] word: Word, #[case] when: &str, #[case] event: &str) {
    let said = SesEvent::read(&fixture(name)).unwrap().unwrap();
    let evidence = &said.evidence;
    assert_eq!((evidence.word, evidence.at, evidence.event.as_str()), (word, at(when), event));
    assert_eq!((evidence.attempt.as_str(), evidence.message.as_str()), (ATTEMPT, MESSAGE));
    assert_eq!(evidence.sent_at, at(SENT_AT));
    assert_eq!((said.shop.as_str(), said.customer.as_str()), ("sakura", "hanakohanakohanakohanakoha"));
    assert_eq!(said.follow_up.customer().unwrap(), said.customer);
    assert_eq!(said.recipient.as_str(), HANAKO);
}

#[test]
fn the_address_is_the_one_that_was_written_to() {
    let recipient = |name: &str| SesEvent::read(&fixture(name)).unwrap().unwrap().recipient;
    assert_eq!(recipient("bounce-forwarded").as_str(), HANAKO, "not the one it was forwarded to");
    assert_eq!(recipient("bounce-carrier").as_str(), "hana..ko.@example.jp");
    let mut no_destination = fixture("bounce-permanent");
    no_destination["detail"]["mail"]["destination"] = json!([]);
    assert_eq!(SesEvent::read(&no_destination).unwrap().unwrap().recipient.as_str(), HANAKO);
}

#[test]
fn what_is_not_about_a_follow_up_or_its_delivery_is_passed_over() {
    assert_eq!(SesEvent::read(&fixture("open")), Ok(None));
    assert_eq!(SesEvent::read(&fixture("to-the-owner")), Ok(None));
    for tag in ["shop", "follow_up", "attempt"] {
        for value in [Value::Null, json!([])] {
            let mut event = fixture("delivery");
            let tags = event["detail"]["mail"]["tags"].as_object_mut().unwrap();
            match value {
                Value::Null => tags.remove(tag),
                value => tags.insert(tag.to_owned(), value),
            };
            assert_eq!(SesEvent::read(&event), Ok(None), "{tag}");
        }
    }
    let mut new_type = fixture("delivery");
    new_type["detail"]["eventType"] = json!("Subscription");
    assert_eq!(SesEvent::read(&new_type), Ok(None));
}

#[rstest]
#[case::no_time("/time", None)]
#[case::bad_time("/time", Some(json!(HANAKO)))]
#[case::no_detail("/detail", None)]
#[case::no_type("/detail/eventType", None)]
#[case::no_mail("/detail/mail", None)]
#[case::no_message("/detail/mail/messageId", None)]
#[case::bad_sent_at("/detail/mail/timestamp", Some(json!(HANAKO)))]
#[case::bad_tags("/detail/mail/tags", Some(json!([HANAKO])))]
#[case::bad_bounce("/detail/bounce/timestamp", Some(json!(HANAKO)))]
#[case::no_bounce_type("/detail/bounce/bounceType", None)]
fn a_bad_event_is_refused_without_being_quoted(#[case] place: &str, #[case] value: Option<Value>) {
    let mut event = fixture("bounce-permanent");
    let (parent, name) = place.rsplit_once('/').unwrap();
    let parent = event.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    match value {
        Some(value) => parent.insert(name.to_owned(), value),
        None => parent.remove(name),
    };
    let error = SesEvent::read(&event).unwrap_err();
    assert!(matches!(error, SesEventError::Shape(_)), "{error:?}");
    assert!(!error.to_string().contains("hanako"), "{error}");
}

#[test]
fn other_bad_events_are_told_apart() {
    let mut elsewhere = fixture("send");
    elsewhere["source"] = json!("aws.ec2");
    assert_eq!(SesEvent::read(&elsewhere), Err(SesEventError::Source));
    let mut nowhere = fixture("send");
    nowhere["detail"]["mail"]["destination"] = json!(["hanako"]);
    assert_eq!(SesEvent::read(&nowhere), Err(SesEventError::Recipient));
    for (name, part) in [("bounce-permanent", "bounce"), ("complaint", "complaint")] {
        let mut bare = fixture(name);
        bare["detail"].as_object_mut().unwrap().remove(part);
        assert!(matches!(SesEvent::read(&bare), Err(SesEventError::Incomplete(_))), "{name}");
    }
}

/// Every place in a JSON value.
fn places(value: &Value, here: &str, all: &mut Vec<String>) {
    all.push(here.to_owned());
    match value {
        Value::Object(map) => map.iter().for_each(|(name, value)| places(value, &format!("{here}/{name}"), all)),
        Value::Array(list) => list.iter().enumerate().for_each(|(n, value)| places(value, &format!("{here}/{n}"), all)),
        _ => {}
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,40}".prop_map(Value::from),
        Just(json!([])),
        Just(json!([HANAKO])),
        Just(json!({})),
        Just(json!({ "emailAddress": HANAKO })),
    ]
}

proptest! {
    /// Whatever stands in an event, reading it ends in an event, in nothing, or in an error that quotes nobody.
    #[test]
    fn any_change_of_an_event_is_read_or_refused(
        name in proptest::sample::select(OURS.to_vec()),
        place in any::<proptest::sample::Index>(),
        value in any_value(),
    ) {
        let mut event = fixture(name);
        let mut all = Vec::new();
        places(&event, "", &mut all);
        *event.pointer_mut(place.get(&all).as_str()).unwrap() = value;
        match SesEvent::read(&event) {
            Ok(said) => prop_assert!(!format!("{said:?}").contains("@example"), "{said:?}"),
            Err(error) => prop_assert!(!format!("{error} {error:?}").contains("hanako@"), "{error}"),
        }
    }
}
