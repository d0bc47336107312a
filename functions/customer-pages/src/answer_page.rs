//! The pages of a survey: the answers with the tapped one chosen, and the thanks afterwards.

use crate::page::{contact, page};
use crate::voice::Voice;
use maud::{Markup, html};
use wasurena_domain::ids::AnswerId;
use wasurena_domain::listening::{Means, Question, WORDS_MAX};

/// Shows the answers. `chosen` is the one that was tapped.
pub(crate) fn ask(voice: Voice<'_>, question: &Question, gift: bool, chosen: Option<&AnswerId>) -> Markup {
    let content = html! {
        p {
            (voice.say("お声をお寄せくださり、ありがとうございます。", "Thank you for taking a moment.")) br;
            (voice.say("いちばん近いものを、ひとつお選びください。", "Please choose what comes closest."))
        }
        form method="post" {
            @for choice in &question.answers {
                label class="choice" {
                    input type="radio" name="answer" value=(choice.id) required checked[chosen == Some(&choice.id)];
                    (choice.words(gift))
                }
            }
            label class="words" {
                (voice.say("よろしければ、ひとことどうぞ", "A word of your own, if you like"))
                input type="text" name="words" maxlength=(WORDS_MAX) autocomplete="off";
            }
            button class="main" { (voice.say("お店に届ける", "Tell the shop")) }
        }
        (contact(voice))
    };
    let title = voice.say("お声をお聞かせください", "We would like to hear from you");
    page(voice.language, title, &voice.shop.name, &content)
}

/// Says thanks, or sorry, for an answer.
pub(crate) fn answered(voice: Voice<'_>, question: &Question, means: Means) -> Markup {
    let content = html! {
        @if means.is_unhappy() {
            (sorry(voice))
        } @else {
            p {
                (voice.say("お聞かせくださり、ありがとうございました。", "Thank you for telling us.")) br;
                (voice.who()) (voice.say("が、大切に拝見します。", ", reads every word."))
            }
        }
        @if let Some(reward) = &question.reward {
            p class="reward" { (reward) }
        }
        p class="small" {
            (voice.say(
                "お選びなおしになるときは、前の画面にお戻りください。新しいほうを承ります。",
                "To change your answer, go back one page. The newest one counts.",
            ))
        }
        (contact(voice))
    };
    let title = voice.say("お声をいただきました", "Thank you for telling us");
    page(voice.language, title, &voice.shop.name, &content)
}

/// Says sorry, and who sees to it.
pub(crate) fn sorry(voice: Voice<'_>) -> Markup {
    html! {
        p {
            (voice.say("ご期待に沿えず、申し訳ございません。", "We are sorry that this was not what it should be.")) br;
            (voice.say("お知らせくださり、ありがとうございました。", "Thank you for telling us."))
        }
        p { (voice.who()) (voice.say("が拝見し、あらためてご連絡を差し上げます。", ", will look into it and get back to you.")) }
    }
}
