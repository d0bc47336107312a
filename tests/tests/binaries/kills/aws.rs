//! What AWS does between the functions: it carries the stream, rings alarms, brings SES's events and wakes the keeper;
//! at least once, tried again as the template says, and in the end put aside.

use super::stage::{SHARDS, Stage};
use aws_lambda_events::event::dynamodb::EventRecord;
use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use serde_json::Value;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::task::JoinSet;
use wasurena_cloud::stream;
use wasurena_tests::lambda::{Outcome, events};
use wasurena_tests::region::{Mail, READERS};

/// How often Lambda hands over an event, a record of a stream, an alarm: once, and twice again.
const TRIES: usize = 3;
/// SES's events on their way at once.
const EVENTS_AT_ONCE: usize = 4;
/// Of 100 mails so many whose events EventBridge loses, and so many whose events it brings twice.
const LOST_PERCENT: u8 = 25;
const TWICE_PERCENT: u8 = 10;
/// Of 100 alarms so many that ring twice.
const ALARMS_TWICE_PERCENT: u8 = 25;

/// A reader of the stream: its function, and the filter of its event source.
type Reader = (&'static str, fn(&EventRecord) -> bool);
const FILTERED: [Reader; 2] = [(READERS[0], stream::is_look), (READERS[1], stream::is_wait)];

/// Carries streams and events while something else is done, and until nothing more comes of it.
pub(crate) async fn carry_beside<T: Send + 'static>(
    stage: &Arc<Stage>,
    work: impl Future<Output = T> + Send + 'static,
) -> T {
    let mut served = stage.region.served();
    let mut work = tokio::spawn(work);
    let done = loop {
        tokio::select! {
            done = &mut work => break done.unwrap(),
            Ok(()) = served.changed() => { carry(stage).await; }
        }
    };
    while carry(stage).await > 0 {}
    done
}

/// Carries what there is; how much that was.
async fn carry(stage: &Arc<Stage>) -> usize {
    let [plan, alarms] = FILTERED;
    let (planned, alarmed, told) =
        tokio::join!(carry_stream(stage, plan), carry_stream(stage, alarms), carry_events(stage));
    planned + alarmed + told
}

/// Carries one batch of the stream to a reader.
async fn carry_stream(stage: &Stage, (function, wants): Reader) -> usize {
    let records = stage.region.unread(function).await;
    let Some(last) = records.last().and_then(|record| record.change.sequence_number.clone()) else { return 0 };
    let passed = records.len();
    hand_over(stage, function, records.into_iter().filter(wants).collect()).await;
    stage.region.passed(function, &last).await;
    passed
}

/// Hands a batch over. What fails is halved until it is one record, and that is tried [`TRIES`] times.
async fn hand_over(stage: &Stage, function: &str, batch: Vec<EventRecord>) {
    let mut parts = vec![(batch, 0)];
    while let Some((batch, tries)) = parts.pop() {
        if batch.is_empty() {
            continue;
        }
        let done = match stage.invoke(function, &events::stream(&batch)).await {
            Outcome::Answered(answer) => first_failure(&batch, &answer),
            Outcome::Killed | Outcome::TimedOut | Outcome::Failed(_) => 0,
            other => panic!("{function}: {other:?}"),
        };
        let mut rest = batch;
        rest.drain(..done);
        match rest.len() {
            0 => {}
            1 if tries + 1 == TRIES => stage.queue_failure(),
            1 => parts.push((rest, tries + 1)),
            len => {
                let later = rest.split_off(len / 2);
                parts.extend([(later, 0), (rest, 0)]);
            }
        }
    }
}

/// How many records of a batch stand before the first that is reported as failed.
fn first_failure(batch: &[EventRecord], answer: &Value) -> usize {
    let failed: Vec<&str> = answer["batchItemFailures"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|failure| failure["itemIdentifier"].as_str())
        .collect();
    let is_failed =
        |record: &EventRecord| record.change.sequence_number.as_deref().is_some_and(|n| failed.contains(&n));
    batch.iter().position(is_failed).unwrap_or(batch.len())
}

