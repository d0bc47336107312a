//! The program as people start it: killed and started again, checked, asked for help.

use crate::support::{Up, copy, get, until};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

const SECRET: &str = wasurena_local::sample::SECRET;

async fn order(up: &Up, number: u64) -> u16 {
    let at = "2026-12-01T09:00:00+09:00";
    let body = json!({
        "id": number, "created_at": at, "processed_at": at, "updated_at": at, "currency": "JPY", "total_price": "3800",
        "financial_status": "paid", "email": format!("customer{number}@example.jp"),
        "customer": { "last_name": "山田", "first_name": "花子", "email_marketing_consent": { "state": "subscribed" } },
        "line_items": [{ "product_id": 1, "title": "飯碗", "quantity": 1, "price": "3800" }],
    })
    .to_string();
    let (name, signature) = wasurena_carts::sign::shopify(SECRET, body.as_bytes());
    let request = reqwest::Client::new().post(format!("{}/hooks/sakura/shopify", up.url));
    let request = request.header(name, signature).header("x-shopify-topic", "orders/create");
    request.body(body).send().await.map_or(0, |answer| answer.status().as_u16())
}

#[tokio::test]
async fn killed_at_any_moment_it_goes_on_where_it_stood() {
    let folder = tempfile::tempdir().unwrap();
    // Killed right after each answer: what was answered with 200 is in the diary.
    for number in 1..=4 {
        let up = Up::start(folder.path());
        assert_eq!(order(&up, number).await, 200);
        up.kill();
    }
    // Killed while the morning's mails go out.
    let up = Up::start(folder.path());
    let url = up.url.clone();
    let morning = tokio::spawn(async move {
        let request =
            reqwest::Client::new().post(format!("{url}/_local/clock")).header("content-type", "application/json");
        let _cut_off = request.body(json!({ "to": "2026-12-02T10:30:00+09:00" }).to_string()).send().await;
    });
    while get_mails(&up).await.is_empty() {
        tokio::task::yield_now().await;
    }
    up.kill();
    morning.await.unwrap();

    let up = Up::start(folder.path());
    until(&up, "2026-12-16T00:00:00+09:00").await;
    let mails = get_mails(&up).await;
    let mut ids: Vec<&str> = mails.iter().filter_map(|mail| mail["follow_up_id"].as_str()).collect();
    ids.sort_unstable();
    let all = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), all, "a follow-up was sent twice");
    let mut unsettled = 0;
    for number in 1..=4 {
        let rows = get(&up, &format!("/_local/follow-ups?shop=sakura&customer=customer{number}@example.jp")).await;
        let bound = rows.as_array().unwrap().iter().filter(|row| row["state"] != "planned");
        let states: Vec<&str> = bound.filter_map(|row| row["state"].as_str()).collect();
        assert_eq!(states.len(), 3, "customer {number}: {rows}");
        assert!(states.iter().all(|state| matches!(*state, "sent" | "skipped")), "customer {number}: {rows}");
        unsettled += states.iter().filter(|state| **state == "skipped").count();
    }
    // At most the one mail that was on its way when the process died is unknown, and the owner is told.
    assert!(unsettled <= 1, "{unsettled}");
    assert!(all >= 12 - unsettled, "{all} mails");
    assert_eq!(get(&up, "/_local/tasks?shop=sakura").await.as_array().unwrap().len(), unsettled);
}

async fn get_mails(up: &Up) -> Vec<Value> {
    get(up, "/_local/postbox").await["mails"].as_array().unwrap().clone()
}

#[test]
fn a_folder_has_one_owner_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let _first = Up::start(folder.path());
    let second = Command::new(env!("CARGO_BIN_EXE_wasurena"))
        .args(["up", "--port", "0", "--data"])
        .arg(folder.path())
        .output()
        .unwrap();
    assert!(!second.status.success());
    let said = String::from_utf8(second.stderr).unwrap();
    assert!(said.contains("is in use"), "{said}");
}

fn programme() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/letters/programmes/utsuwa")
}

fn check(folder: &Path) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_wasurena")).arg("check").arg(folder).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    (output.status.code(), said)
}

#[test]
fn check_finds_nothing_in_the_default_programme() {
    let (code, said) = check(&programme());
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("38 messages"), "{said}");
}

#[test]
fn check_names_file_line_rule_and_mend() {
    let folder = tempfile::tempdir().unwrap();
    copy(&programme(), folder.path());
    let letter = folder.path().join("letters/thanks-first.txt");
    let text = std::fs::read_to_string(&letter).unwrap();
    std::fs::write(&letter, format!("{text}\nお店へ → {{{{ shop.url }}}}\n{{{{ custmer }}}}\n")).unwrap();
    let (code, said) = check(folder.path());
    assert_eq!(code, Some(1), "{said}");
    let lines = text.lines().count();
    assert!(said.contains(&format!("letters/thanks-first.txt:{}: R12: ", lines + 2)), "{said}");
    assert!(said.contains(&format!("letters/thanks-first.txt:{}: ", lines + 3)) && said.contains("custmer"), "{said}");
    assert!(said.contains("Mend: "), "{said}");
}

#[test]
fn check_shows_warnings_and_is_content_with_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    copy(&programme(), folder.path());
    let file = folder.path().join("programme.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let text = text.replacen("first = \"4 in 30 days\"", "first = \"2 in 30 days\"", 1);
    std::fs::write(&file, &text).unwrap();
    let (code, said) = check(folder.path());
    assert_eq!(code, Some(0), "{said}");
    let warning = "programme.toml:72: warning: R8: `arrival` reaches nobody at the stage first: ";
    assert!(said.contains(warning) && said.contains("38 messages, nothing to mend, 1 warning"), "{said}");
    // Beside a problem it is counted apart.
    std::fs::write(&file, text.replacen("latest_day = 21", "latest_day = 2100", 1)).unwrap();
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/letters/frames/ja/frame.mjml");
    let shown = std::fs::read_to_string(built_in).unwrap().replace("{{ shop.phone }}", "");
    std::fs::write(folder.path().join("frame.mjml"), shown).unwrap();
    let (code, said) = check(folder.path());
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("1 to mend, 1 warning"), "{said}");
}

#[test]
fn check_of_a_folder_that_is_none_says_so() {
    let (code, said) = check(Path::new("/nowhere/at/all"));
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("cannot be read: is it a folder?"), "{said}");
}
