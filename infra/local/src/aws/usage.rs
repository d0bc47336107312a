//! What was used: calls, capacity units, alarms. The cost tests and the
//! console's yen per follow-up read these figures.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

/// Figures since the start or the last reset.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Usage {
    /// Requests by name (`dynamodb.PutItem`), the refused and retried ones too.
    pub calls: BTreeMap<String, u64>,
    /// DynamoDB write request units, indexes and the double price of
    /// transactions included.
    pub write_units: f64,
    /// DynamoDB read request units.
    pub read_units: f64,
    /// Schedules created.
    pub alarms: u64,
}

/// Counts while the cloud runs. Nothing of it is kept across restarts.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    usage: Mutex<Usage>,
    permissions: Mutex<BTreeMap<&'static str, BTreeSet<String>>>,
}

impl Meter {
    pub(crate) fn call(&self, name: &str) {
        let mut usage = self.usage();
        match usage.calls.get_mut(name) {
            Some(count) => *count += 1,
            None => {
                usage.calls.insert(name.to_owned(), 1);
            }
        }
    }

    pub(crate) fn units(&self, read: f64, write: f64) {
        let mut usage = self.usage();
        usage.read_units += read;
        usage.write_units += write;
    }

    pub(crate) fn alarm(&self) {
        self.usage().alarms += 1;
    }

    /// A caller needed these permissions.
    pub(crate) fn permissions(&self, caller: &'static str, needed: impl IntoIterator<Item = String>) {
        self.needed().entry(caller).or_default().extend(needed);
    }

    pub(crate) fn permissions_so_far(&self) -> BTreeMap<&'static str, BTreeSet<String>> {
        self.needed().clone()
    }

    fn needed(&self) -> MutexGuard<'_, BTreeMap<&'static str, BTreeSet<String>>> {
        self.permissions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn snapshot(&self) -> Usage {
        self.usage().clone()
    }

    pub(crate) fn reset(&self) {
        *self.usage() = Usage::default();
    }

    fn usage(&self) -> MutexGuard<'_, Usage> {
        self.usage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
