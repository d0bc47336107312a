//! What the functions log, line by line, as they would on Lambda: nobody's data may stand in it (I10).

use super::laws;
use super::laws::Violation;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use tracing::{Level, Subscriber};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use wasurena_cloud::Clock;
use wasurena_cloud::telemetry::{Lines, filter};

/// Reads every line, and remembers the first that should not be there.
#[derive(Debug, Clone, Default)]
pub(crate) struct Logs(Arc<Mutex<Option<Violation>>>);

impl Logs {
    /// What listens to the functions of a world.
    pub(crate) fn subscriber(&self, clock: Arc<dyn Clock>) -> impl Subscriber + Send + Sync + 'static {
        let lines = Lines::new("simulated", clock, self.clone());
        tracing_subscriber::registry().with(filter(Level::INFO)).with(lines)
    }

    /// The first line that holds somebody's data.
    ///
    /// # Errors
    /// I10, where there is one.
    pub(crate) fn check(&self) -> Result<(), Violation> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone().map_or(Ok(()), Err)
    }
}

impl<'a> MakeWriter<'a> for Logs {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Write for Logs {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if let Err(violation) = laws::of_line(&String::from_utf8_lossy(line)) {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(violation);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
