//! The operations of the Scheduler API.

use rusqlite::{OptionalExtension, Transaction, params};
use serde_json::{Value, json};

use super::Scheduler;
use super::request::{DEFAULT_GROUP, ScheduleBody, check_name, invalid};
use crate::aws::route::Call;
use crate::aws::sdk::{ACCOUNT, REGION};
use crate::aws::wire::{ApiError, epoch_seconds};

/// How long a client token is remembered. AWS does not say; long enough to
/// catch code that relies on its being short.
const TOKEN_LIFETIME_MS: i64 = 24 * 60 * 60 * 1000;

/// The largest page of ListSchedules, and the default.
const PAGE_MAX: usize = 100;

/// A stored schedule.
struct Row {
    group: String,
    name: String,
    body: String,
    created_ms: i64,
    modified_ms: i64,
}

impl Scheduler {
    pub(crate) fn serve(&self, call: &Call, body: Value) -> Result<Value, ApiError> {
        match call.operation {
            "CreateSchedule" => self.create(&call.name, body),
            "UpdateSchedule" => self.update(&call.name, body),
            "GetSchedule" => self.get(&call.name, group_of(call)),
            "DeleteSchedule" => self.delete(&call.name, group_of(call)),
            "ListSchedules" => self.list_page(call),
            "CreateScheduleGroup" => self.create_group(&call.name),
            "GetScheduleGroup" => self.get_group(&call.name),
            "DeleteScheduleGroup" => self.delete_group(&call.name),
            other => Err(ApiError::unknown_operation(other)),
        }
    }

    fn now_ms(&self) -> i64 {
        self.time.now().timestamp_millis()
    }

    fn create(&self, name: &str, body: Value) -> Result<Value, ApiError> {
        check_name("Name", name)?;
        let (mut body, due) = ScheduleBody::parse(body)?;
        let now = self.now_ms();
        let token = body.client_token.take();
        let request = format!("{name} {}", to_json(&body)?);
        let answer = json!({ "ScheduleArn": schedule_arn(&body.group_name, name) });
        let (answer, is_new) =
            self.store.run(|transaction| {
                if let Some(token) = &token
                    && let Some(before) = answered_before(transaction, token, &request, now)?
                {
                    return Ok((before, false));
                }
                require_group(transaction, &body.group_name)?;
                let created = transaction
                    .prepare_cached("INSERT OR IGNORE INTO schedules VALUES (?1, ?2, ?3, ?4, ?4, ?5)")?
                    .execute(params![body.group_name, name, to_json(&body)?, now, body.rings_at(due)])?;
                if created == 0 {
                    return Err(ApiError::new(409, "ConflictException", format!("Schedule {name} already exists.")));
                }
                if let Some(token) = &token {
                    transaction
                        .prepare_cached("INSERT INTO client_tokens VALUES (?1, ?2, ?3, ?4)")?
                        .execute(params![token, request, answer.to_string(), now])?;
                }
                Ok((answer, true))
            })?;
        if is_new {
            self.meter.alarm();
        }
        Ok(answer)
    }

    fn update(&self, name: &str, body: Value) -> Result<Value, ApiError> {
        check_name("Name", name)?;
        let (mut body, due) = ScheduleBody::parse(body)?;
        body.client_token = None;
        self.store.run(|transaction| {
            require_group(transaction, &body.group_name)?;
            let updated = transaction
                .prepare_cached(
                    "UPDATE schedules SET body = ?3, modified_ms = ?4, due_ms = ?5
                     WHERE group_name = ?1 AND name = ?2",
                )?
                .execute(params![body.group_name, name, to_json(&body)?, self.now_ms(), body.rings_at(due)])?;
            if updated == 0 {
                return Err(no_schedule(name));
            }
            Ok(json!({ "ScheduleArn": schedule_arn(&body.group_name, name) }))
        })
    }

