//! A running `wasurena up`, and the handles that tests turn.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

/// `wasurena up`, ended by its own process when the test ends, however it ends.
pub(crate) struct Up {
    process: Child,
    pub(crate) url: String,
    _output: BufReader<ChildStdout>,
}

impl Up {
    pub(crate) fn start(folder: &Path) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_wasurena"))
            .args(["up", "--port", "0", "--frozen", "--now", "2026-12-01T09:00:00+09:00", "--data"])
            .arg(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        let url = line.trim().rsplit(' ').next().unwrap().to_owned();
        assert!(url.starts_with("http://127.0.0.1:"), "{line:?}");
        Self { process, url, _output: output }
    }

    /// SIGKILL: no goodbye.
    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        let _already_dead = self.process.kill();
        let _reaped = self.process.wait();
    }
}

/// A JSON answer.
pub(crate) async fn get(up: &Up, path: &str) -> Value {
    reqwest::get(format!("{}{path}", up.url)).await.unwrap().json().await.unwrap()
}

/// Lets time pass until a moment.
pub(crate) async fn until(up: &Up, to: &str) {
    let request = reqwest::Client::new().post(format!("{}/_local/clock", up.url));
    let request = request.header("content-type", "application/json").body(json!({ "to": to }).to_string());
    assert_eq!(request.send().await.unwrap().status(), 200);
}

/// Copies a folder.
pub(crate) fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            std::fs::create_dir(&target).unwrap();
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}
