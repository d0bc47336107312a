//! How a mail is built: what a list of mails shows of it, its pictures, its size, and what the strangest names do to it.

use crate::trades::{book, bought, counts, is_english, mails};
use crate::{Folder, standard, step};
use std::collections::BTreeSet;
use wasurena_domain::contact::PersonName;
use wasurena_domain::programme::Class;
use wasurena_letters::{Facts, Mail, Product, built_in_names};

/// The most HTML a built-in mail may have, in bytes. Common readers cut a mail at 102 KB.
const HTML_BYTES_MAX: usize = 60_000;
/// The contact card, as the tests' facts have it.
const CARD: &str = "https://otayori.example.jp/c/sakura/card";

/// What stands in the HTML before anything is shown.
fn preheader(mail: &Mail) -> &str {
    let (_, rest) = mail.html.split_once("display:none").unwrap();
    let (_, rest) = rest.split_once('>').unwrap();
    rest.split_once('<').unwrap().0
}

/// The elements of a kind, as they are written.
fn elements<'h>(html: &'h str, name: &str) -> Vec<&'h str> {
    let starts = html.match_indices(&format!("<{name} ")).map(|(at, _)| at).collect::<Vec<_>>();
    starts.into_iter().map(|at| &html[at..at + html[at..].find('>').unwrap()]).collect()
}

#[test]
fn a_list_of_mails_shows_how_the_letter_begins_and_no_two_alike() {
    for name in built_in_names() {
        let mut seen = BTreeSet::new();
        for (id, _, mail) in mails(name) {
            let preheader = preheader(&mail);
            let said = preheader.replace("&#39;", "'").replace("&quot;", "\"").replace("&amp;", "&");
            assert!((6..=120).contains(&said.chars().count()), "{name}: {id}: {said}");
            assert!(seen.insert(preheader.to_owned()), "{name}: {id}: another mail begins so: {preheader}");
            // Hidden in the HTML; the text, which has no such place, says it once.
            assert_eq!(mail.html.matches("display:none").count(), 1, "{name}: {id}");
            assert_eq!(mail.text.matches(said.trim_end_matches('…')).count(), 1, "{name}: {id}: {said}");
        }
    }
}

#[test]
fn every_mail_is_light_and_asks_nobody_for_anything_but_its_pictures() {
    let mut heaviest = 0;
    for name in built_in_names() {
        for (id, _, mail) in mails(name) {
            assert!(mail.html.len() < HTML_BYTES_MAX, "{name}: {id}: {} bytes", mail.html.len());
            heaviest = heaviest.max(mail.html.len());
            for foreign in ["<script", "<link", "@import", "@font-face", "url(", "<iframe", "<form", "src=\"http:"] {
                assert!(!mail.html.contains(foreign), "{name}: {id}: {foreign}");
            }
            let pictures = elements(&mail.html, "img");
            assert_eq!(pictures.len(), 1, "{name}: {id}");
            for picture in pictures {
                assert!(picture.contains(" alt=\"") && !picture.contains(" alt=\"\""), "{name}: {id}: {picture}");
                assert!(picture.contains(" width=\"600\""), "{name}: {id}: {picture}");
            }
        }
    }
    println!("the heaviest built-in mail has {heaviest} bytes of HTML");
}

#[test]
fn whoever_signs_can_show_their_face() {
    let mut folder = Folder::utsuwa();
    let plain = folder.book().render(&step("usage"), &standard(None)).unwrap();
    folder.edit("shop.toml", "role = \"店主\"", "role = \"店主\"\npicture = \"https://img.example.jp/sato.jpg\"");
    let shown = folder.book().render(&step("usage"), &standard(None)).unwrap();
    assert_eq!(elements(&plain.html, "img").len(), 1);
    let face = elements(&shown.html, "img")[1];
    for part in [
        "src=\"https://img.example.jp/sato.jpg\"",
        "alt=\"佐藤 花子\"",
        "width=\"72\"",
        "height=\"72\"",
        "border-radius",
    ] {
        assert!(face.contains(part), "{face} has no {part}");
    }
    assert_eq!(shown.text, plain.text);
    folder.edit("shop.toml", "https://img.example.jp/sato.jpg", "http://img.example.jp/sato.jpg");
    let problems = folder.load().unwrap_err();
    assert!(problems[0].to_string().contains("an address that begins with https://"), "{problems:?}");
}

