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

/// How often the stream is asked for news, at least.
const POLLED_EVERY_MS: i64 = 1_000;
/// Records that are read at once.
const PAGE: usize = 100;

/// What the stream has held so far, and how far each reader has come.
#[derive(Debug, Default)]
pub(crate) struct Streams {
    records: Vec<EventRecord>,
    has_news: bool,
    positions: [Position; 2],
}

#[derive(Debug, Default)]
struct Position {
    /// How many records it has had.
    passed: usize,
    /// What is to be done next; a batch that failed, or nothing.
    batch: Vec<EventRecord>,
    attempts: u32,
    is_under_way: bool,
    not_before: Option<DateTime<Utc>>,
}

impl Streams {
    /// The table was written. Its stream is asked for news now and then, not at once.
    pub(crate) fn has_news(&mut self, now: DateTime<Utc>, dice: &mut Rng) {
        if std::mem::replace(&mut self.has_news, true) {
            return;
        }
        for position in &mut self.positions {
            let asked_at = now + Duration::milliseconds(dice.i64(0..POLLED_EVERY_MS));
            position.not_before = position.not_before.max(Some(asked_at));
        }
    }

    /// Whether a reader can be given a batch now.
    pub(crate) fn is_ready(&self, reader: Reader, now: DateTime<Utc>) -> bool {
        let position = &self.positions[reader as usize];
        self.has_work(position) && !position.is_under_way && position.not_before.is_none_or(|at| at <= now)
    }

    /// When a reader that waits can go on.
    pub(crate) fn next(&self) -> Option<DateTime<Utc>> {
        let waits = |p: &&Position| !p.is_under_way && self.has_work(p);
        self.positions.iter().filter(waits).filter_map(|position| position.not_before).min()
    }

    /// Whether both readers have done everything.
    pub(crate) fn are_dry(&self) -> bool {
        self.positions.iter().all(|position| !position.is_under_way && !self.has_work(position))
    }

    fn has_work(&self, position: &Position) -> bool {
        self.has_news || position.passed < self.records.len() || !position.batch.is_empty()
    }

    /// The next batch of a reader; nothing where there is none after all.
    pub(crate) fn take(&mut self, reader: Reader, aws: &Aws, dice: &mut Rng) -> Option<Vec<EventRecord>> {
        if std::mem::take(&mut self.has_news) {
            self.read(aws);
        }
        let position = &mut self.positions[reader as usize];
        position.not_before = None;
        if position.batch.is_empty() {
            let news = self.records[position.passed..].iter().take(dice.usize(1..40));
            position.passed += news.len();
            position.batch = news.filter(|record| reader.wants(record)).cloned().collect();
            position.attempts = 0;
        }
        position.is_under_way = !position.batch.is_empty();
        position.is_under_way.then(|| position.batch.clone())
    }

    /// How many records there have been: as many as changes of the table.
    pub(crate) fn length(&mut self, aws: &Aws) -> usize {
        self.read(aws);
        self.records.len()
    }

    /// Reads on to the stream's end.
    fn read(&mut self, aws: &Aws) {
        loop {
            let last = self.records.last().and_then(number);
            let records = aws.streams().records_after(TABLE, last.as_deref(), PAGE).expect("the stream");
            let is_last = records.len() < PAGE;
            self.records.extend(records);
            if is_last {
                return;
            }
        }
    }

    /// A batch has come back: with the records that failed, or not at all. Answers whether one was given up.
    pub(crate) fn came_back(&mut self, reader: Reader, failed: Option<&[String]>, now: DateTime<Utc>) -> bool {
        let position = &mut self.positions[reader as usize];
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
        self.positions[reader as usize].not_before = Some(until);
    }
}

fn number(record: &EventRecord) -> Option<String> {
    record.change.sequence_number.clone()
}
