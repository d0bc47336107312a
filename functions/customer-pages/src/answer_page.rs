//! The pages of a survey: the answers with the tapped one chosen, and the thanks afterwards.

use crate::page::{contact, page};
use maud::{Markup, html};
use wasurena_domain::ids::AnswerId;
use wasurena_domain::listening::{Means, Question, WORDS_MAX};
use wasurena_domain::shop::Shop;

/// Shows the answers. `chosen` is the one that was tapped.
pub(crate) fn ask(shop: &Shop, question: &Question, gift: bool, chosen: Option<&AnswerId>) -> Markup {
    let content = html! {
        p { "お声をお寄せくださり、ありがとうございます。" br; "いちばん近いものを、ひとつお選びください。" }
        form method="post" {
            @for choice in &question.answers {
                label class="choice" {
                    input type="radio" name="answer" value=(choice.id) required checked[chosen == Some(&choice.id)];
                    (choice.words(gift))
                }
            }
            label class="words" {
                "よろしければ、ひとことどうぞ"
                input type="text" name="words" maxlength=(WORDS_MAX) autocomplete="off";
            }
            button class="main" { "お店に届ける" }
        }
        (contact(shop))
    };
    page("お声をお聞かせください", &shop.name, &content)
}

/// Says thanks, or sorry, for an answer.
pub(crate) fn answered(shop: &Shop, question: &Question, means: Means) -> Markup {
    let staff = &shop.staff;
    let content = html! {
        @if means.is_unhappy() {
            p { "ご期待に沿えず、申し訳ございません。" br; "お知らせくださり、ありがとうございました。" }
            p { (staff.role) "の" (staff.name) "が拝見し、あらためてご連絡を差し上げます。" }
        } @else {
            p { "お聞かせくださり、ありがとうございました。" br; (staff.role) "の" (staff.name) "が、大切に拝見します。" }
        }
        @if let Some(reward) = &question.reward {
            p class="reward" { (reward) }
        }
        p class="small" { "お選びなおしになるときは、前の画面にお戻りください。新しいほうを承ります。" }
        (contact(shop))
    };
    page("お声をいただきました", &shop.name, &content)
}
