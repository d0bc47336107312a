//! The files from which a target's inputs are made.

use std::fs;
use std::path::PathBuf;

/// A target's files.
pub(crate) struct Corpus {
    files: Vec<(String, Vec<u8>)>,
}

impl Corpus {
    /// Reads `tests/corpus/{target}`.
    pub(crate) fn of(target: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
        let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let read = |entry: Result<fs::DirEntry, _>| {
            let entry: fs::DirEntry = entry.expect("an entry of the corpus");
            (entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path()).expect("a file of the corpus"))
        };
        let mut files: Vec<_> = entries.map(read).collect();
        files.sort();
        assert!(!files.is_empty(), "the corpus of {target} is empty");
        Self { files }
    }

    /// Each file: its name and what is in it.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }

    /// Any of the files.
    pub(crate) fn any(&self, random: &mut fastrand::Rng) -> (&str, &[u8]) {
        let (name, bytes) = &self.files[random.usize(..self.files.len())];
        (name, bytes)
    }
}