#[test]
fn r20_messages_that_come_for_their_own_sake_can_be_handed_on_and_say_nothing_of_the_customer() {
    for name in built_in_names() {
        for (id, class, mail) in mails(name) {
            let purchase = matches!(class, Class::Thanks | Class::Survey | Class::Usage | Class::Remedy);
            let expected = usize::from(!purchase);
            for link in [format!("href=\"{CARD}\""), format!("href=\"{CARD}.vcf\"")] {
                assert_eq!(mail.html.matches(&link).count(), expected, "{name}: {id}: {link}");
            }
            assert_eq!(mail.text.matches(&format!("→ {CARD}")).count(), 2 * expected, "{name}: {id}");
        }
    }
}

#[test]
fn r19_the_way_to_buy_again_is_there_where_the_class_may_lead_to_it() {
    for name in built_in_names() {
        let (book, again) = (book(name), if is_english(name) { "Order or book" } else { "ご注文・ご予約" });
        for (id, class, mail) in mails(name) {
            let leads = !matches!(class, Class::Thanks | Class::Remedy);
            let label = format!("href=\"{}\">{again}</a>", book.shop.url);
            assert_eq!((mail.html.contains(&label), mail.text.contains(again)), (leads, leads), "{name}: {id}");
            for way in [format!("href=\"tel:{}\"", book.shop.legal.phone), "href=\"mailto:".to_owned()] {
                assert!(mail.html.contains(&way), "{name}: {id}: {way}");
            }
        }
    }
}

/// Names that are no names, or hard to set: what a form takes and an order carries.
const STRANGE: [&str; 8] = [
    "<script>alert(1)</script>",
    "</td></tr></table><h1>",
    "髙﨑 𠮷野",
    "葛󠄀城 辻󠄁",
    "👩‍👩‍👧‍👦🎉 はなこ",
    "ﾔﾏﾀﾞ ﾊﾅｺ",
    "מאיה كريم",
    "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaftschaferswessenschafewarenwohlgepflege",
];

#[test]
fn no_name_changes_how_a_mail_is_built() {
    let long = "長".repeat(200);
    // The frames are the same for all trades: one of each language has them all.
    for name in ["biyoshitsu", "utsuwa-en"] {
        let (book, counts) = (book(name), counts(book(name)));
        let plain = bought(book, is_english(name));
        for (id, _) in book.programme.messages() {
            let person = PersonName::parse("花");
            let bare = Facts {
                product: Some(Product { name: "碗", ..plain }),
                count: counts[id],
                ..standard(person.as_ref())
            };
            let built = |mail: &Mail| (mail.html.matches('<').count(), mail.html.matches('"').count());
            let expected = built(&book.render(id, &bare).unwrap());
            for strange in STRANGE.into_iter().chain([long.as_str()]) {
                let person = PersonName::parse(strange).or(PersonName::parse("花"));
                let facts =
                    Facts { addressee: person.as_ref(), product: Some(Product { name: strange, ..plain }), ..bare };
                let mail = book.render(id, &facts).unwrap();
                assert_eq!(built(&mail), expected, "{name}: {id}: {strange}");
                assert!(
                    mail.subject.chars().count() <= 80 && !mail.subject.contains('\n'),
                    "{name}: {id}: {}",
                    mail.subject
                );
                assert!(mail.html.len() < HTML_BYTES_MAX, "{name}: {id}: {strange}");
                assert!(mail.text.contains(strange), "{name}: {id}: the text does not say {strange}");
            }
        }
    }
}
