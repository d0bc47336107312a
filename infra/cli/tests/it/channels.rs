//! Letters, calls and visits on a running `wasurena up`: what the owner says of them, reads about them and ticks off.

use crate::owner::{HANAKO, done, mails_at, shop, wasurena};
use crate::shop::{apply, momiji, order, order_of};
use crate::support::{Up, until};
use serde_json::{Value, json};

#[tokio::test]
async fn a_permission_and_a_stop_by_channel_are_in_the_ledger_in_their_words() {
    let (_data, up) = shop(json!({})).await;
    let permit = ["customer", "permit", "sakura", HANAKO, "--channel", "phone", "--how", "in-person"];
    let (is_done, said) = wasurena(&up, &permit);
    assert!(!is_done && said.contains("--words"), "a permission has its words: {said}");
    done(&up, &[&permit[..], &["--words", "お電話ください", "--until", "2027-12-31"]].concat());
    done(&up, &["customer", "stop", "sakura", HANAKO, "--how", "phone", "--channel", "letter"]);
    let (_, shown) = wasurena(&up, &["customer", "show", "sakura", HANAKO]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let entry = |channel: &str| {
        let ledger = shown["ledger"].as_array().unwrap().iter();
        ledger.filter(|entry| entry["channel"] == channel).map(|e| e["said"].clone()).collect::<Vec<_>>()
    };
    assert_eq!((entry("phone"), entry("letter")), (vec![json!("granted")], vec![json!("opted_out")]));
    let permission = shown["ledger"].as_array().unwrap().iter().find(|e| e["channel"] == "phone").unwrap();
    assert_eq!((&permission["wording"], &permission["until"]), (&json!("お電話ください"), &json!("2027-12-31")));
    assert_eq!(mails_at(&up, "2026-12-03T00:00:00+09:00").await, 1, "a stop to letters is none to mail");
    done(&up, &["customer", "stop", "sakura", HANAKO, "--how", "phone", "--channel", "all"]);
    assert_eq!(mails_at(&up, "2026-12-20T00:00:00+09:00").await, 1);
}

/// A shop whose question for arrival is a telephone call, or else a letter.
async fn shop_that_calls() -> (tempfile::TempDir, tempfile::TempDir, Up) {
    let (data, folder) = (tempfile::tempdir().unwrap(), momiji());
    let programme = folder.path().join("programme");
    let files = wasurena_letters::utsuwa("2026-12-01".parse().unwrap());
    for (path, text) in files.iter().filter(|(path, _)| *path != "shop.toml") {
        let text = match path {
            "programme.toml" => {
                text.replace("id = \"arrival\"\n", "id = \"arrival\"\nchannels = [\"phone\", \"letter\"]\n")
                    .replace("id = \"usage\"\n", "id = \"usage\"\nchannels = [\"letter\", \"mail\"]\n")
            }
            "letters/arrival.txt" => {
                "件名: 届きましたか\n\n【最初の一言】\n{{ shop.name }}です。販売ではありません。\n\
                【本文】\n{{ addressee }}、無事に届きましたか。\n\n{{ answers }}\n【お留守のとき】\nまたあらためます。\n"
                    .to_owned()
            }
            _ => text.to_owned(),
        };
        let to = programme.join(path);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::write(to, text).unwrap();
    }
    let settings = folder.path().join("momiji.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(&settings, format!("programme = \"programme\"\n{text}")).unwrap();
    let up = Up::start(data.path());
    let (code, said) = apply(&folder, &up.url);
    assert_eq!(code, Some(0), "{said}");
    (data, folder, up)
}

#[tokio::test]
async fn the_owners_list_shows_what_to_say_and_done_tries_the_next_way() {
    let (_data, _folder, up) = shop_that_calls().await;
    until(&up, "2026-12-01T09:10:00+09:00").await;
    assert_eq!(order(&up, HANAKO, 77).await, 200);
    until(&up, "2026-12-09T09:00:00+09:00").await;
    // Nobody may call her, so she is written to.
    let (is_done, list) = wasurena(&up, &["today", "momiji"]);
    assert!(is_done && list.contains("send_letter") && list.contains("山田 花子様、無事に届きましたか。"), "{list}");
    assert!(
        list.contains("カートのご注文") && !list.contains("最初の一言") && !list.contains("またあらため"),
        "{list}"
    );
    let line = list.lines().find(|line| line.contains("send_letter")).unwrap();
    let (_, rest) = line.split_once("about ").unwrap();
    let about = rest.split_whitespace().next().unwrap();
    // A letter is shown as a letter, and what it asks can be written down when the answer comes.
    let (is_done, shown) = wasurena(&up, &["approve", "momiji", about, "--show"]);
    assert!(is_done && shown.contains("arrival, letter: it needs no approval"), "{shown}");
    assert!(
        shown.contains("無事に届きましたか。") && !shown.contains("件名:") && !shown.contains("https://"),
        "{shown}"
    );
    assert!(list.contains("liked|not-yet|differs|broken"), "{list}");
    let (is_done, said) = wasurena(&up, &["answer", "momiji", HANAKO, "glad"]);
    assert!(!is_done && said.contains("nobody asked them that"), "{said}");
    let (is_done, said) = wasurena(&up, &["answer", "momiji", HANAKO, "not-yet", "--words", "春に使います"]);
    assert!(is_done && said.contains("not-yet to arrival, which means neutral"), "{said}");
    let (_, customer) = wasurena(&up, &["customer", "show", "momiji", HANAKO]);
    let customer: Value = serde_json::from_str(&customer).unwrap();
    let answers = &customer["answers"];
    assert_eq!((&answers[0]["means"], &answers[0]["words"]), (&json!("neutral"), &json!("春に使います")), "{answers}");
    let (is_done, said) = wasurena(&up, &["done", "momiji", about, "--no-answer"]);
    assert!(is_done && said.contains("keep_promise is on it now"), "{said}");
    let (is_done, said) = wasurena(&up, &["done", "momiji", "nothing"]);
    assert!(!is_done && said.contains("no such task"), "{said}");
}

#[tokio::test]
async fn what_a_person_has_of_a_paused_product_is_marked() {
    let (_data, _folder, up) = shop_that_calls().await;
    until(&up, "2026-12-01T09:10:00+09:00").await;
    assert_eq!(order(&up, HANAKO, 77).await, 200);
    assert_eq!(order_of(&up, "taro@example.jp", 2000, 77).await, 200);
    until(&up, "2026-12-16T09:00:00+09:00").await;
    let today = || {
        let (is_done, list) = wasurena(&up, &["today", "momiji"]);
        assert!(is_done, "{list}");
        list
    };
    assert!(!today().contains("いまはお控えください"), "{}", today());
    // Taro's is broken: his own case is open, and Hanako's letter on how to use the same thing waits.
    done(&up, &["answer", "momiji", "taro@example.jp", "broken"]);
    let list = today();
    let held: Vec<&str> = list.lines().filter(|line| line.contains("いまはお控えください")).collect();
    let of_product = held.iter().filter(|line| line.contains("お品")).count();
    assert!(held.len() >= 2 && of_product == 1, "{list}");
}
