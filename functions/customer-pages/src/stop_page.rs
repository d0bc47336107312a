//! The pages of a stop: asking whether, saying that it is so, and taking it back.

use crate::page::{button_form, contact, page};
use crate::voice::Voice;
use maud::{Markup, html};
use wasurena_cloud::wishes::Wish;

/// What the button says that stops the mails, or takes that back. It stands in the ledger as the words in which somebody said
/// so.
pub(crate) fn wording(voice: Voice<'_>, wish: Wish) -> &'static str {
    match wish {
        Wish::Resume => voice.say("元に戻す", "Write to me again"),
        Wish::Stop | Wish::Reach => voice.say("お便りを止める", "Stop the mails"),
    }
}

fn button(voice: Voice<'_>, wish: Wish, class: &str) -> Markup {
    let value = if wish == Wish::Resume { "resume" } else { "stop" };
    button_form("wish", value, class, wording(voice, wish))
}

fn still(voice: Voice<'_>) -> Markup {
    html! {
        p class="small" {
            (voice.say(
                "ご注文の確認や発送のご連絡は、これまでどおりお届けします。",
                "Confirmations of orders and parcels still reach you as before.",
            ))
        }
    }
}

/// Where else to go: not all or nothing.
fn fewer(voice: Voice<'_>, preferences: &str) -> Markup {
    html! {
        p class="links" {
            a href=(preferences) {
                (voice.say("お便りの種類や回数だけを変える", "Choose which mails you get, and how often"))
            }
        }
    }
}

/// Asks whether to stop.
pub(crate) fn ask(voice: Voice<'_>, preferences: &str) -> Markup {
    let content = html! {
        p {
            (voice.say("当店からのメールのお便りをお止めします。", "We will send you no more mails.")) br;
            (voice.say("よろしければ、下のボタンを押してください。", "If that is what you want, please press the button."))
        }
        (button(voice, Wish::Stop, "main"))
        (still(voice))
        (fewer(voice, preferences))
        (contact(voice))
    };
    page(voice.language, voice.say("お便りの停止", "Stop the mails"), &voice.shop.name, &content)
}

/// Says that it has stopped, and how to take that back.
pub(crate) fn stopped(voice: Voice<'_>) -> Markup {
    let content = html! {
        p {
            (voice.say("お止めいたしました。", "You will get no more mails from us.")) br;
            (voice.say("これまでお読みくださり、ありがとうございました。", "Thank you for having read them."))
        }
        (still(voice))
        (button(voice, Wish::Resume, "quiet"))
        (contact(voice))
    };
    page(voice.language, voice.say("お便りをお止めしました", "The mails have stopped"), &voice.shop.name, &content)
}

/// Says that mails go out again.
pub(crate) fn resumed(voice: Voice<'_>, preferences: &str) -> Markup {
    let content = html! {
        p {
            (voice.say("元に戻しました。", "It is as it was before.")) br;
            (voice.say("これからも、ときどきお便りをお届けいたします。", "You will hear from us now and then."))
        }
        (button(voice, Wish::Stop, "quiet"))
        (fewer(voice, preferences))
        (contact(voice))
    };
    page(voice.language, voice.say("元に戻しました", "You hear from us again"), &voice.shop.name, &content)
}
