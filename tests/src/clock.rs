//! The clock that processes look at: the wall's, or one that a test moves.
//!
//! A release binary knows no clock but the machine's, and no test may move that. So the one call by which a process
//! asks for the time is answered by a small library that is loaded ahead of the system's: `moved_clock.c`.

use chrono::{DateTime, TimeDelta, Utc};
use std::ffi::OsString;
use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tempfile::TempDir;

/// The library, compiled when it is needed: whoever builds Rust has a C compiler, for it links with it.
const LIBRARY: &[u8] = include_bytes!("moved_clock.c");

/// A clock. Clones are the same clock.
#[derive(Debug, Clone, Default)]
pub struct Clock(Option<Arc<Moved>>);

/// A clock that is ahead of the wall's.
#[derive(Debug)]
struct Moved {
    ahead_s: AtomicI64,
    /// Where the processes read how far.
    file: File,
    folder: TempDir,
}

#[expect(clippy::expect_used, reason = "a clock that cannot be made is a failed test")]
impl Clock {
    /// The clock on the wall.
    #[must_use]
    pub fn wall() -> Self {
        Self::default()
    }

    /// A clock that shows `now` and runs at the wall's pace.
    ///
    /// # Panics
    /// Where the machine gives no folder, or has no `cc`.
    #[must_use]
    pub fn beginning_at(now: DateTime<Utc>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        compile(folder.path().join("moved_clock.so"));
        let file = File::create(folder.path().join("ahead")).expect("a file for the clock");
        let clock = Self(Some(Arc::new(Moved { ahead_s: AtomicI64::default(), file, folder })));
        clock.put(now);
        clock
    }

    /// What it shows.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        let ahead = self.0.as_ref().map_or(0, |moved| moved.ahead_s.load(Ordering::Relaxed));
        Utc::now() + TimeDelta::seconds(ahead)
    }

    /// Puts it to `to`, unless it is later already: it never goes back. Whoever looks at it sees that at once.
    ///
    /// # Panics
    /// Where it is the wall's.
    pub fn advance_to(&self, to: DateTime<Utc>) {
        if to > self.now() {
            self.put(to);
        }
    }

    fn put(&self, to: DateTime<Utc>) {
        let moved = self.0.as_ref().expect("the wall's clock is not a test's to move");
        let distance = to - Utc::now();
        // Rounded up: an alarm for this very moment has been reached.
        let ahead_s = distance.num_seconds() + i64::from(distance.subsec_nanos() > 0);
        moved.file.write_all_at(&ahead_s.to_ne_bytes(), 0).expect("the clock's file can be written");
        moved.ahead_s.store(ahead_s, Ordering::Relaxed);
    }

    /// The variables that make a process look at it.
    #[must_use]
    pub fn environment(&self) -> Vec<(&'static str, OsString)> {
        let in_folder = |moved: &Arc<Moved>, name: &str| moved.folder.path().join(name).into_os_string();
        let variables = self.0.as_ref().map(|moved| {
            [("LD_PRELOAD", in_folder(moved, "moved_clock.so")), ("WASURENA_CLOCK_AHEAD", in_folder(moved, "ahead"))]
        });
        variables.into_iter().flatten().collect()
    }
}

#[expect(clippy::expect_used, reason = "a clock that cannot be made is a failed test")]
fn compile(library: PathBuf) {
    let mut compiler = Command::new("cc")
        .args(["-x", "c", "-", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
        .arg(library)
        .stdin(Stdio::piped())
        .spawn()
        .expect("`cc`, with which Rust links, compiles the moved clock");
    compiler.stdin.take().expect("its input").write_all(LIBRARY).expect("the source is read");
    assert!(compiler.wait().expect("the compiler ends").success(), "moved_clock.c does not compile");
}
