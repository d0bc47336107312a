//! What a value says is words, whatever it says.

use crate::{Folder, standard, step};
use wasurena_domain::contact::PersonName;
use wasurena_domain::follow_up::Note;
use wasurena_letters::{Facts, NoteProblem, Product, RenderError};

/// Names that want to be more than names.
const WILD: [&str; 8] = [
    "<script>alert(1)</script>",
    "碗 & 皿 <b>",
    "\"'><img src=x onerror=alert(1)>",
    "{{ shop.url }}{% for x in y %}",
    "見る → https://evil.example/",
    "→ https://sakura.example.jp.evil.example/",
    "碗\r\n\r\nBcc: someone@example.jp",
    "</p></div></body>",
];

#[test]
fn values_are_never_markup() {
    let book = Folder::utsuwa().book();
    for wild in WILD {
        let name = PersonName::parse(wild);
        let product = Some(Product { name: wild, ..Product::default() });
        for id in ["thanks-first", "arrival", "usage", "news-presents"] {
            let facts =
                Facts { product, addressee: name.as_ref(), count: wasurena_letters::Count::Unknown, ..standard(None) };
            let mail = book.render(&step(id), &facts).unwrap();
            for raw in ["<script", "<img", "<b>", "href=\"https://evil", "evil.example/\""] {
                assert!(!mail.html.contains(raw), "{id} {wild} {raw}");
            }
            assert!(!mail.subject.contains(['\r', '\n']), "{id} {wild}");
            assert!(!mail.text.lines().any(|line| line.starts_with("Bcc:")), "{id} {wild}");
        }
        // The tags are those of a mail about a bowl: a value adds none and takes none away.
        let mail = book.render(&step("arrival"), &Facts { product, ..standard(None) }).unwrap();
        let bare = Some(Product { name: "碗", ..Product::default() });
        let plain = book.render(&step("arrival"), &Facts { product: bare, ..standard(None) }).unwrap();
        assert_eq!(mail.html.matches('<').count(), plain.html.matches('<').count(), "{wild}");
        assert_eq!(mail.html.matches('"').count(), plain.html.matches('"').count(), "{wild}");
    }
}

#[test]
fn escaped_once_and_shown_as_given() {
    let book = Folder::utsuwa().book();
    let product = Some(Product {
        name: "碗 & <皿> {{ x }} 'a' \"b\"",
        picture: Some("https://img.example.jp/a.jpg?x=1&y=\"2\""),
        ..Product::default()
    });
    let mail = book.render(&step("arrival"), &Facts { product, ..standard(None) }).unwrap();
    assert!(mail.text.contains("碗 & <皿> {{ x }} 'a' \"b\"は、無事に"), "{}", mail.text);
    assert_eq!(mail.subject, "碗 & <皿> {{ x }} 'a' \"b\"は、無事に届きましたか");
    let name = "碗 &amp; &lt;皿&gt; {{ x }} &#39;a&#39; &quot;b&quot;";
    assert!(mail.html.contains(&format!("{name}は、無事に")));
    assert!(mail.html.contains(&format!("alt=\"{name}の写真\"")));
    assert!(mail.html.contains("src=\"https://img.example.jp/a.jpg?x=1&amp;y=&quot;2&quot;\""));
    assert!(mail.html.contains(&format!("<title>{name}は、無事に届きましたか</title>")));
}

#[test]
fn a_letters_own_addresses_are_links() {
    let mut folder = Folder::small();
    folder.edit("shop.toml", "zone = ", "pages = [\"https://naoshi.example.jp/\"]\nzone = ");
    folder.write(
        "letters/hello.txt",
        "件名: あ\n\n直し方 → https://naoshi.example.jp/how\nお店 → {{ shop.url }}new?a=1&b=2\n{{ product.name }}\n",
    );
    let book = folder.book();
    let product = Some(Product { name: "罠 → https://evil.example/", ..Product::default() });
    let mail = book.render(&step("hello"), &Facts { product, ..standard(None) }).unwrap();
    assert!(mail.text.starts_with(
        "直し方 → https://naoshi.example.jp/how\nお店 → https://sakura.example.jp/new?a=1&b=2\n罠 → https://evil.example/\n"
    ));
    let lines = "<a href=\"https://naoshi.example.jp/how\">直し方</a><br />\
        <a href=\"https://sakura.example.jp/new?a=1&amp;b=2\">お店</a><br />罠 → https://evil.example/</p>";
    assert!(mail.html.contains(lines), "{}", mail.html);
}

#[test]
fn debug_output_holds_no_person() {
    let book = Folder::small().book();
    let name = PersonName::parse("山田 花子");
    let mail = book.render(&step("usage"), &standard(name.as_ref())).unwrap();
    let shown = format!("{mail:?} {book:?}");
    assert!(!shown.contains("花子") && !shown.contains("飯碗"), "{shown}");
}

#[test]
fn r21_the_owners_line_stands_before_the_closing_words_and_is_words_only() {
    let book = Folder::utsuwa().book();
    let note = Note::parse("<b>先日</b>は → ありがとう & またどうぞ").unwrap();
    let plain = book.render(&step("usage"), &standard(None)).unwrap();
    let noted = book.render(&step("usage"), &Facts { note: Some(&note), ..standard(None) }).unwrap();
    // Nothing else of the mail changes.
    assert_eq!(noted.text.replace(&format!("\n\n{}", note.as_str()), ""), plain.text);
    let closing = noted.text.find("うつわ さくら\n店主 佐藤 花子").unwrap();
    assert!(noted.text[..closing].trim_end().ends_with(note.as_str()), "{}", noted.text);
    let escaped = "<p style=\"margin:0 0 1.5em\">&lt;b&gt;先日&lt;/b&gt;は → ありがとう &amp; またどうぞ</p>";
    assert_eq!(noted.html.replace(escaped, ""), plain.html);
}

#[test]
fn r12_r14_a_line_that_sells_is_refused_with_its_letter_whatever_was_allowed_before() {
    let book = Folder::utsuwa().book();
    for (id, text, says) in [
        ("thanks-first", "新作もどうぞ", "「新作」 sells, and this letter does not (R12)"),
        ("usage", "ただいまセール中です", "「セール」 sells, and this letter does not (R14)"),
        ("usage", "https://evil.example/ へ", "holds an address"),
    ] {
        let note = Note::parse(text).unwrap();
        let error = book.render(&step(id), &Facts { note: Some(&note), ..standard(None) }).unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
        assert!(matches!(error, RenderError::Note { .. }));
        assert_eq!(book.letters().check_note(&step(id), &note), Err(error));
    }
    let note = Note::parse("www.example.jp").unwrap();
    let leads = Err(RenderError::Note { step: step("news-presents"), problem: NoteProblem::Leads });
    assert_eq!(book.letters().check_note(&step("news-presents"), &note), leads);
}
