//! EventBridge Scheduler: schedules that ring once, at a wall-clock time in a
//! zone, at least once each. The REST JSON API of the real service on one side,
//! the rings for whoever drives the clock on the other.

mod api;
mod expression;
mod request;
mod rings;

use std::sync::Arc;

use super::store::Store;
use super::time::VirtualTime;
use super::usage::Meter;

pub use rings::{Alarm, Ring};

/// The Scheduler of one embedded cloud.
#[derive(Clone)]
pub struct Scheduler {
    store: Arc<Store>,
    time: Arc<dyn VirtualTime>,
    meter: Arc<Meter>,
}

impl Scheduler {
    pub(crate) fn new(store: Arc<Store>, time: Arc<dyn VirtualTime>, meter: Arc<Meter>) -> Self {
        Self { store, time, meter }
    }
}
