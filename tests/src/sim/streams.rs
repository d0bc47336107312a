//! The table's stream, as Lambda carries it: in batches of any size, each until its reader has done it or has failed at
//! it too often.

use aws_lambda_events::event::dynamodb::EventRecord;
use chrono::{DateTime, Duration, Utc};
use fastrand::Rng;
use wasurena_cloud::stream;
use wasurena_local::TABLE;
use wasurena_local::aws::Aws;
use wasurena_local::pump::ATTEMPTS_MAX;

/// A function that reads the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reader {
    /// plan-follow-ups.
    Plan,
    /// set-alarms.
    Alarms,
}

impl Reader {
    /// Both.
    pub(crate) const ALL: [Self; 2] = [Self::Plan, Self::Alarms];

    fn wants(self, record: &EventRecord) -> bool {
        match self {
            Self::Plan => stream::is_look(record),
            Self::Alarms => stream::is_wait(record),
        }
    }
}

/// How far each reader has come.
#[derive(Debug, Default)]
pub(crate) struct Streams([Position; 2]);

#[derive(Debug, Default)]
struct Position {
    passed: Option<String>,
    /// What is to be done next; a batch that failed, or nothing.
    batch: Vec<EventRecord>,
    attempts: u32,
    is_under_way: bool,
    has_news: bool,
    not_before: Option<DateTime<Utc>>,
}

impl Streams {
    /// The table was written.
    pub(crate) fn has_news(&mut self) {
        for position in &mut self.0 {
            position.has_news = true;
        }
    }

    /// Whether a reader can be given a batch now.
    pub(crate) fn is_ready(&self, reader: Reader, now: DateTime<Utc>) -> bool {
        let position = &self.0[reader as usize];
        let has_work = position.has_news || !position.batch.is_empty();
        has_work && !position.is_under_way && position.not_before.is_none_or(|at| at <= now)
    }

    /// When a reader that waits can go on.
    pub(crate) fn next(&self) -> Option<DateTime<Utc>> {
        let waits = |p: &&Position| !p.is_under_way && (p.has_news || !p.batch.is_empty());
        self.0.iter().filter(waits).filter_map(|position| position.not_before).min()
    }

    /// Whether both readers have done everything.
    pub(crate) fn are_dry(&self) -> bool {
        self.0.iter().all(|position| !position.has_news && !position.is_under_way && position.batch.is_empty())
    }

    /// The next batch of a reader; nothing where there is none after all.
    pub(crate) fn take(&mut self, reader: Reader, aws: &Aws, dice: &mut Rng) -> Option<Vec<EventRecord>> {
        let position = &mut self.0[reader as usize];
        position.not_before = None;
        if position.batch.is_empty() {
            let limit = dice.usize(1..40);
            let records = aws.streams().records_after(TABLE, position.passed.as_deref(), limit).expect("the stream");
            position.has_news = records.len() == limit;
            position.passed = records.last().and_then(number).or(position.passed.take());
            position.batch = records.into_iter().filter(|record| reader.wants(record)).collect();
            position.attempts = 0;
        }
        position.is_under_way = !position.batch.is_empty();
        position.is_under_way.then(|| position.batch.clone())
    }

    /// A batch has come back: with the records that failed, or not at all. Answers whether one was given up.
    pub(crate) fn came_back(&mut self, reader: Reader, failed: Option<&[String]>, now: DateTime<Utc>) -> bool {
        let position = &mut self.0[reader as usize];
        position.is_under_way = false;
        let first = match failed {
            None => Some(0),
            Some(failed) => position.batch.iter().position(|r| number(r).is_some_and(|n| failed.contains(&n))),
        };
        let Some(first) = first else {
            position.batch.clear();
            return false;
        };
        // Everything before the first failure is done; from there on the batch is tried again.
        position.batch.drain(..first);
        position.attempts = if first > 0 { 1 } else { position.attempts + 1 };
        position.not_before = Some(now + Duration::seconds(1));
        let is_given_up = position.attempts >= ATTEMPTS_MAX;
        if is_given_up {
            position.batch.remove(0);
            position.attempts = 0;
        }
        is_given_up
    }

    /// A reader waits for a while.
    pub(crate) fn delay(&mut self, reader: Reader, until: DateTime<Utc>) {
        self.0[reader as usize].not_before = Some(until);
    }
}

fn number(record: &EventRecord) -> Option<String> {
    record.change.sequence_number.clone()
}
