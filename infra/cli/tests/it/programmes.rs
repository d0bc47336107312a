//! The built-in programmes, as a newcomer finds them: listed, written out, checked.

use std::path::Path;
use std::process::{Command, Stdio};

fn wasurena(arguments: &[&str], folder: Option<&Path>) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wasurena"));
    let output = command.args(arguments).args(folder).output().unwrap();
    (output.status.success(), String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap())
}

/// The names that `wasurena programmes` shows.
fn names() -> Vec<String> {
    let (ok, said) = wasurena(&["programmes"], None);
    assert!(ok, "{said}");
    let rows = said.lines().take_while(|line| !line.is_empty());
    rows.map(|row| row.split_whitespace().next().unwrap().to_owned()).collect()
}

#[test]
fn each_is_listed_written_out_and_has_nothing_to_mend() {
    let names = names();
    assert!(names.iter().any(|name| name == "utsuwa"), "{names:?}");
    for name in &names {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("mine");
        let (ok, said) = wasurena(&["programme", "new", name], Some(&folder));
        assert!(ok && folder.join("frame.mjml").is_file(), "{name}: {said}");
        let (ok, said) = wasurena(&["check"], Some(&folder));
        assert!(ok && said.contains("nothing to mend"), "{name}: {said}");
    }
}

#[test]
fn each_can_be_checked_where_it_stands_without_frames_of_its_own() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/letters/programmes");
    for name in names() {
        let (ok, said) = wasurena(&["check"], Some(&root.join(&name)));
        assert!(ok && !root.join(&name).join("frame.mjml").exists(), "{name}: {said}");
    }
}

#[test]
fn nothing_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("shop.toml"), "mine").unwrap();
    let (ok, said) = wasurena(&["programme", "new", "utsuwa"], Some(folder.path()));
    assert!(!ok && said.contains("is not empty"), "{said}");
    assert_eq!(std::fs::read_to_string(folder.path().join("shop.toml")).unwrap(), "mine");
    assert!(!folder.path().join("programme.toml").exists());
}

#[test]
fn a_name_that_is_none_is_answered_with_those_there_are() {
    let folder = tempfile::tempdir().unwrap();
    let (ok, said) = wasurena(&["programme", "new", "utuwa"], Some(&folder.path().join("mine")));
    assert!(!ok && said.contains("no built-in programme utuwa; there are: "), "{said}");
    assert!(!folder.path().join("mine").exists());
}

#[test]
fn whoever_stops_reading_ends_it_quietly() {
    let mut process = Command::new(env!("CARGO_BIN_EXE_wasurena"))
        .arg("programmes")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(process.stdout.take());
    let output = process.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap()), (Some(0), String::new()));
}
