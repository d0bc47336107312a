//! A log line: one JSON object, and where it counts something, a metric in CloudWatch's embedded metric format
//! ("Specification: Embedded metric format" of the CloudWatch user guide).

use super::NAMESPACE;
use crate::Clock;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::fmt::Debug;
use std::io::Write as _;
use std::sync::Arc;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// The field of an event that names the metric it counts.
const METRIC: &str = "metric";

/// Writes each event as a line of JSON: when, how grave, what happened, to what.
#[derive(Debug)]
pub struct Lines<W> {
    function: &'static str,
    clock: Arc<dyn Clock>,
    writer: W,
}

impl<W> Lines<W> {
    /// The lines of a function, written with `writer`.
    pub fn new(function: &'static str, clock: Arc<dyn Clock>, writer: W) -> Self {
        Self { function, clock, writer }
    }
}

/// The fields of a span or an event.
#[derive(Debug, Default)]
struct Fields(Map<String, Value>);

impl Fields {
    fn put(&mut self, field: &Field, value: Value) {
        self.0.insert(field.name().to_owned(), value);
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.put(field, Value::String(format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, Value::from(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, Value::from(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, Value::from(value));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, Value::from(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, Value::from(value));
    }
}

/// A line, in the order in which it is read.
#[derive(Debug, Serialize)]
struct Line {
    timestamp: String,
    level: &'static str,
    message: Value,
    target: String,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

impl<S, W> Layer<S> for Lines<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'w> MakeWriter<'w> + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        span.extensions_mut().insert(fields);
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        for span in context.event_scope(event).into_iter().flatten() {
            if let Some(of_span) = span.extensions().get::<Fields>() {
                fields.0.extend(of_span.0.clone());
            }
        }
        event.record(&mut fields);
        let now = self.clock.now();
        let Fields(mut fields) = fields;
        let message = fields.remove("message").unwrap_or_default();
        if let Some(Value::String(metric)) = fields.remove(METRIC) {
            fields.extend(counted(&metric, self.function, now));
        }
        let line = Line {
            timestamp: now.to_rfc3339_opts(SecondsFormat::Millis, true),
            level: event.metadata().level().as_str(),
            message,
            target: event.metadata().target().to_owned(),
            fields,
        };
        if let Ok(mut text) = serde_json::to_string(&line) {
            text.push('\n');
            // There is nobody to tell that nothing can be told.
            let _unwritten = self.writer.make_writer_for(event.metadata()).write_all(text.as_bytes());
        }
    }
}

/// The fields that make a line count one for a metric.
fn counted(metric: &str, function: &str, now: DateTime<Utc>) -> Map<String, Value> {
    let directive = json!({
        "Timestamp": now.timestamp_millis(),
        "CloudWatchMetrics": [{
            "Namespace": NAMESPACE,
            "Dimensions": [["Function"]],
            "Metrics": [{ "Name": metric, "Unit": "Count" }],
        }],
    });
    [("_aws", directive), ("Function", Value::from(function)), (metric, Value::from(1))]
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
}