    fn get(&self, name: &str, group: &str) -> Result<Value, ApiError> {
        let row = self.store.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT group_name, name, body, created_ms, modified_ms FROM schedules
                 WHERE group_name = ?1 AND name = ?2",
            )?;
            Ok::<_, ApiError>(statement.query_row([group, name], row).optional()?)
        })?;
        let row = row.ok_or_else(|| no_schedule(name))?;
        let mut schedule: Value = from_json(&row.body)?;
        schedule["Name"] = json!(row.name);
        add_stamps(&mut schedule, &row);
        Ok(schedule)
    }

    fn delete(&self, name: &str, group: &str) -> Result<Value, ApiError> {
        self.store.run(|transaction| {
            let deleted = transaction
                .prepare_cached("DELETE FROM schedules WHERE group_name = ?1 AND name = ?2")?
                .execute([group, name])?;
            if deleted == 0 { Err(no_schedule(name)) } else { Ok(json!({})) }
        })
    }

    fn list_page(&self, call: &Call) -> Result<Value, ApiError> {
        let size = match call.query("MaxResults").map(str::parse::<usize>) {
            None => PAGE_MAX,
            Some(Ok(size)) if (1..=PAGE_MAX).contains(&size) => size,
            Some(_) => return Err(invalid("MaxResults must be 1 to 100")),
        };
        let group = call.query("ScheduleGroup");
        let prefix = call.query("NamePrefix").unwrap_or_default();
        let state = call.query("State");
        // The token is the last name seen, behind its group.
        let (after_group, after_name) = call.query("NextToken").and_then(|t| t.split_once('/')).unwrap_or_default();
        let mut summaries = Vec::new();
        let mut next = None;
        for row in self.rows_after(after_group, after_name)? {
            let body: ScheduleBody = from_json(&row.body)?;
            let wanted = group.is_none_or(|group| group == row.group)
                && row.name.starts_with(prefix)
                && state.is_none_or(|state| json!(body.state) == state);
            if !wanted {
                continue;
            }
            if summaries.len() == size {
                break;
            }
            next = Some(format!("{}/{}", row.group, row.name));
            summaries.push(summary(&row, &body));
        }
        let full = summaries.len() == size;
        Ok(json!({ "Schedules": summaries, "NextToken": next.filter(|_| full) }))
    }

    fn rows_after(&self, group: &str, name: &str) -> Result<Vec<Row>, ApiError> {
        self.store.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT group_name, name, body, created_ms, modified_ms FROM schedules
                 WHERE (group_name, name) > (?1, ?2) ORDER BY group_name, name",
            )?;
            let rows = statement.query_map([group, name], row)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    fn create_group(&self, name: &str) -> Result<Value, ApiError> {
        check_name("Name", name)?;
        self.store.run(|transaction| {
            let created = transaction
                .prepare_cached("INSERT OR IGNORE INTO schedule_groups VALUES (?1, ?2)")?
                .execute(params![name, self.now_ms()])?;
            if created == 0 {
                return Err(ApiError::new(409, "ConflictException", format!("Schedule group {name} already exists.")));
            }
            Ok(json!({ "ScheduleGroupArn": group_arn(name) }))
        })
    }

    fn get_group(&self, name: &str) -> Result<Value, ApiError> {
        self.store.run(|transaction| {
            require_group(transaction, name)?;
            Ok(json!({ "Arn": group_arn(name), "Name": name, "State": "ACTIVE" }))
        })
    }

    /// Deletes the group and, as AWS does, its schedules.
    fn delete_group(&self, name: &str) -> Result<Value, ApiError> {
        if name == DEFAULT_GROUP {
            return Err(invalid("The default schedule group cannot be deleted."));
        }
        self.store.run(|transaction| {
            require_group(transaction, name)?;
            transaction.execute("DELETE FROM schedules WHERE group_name = ?1", [name])?;
            transaction.execute("DELETE FROM schedule_groups WHERE name = ?1", [name])?;
            Ok(json!({}))
        })
    }
}

/// The answer given to this token before, if it was given lately. AWS answers
/// it again even where the schedule has gone since.
fn answered_before(
    transaction: &Transaction<'_>,
    token: &str,
    request: &str,
    now_ms: i64,
) -> Result<Option<Value>, ApiError> {
    transaction
        .prepare_cached("DELETE FROM client_tokens WHERE created_ms < ?1")?
        .execute([now_ms - TOKEN_LIFETIME_MS])?;
    let before: Option<(String, String)> = transaction
        .prepare_cached("SELECT request, answer FROM client_tokens WHERE token = ?1")?
        .query_row([token], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    match before {
        None => Ok(None),
        Some((same, answer)) if same == request => from_json(&answer).map(Some),
        Some(_) => Err(ApiError::new(409, "ConflictException", "This ClientToken was used for another request.")),
    }
}

fn require_group(transaction: &Transaction<'_>, name: &str) -> Result<(), ApiError> {
    let known = transaction.prepare_cached("SELECT 1 FROM schedule_groups WHERE name = ?1")?.exists([name])?;
    if known {
        return Ok(());
    }
    Err(ApiError::new(404, "ResourceNotFoundException", format!("Schedule group {name} does not exist.")))
}

fn summary(row: &Row, body: &ScheduleBody) -> Value {
    let mut summary = json!({
        "Name": row.name,
        "GroupName": row.group,
        "State": body.state,
        "Target": { "Arn": body.target.arn },
    });
    add_stamps(&mut summary, row);
    summary
}

fn add_stamps(schedule: &mut Value, row: &Row) {
    schedule["Arn"] = json!(schedule_arn(&row.group, &row.name));
    schedule["CreationDate"] = json!(epoch_seconds(row.created_ms));
    schedule["LastModificationDate"] = json!(epoch_seconds(row.modified_ms));
}

fn row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    Ok(Row {
        group: row.get(0)?,
        name: row.get(1)?,
        body: row.get(2)?,
        created_ms: row.get(3)?,
        modified_ms: row.get(4)?,
    })
}

fn group_of(call: &Call) -> &str {
    call.query("groupName").unwrap_or(DEFAULT_GROUP)
}

fn no_schedule(name: &str) -> ApiError {
    ApiError::new(404, "ResourceNotFoundException", format!("Schedule {name} does not exist."))
}

fn schedule_arn(group: &str, name: &str) -> String {
    format!("arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/{group}/{name}")
}

fn group_arn(name: &str) -> String {
    format!("arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule-group/{name}")
}

fn to_json(value: &impl serde::Serialize) -> Result<String, ApiError> {
    serde_json::to_string(value).map_err(|error| unstorable(&error))
}

fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, ApiError> {
    serde_json::from_str(text).map_err(|error| unstorable(&error))
}

fn unstorable(error: &serde_json::Error) -> ApiError {
    ApiError::new(500, "InternalServerException", error.to_string())
}
