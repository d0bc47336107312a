//! What an edit does, before it does it: `wasurena shop apply` holds a programme against the shop's real customers.

use crate::shop::{momiji, order};
use crate::support::{Up, copy, get, until};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use wasurena_cloud::bookshelf::RECORD_PAGE;
use wasurena_cloud::{Clients, Diary};
use wasurena_domain::ids::ShopId;

/// The shop `momiji` with a programme of its own, which is the built-in one.
struct Momiji {
    up: Up,
    folder: TempDir,
    _data: TempDir,
}

impl Momiji {
    /// Published as version 1, with a customer who bought on 1 December and whose time is `now`.
    async fn with_a_customer(now: &str) -> Self {
        let (data, folder) = (tempfile::tempdir().unwrap(), momiji());
        let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/letters/programmes/utsuwa");
        copy(&built_in, folder.path());
        std::fs::remove_file(folder.path().join("shop.toml")).unwrap();
        let momiji = Self { up: Up::start(data.path()), folder, _data: data };
        assert_eq!(momiji.apply(&[]).0, Some(0));
        until(&momiji.up, "2026-12-01T09:30:00+09:00").await;
        assert_eq!(order(&momiji.up, "hanako@example.jp", 77).await, 200);
        until(&momiji.up, now).await;
        momiji
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    /// Changes the programme: in `programme.toml`, the first such text.
    fn edit(&self, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.path("programme.toml")).unwrap();
        assert!(text.contains(from), "{from}");
        std::fs::write(self.path("programme.toml"), text.replacen(from, to, 1)).unwrap();
    }

    fn apply(&self, options: &[&str]) -> (Option<i32>, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_wasurena"))
            .args(["shop", "apply", "momiji.toml", "--local", &self.up.url])
            .args(options)
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
        (output.status.code(), said)
    }

    /// What stands on record beside a version.
    async fn record(&self, version: u32) -> Option<serde_json::Value> {
        let clients = Clients::of_embedded_cloud(&format!("{}/_aws", self.up.url)).await;
        let diary = Diary::new(clients.dynamodb(), "wasurena");
        let page = diary.page(&ShopId::parse("momiji").unwrap(), version, RECORD_PAGE).await.unwrap();
        page.map(|text| serde_json::from_str(&text).unwrap())
    }
}

#[tokio::test]
async fn an_edit_says_what_it_does_before_it_does_it() {
    let momiji = Momiji::with_a_customer("2026-12-05T09:00:00+09:00").await;
    let greeting = "[[step]]\nid = \"year-end\"\nclass = \"story\"\nanchor = \"purchase\"\noccasions = \"every\"\n\
                    once_per = \"product\"\nday = 24\nlatest_day = 27\nat = \"10:00\"\n\n";
    momiji.edit("[[series]]", &format!("{greeting}[[series]]"));
    let letter = "件名: {{ product.name }}と、この一年\n\n今年の窯は、これで火を落とします。\n";
    std::fs::write(momiji.path("letters/year-end.txt"), letter).unwrap();

    let told = "momiji: against version 1:\n  of 1 customers within 12 months: 1 gain a mail, 0 lose one, 0 get others, \
                0 get them on other days; no promise breaks\n    year-end: 1 more get it, 0 fewer\n";
    assert_eq!(momiji.apply(&["--dry-run"]), (Some(0), format!("{told}nothing was written\n")));
    let (code, said) = momiji.apply(&[]);
    assert!(code == Some(0) && said.starts_with(told) && said.contains("version 2 is published"), "{said}");
    let record = momiji.record(2).await.unwrap();
    assert_eq!((&record["customers"], &record["gain"], &record["lose"]), (&1.into(), &1.into(), &0.into()), "{record}");
    assert!(record["forced"].is_null());
    // It is in their calendar, and not only once something else happens to them.
    assert!(said.contains("1 customers are planned for anew"), "{said}");

    // And away again: who would have had it loses it.
    momiji.edit(greeting, "");
    std::fs::rename(momiji.path("letters/year-end.txt"), momiji.path("year-end.txt")).unwrap();
    let (_, away) = momiji.apply(&["--dry-run"]);
    assert!(away.contains("0 gain a mail, 1 lose one") && away.contains("year-end: 0 more get it, 1 fewer"), "{away}");

    until(&momiji.up, "2026-12-26T12:00:00+09:00").await;
    let rows = get(&momiji.up, "/_local/follow-ups?shop=momiji&customer=hanako@example.jp").await;
    let sent = |row: &&serde_json::Value| row["step"] == "year-end" && row["state"] == "sent";
    assert_eq!(rows.as_array().unwrap().iter().filter(sent).count(), 1, "{rows}");
}

