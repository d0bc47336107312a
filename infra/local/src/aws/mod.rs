//! The embedded AWS: DynamoDB, EventBridge Scheduler, SES and the Parameter
//! Store in this process, for the real SDK clients, on virtual time. It knows
//! nothing of what runs on it.
//!
//! Two files keep everything: `diary.sqlite` the DynamoDB tables, `cloud.sqlite`
//! the rest. Each accepted request is one transaction, so whatever was answered
//! survives a kill at any moment.

mod connector;
mod dynamodb;
mod faults;
mod gate;
mod permissions;
mod route;
mod scheduler;
mod sdk;
mod ses;
mod ssm;
mod store;
mod time;
mod usage;
mod wire;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;

use connector::Connector;
use dynamodb::{DynamoDb, FileError};
use ssm::Ssm;
use store::Store;
use usage::Meter;

pub use dynamodb::{StreamError, Streams};
pub use faults::{Fault, FaultError, Faults, How};
pub use gate::{Crossing, Gate, Passage, Passing};
pub use scheduler::{Alarm, Ring, Scheduler};
pub use sdk::{ACCOUNT, REGION};
pub use ses::{EventKind, MailError, Ses, StoredMail};
pub use store::StoreError;
pub use time::{VirtualClock, VirtualTime};
pub use usage::Usage;

/// The file with the DynamoDB tables.
const DIARY_FILE: &str = "diary.sqlite";

/// The file with everything else.
const CLOUD_FILE: &str = "cloud.sqlite";

/// How the dice for faults fall until they are seeded otherwise.
const FIRST_SEED: u64 = 1;

/// The embedded cloud could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder could not be made.
    #[error("the folder {} could not be made; is its parent there and writable?", .folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Another process has the folder open.
    #[error("the folder {} is in use; stop the other one that runs on it, or choose another folder", .0.display())]
    InUse(PathBuf),
    /// A file is there and cannot be read.
    #[error("{} could not be opened; move it away to start afresh", .file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// The whole cloud. Cloning is cheap; all clones are the same cloud.
#[derive(Debug, Clone)]
pub struct Aws {
    inner: Arc<Inner>,
    connector: Connector,
}

/// What all clones and all clients share.
struct Inner {
    dynamodb: DynamoDb,
    streams: Streams,
    scheduler: Scheduler,
    ses: Ses,
    ssm: Ssm,
    faults: Faults,
    meter: Arc<Meter>,
    store: Arc<Store>,
    time: Arc<dyn VirtualTime>,
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Aws").field("time", &self.time).field("faults", &self.faults).finish_non_exhaustive()
    }
}

impl Aws {
    /// Opens the cloud kept in `folder`, or a new one where there is none.
    ///
    /// # Errors
    /// When the folder cannot be used, or another process uses it.
    pub fn open(folder: &Path, time: Arc<dyn VirtualTime>) -> Result<Self, OpenError> {
        fs::create_dir_all(folder).map_err(|source| OpenError::Folder { folder: folder.to_owned(), source })?;
        // First the file whose lock says that the folder is ours.
        let store = Arc::new(open_store(folder)?);
        let diary = folder.join(DIARY_FILE);
        let broken = |source: FileError| OpenError::File { file: diary.clone(), source: source.into() };
        let meter = Arc::new(Meter::default());
        let dynamodb = DynamoDb::open(&diary, Arc::clone(&meter)).map_err(broken)?;
        let streams = Streams::open(&diary, dynamodb.database().clone(), Arc::clone(&store), Arc::clone(&time))
            .map_err(|error| broken(error.into()))?;
        Ok(Self::of(dynamodb, streams, store, meter, time))
    }

    /// A copy, in memory, of the cloud kept in `folder`, which nobody has open: for worlds of which there are many and
    /// none is kept. Its streams are not trimmed.
    ///
    /// # Errors
    /// When the folder holds no cloud.
    pub fn copy(folder: &Path, time: Arc<dyn VirtualTime>) -> Result<Self, OpenError> {
        let (diary, store) = (folder.join(DIARY_FILE), folder.join(CLOUD_FILE));
        let meter = Arc::new(Meter::default());
        let dynamodb = DynamoDb::copy(&diary, Arc::clone(&meter))
            .map_err(|source| OpenError::File { file: diary, source: source.into() })?;
        let store = Store::copy(&store).map_err(|source| OpenError::File { file: store, source: source.into() })?;
        let store = Arc::new(store);
        let streams = Streams::in_memory(dynamodb.database().clone(), Arc::clone(&store), Arc::clone(&time));
        Ok(Self::of(dynamodb, streams, store, meter, time))
    }

