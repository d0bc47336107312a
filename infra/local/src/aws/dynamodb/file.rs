//! The file under dynoxide, opened so that writes stay fast however many
//! stream records it holds.

use std::path::Path;

use dynoxide::{Database, DynoxideError};
use rusqlite::Connection;

/// dynoxide asks for the highest sequence number before every write to a table
/// with a stream; without these indexes it reads all records to find it.
const STREAM_INDEXES: &str = "
    CREATE INDEX IF NOT EXISTS embedded_stream_sequence
        ON _stream_records (table_name, CAST(sequence_number AS INTEGER));
    CREATE INDEX IF NOT EXISTS embedded_stream_shard
        ON _stream_records (table_name, shard_id, CAST(sequence_number AS INTEGER));
";

/// `diary.sqlite` could not be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    #[error("the path is not UTF-8; choose a folder whose name is")]
    Path,
    #[error("dynoxide refuses the file")]
    Dynoxide(#[from] DynoxideError),
    #[error("SQLite refuses the file")]
    Sqlite(#[from] rusqlite::Error),
}

/// Opens the file or makes it, and adds the indexes where they are missing:
/// wherever an earlier start was killed, this one ends in the same file.
pub(super) fn open(path: &Path) -> Result<Database, FileError> {
    let database = Database::new(path.to_str().ok_or(FileError::Path)?)?;
    Connection::open(path)?.execute_batch(STREAM_INDEXES)?;
    // The public name of `PRAGMA synchronous = NORMAL`: a kill loses nothing,
    // and a commit does not wait for the disk.
    database.disable_bulk_loading()?;
    Ok(database)
}

/// A copy of the file in memory, indexes and all. Nothing that is written to it reaches the file.
pub(super) fn copy(path: &Path) -> Result<Database, FileError> {
    let database = Database::memory()?;
    database.restore_from(path.to_str().ok_or(FileError::Path)?)?;
    Ok(database)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_sequence_number_is_found_by_index() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("diary.sqlite");
        for _ in 0..2 {
            open(&file).unwrap();
        }
        // dynoxide's own question.
        let question = "EXPLAIN QUERY PLAN SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1
            FROM _stream_records WHERE table_name = 'things'";
        let plan: String = Connection::open(&file).unwrap().query_row(question, [], |row| row.get(3)).unwrap();
        assert!(plan.contains("embedded_stream_sequence"), "{plan}");
    }

    #[test]
    fn a_start_that_was_killed_early_is_made_up_for() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("diary.sqlite");
        std::fs::write(&file, "").unwrap();
        open(&file).unwrap();
    }
}
