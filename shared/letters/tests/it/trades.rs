//! Every built-in programme, whatever its trade and language: each mail as it is read, and what must be true of all of them.
//!
//! A folder that is put below `programmes/` is tested here by being there. What the mails speak of is the first product of its
//! product file.

use crate::{Folder, shop, standard, start, step};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{LazyLock, OnceLock};
use wasurena_domain::contact::PersonName;
use wasurena_domain::ids::StepId;
use wasurena_domain::programme::{Class, Programme};
use wasurena_letters::{Book, Count, Facts, Letters, Mail, Product, built_in, built_in_names, built_in_purpose, load};

/// The programme whose letters have snapshots one by one, with their HTML, in `defaults`.
const SHOWN_ELSEWHERE: &str = "utsuwa";

pub(crate) fn is_english(name: &str) -> bool {
    name.ends_with("-en")
}

/// A built-in programme. It is checked once, however many tests look at it: a check lives whole years with it.
pub(crate) fn book(name: &str) -> &'static Book {
    static BOOKS: LazyLock<BTreeMap<&str, OnceLock<Book>>> =
        LazyLock::new(|| built_in_names().map(|name| (name, OnceLock::new())).collect());
    BOOKS[name].get_or_init(|| {
        let files = built_in(name, start()).unwrap();
        load(&shop(), &files).unwrap_or_else(|problems| {
            panic!("{name}\n{}", problems.iter().map(|p| format!("{p}\n")).collect::<String>());
        })
    })
}

/// The purchase with which each message begins to be for somebody.
pub(crate) fn counts(book: &Book) -> BTreeMap<StepId, Count> {
    let programme = &book.programme;
    let steps = programme.steps.iter().flat_map(|s| s.all_texts().map(|id| (id.clone(), s.occasions.from)));
    let series = programme.series.iter().flat_map(|s| s.letters.iter().map(|l| (l.id.clone(), s.from_occasion)));
    let dated = programme.dated.iter().flat_map(|d| d.letters.iter().map(|l| (l.id.clone(), d.occasions.from)));
    let remedies = programme.listening.remedies.iter().map(|id| (id.clone(), 1));
    steps.chain(series).chain(dated).chain(remedies).map(|(id, from)| (id, Count::Nth(from))).collect()
}

/// What somebody bought there: the first thing of the product file.
pub(crate) fn bought(book: &Book, english: bool) -> Product<'_> {
    let first = book.shop.products.products().next();
    Product {
        name: first
            .map_or(if english { "kohiki rice bowl" } else { "粉引の飯碗" }, |product| product.name.as_str()),
        picture: Some("https://img.example.jp/picture.jpg"),
        story: first.and_then(|product| product.story.as_deref()),
        page: first.and_then(|product| product.page.as_deref()),
    }
}

/// Every mail of a programme, in the order of its file, and its class.
pub(crate) fn mails(name: &str) -> Vec<(StepId, Class, Mail)> {
    mails_about(name, false)
}

/// The same, of what was bought for oneself or as a present.
fn mails_about(name: &str, gift: bool) -> Vec<(StepId, Class, Mail)> {
    let book = book(name);
    let english = is_english(name);
    let counts = counts(book);
    let person = PersonName::parse(if english { "Emily Carter" } else { "山田 花子" });
    let facts = Facts { gift, product: Some(bought(book, english)), ..standard(person.as_ref()) };
    let render = |id: &StepId| book.render(id, &Facts { count: counts[id], ..facts }).unwrap();
    book.programme.messages().map(|(id, class)| (id.clone(), class, render(id))).collect()
}

/// The letter without its signature and frame.
fn letter<'m>(book: &Book, mail: &'m Mail) -> &'m str {
    let (shop, staff) = (&book.shop.name, &book.shop.staff);
    let japanese = format!("\n\n{shop}\n{} {}\n", staff.role, staff.name);
    let english = format!("\n\n{}\n{}, {shop}\n", staff.name, staff.role);
    let end = mail.text.find(&japanese).or_else(|| mail.text.find(&english));
    &mail.text[..end.unwrap()]
}

#[test]
fn every_mail_of_every_trade() {
    for name in built_in_names().filter(|name| *name != SHOWN_ELSEWHERE) {
        let mails = mails(name).into_iter();
        let shown = mails.map(|(id, _, mail)| format!("======== {id}\n{}\n\n{}\n", mail.subject, mail.text));
        insta::assert_snapshot!(name, shown.collect::<String>());
    }
}