#[tokio::test]
async fn what_comes_on_another_day_is_told_and_other_words_are_nobodys_loss() {
    let momiji = Momiji::with_a_customer("2026-12-05T09:00:00+09:00").await;
    momiji.edit("day = 14\nlatest_day = 21", "day = 16\nlatest_day = 21");
    let (code, said) = momiji.apply(&["--dry-run"]);
    assert!(
        code == Some(0) && said.contains("0 gain a mail, 0 lose one, 0 get others, 1 get them on other days"),
        "{said}"
    );
    momiji.edit("day = 16\nlatest_day = 21", "day = 14\nlatest_day = 21");
    let usage = std::fs::read_to_string(momiji.path("letters/usage.txt")).unwrap();
    std::fs::write(momiji.path("letters/usage.txt"), format!("{usage}\nどうぞ、末永く。\n")).unwrap();
    let (code, said) = momiji.apply(&[]);
    assert!(code == Some(0) && !said.contains("customers") && said.contains("version 2 is published"), "{said}");
    assert_eq!(momiji.record(2).await, None);
}

#[tokio::test]
async fn a_promise_that_would_break_is_refused_unless_somebody_says_why() {
    // They were thanked; the new version would have wanted the message after it yesterday at the latest.
    let momiji = Momiji::with_a_customer("2026-12-07T18:00:00+09:00").await;
    momiji.edit("day = 14\nlatest_day = 21", "day = 4\nlatest_day = 5");
    momiji.edit("unknown_day = 7\noccasions = \"every\"", "unknown_day = 7\noccasions = \"2+\"");
    let (code, said) = momiji.apply(&[]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("to 1 a promise breaks (R1, R2)") && said.contains("--force \"why\""), "{said}");
    let (_, standing) = momiji.apply(&["--dry-run"]);
    assert!(standing.contains("against version 1"), "{standing}");
    let (code, said) = momiji.apply(&["--force", "the letter holds a mistake"]);
    assert!(code == Some(0) && said.contains("version 2 is published"), "{said}");
    let record = momiji.record(2).await.unwrap();
    assert_eq!((&record["forced"], &record["broken_count"]), (&"the letter holds a mistake".into(), &1.into()));
    assert!(!record.to_string().contains("hanako"), "{record}");
}

#[tokio::test]
async fn a_message_under_another_name_is_refused_for_it_would_go_out_again() {
    let momiji = Momiji::with_a_customer("2026-12-16T09:00:00+09:00").await;
    momiji.edit("id = \"usage\"", "id = \"care\"");
    momiji.edit("after = \"usage\"", "after = \"care\"");
    std::fs::rename(momiji.path("letters/usage.txt"), momiji.path("letters/care.txt")).unwrap();
    let (code, said) = momiji.apply(&["--force", "so be it"]);
    assert_eq!(code, Some(1), "{said}");
    assert_eq!(
        said,
        "letters/care.txt:1: form: this is the letter of `usage` under another name: whoever has had `usage` would get it \
         again. Mend: call it `usage` again, here and in programme.toml; or write a new text.\n\
         1 to mend; nothing was written\n"
    );
}

#[tokio::test]
async fn r35_the_numbers_say_how_many_came_back_and_that_few_are_few() {
    let momiji = Momiji::with_a_customer("2027-04-01T09:00:00+09:00").await;
    let numbers = |options: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_wasurena"))
            .args(["numbers", "momiji", "--local", &momiji.up.url])
            .args(options)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
    };
    insta::assert_snapshot!(numbers(&[]));
    let json: serde_json::Value = serde_json::from_str(&numbers(&["--json"])).unwrap();
    assert_eq!(
        json["second"][0],
        serde_json::json!({ "within_days": 90, "of": 1, "came": 0, "share": null, "interval": null })
    );
}