/// Brings what SES says of the mails that nobody has heard of yet.
async fn carry_events(stage: &Arc<Stage>) -> usize {
    let seen = stage.mails_seen.load(Ordering::Relaxed);
    let mails = stage.region.mails_after(seen).await;
    stage.mails_seen.store(seen + mails.len(), Ordering::Relaxed);
    let mut on_their_way = JoinSet::new();
    for event in mails.iter().flat_map(|mail| said(&mut stage.dice(), mail)) {
        if on_their_way.len() == EVENTS_AT_ONCE {
            on_their_way.join_next().await.unwrap().unwrap();
        }
        let stage = Arc::clone(stage);
        on_their_way.spawn(async move { bring(&stage, "record-delivery", &event).await });
    }
    on_their_way.join_all().await;
    mails.len()
}

/// What EventBridge brings of a mail: one of its two events, for each settles a doubt; or nothing; or the same twice.
fn said(dice: &mut fastrand::Rng, mail: &Mail) -> Vec<Value> {
    let event = if dice.bool() { &mail.sent } else { &mail.delivered };
    match dice.u8(0..100) {
        lost if lost < LOST_PERCENT => Vec::new(),
        twice if twice < LOST_PERCENT + TWICE_PERCENT => vec![event.clone(); 2],
        _ => vec![event.clone()],
    }
}

/// Hands an event to Lambda's queue, which tries it [`TRIES`] times.
async fn bring(stage: &Stage, function: &str, event: &Value) {
    for _ in 0..TRIES {
        match stage.invoke(function, event).await {
            Outcome::Answered(_) => return,
            Outcome::Killed | Outcome::TimedOut | Outcome::Failed(_) => {}
            other => panic!("{function}: {other:?}"),
        }
    }
    stage.queue_failure();
}

/// Lets time pass until `end`, from one thing that happens to the next.
pub(crate) async fn until(stage: &Arc<Stage>, end: DateTime<Utc>) {
    let mut kept = full_hour(stage.clock.now());
    loop {
        ring(stage).await;
        let hour = keeper_hour(stage, kept, end).await;
        let next = [stage.region.next_alarm().await, hour].into_iter().flatten().min();
        let Some(next) = next.filter(|next| *next <= end) else { break };
        stage.clock.advance_to(next);
        if hour == Some(next) {
            kept = next;
            let keeper = Arc::clone(stage);
            carry_beside(stage, async move { bring(&keeper, "keep-promises", &events::hour()).await }).await;
        }
    }
    stage.clock.advance_to(end);
}

/// Rings what is due, all of it at once, until nothing is.
async fn ring(stage: &Arc<Stage>) {
    loop {
        let due = stage.region.due_alarms().await;
        if due.is_empty() {
            return;
        }
        let mut senders = JoinSet::new();
        for alarm in due {
            stage.region.rung(&alarm.name).await;
            let input: Value = serde_json::from_str(&alarm.input).unwrap();
            let times = if stage.dice().u8(0..100) < ALARMS_TWICE_PERCENT { 2 } else { 1 };
            for _ in 0..times {
                let (stage, input) = (Arc::clone(stage), input.clone());
                senders.spawn(async move { bring(&stage, "send-follow-ups", &input).await });
            }
        }
        carry_beside(stage, senders.join_all()).await;
    }
}

/// The next full hour at which the keeper finds something due by `end`. In all others it would only look.
async fn keeper_hour(stage: &Stage, kept: DateTime<Utc>, end: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let mut first = None;
    for shard in 0..SHARDS {
        let due = stage.diary.due_by(&stage.shop, shard, end, 1).await.unwrap();
        first = first.into_iter().chain(due.first().map(|due| due.at.start())).min();
    }
    let due = first?;
    let hour = full_hour(due);
    let hour = if hour < due { hour + TimeDelta::hours(1) } else { hour };
    Some(hour.max(kept + TimeDelta::hours(1)))
}

fn full_hour(at: DateTime<Utc>) -> DateTime<Utc> {
    at.duration_trunc(TimeDelta::hours(1)).unwrap()
}
