//! `wasurena shop apply`, on a running `wasurena up`: from the file to the first mail of a second shop.

use crate::support::{Up, copy, get, until};
use encoding_rs::SHIFT_JIS;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

const SECRET: &str = "whsec_bW9taWppLXNhbXBsZS1zZWNyZXQtZm9yLXRlc3RzISE=";
const HANAKO: &str = "hanako@example.jp";

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}

/// A folder with the file of the shop `momiji`: the docs' example, with a secret in a file and products from Excel.
pub(crate) fn momiji() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let example = std::fs::read_to_string(docs().join("shop.example.toml")).unwrap();
    let (settings, _) = example.split_once("[carts.shopify]").unwrap();
    let settings = settings.replace("id = \"sakura\"", "id = \"momiji\"").replace("うつわ さくら", "うつわ もみじ");
    let settings = settings.replace("apprenticeship = true", "apprenticeship = false");
    let carts = "[carts.shopify]\nsecret_file = \"shopify.secret\"\n";
    std::fs::write(folder.path().join("momiji.toml"), settings + carts).unwrap();
    std::fs::write(folder.path().join("shopify.secret"), format!("{SECRET}\n")).unwrap();
    let table = "商品ID,商品名,画像,物語,届け方\r\n\
        77,粉引の飯碗,https://img.example.jp/meshiwan.jpg,山の土を薪の窯で焼いています。,\r\n\
        88,名入れのマグカップ,,,受注生産\r\n";
    let (table, _, _) = SHIFT_JIS.encode(table);
    std::fs::write(folder.path().join("products.csv"), table).unwrap();
    folder
}

pub(crate) fn change(folder: &TempDir, from: &str, to: &str) {
    let path = folder.path().join("momiji.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from}");
    std::fs::write(path, text.replacen(from, to, 1)).unwrap();
}

pub(crate) fn apply(folder: &TempDir, url: &str) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_wasurena"))
        .args(["shop", "apply", "momiji.toml", "--local", url])
        .env_remove("SHOPIFY_SECRET")
        .current_dir(folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    assert!(!said.contains(&SECRET["whsec_".len()..]), "{said}");
    (output.status.code(), said)
}

/// Somebody orders a product that its cart calls otherwise than the product file.
pub(crate) async fn order(up: &Up, address: &str, product: u64) -> u16 {
    order_of(up, address, 1000 + product, product).await
}

/// An order by its number.
pub(crate) async fn order_of(up: &Up, address: &str, id: u64, product: u64) -> u16 {
    let at = "2026-12-01T09:10:00+09:00";
    let body = json!({
        "id": id, "created_at": at, "processed_at": at, "updated_at": at, "currency": "JPY", "total_price": "3800",
        "financial_status": "paid", "email": address,
        "customer": { "last_name": "山田", "first_name": "花子", "email_marketing_consent": { "state": "subscribed" } },
        "line_items": [{ "product_id": product, "title": format!("品番{product}"), "quantity": 1, "price": "3800" }],
    })
    .to_string();
    let (name, signature) = wasurena_carts::sign::shopify(SECRET, body.as_bytes());
    let request = reqwest::Client::new().post(format!("{}/hooks/momiji/shopify", up.url));
    let request = request.header(name, signature).header("x-shopify-topic", "orders/create");
    request.body(body).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_second_shop_is_applied_and_its_first_order_followed_up() {
    let (data, folder) = (tempfile::tempdir().unwrap(), momiji());
    let up = Up::start(data.path());
    let (code, said) = apply(&folder, &up.url);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("momiji: version 1 is published"), "{said}");
    assert!(said.contains(&format!("webhook of shopify: {}/hooks/momiji/shopify", up.url)), "{said}");
    let (code, again) = apply(&folder, &up.url);
    assert_eq!(code, Some(0), "{again}");
    assert!(again.contains("momiji: nothing changed, version 1 goes on") && !again.contains("stored"), "{again}");

    until(&up, "2026-12-01T09:30:00+09:00").await;
    assert_eq!(order(&up, HANAKO, 77).await, 200);
    until(&up, "2026-12-02T12:00:00+09:00").await;
    let mails = get(&up, "/_local/postbox").await["mails"].as_array().unwrap().clone();
    let [mail] = mails.as_slice() else { panic!("one mail: {mails:?}") };
    assert_eq!(mail["to"][0], HANAKO);
    let text = mail["text"].as_str().unwrap();
    // Name from the order, story and picture from the product file.
    assert!(text.contains("うつわ もみじ") && text.contains("品番77") && text.contains("薪の窯"), "{text}");
    assert!(mail["html"].as_str().unwrap().contains("https://img.example.jp/meshiwan.jpg"));

    // What was applied outlives the process.
    up.kill();
    let up = Up::start(data.path());
    until(&up, "2026-12-16T00:00:00+09:00").await;
    let rows = get(&up, &format!("/_local/follow-ups?shop=momiji&customer={HANAKO}")).await;
    let sent = rows.as_array().unwrap().iter().filter(|row| row["state"] == "sent").count();
    assert_eq!(sent, 3, "{rows}");
}

