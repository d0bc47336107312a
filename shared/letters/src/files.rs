//! The files of a programme, as text: read by somebody else, bounded here.

use crate::compile::{GREETING_FILE, HTML_FRAME_FILE, TEXT_FRAME_FILE};
use crate::deployment::settings_only;
use crate::programme_file::PROGRAMME_FILE;
use crate::shop_file::SHOP_FILE;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt;

/// Most files of one programme.
const FILES_MAX: usize = 200;
/// Longest file, in bytes.
const FILE_BYTES_MAX: usize = 64 * 1024;
/// Longest table of products, in bytes: it is one item of the diary, and DynamoDB keeps 400 KB in one.
const TABLE_BYTES_MAX: usize = 256 * 1024;
/// Longest path, in bytes.
const PATH_BYTES_MAX: usize = 200;

/// The files of a programme: path inside its folder, with `/`, to text.
#[derive(Clone, PartialEq, Eq)]
pub struct Files(BTreeMap<String, String>);

impl fmt::Debug for Files {
    /// Only how many: a shop's settings may have come with its secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Files({})", self.0.len())
    }
}

/// Why files are not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidFiles {
    /// More files than any programme needs.
    #[error("a programme has at most {FILES_MAX} files, and here are {count}: is it the right folder?")]
    TooMany {
        /// How many there are.
        count: usize,
    },
    /// A file longer than any letter.
    #[error("{path} has {bytes} bytes; a file of a programme has at most {FILE_BYTES_MAX}")]
    TooLong {
        /// Which file.
        path: String,
        /// Its length.
        bytes: usize,
    },
    /// A table of products longer than the diary keeps in one piece.
    #[error(
        "{path} has {bytes} bytes; a table of products has at most {TABLE_BYTES_MAX}: make several files of it and \
         name them all, `products = [\"products-1.csv\", \"products-2.csv\"]`"
    )]
    TableTooLong {
        /// Which file.
        path: String,
        /// Its length.
        bytes: usize,
    },
    /// A path longer than any letter's.
    #[error("a path inside a programme has at most {PATH_BYTES_MAX} bytes; rename the file whose path has {bytes}")]
    PathTooLong {
        /// The path's length.
        bytes: usize,
    },
}

/// Whether a programme reads the file at this path inside its folder: the plan, a frame, the greeting, a letter.
#[must_use]
pub fn is_programme_file(path: &str) -> bool {
    let letter = |name: &str| name.ends_with(".txt") && !name.contains('/') && !name.starts_with('.');
    [PROGRAMME_FILE, HTML_FRAME_FILE, TEXT_FRAME_FILE, GREETING_FILE].contains(&path)
        || path.strip_prefix("letters/").is_some_and(letter)
}

impl Files {
    /// Takes files, by path. Windows line ends and byte order marks are taken off.
    ///
    /// # Errors
    /// [`InvalidFiles`] where there are too many of them, or one is too long.
    pub fn new(files: impl IntoIterator<Item = (String, String)>) -> Result<Self, InvalidFiles> {
        let files: BTreeMap<String, String> = files.into_iter().collect();
        if files.len() > FILES_MAX {
            return Err(InvalidFiles::TooMany { count: files.len() });
        }
        for (path, text) in &files {
            if path.len() > PATH_BYTES_MAX {
                return Err(InvalidFiles::PathTooLong { bytes: path.len() });
            }
            let (path, bytes) = (path.clone(), text.len());
            if path.ends_with(".csv") {
                if bytes > TABLE_BYTES_MAX {
                    return Err(InvalidFiles::TableTooLong { path, bytes });
                }
            } else if bytes > FILE_BYTES_MAX {
                return Err(InvalidFiles::TooLong { path, bytes });
            }
        }
        Ok(Self::embedded(files))
    }

    /// Files that are known to keep the bounds.
    pub(crate) fn embedded(files: impl IntoIterator<Item = (String, String)>) -> Self {
        let plain = |text: String| text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
        Self(files.into_iter().map(|(path, text)| (path, plain(text))).collect())
    }

    /// The files as they may be published: `shop.toml` without what it says to the deployment alone, the secrets
    /// of its carts above all.
    #[must_use]
    pub fn publishable(&self) -> Self {
        let text = |path: &str, text: &str| {
            if path == SHOP_FILE { settings_only(text).unwrap_or_default().into_owned() } else { text.to_owned() }
        };
        Self(self.0.iter().map(|(path, source)| (path.clone(), text(path, source))).collect())
    }

    /// The text of a file.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    /// Every file: its path and its text, in the order of paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The version of a programme: 16 hexadecimal digits that are others as soon as any file is.
    #[must_use]
    pub fn version(&self) -> String {
        let mut hash = Sha256::new();
        for part in self.0.iter().flat_map(|(path, text)| [path, text]) {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> (String, String) {
        (path.to_owned(), text.to_owned())
    }

    #[test]
    fn files_are_bounded() {
        let many = (0..=FILES_MAX).map(|n| file(&n.to_string(), ""));
        assert_eq!(Files::new(many), Err(InvalidFiles::TooMany { count: 201 }));
        let long = "x".repeat(FILE_BYTES_MAX + 1);
        assert_eq!(
            Files::new([file("a", &long)]),
            Err(InvalidFiles::TooLong { path: "a".into(), bytes: FILE_BYTES_MAX + 1 })
        );
        assert_eq!(Files::new([file(&"p".repeat(201), "")]), Err(InvalidFiles::PathTooLong { bytes: 201 }));
    }

    #[test]
    fn notepad_is_forgiven() {
        let files = Files::new([file("a.txt", "\u{feff}件名: あ\r\n\r\nい\r\n")]).unwrap();
        assert_eq!(files.get("a.txt"), Some("件名: あ\n\nい\n"));
    }

    #[test]
    fn the_version_follows_every_byte_and_path() {
        let version = |files: &[(&str, &str)]| Files::new(files.iter().map(|(p, t)| file(p, t))).unwrap().version();
        let base = version(&[("a", "b"), ("c", "")]);
        assert_eq!(base.len(), 16);
        for other in [[("a", "bc"), ("c", "")], [("ab", ""), ("c", "")], [("a", "b"), ("d", "")]] {
            assert_ne!(version(&other), base, "{other:?}");
        }
    }
}
