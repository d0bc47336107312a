//! Letters, tried out as their readers see them: programmes as folders of files, mails as text and HTML.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod any_text;
mod broken;
mod broken_rhythms;
mod channels;
mod defaults;
mod deployment;
mod design;
mod docs;
mod escaping;
mod links;
mod listening;
mod long_ways;
mod products;
mod settings;
mod trades;

use chrono::NaiveDate;
use std::collections::BTreeMap;
use wasurena_domain::contact::PersonName;
use wasurena_domain::ids::{ShopId, StepId};
use wasurena_domain::purchase::Consent;
use wasurena_letters::{Book, Count, Facts, Files, Mail, Problem, Product, Urls, load, utsuwa};

/// The first day of the sample shop.
fn start() -> NaiveDate {
    "2026-12-01".parse().unwrap()
}

fn shop() -> ShopId {
    ShopId::parse("sakura").unwrap()
}

fn step(id: &str) -> StepId {
    StepId::parse(id).unwrap()
}

/// Files of a programme, open to changes.
#[derive(Clone)]
struct Folder(BTreeMap<String, String>);

impl Folder {
    /// The default programme.
    fn utsuwa() -> Self {
        Self(utsuwa(start()).iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect())
    }

    /// The smallest programme that keeps the rules: a thank-you, usage, and a series of one letter.
    fn small() -> Self {
        let mut folder = Self::utsuwa();
        folder.0.retain(|path, _| !path.starts_with("letters/") || path.contains("thanks-first"));
        folder
            .write("letters/usage.txt", "件名: {{ product.name }}のこと\n\n{{ addressee }}\n\n長くお使いください。\n");
        folder.write("letters/hello.txt", "件名: こんにちは\n\n{{ addressee }}\n\n見る → {{ shop.url }}\n");
        folder.write("programme.toml", SMALL);
        folder
    }

    fn write(&mut self, path: &str, text: &str) {
        self.0.insert(path.to_owned(), text.to_owned());
    }

    /// Replaces a text that must be there.
    #[track_caller]
    fn edit(&mut self, path: &str, from: &str, to: &str) {
        let text = self.0.get_mut(path).unwrap();
        assert!(text.contains(from), "{path} does not hold {from:?}");
        *text = text.replacen(from, to, 1);
    }

    fn files(&self) -> Files {
        Files::new(self.0.clone()).unwrap()
    }

    fn load(&self) -> Result<Book, Vec<Problem>> {
        load(&shop(), &self.files())
    }

    #[track_caller]
    fn book(&self) -> Book {
        self.load().unwrap_or_else(|problems| {
            panic!("{}", problems.iter().map(|p| format!("{p}\n")).collect::<String>());
        })
    }
}

const SMALL: &str = "\
[[step]]
id = \"thanks-first\"
class = \"thanks\"
anchor = \"purchase\"
occasions = \"1\"
day = 1
latest_day = 3
at = \"10:00\"

[[step]]
id = \"usage\"
class = \"usage\"
anchor = \"purchase\"
occasions = \"every\"
day = 14
latest_day = 21
at = \"10:00\"

[[series]]
id = \"letters\"
from_occasion = 1
after = \"usage\"
after_days = 28
weekday = \"tuesday\"
every_weeks = 4
window_days = 6
at = \"10:00\"

[[series.letter]]
id = \"hello\"
class = \"greeting\"
";

/// The pages behind a mail.
const URLS: Urls<'_> = Urls {
    stop: "https://otayori.example.jp/c/sakura/stop/TOKEN",
    wishes: "https://otayori.example.jp/c/sakura/p/TOKEN",
    wrong: "https://otayori.example.jp/c/sakura/w/TOKEN",
    view: "https://otayori.example.jp/c/sakura/v/TOKEN",
    card: "https://otayori.example.jp/c/sakura/card",
};

/// The standard customer: named, first purchase, a picture, consent.
fn standard(name: Option<&PersonName>) -> Facts<'_> {
    Facts {
        addressee: name,
        count: Count::Nth(1),
        gift: false,
        made_to_order: false,
        product: Some(Product {
            name: "粉引の飯碗",
            picture: Some("https://img.example.jp/meshiwan.jpg"),
            ..Product::default()
        }),
        bought_on: Some(start()),
        consent: Consent::Granted,
        urls: URLS,
        note: None,
        asks_address: false,
        answer_url: Some("https://otayori.example.jp/c/sakura/a/TOKEN"),
    }
}

fn hanako() -> Option<PersonName> {
    PersonName::parse("山田 花子")
}

/// A mail as one readable text.
fn shown(mail: &Mail) -> String {
    let html = mail.html.replace("><", ">\n<");
    format!("件名: {}\n\n{}\n======== HTML\n{html}\n", mail.subject, mail.text)
}
