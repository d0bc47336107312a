//! From an event to the diary: what is written, what it costs, and what is left alone.

use crate::support::{ATTEMPT, HANAKO, MESSAGE, OURS, at, fixture};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use record_delivery::config::Config;
use record_delivery::{RecordDelivery, RecordError, Recorded};
use rstest::rstest;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use wasurena_cloud::{Clients, Clock};
use wasurena_domain::calendar::Slot;
use wasurena_domain::channel::Channel;
use wasurena_domain::follow_up::{FollowUp, Reason, State};
use wasurena_domain::ids::{CustomerId, FollowUpId, ShopId, StepId};
use wasurena_domain::ledger::{Entry, How, Said};
use wasurena_domain::programme::Class;
use wasurena_local::{Start, World};

/// Shortly after the fixtures' mail went out.
const NOW: &str = "2026-12-02T01:00:10Z";

/// A clock that stands still.
#[derive(Debug)]
struct Still;

#[async_trait]
impl Clock for Still {
    fn now(&self) -> DateTime<Utc> {
        at(NOW)
    }

    async fn sleep(&self, _: Duration) {}
}

/// The sample shop with one follow-up, the fixtures' one.
struct Desk {
    world: World,
    function: RecordDelivery,
    _folder: TempDir,
}

impl Desk {
    async fn with(follow_up: Option<&FollowUp>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let public_url = "http://127.0.0.1".to_owned();
        let start = Start { folder: folder.path().to_owned(), now: Some(at(NOW)), frozen: true, public_url };
        let world = World::open(start).await.unwrap();
        let config = Config { table: "wasurena".to_owned(), secrets_path: "/wasurena".to_owned() };
        let clients = Clients::new(&world.aws().sdk_config(), None);
        let function = RecordDelivery::new(&config, &clients, Arc::new(Still));
        function.warm_up().await;
        if let Some(follow_up) = follow_up {
            world.diary().put_new(&sakura(), follow_up).await.unwrap();
        }
        world.reset_usage();
        Self { world, function, _folder: folder }
    }

    async fn hears(&self, event: &Value) -> Result<Recorded, RecordError> {
        self.function.handle(event).await
    }

    /// What an event costs in write units.
    async fn cost_of(&self, event: &Value) -> f64 {
        self.world.reset_usage();
        self.hears(event).await.unwrap();
        self.world.aws().usage().write_units
    }

    async fn follow_up(&self) -> Option<FollowUp> {
        self.world.diary().follow_up(&sakura(), &id()).await.unwrap()
    }

    async fn ledger(&self) -> Vec<Entry> {
        self.world.diary().ledger(&sakura(), &id().customer().unwrap()).await.unwrap()
    }

    async fn place(&self, address: &str) -> CustomerId {
        self.world.keyring().keys().await.unwrap().identify(&sakura(), address).unwrap()
    }
}

fn sakura() -> ShopId {
    ShopId::parse("sakura").unwrap()
}

fn id() -> FollowUpId {
    let tags = &fixture("send")["detail"]["mail"]["tags"];
    FollowUpId::parse(tags["follow_up"][0].as_str().unwrap()).unwrap()
}

/// The fixtures' follow-up in a state, as its sender or the keeper would have left it.
fn in_state(state: State) -> FollowUp {
    let until = match state {
        State::Claimed => Some(at("2026-12-02T01:02:00Z")),
        State::InDoubt => Some(at("2026-12-03T02:00:00Z")),
        _ => None,
    };
    FollowUp {
        id: id(),
        customer: id().customer().unwrap(),
        step: StepId::parse("thanks-first").unwrap(),
        text: None,
        series: None,
        class: Class::Thanks,
        purchase: None,
        channel: Channel::Mail,
        tried: BTreeSet::new(),
        shard: 0,
        slot: Slot::parse("2026-12-02T01:00Z").unwrap(),
        deadline: at("2026-12-04T14:59:59Z"),
        state,
        reason: None,
        generation: 0,
        attempts: 1,
        attempt: Some(ATTEMPT.to_owned()),
        until,
        message: state.has_left().then(|| MESSAGE.to_owned()),
        sent_at: state.has_left().then(|| at("2026-12-02T01:00:00.500Z")),
        soft_bounces: 0,
        approved_at: None,
        note: None,
        ended: state == State::InDoubt,
    }
}

