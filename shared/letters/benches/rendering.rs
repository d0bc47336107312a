//! How long one mail takes to write: from the facts of a customer to subject, HTML and text, with letters that were opened once, as
//! a sender has them.
//!
//! `cargo bench -p wasurena-letters --bench rendering` shows the time of a mail: of a thank-you, of a letter of the series, of a survey
//! with its answers, and of every mail of the default programme in turn, which is the average that docs/mails.md tells.

#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use chrono::NaiveDate;
use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use wasurena_domain::contact::PersonName;
use wasurena_domain::ids::{ShopId, StepId};
use wasurena_domain::purchase::Consent;
use wasurena_letters::{Book, Count, Facts, Letters, Product, Urls, load, utsuwa};

fn main() {
    divan::main();
}

/// The default programme, and its letters as they are opened from the diary.
fn opened() -> (Book, Letters) {
    let files = utsuwa(NaiveDate::from_ymd_opt(2026, 12, 1).unwrap());
    let book = load(&ShopId::parse("sakura").unwrap(), &files).unwrap();
    let letters = Letters::open(book.letters().sheets()).unwrap();
    (book, letters)
}

/// The pages behind a mail.
const URLS: Urls<'_> = Urls {
    stop: "https://otayori.example.jp/c/sakura/stop/TOKEN",
    wishes: "https://otayori.example.jp/c/sakura/p/TOKEN",
    wrong: "https://otayori.example.jp/c/sakura/w/TOKEN",
    view: "https://otayori.example.jp/c/sakura/v/TOKEN",
    card: "https://otayori.example.jp/c/sakura/card",
};

fn facts(name: Option<&PersonName>) -> Facts<'_> {
    Facts {
        addressee: name,
        count: Count::Nth(2),
        gift: false,
        made_to_order: false,
        product: Some(Product {
            name: "粉引の飯碗",
            picture: Some("https://img.example.jp/meshiwan.jpg"),
            page: Some("https://sakura.example.jp/meshiwan"),
            story: Some("山の土に白い化粧をかけ、薪の窯で焼いています。"),
        }),
        bought_on: NaiveDate::from_ymd_opt(2026, 12, 1),
        consent: Consent::Granted,
        urls: URLS,
        note: None,
        asks_address: false,
        answer_url: Some("https://otayori.example.jp/c/sakura/a/TOKEN"),
    }
}

#[divan::bench(args = ["thanks-second", "story-clay", "arrival"])]
fn one_mail(bencher: Bencher<'_, '_>, id: &str) {
    let (book, letters) = opened();
    let (step, name) = (StepId::parse(id).unwrap(), PersonName::parse("山田 花子"));
    bencher.bench(|| letters.render(&book.shop, black_box(&step), &facts(name.as_ref())).unwrap());
}

#[divan::bench]
fn every_mail_of_the_default_programme(bencher: Bencher<'_, '_>) {
    let (book, letters) = opened();
    let name = PersonName::parse("山田 花子");
    let steps: Vec<StepId> = book.programme.messages().map(|(id, _)| id.clone()).collect();
    let facts = facts(name.as_ref());
    bencher
        .counter(ItemsCount::new(steps.len()))
        .bench(|| steps.iter().map(|step| letters.render(&book.shop, step, &facts).unwrap().html.len()).sum::<usize>());
}