#[tokio::test]
async fn what_is_made_to_order_is_told_of_while_it_is_made() {
    let (data, folder) = (tempfile::tempdir().unwrap(), momiji());
    let up = Up::start(data.path());
    assert_eq!(apply(&folder, &up.url).0, Some(0));
    until(&up, "2026-12-01T09:30:00+09:00").await;
    assert_eq!(order(&up, HANAKO, 88).await, 200);
    until(&up, "2026-12-20T00:00:00+09:00").await;
    let mails = get(&up, "/_local/postbox").await["mails"].as_array().unwrap().clone();
    let subjects: Vec<&str> = mails.iter().filter_map(|mail| mail["subject"].as_str()).collect();
    assert_eq!(subjects, ["品番88をお選びくださり、ありがとうございます", "品番88を、ただいまおつくりしております"]);
}

#[test]
fn warnings_are_shown_and_the_programme_is_published() {
    let (data, folder) = (tempfile::tempdir().unwrap(), momiji());
    let up = Up::start(data.path());
    let programme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/letters/programmes/utsuwa");
    copy(&programme, folder.path());
    let file = folder.path().join("programme.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replacen("first = \"4 in 30 days\"", "first = \"2 in 30 days\"", 1)).unwrap();
    let (code, said) = apply(&folder, &up.url);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("programme.toml:72: warning: R8: `arrival` reaches nobody at the stage first"), "{said}");
    assert!(said.contains("momiji: version 1 is published"), "{said}");
}

#[test]
fn what_is_wrong_is_told_by_file_and_line_and_nothing_is_written() {
    let (data, folder) = (tempfile::tempdir().unwrap(), momiji());
    let up = Up::start(data.path());
    change(&folder, "otayori@sakura.example.jp", "sakura@gmail.com");
    change(&folder, "start_date = 2026-12-01\n", "");
    change(
        &folder,
        "secret_file = \"shopify.secret\"",
        "secret_env = \"SHOPIFY_SECRET\"\n[carts.standard]\nsecret = \"not base64!\"",
    );
    std::fs::write(folder.path().join("products.csv"), "name,picture\n皿,http://plain.example.jp/\n").unwrap();
    let (code, said) = apply(&folder, &up.url);
    assert_eq!(code, Some(1), "{said}");
    for part in [
        "SPF, DKIM and DMARC",
        "`start_date` is missing",
        "this environment variable is not set",
        "a Standard Webhooks secret must be base64",
        "products.csv:2: form: column B (`picture`) of row 2",
        "5 to mend; nothing was written",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let lines: Vec<&str> = said.lines().filter(|line| line.starts_with("momiji.toml:")).collect();
    assert_eq!(lines.len(), 4, "{said}");
    assert!(!said.contains("not base64!"), "{said}");

    let whole = momiji();
    let (_, said) = apply(&whole, &up.url);
    assert!(said.contains("version 1 is published"), "the first one published nothing: {said}");
}

#[test]
fn secrets_are_judged_and_never_told() {
    let folder = momiji();
    for (line, what) in [
        ("secret_file = \"nowhere\"", "the secret's file cannot be read"),
        ("secret = \" \"", "`secret` in [carts.shopify] must be a text"),
        ("secret_file = \"empty\"", "a webhook secret must not be empty"),
        ("secret_file = \"products.csv\"", "the secret's file cannot be read"),
        ("secret_file = \"lines\"", "the secret is not one line"),
    ] {
        std::fs::write(folder.path().join("empty"), "\n").unwrap();
        std::fs::write(folder.path().join("lines"), format!("{SECRET}\n{SECRET}\n")).unwrap();
        change(&folder, "secret_file = \"shopify.secret\"", line);
        let (code, said) = apply(&folder, "http://127.0.0.1:9");
        change(&folder, line, "secret_file = \"shopify.secret\"");
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains(what) && said.contains("1 to mend"), "{what}: {said}");
    }
    change(&folder, "[carts.shopify]", "[carts.shopfiy]");
    let (_, said) = apply(&folder, "http://127.0.0.1:9");
    assert!(said.contains("there is no cart of this name"), "{said}");
}

#[test]
fn the_programme_beside_the_file_is_used_and_files_that_are_none_of_it_stay() {
    let (data, folder) = (tempfile::tempdir().unwrap(), momiji());
    let up = Up::start(data.path());
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/letters/programmes/utsuwa"), folder.path());
    let letter = folder.path().join("letters/thanks-first.txt");
    std::fs::write(&letter, "件名: 御礼\n\n{{ shop.url }}\n").unwrap();
    let (_, said) = apply(&folder, &up.url);
    assert!(said.contains("letters/thanks-first.txt:3: R12"), "{said}");
    std::fs::write(&letter, "件名: 御礼\n\n{{ addressee }}\n\nありがとうございます。{{ product.name }}\n").unwrap();
    let (code, said) = apply(&folder, &up.url);
    assert_eq!(code, Some(0), "{said}");
    // The same from a folder that the file names.
    let elsewhere = momiji();
    change(&elsewhere, "# programme = \"my-programme\"", &format!("programme = \"{}\"", folder.path().display()));
    let (code, said) = apply(&elsewhere, &up.url);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("nothing changed"), "{said}");
}

#[test]
fn a_shop_without_a_cart_is_not_applied() {
    let (data, folder) = (tempfile::tempdir().unwrap(), momiji());
    let up = Up::start(data.path());
    change(&folder, "[carts.shopify]\nsecret_file = \"shopify.secret\"\n", "");
    let (code, said) = apply(&folder, &up.url);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("the shop momiji has no cart") && !said.contains("running"), "{said}");
}

#[test]
fn where_nothing_runs_it_says_so() {
    let (code, said) = apply(&momiji(), "http://127.0.0.1:9");
    assert_eq!(code, Some(1));
    assert!(said.contains("is `wasurena up` running there?"), "{said}");
}
