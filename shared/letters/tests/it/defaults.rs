//! The default programme: every mail as it is read, and what must be true of all of them.

use crate::{Folder, hanako, shop, shown, standard, start, step};
use std::collections::BTreeSet;
use wasurena_domain::programme::Class;
use wasurena_domain::purchase::Consent;
use wasurena_letters::{Book, Count, Facts, Product, RenderError, load, load_shop, utsuwa};

fn book() -> Book {
    Folder::utsuwa().book()
}

/// The purchase after which a message comes.
fn count_of(id: &str) -> Count {
    match id {
        id if id.starts_with("thanks-again") => Count::Nth(3),
        id if id == "thanks-second" || id.starts_with("news-") || id.starts_with("present-") => Count::Nth(2),
        _ => Count::Nth(1),
    }
}

#[test]
fn every_default_mail() {
    let (book, name) = (book(), hanako());
    for (id, _) in book.programme.messages() {
        let plain = standard(name.as_ref());
        let facts = Facts { count: count_of(id.as_str()), made_to_order: id.as_str() == "making", ..plain };
        insta::assert_snapshot!(id.as_str(), shown(&book.render(id, &facts).unwrap()));
    }
}

#[test]
fn the_first_three_for_every_kind_of_customer() {
    let (book, name) = (book(), hanako());
    let plain = standard(name.as_ref());
    let kinds = [
        ("gift", Facts { gift: true, ..plain }),
        ("made-to-order", Facts { made_to_order: true, ..plain }),
        ("nameless", Facts { addressee: None, ..plain }),
        ("no-consent", Facts { consent: Consent::Unknown, ..plain }),
        ("unknown-count", Facts { count: Count::Unknown, ..plain }),
        ("no-picture", Facts { product: Some(Product { name: "粉引の飯碗", ..Product::default() }), ..plain }),
        ("no-product", Facts { product: None, ..plain }),
    ];
    for id in ["thanks-first", "making", "arrival", "usage"] {
        for (kind, facts) in &kinds {
            let mail = book.render(&step(id), facts).unwrap();
            let shown = format!("件名: {}\n\n{}", mail.subject, mail.text);
            insta::assert_snapshot!(format!("{id}-{kind}"), shown);
            assert_eq!(mail.html.contains("<img"), facts.product.and_then(|p| p.picture).is_some(), "{id} {kind}");
        }
    }
}

#[test]
fn only_what_arrives_late_is_told_of_while_it_is_made() {
    let book = book();
    let late: Vec<&str> =
        book.programme.steps.iter().filter(|step| step.arrives_late).map(|step| step.id.as_str()).collect();
    assert_eq!(late, ["making"]);
}

#[test]
fn the_story_of_a_thing_is_told_with_its_thanks_and_once() {
    let (book, name) = (book(), hanako());
    let plain = standard(name.as_ref());
    let story = "山の土に白い化粧をかけ、薪の窯で焼いています。";
    let product = plain.product.map(|product| Product { story: Some(story), ..product });
    let telling = book.programme.messages().filter(|(id, _)| {
        let facts = Facts { product, count: count_of(id.as_str()), ..plain };
        book.render(id, &facts).unwrap().text.contains(story)
    });
    assert_eq!(telling.map(|(id, _)| id.as_str()).collect::<Vec<_>>(), ["thanks-first"]);
}

#[test]
fn the_start_date_is_the_installations() {
    let shop = load_shop(&shop(), &utsuwa("2027-03-04".parse().unwrap())).unwrap();
    assert_eq!(shop.start_date.to_string(), "2027-03-04");
    assert_eq!((shop.shards, shop.occasion_days, shop.history_complete), (1, 7, true));
    assert_eq!(shop.legal.operator, "佐藤 花子");
}

