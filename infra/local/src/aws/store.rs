//! `cloud.sqlite`: what the servers of our own keep (schedules, mails,
//! parameters, stream positions, and a few values for whoever runs the cloud).
//! Every accepted request is one transaction, so a kill at any time loses none.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, MAIN_DB, OptionalExtension, Transaction, TransactionBehavior, params};

/// The file could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("the embedded cloud's file cloud.sqlite could not be used; is the disk full or the folder gone?")]
pub struct StoreError(#[from] pub(crate) rusqlite::Error);

/// The shapes of the tables, each made when it is missing.
const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS stream_positions (
        table_name TEXT NOT NULL, reader TEXT NOT NULL, sequence TEXT NOT NULL,
        PRIMARY KEY (table_name, reader)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS schedule_groups (
        name TEXT PRIMARY KEY, created_ms INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS schedules (
        group_name TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL,
        created_ms INTEGER NOT NULL, modified_ms INTEGER NOT NULL, due_ms INTEGER,
        PRIMARY KEY (group_name, name)) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS schedules_due ON schedules (due_ms) WHERE due_ms IS NOT NULL;
    CREATE TABLE IF NOT EXISTS client_tokens (
        token TEXT PRIMARY KEY, request TEXT NOT NULL, answer TEXT NOT NULL,
        created_ms INTEGER NOT NULL) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS client_tokens_created ON client_tokens (created_ms);
    CREATE TABLE IF NOT EXISTS mails (
        number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
        request TEXT NOT NULL, sent_ms INTEGER NOT NULL);
    CREATE INDEX IF NOT EXISTS mails_sent ON mails (sent_ms);
    CREATE TABLE IF NOT EXISTS mail_events (
        number INTEGER PRIMARY KEY AUTOINCREMENT, mail TEXT NOT NULL, event TEXT NOT NULL);
    CREATE INDEX IF NOT EXISTS mail_events_mail ON mail_events (mail);
    CREATE TABLE IF NOT EXISTS parameters (
        name TEXT PRIMARY KEY, type TEXT NOT NULL, value TEXT NOT NULL,
        version INTEGER NOT NULL, modified_ms INTEGER NOT NULL) WITHOUT ROWID;
    INSERT OR IGNORE INTO schedule_groups VALUES ('default', 0);
";

/// The open file. One connection: SQLite has one writer anyway.
pub(crate) struct Store {
    connection: Mutex<Connection>,
}

impl Store {
    /// Opens or creates the file and keeps it locked for this process until it
    /// ends, however it ends.
    pub(crate) fn open(path: &Path) -> Result<Self, rusqlite::Error> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(std::time::Duration::ZERO)?;
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.execute_batch(&format!("BEGIN IMMEDIATE; {SCHEMA} COMMIT;"))?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// A copy of the file in memory. Nothing that is written to it reaches the file.
    pub(crate) fn copy(path: &Path) -> Result<Self, rusqlite::Error> {
        let mut connection = Connection::open_in_memory()?;
        connection.restore(MAIN_DB, path, None::<fn(rusqlite::backup::Progress)>)?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// Runs `work` as one transaction: all of it stands afterwards, or nothing.
    pub(crate) fn run<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(StoreError)?;
        let done = work(&transaction)?;
        transaction.commit().map_err(StoreError)?;
        Ok(done)
    }

    /// Reads without taking the write lock.
    pub(crate) fn read<T, E: From<StoreError>>(&self, work: impl FnOnce(&Connection) -> Result<T, E>) -> Result<T, E> {
        work(&self.connection.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn meta(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
            Ok(statement.query_row([key], |row| row.get(0)).optional()?)
        })
    }

    pub(crate) fn set_meta(&self, key: &str, value: &str) -> Result<(), StoreError> {
        self.run(|transaction| {
            transaction
                .prepare_cached("INSERT INTO meta VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = excluded.value")?
                .execute(params![key, value])?;
            Ok(())
        })
    }
}
