//! The tables' streams, read as Lambda reads them: records after a position, in
//! order, with both images; and trimmed once every reader has seen them.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_lambda_events::event::dynamodb::EventRecord;
use chrono::{DateTime, Utc};
use dynoxide::actions::get_records::GetRecordsRequest;
use dynoxide::actions::get_shard_iterator::encode_shard_iterator;
use dynoxide::{Database, DynoxideError};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Value, json};

use crate::aws::sdk::{ACCOUNT, REGION};
use crate::aws::store::{Store, StoreError};
use crate::aws::time::VirtualTime;

/// What dynoxide adds to a stored sequence number to get its public form.
const SEQUENCE_OFFSET: u128 = 100_000_000_000_000_000_000;

/// How long trimming waits for a write of dynoxide's to end.
const PATIENCE: Duration = Duration::from_secs(5);

/// A stream could not be read, or a position not be kept.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    /// Not a sequence number that a record carried.
    #[error("{0:?} is no sequence number of a stream; give one that a record carried")]
    Position(String),
    /// dynoxide could not read the table's stream.
    #[error("the stream could not be read; does the table exist?")]
    Read(#[from] DynoxideError),
    /// A record could not be turned into the event that Lambda would deliver.
    #[error("a stream record could not be read as a Lambda event")]
    Record(#[from] serde_json::Error),
    /// The diary's file could not be trimmed.
    #[error("the stream could not be trimmed; is the disk full?")]
    Trim(#[from] rusqlite::Error),
    /// A reader's position could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The streams of all tables of one embedded cloud.
#[derive(Clone)]
pub struct Streams {
    database: Database,
    store: Arc<Store>,
    time: Arc<dyn VirtualTime>,
    /// The file's second connection; a cloud in memory is too short-lived to be trimmed.
    trimmer: Option<Arc<Mutex<Connection>>>,
}

impl Streams {
    pub(crate) fn open(
        file: &Path,
        database: Database,
        store: Arc<Store>,
        time: Arc<dyn VirtualTime>,
    ) -> Result<Self, rusqlite::Error> {
        let trimmer = Connection::open(file)?;
        trimmer.busy_timeout(PATIENCE)?;
        trimmer.pragma_update(None, "synchronous", "NORMAL")?;
        Ok(Self { trimmer: Some(Arc::new(Mutex::new(trimmer))), ..Self::in_memory(database, store, time) })
    }

    pub(crate) fn in_memory(database: Database, store: Arc<Store>, time: Arc<dyn VirtualTime>) -> Self {
        Self { database, store, time, trimmer: None }
    }

    /// Up to `limit` (at most 1,000) records of the table's stream after
    /// `position`, or from the oldest kept one; the oldest first. Their creation
    /// time is the virtual time of this reading.
    ///
    /// # Errors
    /// When the table does not exist or the position is no sequence number.
    pub fn records_after(
        &self,
        table: &str,
        position: Option<&str>,
        limit: usize,
    ) -> Result<Vec<EventRecord>, StreamError> {
        let after = position.map_or(Ok(0), stored)?;
        let shard = dynoxide::streams::shard_id(table);
        let shard_iterator = encode_shard_iterator(table, &shard, after);
        let response = self.database.get_records(GetRecordsRequest { shard_iterator, limit: Some(limit) })?;
        let now = self.time.now();
        response.records.iter().map(|record| Ok(event(serde_json::to_value(record)?, table, now)?)).collect()
    }

    /// How far the reader has come in the table's stream.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn position(&self, table: &str, reader: &str) -> Result<Option<String>, StoreError> {
        self.store.read(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT sequence FROM stream_positions WHERE table_name = ?1 AND reader = ?2")?;
            Ok(statement.query_row([table, reader], |row| row.get(0)).optional()?)
        })
    }

    /// Keeps how far the reader has come. A position never goes back.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save_position(&self, table: &str, reader: &str, sequence: &str) -> Result<(), StoreError> {
        self.store.run(|transaction| {
            // Sequence numbers have one width: as text they sort as numbers.
            transaction
                .prepare_cached(
                    "INSERT INTO stream_positions VALUES (?1, ?2, ?3)
                     ON CONFLICT DO UPDATE SET sequence = max(sequence, excluded.sequence)",
                )?
                .execute(params![table, reader, sequence])?;
            Ok(())
        })
    }

    /// Deletes the records that all `readers` have passed, and answers how many.
    /// The newest always stays: sequence numbers grow from it.
    ///
    /// # Errors
    /// When a file cannot be used.
    pub fn trim(&self, table: &str, readers: &[&str]) -> Result<usize, StreamError> {
        let positions: Option<Vec<String>> =
            readers.iter().map(|reader| self.position(table, reader)).collect::<Result<_, _>>()?;
        match positions.and_then(|positions| positions.into_iter().min()) {
            Some(slowest) => self.delete_up_to(table, stored(&slowest)?),
            None => Ok(0),
        }
    }

    fn delete_up_to(&self, table: &str, sequence: i64) -> Result<usize, StreamError> {
        let Some(trimmer) = &self.trimmer else { return Ok(0) };
        let trimmer = trimmer.lock().unwrap_or_else(PoisonError::into_inner);
        let mut delete = trimmer.prepare_cached(
            "DELETE FROM _stream_records WHERE table_name = ?1
             AND CAST(sequence_number AS INTEGER) <= ?2
             AND CAST(sequence_number AS INTEGER) <
                 (SELECT max(CAST(sequence_number AS INTEGER)) FROM _stream_records WHERE table_name = ?1)",
        )?;
        Ok(delete.execute(params![table, sequence])?)
    }
}

/// A sequence number as dynoxide stores it.
fn stored(public: &str) -> Result<i64, StreamError> {
    public
        .parse::<u128>()
        .ok()
        .and_then(|number| number.checked_sub(SEQUENCE_OFFSET))
        .and_then(|number| i64::try_from(number).ok())
        .ok_or_else(|| StreamError::Position(public.to_owned()))
}

/// The record as Lambda's event source mapping would hand it over.
fn event(mut record: Value, table: &str, now: DateTime<Utc>) -> Result<EventRecord, serde_json::Error> {
    record["awsRegion"] = json!(REGION);
    record["eventSourceARN"] = json!(format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{table}/stream/embedded"));
    record["dynamodb"]["ApproximateCreationDateTime"] = json!(now.timestamp());
    serde_json::from_value(record)
}