#[test]
fn the_default_year_has_its_messages() {
    let book = book();
    let count = |class| book.programme.messages().filter(|(_, c)| *c == class).count();
    let classes = [Class::Thanks, Class::Survey, Class::Greeting, Class::Voices, Class::Story, Class::Promotion];
    assert_eq!(classes.map(count), [6, 1, 13, 3, 4, 4]);
    // Thirteen greetings: three letters, and two each for winter, winter's cards, summer, birthdays and the day of the first
    // purchase. Thanks from the third purchase on in four texts. Usage, and three of care.
    assert_eq!(count(Class::Usage), 4);
}

#[test]
fn r7_the_seasons_are_greeted_for_two_years_and_nobody_is_congratulated() {
    let (book, name) = (book(), hanako());
    let dates: Vec<_> = book.programme.dated.iter().map(|d| (d.on.name(), d.letters.len())).collect();
    let others = [("first_purchase", 2), ("birthday", 2), ("birthday", 2)];
    let seasons = [("mid_winter", 2), ("mid_winter", 2), ("mid_summer", 2)];
    assert_eq!((&dates[..3], &dates[3..]), (&seasons[..], &others[..]));
    for (id, _) in book.programme.messages() {
        let facts = Facts { count: count_of(id.as_str()), ..standard(name.as_ref()) };
        assert!(!book.render(id, &facts).unwrap().text.contains("おめでと"), "{id}");
    }
}

#[test]
fn no_two_letters_say_the_same() {
    let (book, name) = (book(), hanako());
    let mut subjects = BTreeSet::new();
    let mut sentences = BTreeSet::new();
    // What an address and a salutation say may come again; a thought may not.
    for (id, class) in book.programme.messages().filter(|(_, class)| *class != Class::Thanks) {
        let facts = Facts { count: count_of(id.as_str()), ..standard(name.as_ref()) };
        let mail = book.render(id, &facts).unwrap();
        assert!(subjects.insert(mail.subject), "{id} has a subject that another has");
        let letter = mail.text.split("\n\nうつわ さくら\n").next().unwrap().to_owned();
        for sentence in letter.split(['。', '\n']).filter(|s| s.chars().count() > 20 && !s.contains("ご返信")) {
            assert!(sentences.insert(sentence.to_owned()), "{id} ({}) repeats: {sentence}", class.name());
        }
    }
}

#[test]
fn every_mail_shows_what_the_law_wants() {
    let (book, name) = (book(), hanako());
    let footer = "\
このお便りは、うつわ さくらをご利用くださった方と、お便りをご希望の方にお送りしています。
ご不要の際は、いつでもこちらからお止めいただけます → https://otayori.example.jp/c/sakura/stop/TOKEN
種類や回数のご変更、ひと休みはこちらから → https://otayori.example.jp/c/sakura/p/TOKEN
うつわ さくら(運営:佐藤 花子)〒000-0000 ○○県○○市○○町1-2-3
お問い合わせ・ご意見:00-0000-0000(10〜17時、水曜休)/sato@sakura.example.jp/ご返信でも承ります
";
    for (id, _) in book.programme.messages() {
        let facts = Facts { count: count_of(id.as_str()), ..standard(name.as_ref()) };
        let mail = book.render(id, &facts).unwrap();
        assert!(mail.text.ends_with(footer), "{id}");
        for part in
            ["href=\"https://otayori.example.jp/c/sakura/stop/TOKEN\"", "佐藤 花子", "〒000-0000", "00-0000-0000"]
        {
            assert!(mail.html.contains(part), "{id}: {part}");
        }
        // Key content (R16): the thing by its name, somewhere in subject or letter.
        assert!(mail.subject.contains("粉引の飯碗") || mail.text.contains("粉引の飯碗"), "{id}");
    }
}

#[test]
fn nothing_in_a_mail_asks_anyone_when_it_is_opened() {
    let (book, name) = (book(), hanako());
    for (id, _) in book.programme.messages() {
        let facts = Facts { count: count_of(id.as_str()), product: None, ..standard(name.as_ref()) };
        let html = book.render(id, &facts).unwrap().html;
        for foreign in ["@import", "<link", "<script", "<iframe", "url(", "src=", "googleapis"] {
            assert!(!html.contains(foreign), "{id}: {foreign}");
        }
        assert!(html.len() < 60 * 1024, "{id} has {} bytes", html.len());
    }
}