#[rstest]
#[case("send", State::InDoubt, State::Sent)]
#[case("delivery-delay", State::Claimed, State::Sent)]
#[case("delivery", State::Sent, State::Delivered)]
#[case("delivery", State::InDoubt, State::Delivered)]
#[case("bounce-permanent", State::Sent, State::Bounced)]
#[case("bounce-suppressed", State::Delivered, State::Bounced)]
#[case("bounce-transient", State::Sent, State::Planned)]
#[case("bounce-undetermined", State::InDoubt, State::Sent)]
#[case("complaint", State::Delivered, State::Complained)]
#[case("complaint", State::Bounced, State::Complained)]
#[case("reject", State::Sent, State::Refused)]
#[case("rendering-failure", State::InDoubt, State::Refused)]
#[tokio::test]
async fn an_event_moves_its_follow_up_for_two_units_or_three_and_again_for_one_at_most(
    #[case] name: &str,
    #[case] from: State,
    #[case] to: State,
) {
    let desk = Desk::with(Some(&in_state(from))).await;
    let event = fixture(name);
    let first = desk.cost_of(&event).await;
    let stands = desk.follow_up().await.unwrap();
    assert_eq!(stands.state, to);
    let ledger = desk.ledger().await;
    // What the ledger keeps is counted against the shop's mails, for a third unit.
    assert!(first <= if ledger.is_empty() { 2.0 } else { 3.0 }, "{first} units");
    let again = desk.cost_of(&event).await;
    assert_eq!(again, f64::from(u32::from(!ledger.is_empty())), "units, said once more");
    assert_eq!((desk.follow_up().await, desk.ledger().await), (Some(stands), ledger));
}

#[tokio::test]
async fn whatever_is_said_and_wherever_it_stands_an_event_costs_three_units_at_most() {
    let desk = Desk::with(None).await;
    // So many that none of what follows is much.
    desk.world.diary().count_mails(&sakura(), None, 1_000_000, at(NOW)).await.unwrap();
    for name in OURS {
        for state in State::ALL {
            // Each on somebody of its own.
            let customer = format!("{}{}", name.replace('-', ""), state.name().replace('_', ""));
            let id = FollowUpId::parse(&format!("{customer:x<32.32}_aaaaaaaaaaaaaaaa")).unwrap();
            let follow_up = FollowUp { customer: id.customer().unwrap(), id, ..in_state(state) };
            desk.world.diary().put_new(&sakura(), &follow_up).await.unwrap();
            let mut event = fixture(name);
            event["detail"]["mail"]["tags"]["follow_up"] = json!([follow_up.id]);
            let cost = desk.cost_of(&event).await;
            assert!(cost <= 3.0, "{name} {state:?}: {cost}");
            assert!(desk.cost_of(&event).await <= 1.0, "{name} {state:?}, said once more");
        }
    }
}

#[tokio::test]
async fn a_dead_address_is_in_the_ledger_by_its_digest() {
    let desk = Desk::with(Some(&in_state(State::Sent))).await;
    let recorded = desk.hears(&fixture("bounce-permanent")).await.unwrap();
    assert_eq!(recorded, Recorded::FollowUp(State::Bounced));
    let [entry] = &desk.ledger().await[..] else { panic!("one entry") };
    assert_eq!((entry.said, entry.how, entry.at), (Said::Bounced, How::Post, at("2026-12-02T01:00:07.250Z")));
    assert_eq!(entry.place, Some(desk.place(HANAKO).await));
    let stands = desk.follow_up().await.unwrap();
    assert_eq!((stands.reason, stands.ended), (Some(Reason::AddressBounced), true));
}

