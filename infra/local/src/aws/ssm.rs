//! SSM Parameter Store: reading by name and by path, writing as the `wasurena`
//! command does. A secret comes in clear only to whoever asks for decryption.

use std::fmt;
use std::sync::Arc;

use rusqlite::{OptionalExtension, Row, params};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::route::Call;
use super::sdk::{ACCOUNT, REGION};
use super::store::Store;
use super::time::VirtualTime;
use super::wire::{ApiError, epoch_seconds};

/// What stands for a secret that was asked for without decryption.
const CIPHERTEXT: &str = "AQICAHembeddedCiphertext==";

/// The longest value of a standard parameter, in bytes.
const VALUE_MAX: usize = 4096;

/// GetParametersByPath's largest page, and its default.
const PAGE_MAX: usize = 10;

/// The Parameter Store of one embedded cloud.
#[derive(Clone)]
pub(crate) struct Ssm {
    store: Arc<Store>,
    time: Arc<dyn VirtualTime>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct One {
    name: String,
    #[serde(default)]
    with_decryption: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Many {
    names: Vec<String>,
    #[serde(default)]
    with_decryption: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ByPath {
    path: String,
    #[serde(default)]
    recursive: bool,
    #[serde(default)]
    with_decryption: bool,
    #[serde(default)]
    max_results: Option<usize>,
    #[serde(default)]
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Put {
    name: String,
    value: String,
    #[serde(default)]
    r#type: Option<String>,
    #[serde(default)]
    overwrite: bool,
}

struct Parameter {
    name: String,
    kind: String,
    value: String,
    version: i64,
    modified_ms: i64,
}

/// Values are secrets.
impl fmt::Debug for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parameter").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Parameter {
    fn shown(&self, with_decryption: bool) -> Value {
        let hidden = self.kind == "SecureString" && !with_decryption;
        json!({
            "Name": self.name,
            "Type": self.kind,
            "Value": if hidden { CIPHERTEXT } else { &self.value },
            "Version": self.version,
            "LastModifiedDate": epoch_seconds(self.modified_ms),
            "ARN": format!("arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/{}", self.name.trim_start_matches('/')),
            "DataType": "text",
        })
    }
}

impl Ssm {
    pub(crate) fn new(store: Arc<Store>, time: Arc<dyn VirtualTime>) -> Self {
        Self { store, time }
    }

    pub(crate) fn serve(&self, call: &Call, body: Value) -> Result<Value, ApiError> {
        match call.operation {
            "GetParameter" => self.get(&read(body)?),
            "GetParameters" => self.get_many(&read(body)?),
            "GetParametersByPath" => self.by_path(&read(body)?),
            "PutParameter" => self.put(&read(body)?),
            other => Err(ApiError::unknown_operation(other)),
        }
    }

    fn get(&self, request: &One) -> Result<Value, ApiError> {
        match self.find(&request.name)? {
            Some(parameter) => Ok(json!({ "Parameter": parameter.shown(request.with_decryption) })),
            None => Err(ApiError::new(400, "ParameterNotFound", format!("Parameter {} not found.", request.name))),
        }
    }

    fn get_many(&self, request: &Many) -> Result<Value, ApiError> {
        if !(1..=10).contains(&request.names.len()) {
            return Err(invalid("GetParameters takes 1 to 10 names."));
        }
        let mut found = Vec::new();
        let mut missing = Vec::new();
        for name in &request.names {
            match self.find(name)? {
                Some(parameter) => found.push(parameter.shown(request.with_decryption)),
                None => missing.push(name),
            }
        }
        Ok(json!({ "Parameters": found, "InvalidParameters": missing }))
    }

    fn by_path(&self, request: &ByPath) -> Result<Value, ApiError> {
        if !request.path.starts_with('/') {
            return Err(invalid("The path must start with /."));
        }
        let size = request.max_results.unwrap_or(PAGE_MAX);
        if !(1..=PAGE_MAX).contains(&size) {
            return Err(invalid("MaxResults must be 1 to 10."));
        }
        let folder = format!("{}/", request.path.trim_end_matches('/'));
        let after = request.next_token.as_deref().unwrap_or_default();
        let mut below = self.below(&folder, after)?;
        below.retain(|parameter| request.recursive || !parameter.name[folder.len()..].contains('/'));
        let more = below.len() > size;
        below.truncate(size);
        let next = below.last().filter(|_| more).map(|last| last.name.as_str());
        let page: Vec<Value> = below.iter().map(|parameter| parameter.shown(request.with_decryption)).collect();
        Ok(json!({ "Parameters": page, "NextToken": next }))
    }

    fn put(&self, request: &Put) -> Result<Value, ApiError> {
        if !is_name(&request.name) {
            return Err(invalid("A parameter's name holds a-z, A-Z, 0-9, _ . - and /; with a / it starts with one."));
        }
        if !(1..=VALUE_MAX).contains(&request.value.len()) {
            return Err(invalid("A standard parameter's value has 1 to 4096 bytes."));
        }
        self.store.run(|transaction| {
            let before: Option<(String, i64)> = transaction
                .prepare_cached("SELECT type, version FROM parameters WHERE name = ?1")?
                .query_row([&request.name], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            let kind = match (&before, request.overwrite, &request.r#type) {
                (Some(_), false, _) => {
                    return Err(ApiError::new(400, "ParameterAlreadyExists", "The parameter already exists."));
                }
                (_, _, Some(kind)) if ["String", "StringList", "SecureString"].contains(&kind.as_str()) => kind,
                (Some((kind, _)), true, None) => kind,
                _ => return Err(invalid("Type must be String, StringList or SecureString.")),
            };
            let version = before.as_ref().map_or(0, |(_, version)| *version) + 1;
            let now = self.time.now().timestamp_millis();
            transaction
                .prepare_cached("INSERT OR REPLACE INTO parameters VALUES (?1, ?2, ?3, ?4, ?5)")?
                .execute(params![request.name, kind, request.value, version, now])?;
            Ok(json!({ "Version": version, "Tier": "Standard" }))
        })
    }

    fn find(&self, name: &str) -> Result<Option<Parameter>, ApiError> {
        self.store.read(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT name, type, value, version, modified_ms FROM parameters WHERE name = ?1")?;
            Ok(statement.query_row([name], parameter).optional()?)
        })
    }

    fn below(&self, folder: &str, after: &str) -> Result<Vec<Parameter>, ApiError> {
        self.store.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT name, type, value, version, modified_ms FROM parameters
                 WHERE substr(name, 1, length(?1)) = ?1 AND name > ?2 ORDER BY name",
            )?;
            let rows = statement.query_map([folder, after], parameter)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

fn parameter(row: &Row<'_>) -> rusqlite::Result<Parameter> {
    Ok(Parameter {
        name: row.get(0)?,
        kind: row.get(1)?,
        value: row.get(2)?,
        version: row.get(3)?,
        modified_ms: row.get(4)?,
    })
}

fn is_name(name: &str) -> bool {
    (1..=1011).contains(&name.len())
        && (name.starts_with('/') || !name.contains('/'))
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-/".contains(&byte))
}

fn read<T: DeserializeOwned>(body: Value) -> Result<T, ApiError> {
    serde_json::from_value(body).map_err(|_| invalid("the request does not have the operation's shape"))
}

fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new(400, "ValidationException", message)
}
