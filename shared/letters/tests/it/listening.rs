//! Surveys and remedies in a programme's files: what is read, what a mail shows, and what is refused with which words.

use crate::{Folder, shop, standard, step};
use wasurena_domain::listening::Means;
use wasurena_letters::{Facts, load};

const PROGRAMME: &str = "programme.toml";
const ARRIVAL: &str = "letters/arrival.txt";

#[test]
fn the_default_survey_has_four_answers_and_the_programme_one_remedy() {
    let listening = Folder::utsuwa().book().programme.listening;
    let question = &listening.questions[&step("arrival")];
    let means: Vec<Means> = question.answers.iter().map(|choice| choice.means).collect();
    assert_eq!(means, Means::ALL);
    assert_eq!(
        (question.answers[0].words(true), question.answers[2].words(true)),
        ("喜んでもらえました", "思っていたものと少し違いました")
    );
    assert_eq!((question.reward.as_deref(), listening.remedies), (None, vec![step("apology")]));
}

#[test]
fn each_answer_is_a_link_of_its_own_in_text_and_html() {
    let book = Folder::utsuwa().book();
    let url = "https://otayori.example.jp/c/sakura/a/TOKEN";
    let mail = book.render(&step("arrival"), &standard(None)).unwrap();
    for (id, says) in [
        ("liked", "気に入って使っています"),
        ("not-yet", "まだ使っていません"),
        ("broken", "割れ、欠けなどがありました"),
    ] {
        assert!(mail.text.contains(&format!("\n{says} → {url}/{id}\n")), "{}", mail.text);
        assert!(mail.html.contains(&format!("href=\"{url}/{id}\">{says}</a>")), "{id}");
    }
    assert_eq!(mail.html.matches("class=\"answer\"").count(), 4, "big enough for a thumb");
    let gift = book.render(&step("arrival"), &Facts { gift: true, ..standard(None) }).unwrap();
    assert!(gift.text.contains("喜んでもらえました → ") && !gift.text.contains("気に入って使っています"));
    // Without a page to lead to, they are lines to be answered by a reply.
    let shown = book.render(&step("arrival"), &Facts { answer_url: None, ..standard(None) }).unwrap();
    assert!(shown.text.contains("\n・気に入って使っています\n") && !shown.html.contains("class=\"answer\""));
}

/// One fault in the default programme, and what is said of it.
#[track_caller]
fn refused(file: &str, from: &str, to: &str, rule: &str, what: &str) {
    let mut folder = Folder::utsuwa();
    folder.edit(file, from, to);
    let problems = load(&shop(), &folder.files()).err().unwrap_or_default();
    let shown: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let is_said = shown.iter().any(|problem| problem.contains(&format!(": {rule}: ")) && problem.contains(what));
    assert!(is_said, "{what:?} is not in {shown:#?}");
}

#[test]
fn what_is_wrong_with_a_question_or_a_remedy_is_said_with_its_rule() {
    let unhappy = "means = \"unhappy\"\n\n[[step.answer]]\nid = \"broken\"\nsays = \"割れ、欠けなどがありました\"\nmeans = \"broken\"\n";
    for (file, from, to, rule, what) in [
        (
            PROGRAMME,
            "means = \"happy\"",
            "means = \"glad\"",
            "form",
            "`means` in [[step.answer]] must be one of happy, neutral, unhappy, broken",
        ),
        (
            PROGRAMME,
            "id = \"liked\"",
            "id = \"Liked!\"",
            "form",
            "`id` in [[step.answer]] must be a name of 1 to 24 characters",
        ),
        (PROGRAMME, "id = \"liked\"\n", "", "form", "`id` is missing in [[step.answer]]"),
        (
            PROGRAMME,
            "id = \"liked\"\n",
            "id = \"liked\"\ncolour = \"red\"\n",
            "form",
            "`colour` is no key in [[step.answer]]",
        ),
        (PROGRAMME, "id = \"not-yet\"", "id = \"liked\"", "form", "the answer `liked` stands twice in `arrival`"),
        (
            PROGRAMME,
            unhappy,
            "means = \"neutral\"\n",
            "R29",
            "`arrival` leaves nobody a way to say that they are not happy",
        ),
        (
            PROGRAMME,
            "class = \"survey\"",
            "class = \"usage\"",
            "form",
            "`arrival` has answers to choose from, and is of class usage",
        ),
        (
            PROGRAMME,
            "id = \"usage\"\nclass = \"usage\"",
            "id = \"usage\"\nreward = \"お茶\"\nclass = \"usage\"",
            "form",
            "there is none to choose",
        ),
        (PROGRAMME, "id = \"apology\"", "id = \"usage\"", "form", "the id `usage` stands twice"),
        (PROGRAMME, "id = \"apology\"", "id = \"sorry\"", "form", "`sorry` has no letter"),
        (
            PROGRAMME,
            "id = \"making\"\nclass = \"story\"",
            "id = \"making\"\nclass = \"remedy\"",
            "R28",
            "`making` makes good with nobody asked",
        ),
        (ARRIVAL, "{{ answers }}", "", "R29", "the letter does not show the answers that can be tapped"),
        (
            "letters/usage.txt",
            "\n\n{{ addressee }}",
            "\n\n{{ addressee }}\n\n{{ answers }}",
            "form",
            "the letter shows answers, and its step has none",
        ),
        (
            "letters/apology.txt",
            "ありがたく思っております。",
            "ありがたく思っております。新作もご覧ください。",
            "R14",
            "新作",
        ),
    ] {
        refused(file, from, to, rule, what);
    }
}

#[test]
fn an_apology_may_hold_a_coupon_and_needs_no_consent() {
    let mut folder = Folder::utsuwa();
    folder.edit(
        "letters/apology.txt",
        "ありがたく思っております。",
        "ありがたく思っております。お詫びにクーポンを同封します。",
    );
    let facts = Facts { consent: wasurena_domain::purchase::Consent::Unknown, ..standard(None) };
    assert!(folder.book().render(&step("apology"), &facts).unwrap().text.contains("クーポン"));
}