#[tokio::test]
async fn a_mailbox_that_is_full_is_tried_again_in_an_hour() {
    let desk = Desk::with(Some(&in_state(State::Sent))).await;
    desk.hears(&fixture("bounce-transient")).await.unwrap();
    let again = desk.follow_up().await.unwrap();
    assert_eq!((again.slot.to_string().as_str(), again.soft_bounces), ("2026-12-02T02:15Z", 1));
    assert!(desk.ledger().await.is_empty(), "nothing is for good");
}

#[tokio::test]
async fn whoever_is_gone_keeps_a_ledger_and_gets_nothing_else() {
    let desk = Desk::with(None).await;
    for name in OURS {
        assert_eq!(desk.hears(&fixture(name)).await.unwrap(), Recorded::Nothing, "{name}");
    }
    let mut said: Vec<Said> = desk.ledger().await.iter().map(|entry| entry.said).collect();
    said.sort_unstable();
    // The two complaints of the fixtures have different ids; the bounces to one address are one.
    assert_eq!(said, [Said::Complained, Said::Complained, Said::Bounced, Said::Bounced]);
    assert_eq!(desk.follow_up().await, None);
}

#[tokio::test]
async fn mail_of_others_is_acknowledged_and_nothing_is_read_or_written() {
    let desk = Desk::with(Some(&in_state(State::Sent))).await;
    let mut unknown_shop = fixture("bounce-permanent");
    unknown_shop["detail"]["mail"]["tags"]["shop"] = json!(["elsewhere"]);
    for (event, expected) in [
        (fixture("to-the-owner"), Recorded::NotOurs),
        (fixture("open"), Recorded::NotOurs),
        (unknown_shop, Recorded::UnknownShop),
    ] {
        assert_eq!(desk.hears(&event).await.unwrap(), expected);
    }
    let usage = desk.world.aws().usage();
    assert_eq!((usage.read_units, usage.write_units), (0.0, 0.0), "{usage:?}");
}

#[tokio::test]
async fn an_older_attempt_changes_the_ledger_and_nothing_else() {
    let newer = FollowUp { attempt: Some("attempt2".to_owned()), ..in_state(State::Claimed) };
    let desk = Desk::with(Some(&newer)).await;
    for name in OURS {
        assert_eq!(desk.hears(&fixture(name)).await.unwrap(), Recorded::Nothing, "{name}");
    }
    assert_eq!(desk.follow_up().await, Some(newer));
    assert!(!desk.ledger().await.is_empty());
}

#[tokio::test]
async fn an_answer_that_was_lost_is_no_lost_race() {
    let desk = Desk::with(Some(&in_state(State::Sent))).await;
    let fault = json!({ "call": "dynamodb.PutItem", "how": "fail_after", "times": 2 });
    desk.world.aws().faults().add(serde_json::from_value(fault).unwrap()).unwrap();
    assert_eq!(desk.hears(&fixture("delivery")).await.unwrap(), Recorded::FollowUp(State::Delivered));
}

#[tokio::test]
async fn while_the_diary_is_gone_events_are_refused_and_come_again() {
    let desk = Desk::with(Some(&in_state(State::Sent))).await;
    let fault = json!({ "call": "dynamodb.*", "how": "down" });
    desk.world.aws().faults().add(serde_json::from_value(fault).unwrap()).unwrap();
    for name in OURS {
        let error = desk.hears(&fixture(name)).await.unwrap_err();
        assert!(matches!(error, RecordError::Diary(_)), "{name}: {error}");
    }
    desk.world.aws().faults().clear();
    assert_eq!(desk.follow_up().await, Some(in_state(State::Sent)));
    assert_eq!(desk.hears(&fixture("delivery")).await.unwrap(), Recorded::FollowUp(State::Delivered));
}
