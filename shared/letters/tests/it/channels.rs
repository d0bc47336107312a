//! Channels in a programme's files, and what a person says or writes.

use crate::{Folder, hanako, standard, step};
use std::path::Path;
use wasurena_domain::channel::Channel;
use wasurena_domain::purchase::Consent;
use wasurena_letters::{Count, Facts};

/// What is found in the small programme whose usage message says this of its channels and has this letter.
fn found(keys: &str, letter: Option<&str>) -> Vec<String> {
    let mut folder = Folder::small();
    folder.edit("programme.toml", "day = 14\n", &format!("day = 14\n{keys}\n"));
    if let Some(letter) = letter {
        folder.write("letters/usage.txt", letter);
    }
    folder.load().map_or_else(|problems| problems.iter().map(ToString::to_string).collect(), |_| Vec::new())
}

/// The call that docs/programme.md shows.
fn call() -> String {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/programme.md")).unwrap();
    let (_, rest) = page.split_once("```letter\n").unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

#[track_caller]
fn check(keys: &str, letter: Option<&str>, expected: &[&str]) {
    let found = found(keys, letter);
    let fits = found.len() == expected.len() && found.iter().zip(expected).all(|(found, what)| found.contains(what));
    assert!(fits, "{keys}: {found:#?}");
}

#[test]
fn keys_of_channels() {
    let no_list = "programme.toml:16: form: `channels` in [[step]] must be a list of channels";
    check("channels = [\"letter\", \"mail\"]", None, &[]);
    check("channels = []", None, &[no_list]);
    check("channels = \"mail\"", None, &[no_list]);
    check("channels = [\"fax\"]", None, &[no_list]);
    check("channels = [\"mail\", \"mail\"]", None, &[no_list]);
    check("channels = [\"sns\", \"mail\"]", None, &["programme.toml:16: R22: `usage` asks for sns"]);
    check("channels = [\"letter\"]", None, &["programme.toml:17: R1: no step after the thank-you"]);
    check("letter = \"thanks-first\"", None, &["programme.toml:16: form: the days count from no letter"]);
}

#[test]
fn what_follows_a_letter_names_it() {
    let follow = |keys: &str, letter: &str| {
        let mut folder = Folder::small();
        let thanks = "latest_day = 3\n";
        folder.edit("programme.toml", thanks, &format!("{thanks}channels = [{letter}\"mail\"]\n"));
        let step =
            "[[step]]\nid = \"after\"\nclass = \"story\"\noccasions = \"1\"\nday = 5\nlatest_day = 9\nat = \"10:00\"\n";
        folder.edit("programme.toml", "[[series]]", &format!("{step}{keys}\n\n[[series]]"));
        folder.write("letters/after.txt", "件名: 葉書は届きましたか\n\n先日の葉書は届きましたでしょうか。\n");
        folder.load().map_or_else(|problems| problems.iter().map(ToString::to_string).collect(), |_| Vec::new())
    };
    let anchored = "anchor = \"letter\"\nletter = \"thanks-first\"";
    assert_eq!(follow(anchored, "\"letter\", "), Vec::<String>::new());
    let found = follow(anchored, "");
    assert!(found.len() == 1 && found[0].contains("R25: `after` follows a letter of `thanks-first`"), "{found:?}");
    let found = follow("anchor = \"letter\"", "\"letter\", ");
    assert!(found.len() == 1 && found[0].contains("form: nothing says which letter it follows"), "{found:?}");
}

#[test]
fn what_sells_is_no_call_and_no_visit() {
    let mut folder = Folder::utsuwa();
    folder.edit("programme.toml", "every_weeks = 13\n", "every_weeks = 13\nchannels = [\"visit\", \"mail\"]\n");
    let problems: Vec<String> = folder.load().unwrap_err().iter().map(ToString::to_string).collect();
    assert!(problems.iter().any(|problem| problem.contains("R23: `news` sells")), "{problems:#?}");
}

#[test]
fn a_call_says_first_that_it_is_no_selling() {
    let channels = "channels = [\"phone\", \"mail\"]";
    check(channels, Some(&call()), &[]);
    let silent = call().replace("ご案内や販売ではありません", "お元気ですか");
    check(channels, Some(&silent), &["letters/usage.txt:3: R23: the first words do not say"]);
    let promoting = call().replace("本日は", "新作の");
    check(channels, Some(&promoting), &["letters/usage.txt:4: R14: 「新作」 sells"]);
    let bare = ["R23: a call or a visit begins", "form: nothing says what the call", "form: nothing says what to say"];
    check(channels, None, &bare);
    check("channels = [\"letter\", \"mail\"]", Some(&call()), &["form: nobody says this"]);
}

#[test]
fn words_of_every_section_are_tried_out() {
    let channels = "channels = [\"phone\", \"mail\"]";
    let unknown = call().replace("またあらためます", "{{ nothing }}");
    check(channels, Some(&unknown), &["letters/usage.txt:8: form: there is no placeholder `nothing`"]);
}

#[test]
fn each_channel_has_its_words() {
    let mut folder = Folder::small();
    folder.edit("programme.toml", "day = 14\n", "day = 14\nchannels = [\"phone\", \"letter\", \"mail\"]\n");
    folder.write("letters/usage.txt", &call());
    let book = folder.book();
    let name = hanako();
    let facts = standard(name.as_ref());
    let script = |channel| book.letters().script(&book.shop, &step("usage"), channel, &facts).unwrap();
    let spoken = script(Channel::Phone);
    assert!(spoken.opening.unwrap().contains("ご案内や販売ではありません"));
    assert!(spoken.absent.unwrap().contains("またあらためます"));
    assert_eq!(spoken.body, "山田 花子様、粉引の飯碗の使い心地はいかがでしょうか。");
    let written = script(Channel::Letter);
    assert_eq!((written.opening, written.absent, written.body), (None, None, spoken.body.clone()));
    let mail = book.render(&step("usage"), &facts).unwrap();
    assert!(mail.text.contains("いかがでしょうか。") && !mail.text.contains("【"), "{}", mail.text);
    assert!(!mail.text.contains("またあらためます") && !mail.html.contains("販売では"), "{}", mail.text);
}

#[test]
fn on_paper_the_answers_to_a_survey_are_lines_without_links() {
    let mut folder = Folder::utsuwa();
    folder.edit("programme.toml", "id = \"arrival\"\n", "id = \"arrival\"\nchannels = [\"letter\", \"mail\"]\n");
    let book = folder.book();
    let written = book.letters().script(&book.shop, &step("arrival"), Channel::Letter, &standard(None)).unwrap();
    assert!(written.body.contains("・気に入って使っています"), "{}", written.body);
    assert!(!written.body.contains("https://"), "{}", written.body);
}

#[test]
fn r26_a_mail_asks_for_the_address_that_is_missing() {
    let book = Folder::utsuwa().book();
    let name = hanako();
    for asks_address in [true, false] {
        let facts = Facts { asks_address, ..standard(name.as_ref()) };
        let mail = book.render(&step("usage"), &facts).unwrap();
        assert_eq!(mail.text.contains("ご住所をお知らせ"), asks_address);
        assert_eq!(mail.html.contains("ご住所をお知らせ"), asks_address);
    }
}

#[test]
fn further_texts_are_letters_of_their_step() {
    let book = Folder::utsuwa().book();
    let name = hanako();
    let again = book.programme.steps.iter().find(|one| one.id == step("thanks-again")).unwrap();
    assert_eq!(again.texts.len(), 3);
    for text in again.all_texts() {
        // Thanks are owed to everybody, and lead nowhere.
        for consent in [Consent::Granted, Consent::Denied] {
            let mail = book.render(text, &Facts { consent, count: Count::Nth(4), ..standard(name.as_ref()) }).unwrap();
            assert!(!mail.text.contains("https://sakura.example.jp/") && mail.text.contains("山田 花子様"), "{text}");
        }
    }
}

#[test]
fn a_step_of_each_occasion_with_one_text_is_a_warning() {
    assert_eq!(Folder::utsuwa().book().warnings(), []);
    let mut folder = Folder::small();
    folder.edit("programme.toml", "class = \"usage\"", "class = \"story\"");
    let warnings: Vec<String> = folder.book().warnings().iter().map(ToString::to_string).collect();
    assert!(warnings.len() == 1 && warnings[0].contains("`usage` comes with each occasion"), "{warnings:?}");
    folder.edit("programme.toml", "class = \"story\"\n", "class = \"story\"\nonce_per = \"product\"\n");
    assert_eq!(folder.book().warnings(), []);
}