#[test]
fn the_shops_pages_are_only_for_those_who_asked() {
    let (book, name) = (book(), hanako());
    let page = "https://sakura.example.jp/";
    for (id, consent, leads) in [
        ("thanks-first", Consent::Granted, false),
        ("thanks-first", Consent::Unknown, false),
        ("arrival", Consent::Granted, true),
        ("arrival", Consent::Unknown, false),
        ("arrival", Consent::Denied, false),
        ("usage", Consent::Denied, false),
    ] {
        let mail = book.render(&step(id), &Facts { consent, ..standard(name.as_ref()) }).unwrap();
        assert_eq!(mail.text.contains(page), leads, "{id} {consent:?}");
        assert_eq!(mail.html.contains(page), leads, "{id} {consent:?}");
        let invites = consent != Consent::Granted;
        assert_eq!(mail.text.contains("お便り希望"), invites, "{id} {consent:?}");
        assert_eq!(mail.html.contains("お便り希望"), invites, "{id} {consent:?}");
    }
}

#[test]
fn nothing_sells_before_the_second_purchase() {
    let (book, name) = (book(), hanako());
    let news = step("news-presents");
    let render = |count, consent| book.render(&news, &Facts { count, consent, ..standard(name.as_ref()) });
    for n in [0, 1] {
        let refused = RenderError::SellsTooEarly { step: news.clone() };
        assert_eq!(render(Count::Nth(n), Consent::Granted).unwrap_err(), refused);
    }
    assert!(render(Count::Nth(2), Consent::Granted).is_ok());
    // Without consent there is no way to the shop's pages, so a letter that leads there does not render.
    assert!(matches!(render(Count::Nth(2), Consent::Denied), Err(RenderError::Template { line: 10, .. })));
}

#[test]
fn a_message_that_is_gone_says_so() {
    let gone = step("gone");
    let error = book().render(&gone, &standard(None)).unwrap_err();
    assert_eq!(error, RenderError::UnknownStep { step: gone });
}

#[test]
fn greetings_follow_the_count() {
    let mut folder = Folder::small();
    folder.write("letters/thanks-first.txt", "件名: 御礼\n\n{{ greeting }}\n");
    let book = folder.book();
    for (count, gift, expected) in [
        (Count::Unknown, false, "当店のうつわをお選びくださり、ありがとうございます。"),
        (Count::Nth(0), false, "当店のうつわをお選びくださり、ありがとうございます。"),
        (Count::Nth(1), false, "このたびは当店のうつわをお選びくださり、誠にありがとうございます。"),
        (
            Count::Nth(2),
            false,
            "ふたたびお選びくださり、ありがとうございます。またお目にかかれたようで、うれしく存じます。",
        ),
        (Count::Nth(3), false, "いつもありがとうございます。"),
        (Count::Nth(5), false, "いつもありがとうございます。"),
        (Count::Nth(6), false, "いつもいつもお心を寄せてくださり、心より御礼申し上げます。"),
        (Count::Nth(2), true, "大切な方への贈りものに当店をお選びくださり、ありがとうございます。"),
    ] {
        let mail = book.render(&step("thanks-first"), &Facts { count, gift, ..standard(None) }).unwrap();
        assert_eq!(mail.text.lines().next(), Some(expected), "{count:?} {gift}");
    }
}

#[test]
fn the_version_follows_the_files() {
    let version = |folder: &Folder| folder.book().version().to_owned();
    let small = Folder::small();
    let mut other = small.clone();
    other.edit("letters/usage.txt", "長く", "末長く");
    assert_eq!(version(&small), version(&small.clone()));
    assert_ne!(version(&small), version(&other));
    assert!(load(&shop(), &utsuwa(start())).is_ok());
}
