//! What a request costs in capacity units, from dynoxide's reports, and for
//! refused writes, where it reports nothing, by AWS's own rules.

use dynoxide::DynoxideError;
use dynoxide::types::{ConsumedCapacity, item_size, write_capacity_units};
use serde::Deserialize;
use serde::de::IgnoredAny;

/// A transactional write costs twice, also when the transaction is cancelled.
const TRANSACTION_FACTOR: f64 = 2.0;

/// What an operation consumes when its report does not say.
#[derive(Debug, Clone, Copy)]
pub(super) enum Axis {
    Read,
    Write,
}

/// The report in a response: one table's, or one for each table.
pub(super) trait Reported {
    /// Read and write units, indexes included.
    fn units(&self, axis: Axis) -> (f64, f64);

    /// Leaves in the response what the caller asked for.
    fn keep(&mut self, asked: Option<&str>);
}

impl Reported for ConsumedCapacity {
    fn units(&self, axis: Axis) -> (f64, f64) {
        match (self.read_capacity_units, self.write_capacity_units, axis) {
            (None, None, Axis::Read) => (self.capacity_units, 0.0),
            (None, None, Axis::Write) => (0.0, self.capacity_units),
            // A transaction replayed by its token is charged as a read.
            (read, write, _) => (read.unwrap_or(0.0), write.unwrap_or(0.0)),
        }
    }

    fn keep(&mut self, asked: Option<&str>) {
        if asked != Some("INDEXES") {
            self.table = None;
            self.global_secondary_indexes = None;
            self.local_secondary_indexes = None;
        }
    }
}

impl Reported for Vec<ConsumedCapacity> {
    fn units(&self, axis: Axis) -> (f64, f64) {
        self.iter().map(|report| report.units(axis)).fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    }

    fn keep(&mut self, asked: Option<&str>) {
        self.iter_mut().for_each(|report| report.keep(asked));
    }
}

impl<T: Reported> Reported for Option<T> {
    fn units(&self, axis: Axis) -> (f64, f64) {
        self.as_ref().map_or((0.0, 0.0), |report| report.units(axis))
    }

    fn keep(&mut self, asked: Option<&str>) {
        match (asked, &mut *self) {
            (Some("TOTAL" | "INDEXES"), Some(report)) => report.keep(asked),
            _ => *self = None,
        }
    }
}

/// Write units of a refused request. A failed condition costs what the item
/// costs, one unit where its size is not known; a cancelled transaction two for
/// each of its items; anything else was refused before it cost anything.
pub(super) fn of_failure(error: &DynoxideError, body: &[u8]) -> f64 {
    match error {
        DynoxideError::ConditionalCheckFailedException(_, item) => {
            item.as_ref().map_or(1.0, |item| write_capacity_units(item_size(item)))
        }
        DynoxideError::TransactionCanceledException(_, reasons) => {
            let items = transaction_items(body).unwrap_or(reasons.len());
            TRANSACTION_FACTOR * f64::from(u32::try_from(items).unwrap_or(u32::MAX))
        }
        _ => 0.0,
    }
}

fn transaction_items(body: &[u8]) -> Option<usize> {
    #[derive(Deserialize)]
    struct Transaction {
        #[serde(rename = "TransactItems")]
        items: Vec<IgnoredAny>,
    }
    serde_json::from_slice::<Transaction>(body).ok().map(|transaction| transaction.items.len())
}
