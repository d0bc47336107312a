//! `shop.toml`, and files that are missing.

use super::Theme;
use crate::shop;
use wasurena_letters::{Files, load_shop};

#[test]
fn the_law_is_named_key_by_key() {
    let mut theme = Theme::new();
    for key in ["operator", "address", "phone", "phone_hours", "email"] {
        theme.case(&format!("[legal] without {key}"), |folder| {
            let text = folder.0["shop.toml"].clone();
            let (head, legal) = text.split_once("[legal]").unwrap();
            let kept: Vec<&str> = legal.lines().filter(|line| !line.starts_with(&format!("{key} ="))).collect();
            folder.write("shop.toml", &format!("{head}[legal]{}\n", kept.join("\n")));
        });
    }
    theme.case("no [legal] at all", |folder| {
        let text = folder.0["shop.toml"].clone();
        folder.write("shop.toml", text.split_once("[legal]").unwrap().0);
    });
    insta::assert_snapshot!(theme.shown());
}

#[test]
fn values_of_the_settings() {
    let mut theme = Theme::new();
    let mut at = |from: &str, to: &str| {
        theme.edit("shop.toml", from, to);
    };
    at("name = \"うつわ さくら\"", "name = \"\"");
    at("name = \"うつわ さくら\"", "name = \"a\\nBcc: b\"");
    at("https://sakura", "http://sakura");
    at("Asia/Tokyo", "Tokyo");
    at("start_date = 2026-12-01", "start_date = \"2026-12-01\"");
    at("start_date = 2026-12-01", "start_date = 2026-12-01T10:00:00");
    at("history_complete = true", "history_complete = \"yes\"");
    at("occasion_days = 7", "occasion_days = 0");
    at("shards = 1", "shards = 65");
    at("to = \"20:00\"", "to = \"08:00\"");
    at("otayori@sakura.example.jp", "otayori");
    at("otayori@sakura.example.jp", "sakura@gmail.com");
    at("role = \"店主\"", "rôle = 1");
    insta::assert_snapshot!(theme.shown());
}

#[test]
fn files_that_are_missing() {
    let mut theme = Theme::new();
    for file in ["shop.toml", "programme.toml", "frame.mjml", "frame.txt", "greeting.txt"] {
        theme.case(&format!("{file} is missing"), |folder| drop(folder.0.remove(file)));
    }
    insta::assert_snapshot!(theme.shown());
    assert_eq!(load_shop(&shop(), &Files::new([]).unwrap()).unwrap_err().len(), 1);
}
