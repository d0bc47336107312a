//! "Something is wrong": what happened, and the page that asks. It opens a case by the same path as an unhappy answer.

use crate::answer_page::sorry;
use crate::form::{BUTTON, Form};
use crate::page::{contact, page, problem, trap};
use crate::voice::Voice;
use maud::{Markup, html};
use wasurena_domain::ids::AnswerId;
use wasurena_domain::listening::{Choice, Means, WORDS_MAX};

/// The button that tells the shop.
const TELL: &str = "tell";

/// What may be wrong: its permanent name, what it means, and in which words it is said.
const CHOICES: [(&str, Means, &str, &str); 4] = [
    ("wrong-broken", Means::Broken, "割れていた、壊れていた", "It was broken"),
    ("wrong-thing", Means::Unhappy, "注文したものと違う", "It is not what I ordered"),
    ("wrong-fails", Means::Broken, "うまく使えない、動かない", "It does not work"),
    ("wrong-other", Means::Unhappy, "そのほか", "Something else"),
];

/// What a form says.
#[derive(Debug)]
pub(crate) enum Told {
    /// What happened, and in which words.
    Problem(Choice, Option<String>),
    /// Nothing was chosen.
    Nothing,
    /// It comes from a machine.
    Machine,
}

/// Reads a form.
pub(crate) fn read(voice: Voice<'_>, form: &Form) -> Told {
    if form.is_trapped() {
        return Told::Machine;
    }
    let chosen = CHOICES.iter().find(|(name, ..)| form.presses(TELL) && form.get("what") == Some(*name));
    let choice = chosen.and_then(|(name, means, japanese, english)| {
        let says = voice.say(*japanese, *english).to_owned();
        Some(Choice { id: AnswerId::parse(name).ok()?, says, says_gift: None, means: *means })
    });
    choice.map_or(Told::Nothing, |choice| Told::Problem(choice, form.get("words").map(str::to_owned)))
}

/// Asks what happened. `missed` where a form came that chose nothing.
pub(crate) fn ask(voice: Voice<'_>, missed: bool) -> Markup {
    let content = html! {
        p {
            (voice.say("お困りのことがありましたら、お聞かせください。", "If something is wrong, please tell us.")) br;
            (voice.who()) (voice.say("が拝見し、ご連絡を差し上げます。", ", will read it and get back to you."))
        }
        @if missed {
            (problem(voice.say("エラー: どれかひとつをお選びください。", "Error: please choose one of these.")))
        }
        form method="post" {
            fieldset {
                legend { (voice.say("どうなさいましたか", "What happened?")) }
                @for (name, _, japanese, english) in CHOICES {
                    label class="choice" {
                        input type="radio" name="what" value=(name) required;
                        (voice.say(japanese, english))
                    }
                }
            }
            label class="words" {
                (voice.say("よろしければ、くわしくお聞かせください(300字まで)", "More about it, if you like (up to 300 characters)"))
                textarea name="words" maxlength=(WORDS_MAX) rows="4" autocomplete="off" {}
            }
            (trap())
            button class="main" name=(BUTTON) value=(TELL) { (voice.say("お店に知らせる", "Tell the shop")) }
        }
        (contact(voice))
    };
    page(voice.language, voice.say("お困りのことがありましたら", "Something is wrong"), &voice.shop.name, &content)
}

/// Says sorry and thanks.
pub(crate) fn told(voice: Voice<'_>) -> Markup {
    let content = html! { (sorry(voice)) (contact(voice)) };
    page(voice.language, voice.say("承りました", "We have heard you"), &voice.shop.name, &content)
}
