//! Whatever stands in the files, loading them answers; whatever the facts are, a sound programme writes.

use crate::{Folder, start, step};
use chrono::Days;
use proptest::prelude::*;
use std::sync::LazyLock;
use wasurena_domain::contact::PersonName;
use wasurena_domain::purchase::Consent;
use wasurena_letters::{Book, Count, Facts, Product};

const PATHS: [&str; 8] = [
    "shop.toml",
    "programme.toml",
    "frame.mjml",
    "frame.txt",
    "greeting.txt",
    "letters/usage.txt",
    "letters/hello.txt",
    "letters/other.txt",
];

/// Pieces that files are made of, put where they do not belong.
const PIECES: [&str; 24] = [
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "{% if gift %}",
    "{% endif %}",
    "{% for x in paragraphs %}",
    "{{ loop.index }}",
    "{% raw %}",
    "{% macro m(a) %}",
    "件名: ",
    "→ https://",
    "[[",
    "]]",
    "[legal]",
    "= \"",
    "\n\n",
    "<mj-text>",
    "</mj-section>",
    "<!--",
    "\"",
    "99999999999999999999",
    "\u{0}",
];

static BOOK: LazyLock<Book> = LazyLock::new(|| Folder::utsuwa().book());

fn any_facts() -> impl Strategy<Value = (String, String, Option<u32>, bool, u8, u64)> {
    ("\\PC{0,90}", "\\PC{0,130}", proptest::option::of(0u32..50), any::<bool>(), 0u8..3, 0u64..4000)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn loading_any_text_answers(path in 0..PATHS.len(), text in "(?s).{0,400}") {
        let mut folder = Folder::small();
        folder.write(PATHS[path], &text);
        if let Err(problems) = folder.load() {
            prop_assert!(!problems.is_empty());
        }
    }

    #[test]
    fn loading_a_torn_file_answers(path in 0..PATHS.len() - 1, at in any::<prop::sample::Index>(),
        cut in 0usize..60, pieces in prop::collection::vec(0..PIECES.len(), 0..4)) {
        let mut folder = Folder::small();
        let text = folder.0[PATHS[path]].clone();
        let ends: Vec<usize> = text.char_indices().map(|(i, _)| i).chain([text.len()]).collect();
        let (at, cut) = (at.index(ends.len()), cut.min(ends.len()));
        let rest = ends[(at + cut).min(ends.len() - 1)];
        let pieces: String = pieces.into_iter().map(|piece| PIECES[piece]).collect();
        folder.write(PATHS[path], &format!("{}{pieces}{}", &text[..ends[at]], &text[rest..]));
        if let Err(problems) = folder.load() {
            prop_assert!(problems.iter().all(|p| !p.what.is_empty() && p.line != Some(0)));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_sound_programme_writes_to_everybody((name, product, count, gift, consent, day) in any_facts()) {
        let name = PersonName::parse(&name);
        let consent = [Consent::Unknown, Consent::Granted, Consent::Denied][usize::from(consent)];
        let facts = Facts {
            addressee: name.as_ref(),
            count: count.map_or(Count::Unknown, Count::Nth),
            gift,
            made_to_order: gift,
            product: Some(Product {
                name: &product,
                picture: gift.then_some("https://img.example.jp/a.jpg"),
                page: gift.then_some("https://sakura.example.jp/a"),
                story: gift.then_some(product.as_str()),
            }),
            bought_on: start().checked_add_days(Days::new(day)),
            consent,
            urls: crate::URLS,
            note: None,
            asks_address: false,
            answer_url: Some("https://otayori.example.jp/c/sakura/a/TOKEN"),
        };
        for id in ["thanks-first", "thanks-second", "thanks-again", "arrival", "usage"] {
            let mail = BOOK.render(&step(id), &facts).unwrap();
            // The words of the templates, without what the customer's own may say.
            let ours = |text: &str| text.replace(&product, "").contains("undefined");
            prop_assert!(!ours(&mail.text) && !mail.html.contains(">undefined"), "{}", mail.text);
            prop_assert!(mail.subject.chars().count() <= 60, "{}", mail.subject);
            prop_assert!(mail.text.contains("TOKEN") && mail.html.contains("TOKEN"));
            // The twin says what the HTML says, line by line.
            let escaped = |line: &str| {
                line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
            };
            let letter = mail.text.split("\n\nうつわ さくら\n").next().unwrap_or_default();
            for line in letter.lines().filter(|line| !line.is_empty()) {
                // What can be tapped is a label with its address, and there only the label shows.
                let is_tap = line.contains(" → https://otayori.example.jp/c/sakura/a/TOKEN/");
                let mut parts = line.split(" → ").filter(|_| is_tap).chain((!is_tap).then_some(line));
                prop_assert!(parts.all(|part| mail.html.contains(&escaped(part))), "{id}: {line}");
            }
        }
    }
}

/// Texts that lead a parser down without end, if it lets itself be led.
fn deep_texts() -> Vec<String> {
    let deep = |open: &str, n: usize, close: &str| format!("{}{}", open.repeat(n), close.repeat(n));
    vec![
        format!("件名: {{{{ {} }}}}\n\nあ\n", deep("(", 20_000, ")")),
        format!("件名: あ\n\n{{{{ a{} }}}}\n", ".a".repeat(30_000)),
        format!("件名: あ\n\n{{{{ 1{} }}}}\n", "+1".repeat(30_000)),
        format!("件名: あ\n\n{{{{ a{} }}}}\n", "|upper".repeat(10_000)),
        format!("件名: あ\n\n{{{{ {}a }}}}\n", "not ".repeat(15_000)),
        format!("件名: あ\n\n{}", deep("{% if 1 %}", 2_000, "{% endif %}")),
        format!("{{{{ {} }}}}", deep("[", 30_000, "]")),
        deep("<div>", 5_000, "</div>"),
        deep("<!--[if mso]>", 2_000, "<![endif]-->"),
        format!("a = {}", deep("[", 30_000, "]")),
        format!("a = {}1{}", "{a=".repeat(15_000), "}".repeat(15_000)),
        format!("a{} = 1", ".a".repeat(30_000)),
        format!("[a{}]", ".a".repeat(30_000)),
    ]
}

#[test]
fn no_depth_brings_the_loader_down() {
    for (index, text) in deep_texts().iter().enumerate() {
        for path in PATHS {
            let mut folder = Folder::small();
            folder.write(path, text);
            assert!(folder.load().is_err(), "{path}, text {index}");
        }
    }
}