    fn of(
        dynamodb: DynamoDb,
        streams: Streams,
        store: Arc<Store>,
        meter: Arc<Meter>,
        time: Arc<dyn VirtualTime>,
    ) -> Self {
        let inner = Arc::new(Inner {
            dynamodb,
            streams,
            scheduler: Scheduler::new(Arc::clone(&store), Arc::clone(&time), Arc::clone(&meter)),
            ses: Ses::new(Arc::clone(&store), Arc::clone(&time)),
            ssm: Ssm::new(Arc::clone(&store), Arc::clone(&time)),
            faults: Faults::new(FIRST_SEED),
            meter,
            store,
            time,
        });
        Self { connector: Connector::new(Arc::clone(&inner)), inner }
    }

    /// What to build SDK clients from. A client's own settings go on top. The
    /// folder stays in use as long as any client of it lives.
    #[must_use]
    pub fn sdk_config(&self) -> SdkConfig {
        sdk::config(self.connector.clone(), Arc::clone(&self.inner.time))
    }

    /// The same, for the clients of one caller, whose calls are told apart in [`Aws::permissions`].
    #[must_use]
    pub fn sdk_config_of(&self, caller: &'static str) -> SdkConfig {
        sdk::config(self.connector.of(caller), Arc::clone(&self.inner.time))
    }

    /// The same, for clients whose every request waits at a gate.
    #[must_use]
    pub fn sdk_config_behind(&self, gate: Arc<dyn Gate>) -> SdkConfig {
        sdk::config(self.connector.behind(gate), Arc::clone(&self.inner.time))
    }

    /// What each caller needs permission for, by its calls since the start: the names of IAM actions, and what they
    /// were about: `dynamodb:Query index/due`.
    #[must_use]
    pub fn permissions(&self) -> BTreeMap<&'static str, BTreeSet<String>> {
        self.inner.meter.permissions_so_far()
    }

    /// Answers a request of an SDK client in another process, as it came over a socket. `None` where a fault
    /// broke the connection, or the request is none.
    #[must_use]
    pub fn answer(&self, request: http::Request<Vec<u8>>) -> Option<http::Response<Vec<u8>>> {
        let request = HttpRequest::try_from(request.map(SdkBody::from)).ok()?;
        let response = self.connector.answer(&request).ok()?.try_into_http1x().ok()?;
        Some(response.map(|body| body.bytes().unwrap_or_default().to_vec()))
    }

    /// The clock.
    #[must_use]
    pub fn time(&self) -> &dyn VirtualTime {
        &*self.inner.time
    }

    /// The streams of the tables.
    #[must_use]
    pub fn streams(&self) -> &Streams {
        &self.inner.streams
    }

    /// The tables themselves, beside the clients, the meter and the faults.
    #[must_use]
    pub fn database(&self) -> &dynoxide::Database {
        self.inner.dynamodb.database()
    }

    /// The alarms.
    #[must_use]
    pub fn scheduler(&self) -> &Scheduler {
        &self.inner.scheduler
    }

    /// The post.
    #[must_use]
    pub fn ses(&self) -> &Ses {
        &self.inner.ses
    }

    /// What goes wrong.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.inner.faults
    }

    /// What was used since the start or the last reset.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.inner.meter.snapshot()
    }

    /// Starts counting anew.
    pub fn reset_usage(&self) {
        self.inner.meter.reset();
    }

    /// A value kept beside the cloud.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn meta(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.inner.store.meta(key)
    }

    /// Keeps a value beside the cloud.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn set_meta(&self, key: &str, value: &str) -> Result<(), StoreError> {
        self.inner.store.set_meta(key, value)
    }
}

fn open_store(folder: &Path) -> Result<Store, OpenError> {
    let file = folder.join(CLOUD_FILE);
    Store::open(&file).map_err(|error| match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
            OpenError::InUse(folder.to_owned())
        }
        _ => OpenError::File { file, source: error.into() },
    })
}
