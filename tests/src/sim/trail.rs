//! The trail of a run: every step in its order, as a hash, and as lines where somebody wants to read them.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::fmt::{Display, Write as _};

/// Everything that happened.
#[derive(Debug, Default)]
pub(crate) struct Trail {
    hash: Sha256,
    lines: Option<Vec<String>>,
    line: String,
}

impl Trail {
    /// A trail that keeps its lines, or their hash alone.
    #[must_use]
    pub(crate) fn new(keeps_lines: bool) -> Self {
        Self { lines: keeps_lines.then(Vec::new), ..Self::default() }
    }

    /// Notes a step.
    pub(crate) fn note(&mut self, at: DateTime<Utc>, step: impl Display) {
        self.line.clear();
        // Writing into a string does not fail.
        let _ = write!(self.line, "{} {step}", at.format("%Y-%m-%d %H:%M:%S%.3f"));
        self.hash.update(self.line.as_bytes());
        self.hash.update(b"\n");
        if let Some(lines) = &mut self.lines {
            lines.push(self.line.clone());
        }
    }

    /// The lines, where they are kept.
    #[must_use]
    pub(crate) fn lines(&self) -> &[String] {
        self.lines.as_deref().unwrap_or_default()
    }

    /// The hash of everything so far, in hexadecimal.
    #[must_use]
    pub(crate) fn hash(&self) -> String {
        hex(&self.hash.clone().finalize())
    }
}

/// A short digest of a body: of JSON, whose fields may come in any order, of what it says.
pub(crate) fn digest_of(body: &[u8]) -> String {
    let mut hash = Sha256::new();
    match serde_json::from_slice(body) {
        Ok(value) => digest(&mut hash, &value),
        Err(_) => hash.update(body),
    }
    hex(&hash.finalize()[..6])
}

/// Bytes in hexadecimal.
#[must_use]
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Adds a value to a hash, the fields of objects in the order of their names.
fn digest(hash: &mut Sha256, value: &Value) {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| *name);
            for (name, value) in fields {
                hash.update(name.as_bytes());
                hash.update(b":");
                digest(hash, value);
            }
            hash.update(b"}");
        }
        Value::Array(values) => {
            for value in values {
                digest(hash, value);
            }
            hash.update(b"]");
        }
        Value::String(text) => hash.update(text.as_bytes()),
        other => hash.update(other.to_string().as_bytes()),
    }
}
