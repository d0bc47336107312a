//! The table's stream, carried to its functions as Lambda would: in batches, filtered, with partial
//! failures, finite retries and a queue for what failed for good.

use crate::aws::VirtualTime;
use crate::configs::TABLE;
use crate::world::{World, WorldError};
use aws_lambda_events::event::dynamodb::{Event, EventRecord};
use aws_lambda_events::event::streams::DynamoDbEventResponse;
use chrono::Duration;
use serde_dynamo::AttributeValue;
use wasurena_cloud::stream;

/// Records read at once.
pub const BATCH: usize = 100;
/// How often a batch that fails is tried before its first record goes to the failure queue.
pub const ATTEMPTS_MAX: u32 = 3;
/// Seconds between two attempts.
const ATTEMPT_PAUSE_S: u64 = 1;
/// How long an invocation for a batch may take.
pub const TIMEOUT_S: i64 = 60;
/// Where the failure queue's length is kept.
const FAILURES: &str = "stream_failures";

/// A function that reads the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reader {
    Plan,
    Alarms,
}

impl Reader {
    const ALL: [Self; 2] = [Self::Plan, Self::Alarms];
    const NAMES: [&'static str; 2] = ["plan-follow-ups", "set-alarms"];

    fn name(self) -> &'static str {
        match self {
            Self::Plan => Self::NAMES[0],
            Self::Alarms => Self::NAMES[1],
        }
    }

    /// The filter of the event source: records it drops cost no invocation.
    fn wants(self, record: &EventRecord) -> bool {
        match self {
            Self::Plan => stream::is_look(record),
            Self::Alarms => stream::is_wait(record),
        }
    }
}

impl World {
    /// Carries records until every reader has read everything.
    pub(crate) async fn run_streams_dry(&self) -> Result<(), WorldError> {
        loop {
            let mut carried = 0;
            for reader in Reader::ALL {
                carried += self.carry(reader).await?;
            }
            if carried == 0 {
                self.aws.streams().trim(TABLE, &Reader::NAMES)?;
                return Ok(());
            }
        }
    }

    /// Carries one batch to a reader, and answers how many records it passed.
    async fn carry(&self, reader: Reader) -> Result<usize, WorldError> {
        let streams = self.aws.streams();
        let position = streams.position(TABLE, reader.name())?;
        let records = streams.records_after(TABLE, position.as_deref(), BATCH)?;
        let Some(last) = records.last().and_then(sequence) else { return Ok(0) };
        let passed = records.len();
        // Shops may come while the world runs: what of theirs becomes due says where to look for it.
        self.know_partitions(records.iter().filter_map(due_partition));
        let mut wanted: Vec<EventRecord> = records.into_iter().filter(|record| reader.wants(record)).collect();
        let mut attempts = 0;
        while !wanted.is_empty() {
            let failed = self.invoke(reader, wanted.clone()).await;
            let Some(first) = wanted.iter().position(|record| sequence(record).is_some_and(|s| failed.contains(&s)))
            else {
                break;
            };
            // Everything before the first failure is done; from there on the batch is tried again.
            wanted.drain(..first);
            attempts = if first > 0 { 1 } else { attempts + 1 };
            if attempts >= ATTEMPTS_MAX {
                wanted.remove(0);
                attempts = 0;
                self.queue_failure(reader)?;
            } else {
                self.time.advance(std::time::Duration::from_secs(ATTEMPT_PAUSE_S));
            }
        }
        streams.save_position(TABLE, reader.name(), &last)?;
        Ok(passed)
    }

    async fn invoke(&self, reader: Reader, records: Vec<EventRecord>) -> Vec<String> {
        self.count(reader.name(), 1);
        let stop_at = self.now() + Duration::seconds(TIMEOUT_S);
        let mut event = Event::default();
        event.records = records;
        let response: DynamoDbEventResponse = match reader {
            Reader::Plan => self.plan.handle(event, stop_at).await,
            Reader::Alarms => self.alarms.handle(event, stop_at).await,
        };
        response.batch_item_failures.into_iter().filter_map(|failure| failure.item_identifier).collect()
    }

    fn queue_failure(&self, reader: Reader) -> Result<(), WorldError> {
        let waiting: u64 = self.aws.meta(FAILURES)?.and_then(|text| text.parse().ok()).unwrap_or(0);
        tracing::warn!(function = reader.name(), waiting = waiting + 1, "stream.record_failed");
        Ok(self.aws.set_meta(FAILURES, &(waiting + 1).to_string())?)
    }
}

/// The partition of the index in which an item that was written stands.
fn due_partition(record: &EventRecord) -> Option<String> {
    match record.change.new_image.inner().get("due_pk")? {
        AttributeValue::S(partition) => Some(partition.clone()),
        _ => None,
    }
}

fn sequence(record: &EventRecord) -> Option<String> {
    record.change.sequence_number.clone()
}