#[test]
fn every_letter_about_a_present() {
    for name in built_in_names().filter(|name| *name != SHOWN_ELSEWHERE) {
        let book = book(name);
        let mails = mails_about(name, true).into_iter();
        let shown =
            mails.map(|(id, _, mail)| format!("======== {id}\n{}\n\n{}\n\n", mail.subject, letter(book, &mail)));
        insta::assert_snapshot!(format!("{name}-gift"), shown.collect::<String>());
    }
}

#[test]
fn the_frames_are_those_of_the_language() {
    for name in built_in_names() {
        let (lang, footer) = match is_english(name) {
            true => ("lang=\"en\"", "you can stop it here"),
            false => ("lang=\"ja\"", "こちらからお止めいただけます"),
        };
        for (id, _, mail) in mails(name) {
            assert!(mail.html.contains(lang) && mail.html.contains(footer), "{name}: {id}");
            let link = "https://otayori.example.jp/c/sakura/stop/TOKEN";
            assert!(mail.text.contains(&format!("→ {link}")) && mail.html.contains(link), "{name}: {id}");
            for foreign in ["@import", "<link", "<script", "<iframe", "url(", "googleapis"] {
                assert!(!mail.html.contains(foreign), "{name}: {id}: {foreign}");
            }
        }
    }
}

#[test]
fn the_english_frame_as_it_is_sent() {
    let (_, _, mail) = mails("utsuwa-en").remove(0);
    insta::assert_snapshot!("frame-en", mail.html.replace("><", ">\n<"));
}

#[test]
fn every_mail_says_who_writes_and_what_it_is_about() {
    for name in built_in_names() {
        let book = book(name);
        let product = bought(book, is_english(name)).name;
        let legal = &book.shop.legal;
        for (id, _, mail) in mails(name) {
            for part in [&book.shop.name, &legal.operator, &legal.address, &legal.phone, &book.shop.staff.name] {
                assert!(mail.text.contains(part) && mail.html.contains(part), "{name}: {id} does not show {part}");
            }
            // Key content (R16): the thing by its name, somewhere in subject or letter.
            assert!(mail.subject.contains(product) || mail.text.contains(product), "{name}: {id}");
        }
    }
}

#[test]
fn no_two_letters_of_a_trade_say_the_same() {
    for name in built_in_names() {
        let (ends, least) = if is_english(name) { (['.', '?', '\n'], 40) } else { (['。', '？', '\n'], 20) };
        let book = book(name);
        let (mut subjects, mut sentences) = (BTreeSet::new(), BTreeSet::new());
        for (id, class, mail) in mails(name) {
            assert!(subjects.insert(mail.subject.clone()), "{name}: {id} has a subject that another has");
            // What an address and a salutation say may come again; a thought may not.
            let letter = letter(book, &mail).to_owned();
            let thoughts = letter.split(ends).filter(|s| s.chars().count() > least && class != Class::Thanks);
            let formal = ["ご返信", "reply", book.shop.staff.name.as_str()];
            for sentence in thoughts.filter(|s| !formal.iter().any(|part| s.contains(part))) {
                assert!(sentences.insert(sentence.to_owned()), "{name}: {id} repeats: {sentence}");
            }
        }
    }
}

#[test]
fn nobody_is_congratulated() {
    for name in built_in_names() {
        for (id, _, mail) in mails(name) {
            for word in ["おめでと", "ongratulat", "appy New Year"] {
                assert!(!mail.text.contains(word) && !mail.subject.contains(word), "{name}: {id} says {word}");
            }
        }
    }
}

#[test]
fn english_mails_are_english() {
    let is_japanese = |c: char| matches!(c, '\u{3000}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}');
    for name in built_in_names().filter(|name| is_english(name)) {
        for (id, _, mail) in mails(name) {
            let all = format!("{}{}{}", mail.subject, mail.text, mail.html);
            assert!(!all.contains(is_japanese), "{name}: {id}: {}", mail.text);
            assert!(mail.text.starts_with("Dear Emily Carter,\n\n"), "{name}: {id}: {}", mail.text);
        }
    }
}

#[test]
fn a_language_that_is_not_spoken_is_refused() {
    let mut folder = Folder::small();
    folder.edit("programme.toml", "[[step]]", "language = \"fr\"\n\n[[step]]");
    let said: Vec<String> = folder.load().unwrap_err().iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("programme.toml:1: ") && said[0].contains("\"ja\" or \"en\""), "{said:?}");
}

