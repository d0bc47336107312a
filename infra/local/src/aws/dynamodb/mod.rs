//! DynamoDB, by dynoxide on SQLite: what the SDK sends goes to dynoxide's typed
//! methods, and what each request would cost is added up.

mod capacity;
mod file;
mod stream;

use std::path::Path;
use std::sync::Arc;

use dynoxide::{Database, DynoxideError};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::usage::Meter;
use super::wire::{Answer, ApiError};
use capacity::{Axis, Reported as _};

pub(crate) use file::FileError;
pub use stream::{StreamError, Streams};

/// The capacity detail that is always asked of dynoxide, so that nothing is free.
const ASK: &str = "INDEXES";

type Done = Result<String, DynoxideError>;

/// Runs one operation that consumes capacity: asks dynoxide for the figures,
/// counts them, and answers what the caller asked for and no more.
macro_rules! metered {
    ($server:expr, $body:expr, $axis:expr, $method:ident, $request:ident) => {{
        let mut request: dynoxide::actions::$method::$request = read($body)?;
        let asked = request.return_consumed_capacity.replace(ASK.to_owned());
        let mut response = $server.database.$method(request)?;
        let (read, write) = response.consumed_capacity.units($axis);
        $server.meter.units(read, write);
        response.consumed_capacity.keep(asked.as_deref());
        written(&response)
    }};
}

/// The DynamoDB server.
pub(crate) struct DynamoDb {
    database: Database,
    meter: Arc<Meter>,
}

impl DynamoDb {
    pub(crate) fn open(file: &Path, meter: Arc<Meter>) -> Result<Self, FileError> {
        Ok(Self { database: file::open(file)?, meter })
    }

    pub(crate) fn copy(file: &Path, meter: Arc<Meter>) -> Result<Self, FileError> {
        Ok(Self { database: file::copy(file)?, meter })
    }

    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    pub(crate) fn serve(&self, operation: &str, body: &[u8]) -> Answer {
        match self.run(operation, body) {
            Ok(body) => Answer::ok(body),
            Err(error) => {
                let spent = capacity::of_failure(&error, body);
                self.meter.units(0.0, spent);
                refusal(&error)
            }
        }
    }

    fn run(&self, operation: &str, body: &[u8]) -> Done {
        let db = &self.database;
        match operation {
            "BatchGetItem" => metered!(self, body, Axis::Read, batch_get_item, BatchGetItemRequest),
            "GetItem" => metered!(self, body, Axis::Read, get_item, GetItemRequest),
            "Query" => metered!(self, body, Axis::Read, query, QueryRequest),
            "Scan" => metered!(self, body, Axis::Read, scan, ScanRequest),
            "TransactGetItems" => metered!(self, body, Axis::Read, transact_get_items, TransactGetItemsRequest),
            "BatchWriteItem" => metered!(self, body, Axis::Write, batch_write_item, BatchWriteItemRequest),
            "DeleteItem" => metered!(self, body, Axis::Write, delete_item, DeleteItemRequest),
            "PutItem" => metered!(self, body, Axis::Write, put_item, PutItemRequest),
            "TransactWriteItems" => metered!(self, body, Axis::Write, transact_write_items, TransactWriteItemsRequest),
            "UpdateItem" => metered!(self, body, Axis::Write, update_item, UpdateItemRequest),
            "CreateTable" => written(&db.create_table(read(body)?)?),
            "DeleteTable" => written(&db.delete_table(read(body)?)?),
            "DescribeTable" => written(&db.describe_table(read(body)?)?),
            "DescribeTimeToLive" => written(&db.describe_time_to_live(read(body)?)?),
            "ListTables" => written(&db.list_tables(read(body)?)?),
            "UpdateTimeToLive" => written(&db.update_time_to_live(read(body)?)?),
            other => Err(DynoxideError::UnsupportedCapability(other.to_owned())),
        }
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, DynoxideError> {
    serde_json::from_slice(body).map_err(|error| unreadable(&error.to_string()))
}

/// dynoxide's own readers prefix their errors with the class they belong to.
fn unreadable(error: &str) -> DynoxideError {
    let message = error.rsplit_once(" at line ").map_or(error, |(message, _)| message);
    match message.split_once(':') {
        Some((class, message)) if class.starts_with("VALIDATION") => {
            DynoxideError::ValidationException(message.to_owned())
        }
        Some((class, message)) if class.starts_with("SERIALIZATION") => {
            DynoxideError::SerializationException(message.to_owned())
        }
        _ if message.starts_with("missing field") => DynoxideError::ValidationException(message.to_owned()),
        _ => DynoxideError::SerializationException(message.to_owned()),
    }
}

fn written<T: Serialize>(response: &T) -> Done {
    serde_json::to_string(response).map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}

fn refusal(error: &DynoxideError) -> Answer {
    if let DynoxideError::UnsupportedCapability(operation) = error {
        return ApiError::unknown_operation(operation).into();
    }
    let name = error.error_type().rsplit('#').next().map(str::to_owned);
    Answer { status: error.status_code(), error: name, body: error.to_json() }
}
