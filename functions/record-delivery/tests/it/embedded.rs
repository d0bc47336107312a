//! The embedded cloud's events, held against the fixtures: what passes here is tried on the shape of SES.

use crate::support::{ATTEMPT, HANAKO, at, fixture};
use rstest::rstest;
use serde_json::Value;
use std::collections::BTreeSet;
use wasurena_cloud::Clients;
use wasurena_cloud::post::{Outgoing, Post};
use wasurena_cloud::ses_event::SesEvent;
use wasurena_local::aws::EventKind;
use wasurena_local::{Start, World};

/// The names in a value, each with those around it; places in lists do not matter.
fn names(value: &Value, here: &str, all: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(name, value)| {
            all.insert(format!("{here}/{name}"));
            names(value, &format!("{here}/{name}"), all);
        }),
        Value::Array(list) => list.iter().for_each(|value| names(value, here, all)),
        _ => {}
    }
}

fn outgoing() -> Outgoing {
    let tags = &fixture("send")["detail"]["mail"]["tags"];
    let tag = |name: &'static str| (name, tags[name][0].as_str().unwrap().to_owned());
    Outgoing {
        from: "Sakura <otayori@example.com>".to_owned(),
        reply_to: "sato@example.com".to_owned(),
        to: HANAKO.to_owned(),
        subject: "ありがとうございました".to_owned(),
        text: "ありがとうございました。".to_owned(),
        html: "<p>ありがとうございました。</p>".to_owned(),
        headers: Vec::new(),
        tags: vec![tag("shop"), tag("follow_up"), tag("attempt")],
    }
}

#[rstest]
#[case(EventKind::Send, false, "send")]
#[case(EventKind::Delivery, false, "delivery")]
#[case(EventKind::DeliveryDelay, false, "delivery-delay")]
#[case(EventKind::Bounce, true, "bounce-permanent")]
#[case(EventKind::Bounce, false, "bounce-transient")]
#[case(EventKind::Complaint, false, "complaint")]
#[case(EventKind::Reject, false, "reject")]
#[case(EventKind::RenderingFailure, false, "rendering-failure")]
#[tokio::test]
async fn the_embedded_cloud_speaks_as_ses_does(#[case] kind: EventKind, #[case] permanent: bool, #[case] name: &str) {
    let folder = tempfile::tempdir().unwrap();
    let now = at("2026-12-02T01:00:00.412Z");
    let public_url = "http://127.0.0.1".to_owned();
    let world = World::open(Start { folder: folder.path().to_owned(), now: Some(now), frozen: true, public_url });
    let world = world.await.unwrap();
    let post = Post::new(Clients::new(&world.aws().sdk_config(), None).ses(), "wasurena");
    let message = post.send(&outgoing()).await.unwrap();
    let event = world.aws().ses().event(&message, kind, permanent).unwrap();
    assert_eq!(event, world.aws().ses().event(&message, kind, permanent).unwrap(), "the same again is the same");

    let (mut ours, mut theirs) = (BTreeSet::new(), BTreeSet::new());
    names(&event, "", &mut ours);
    names(&fixture(name), "", &mut theirs);
    let unknown: Vec<&String> = ours.difference(&theirs).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    for place in ["/detail-type", "/source", "/detail/eventType", "/detail/bounce/bounceType"] {
        assert_eq!(event.pointer(place), fixture(name).pointer(place), "{place}");
    }

    let said = SesEvent::read(&event).unwrap().unwrap();
    let expected = SesEvent::read(&fixture(name)).unwrap().unwrap();
    assert_eq!((said.shop, said.follow_up, said.recipient), (expected.shop, expected.follow_up, expected.recipient));
    assert_eq!((said.evidence.word, said.evidence.attempt.as_str()), (expected.evidence.word, ATTEMPT));
    assert_eq!((said.evidence.message, said.evidence.sent_at), (message, now));
}