#[test]
fn a_letter_goes_to_somebody_in_the_language_of_its_programme() {
    let mut folder = Folder::small();
    folder.edit("programme.toml", "[[step]]", "language = \"en\"\n\n[[step]]");
    let letter = "Subject: About the {{ product.name }}\n\nDear {{ addressee }},\n\nBought on {{ bought_on }}.\n";
    folder.write(
        "letters/thanks-first.txt",
        &letter.replace("{{ bought_on }}", "{% if bought_on %}{{ bought_on }}{% endif %}"),
    );
    let book = folder.book();
    // Letters that were published and opened again speak the same language.
    let sheets = serde_json::to_string(&book.letters().sheets()).unwrap();
    let opened = Letters::open(serde_json::from_str(&sheets).unwrap()).unwrap();
    for (name, product, subject, body) in [
        (Some("Emily Carter"), Some("bowl"), "About the bowl", "Dear Emily Carter,\n\nBought on 1 December."),
        (None, None, "About the order", "Dear customer,\n\nBought on 1 December."),
    ] {
        let name = name.and_then(PersonName::parse);
        let product = product.map(|name| Product { name, ..Product::default() });
        let mail =
            opened.render(&book.shop, &step("thanks-first"), &Facts { product, ..standard(name.as_ref()) }).unwrap();
        assert_eq!(mail.subject, subject);
        assert!(mail.text.starts_with(body), "{}", mail.text);
    }
}

/// What a programme plans: all of it but the words of its answers, which each language says in its own way.
fn plan(name: &str) -> Programme {
    let mut programme = book(name).programme.clone();
    for choice in programme.listening.questions.values_mut().flat_map(|question| &mut question.answers) {
        (choice.says, choice.says_gift) = (String::new(), None);
    }
    programme
}

#[test]
fn every_trade_asks_with_one_tap_and_has_a_letter_that_makes_good() {
    for name in built_in_names() {
        let book = book(name);
        let surveys: Vec<&StepId> =
            book.programme.steps.iter().filter(|step| step.class == Class::Survey).map(|step| &step.id).collect();
        assert!(!surveys.is_empty() && book.programme.listening.remedies.len() == 1, "{name}");
        for id in surveys {
            let question = &book.programme.listening.questions[id];
            for gift in [false, true] {
                let mail = book.render(id, &Facts { gift, ..standard(None) }).unwrap();
                for choice in &question.answers {
                    let line =
                        format!("{} → https://otayori.example.jp/c/sakura/a/TOKEN/{}\n", choice.words(gift), choice.id);
                    assert!(mail.text.contains(&line), "{name}: {line}{}", mail.text);
                }
                assert_eq!(mail.html.matches("class=\"answer\"").count(), question.answers.len(), "{name}");
            }
        }
    }
}

#[test]
fn twins_have_the_same_plan() {
    for name in built_in_names() {
        let japanese = name.trim_end_matches("-en");
        let english = format!("{japanese}-en");
        assert!([japanese, english.as_str()].iter().all(|twin| built_in_names().any(|name| name == *twin)), "{name}");
        assert_eq!(plan(&english), plan(japanese), "{name}");
    }
}

#[test]
fn every_trade_says_what_it_is_for_and_has_a_year_of_letters() {
    for name in built_in_names() {
        assert!(built_in_purpose(name).is_some_and(|purpose| purpose.chars().count() > 10), "{name}");
        let count = book(name).programme.messages().count();
        assert!(count >= 15, "{name} has {count} messages");
    }
}

#[test]
fn every_file_of_a_built_in_programme_is_part_of_it() {
    let files = |folder: &Path| -> BTreeSet<String> {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries
            .filter(|path| path.is_file())
            .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
            .collect()
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("programmes");
    for name in built_in_names() {
        let letters = files(&root.join(name).join("letters")).into_iter().map(|file| format!("letters/{file}"));
        let frames = ["frame.mjml", "frame.txt"].map(str::to_owned);
        let found: BTreeSet<String> = letters.chain(files(&root.join(name))).chain(frames).collect();
        let embedded = built_in(name, start()).unwrap();
        assert_eq!(embedded.iter().map(|(path, _)| path.to_owned()).collect::<BTreeSet<_>>(), found, "{name}");
    }
}

#[test]
fn r26_each_language_asks_for_a_missing_address_in_its_own_words() {
    for name in built_in_names() {
        let words = if is_english(name) { "If you will tell us your address" } else { "ご住所をお知らせ" };
        let (book, person) = (book(name), PersonName::parse("Emily Carter"));
        let thanks = StepId::parse("thanks-first").unwrap();
        for asks_address in [true, false] {
            let facts = Facts { asks_address, ..standard(person.as_ref()) };
            let mail = book.render(&thanks, &facts).unwrap();
            assert_eq!((mail.text.contains(words), mail.html.contains(words)), (asks_address, asks_address), "{name}");
        }
    }
}
