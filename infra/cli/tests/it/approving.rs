//! 「明日のお便り」 on a running `wasurena up`: what waits is shown, approved, and has the owner's line in it.

use crate::owner::{HANAKO, wasurena};
use crate::shop::{apply, change, momiji, order};
use crate::support::{Up, get, until};
use tempfile::TempDir;

/// A shop whose apprenticeship is on, in which 花子 has just bought a bowl.
async fn apprentice() -> (TempDir, TempDir, Up) {
    let (data, folder) = (tempfile::tempdir().unwrap(), momiji());
    change(&folder, "apprenticeship = false", "apprenticeship = true");
    let up = Up::start(data.path());
    assert_eq!(apply(&folder, &up.url).0, Some(0));
    until(&up, "2026-12-01T09:30:00+09:00").await;
    assert_eq!(order(&up, HANAKO, 77).await, 200);
    (data, folder, up)
}

/// What a command says, which must succeed.
#[track_caller]
fn said(up: &Up, arguments: &[&str]) -> String {
    let (is_done, said) = wasurena(up, arguments);
    assert!(is_done, "{arguments:?}: {said}");
    said
}

/// The only id in what `today` lists.
fn listed(today: &str) -> String {
    let line = today.lines().find(|line| line.contains("thanks-first (お礼)")).unwrap_or_else(|| panic!("{today}"));
    line.split_whitespace().find(|word| word.contains('_')).unwrap().to_owned()
}

#[tokio::test]
async fn the_owner_reads_adds_a_line_and_approves_and_the_mail_goes_out_like_that() {
    let (_data, _folder, up) = apprentice().await;
    let today = said(&up, &["today", "momiji"]);
    assert!(today.contains("明日のお便り: 1 wait") && today.contains("品番77をお選びくださり"), "{today}");
    let id = listed(&today);
    let refused = wasurena(&up, &["note", "momiji", &id, "ただいまセール中です"]);
    assert!(!refused.0 && refused.1.contains("「セール」 sells, and this letter does not (R12)"), "{}", refused.1);
    let long = wasurena(&up, &["note", "momiji", &id, &"あ".repeat(161)]);
    assert!(!long.0 && long.1.contains("has 161 characters: keep it to 160"), "{}", long.1);
    said(&up, &["note", "momiji", &id, "先日の展示会ではありがとうございました。"]);
    let shown = said(&up, &["approve", "momiji", &id, "--show"]);
    for part in ["0 of 20 approved", "件名: 品番77を", "先日の展示会では", "each customer's own link"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(said(&up, &["approve", "momiji"]).contains(&id), "nothing is approved by looking");
    assert_eq!(said(&up, &["approve", "momiji", "--all"]), format!("{id}: approved\n"));
    assert_eq!(said(&up, &["approve", "momiji", &id]), format!("{id}: was approved before\n"));
    assert!(!said(&up, &["today", "momiji"]).contains("明日のお便り"));
    until(&up, "2026-12-02T12:00:00+09:00").await;
    let mails = get(&up, "/_local/postbox").await;
    assert_eq!(mails["mails"].as_array().unwrap().len(), 1, "{mails}");
    assert!(mails["mails"][0].to_string().contains("先日の展示会では"), "{mails}");
}

#[tokio::test]
async fn what_is_pressing_stands_first_and_is_marked() {
    let (_data, _folder, up) = apprentice().await;
    until(&up, "2026-12-03T12:00:00+09:00").await;
    let today = said(&up, &["today", "momiji"]);
    let marked: Vec<&str> = today.lines().filter(|line| line.starts_with("!! ")).collect();
    assert!(marked[0].contains("thanks-first (お礼)") && marked[1].contains("tomorrow is the last day"), "{today}");
    assert!(marked[2].starts_with("!! by 2026-12-04  approve_mails  for "), "{today}");
    said(&up, &["approve", "momiji", "--step", "thanks-first"]);
    assert!(!said(&up, &["today", "momiji"]).contains("!! "));
    until(&up, "2026-12-04T12:00:00+09:00").await;
    assert_eq!(get(&up, "/_local/postbox").await["mails"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_cannot_be_approved_says_what_to_do() {
    let (_data, _folder, up) = apprentice().await;
    let id = listed(&said(&up, &["today", "momiji"]));
    let other = format!("{}_aaaaaaaaaaaaaaaa", id.split('_').next().unwrap());
    for (arguments, hint) in [
        (&["approve", "momiji", "X"][..], "X is no follow-up's id"),
        (&["approve", "momiji", &other], "there is no follow-up"),
        (&["approve", "momiji", "--step", "nothing"], "the programme has no step `nothing`"),
        (&["note", "momiji", &id, "  "], "the personal line is empty"),
        (&["note", "momiji", &other, "ひとこと"], "there is no follow-up"),
        (&["approve", "nowhere", "--all"], "the shop nowhere has no programme"),
    ] {
        let (is_done, said) = wasurena(&up, arguments);
        assert!(!is_done && said.contains(hint), "{arguments:?}: {said}");
    }
    assert!(said(&up, &["approve", "sakura", "--all"]).contains("its apprenticeship is off"));
}
