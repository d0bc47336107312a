//! The simulator as somebody runs it from a shell.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The simulator as it is built with everything else: for what is over at once.
pub(crate) const DEBUG: &str = env!("CARGO_BIN_EXE_wasurena-sim");

/// The folder that Cargo builds into.
pub(crate) fn target() -> PathBuf {
    let workspace = PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned();
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace.join("target"), PathBuf::from)
}

/// The simulator that plays thousands of worlds.
pub(crate) fn optimised() -> PathBuf {
    let file = target().join("sim/wasurena-sim");
    assert!(file.exists(), "first: cargo build --profile sim -p wasurena-tests --bin wasurena-sim");
    file
}

/// Runs it with these arguments.
pub(crate) fn run(simulator: impl AsRef<Path>, arguments: &[&str]) -> Output {
    Command::new(simulator.as_ref()).args(arguments).output().unwrap()
}

/// What it says as JSON.
pub(crate) fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", text(output)))
}

/// What it says.
pub(crate) fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
