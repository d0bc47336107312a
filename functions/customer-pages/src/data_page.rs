//! The pages about somebody's data: asking for it, that a mail is on its way, confirming, and what came of it.

use crate::form::BUTTON;
use crate::page::{contact, page, trap};
use crate::voice::Voice;
use maud::{Markup, html};
use wasurena_cloud::confirming::{Change, VALID_HOURS};
use wasurena_letters::Language;
use wasurena_letters::link::Confirms;

/// The button that asks to see what is kept.
pub(crate) const EXPORT: &str = "export";
/// The button that asks to have it erased.
pub(crate) const ERASE: &str = "erase";
/// The button that confirms.
pub(crate) const CONFIRM: &str = "confirm";
/// The button that gets the file.
pub(crate) const DOWNLOAD: &str = "download";

/// The parts of what is kept, in the order in which they are shown.
const PARTS: [&str; 7] = ["customer", "purchases", "follow_ups", "ledger", "answers", "cases", "asked"];

fn button(name: &str, class: &str, label: &str) -> Markup {
    html! {
        form method="post" { (trap()) button class=(class) name=(BUTTON) value=(name) { (label) } }
    }
}

/// What a link confirms, in a few words.
pub(crate) fn what(voice: Voice<'_>, what: Confirms) -> &'static str {
    match what {
        Confirms::Change => voice.say("ご登録内容の変更", "a change of your data"),
        Confirms::Export => voice.say("お預かりしている内容の開示", "a copy of what we keep about you"),
        Confirms::Erasing => voice.say("お預かりしている内容の消去", "the erasing of what we keep about you"),
    }
}

/// Asks what they want.
pub(crate) fn ask(voice: Voice<'_>, masked: Option<&str>) -> Markup {
    let content = html! {
        p {
            (voice.say(
                "お預かりしている内容をご覧になることも、消すこともできます。",
                "You can see what we keep about you, and have it erased.",
            ))
        }
        @if let Some(masked) = masked {
            p {
                (voice.say(
                    format!("ご本人と確かめるため、{masked} へメールをお送りします。"),
                    format!("To make sure that it is you, we send a mail to {masked}."),
                ))
            }
            h2 { (voice.say("内容を見る", "See it")) }
            (button(EXPORT, "main", voice.say("確認のメールを受け取る", "Send me the mail")))
            h2 { (voice.say("内容を消す", "Have it erased")) }
            p {
                (voice.say(
                    "お買い物の控えもお便りの予定も消え、元には戻せません。",
                    "Your purchases and whatever was to be sent are erased, and cannot be brought back.",
                ))
            }
            (button(ERASE, "quiet", voice.say("消すための確認のメールを受け取る", "Send me the mail to erase it")))
        } @else {
            p {
                (voice.say(
                    "メールアドレスをお預かりしていないため、恐れ入りますが、下記までご連絡ください。",
                    "We have no mail address of yours, so please get in touch with us.",
                ))
            }
        }
        (contact(voice))
    };
    page(voice.language, voice.say("お預かりしている内容", "What we keep about you"), &voice.shop.name, &content)
}

/// Says that a mail is on its way.
pub(crate) fn sent(voice: Voice<'_>, masked: &str) -> Markup {
    let content = html! {
        p {
            (voice.say(
                format!("{masked} へ、確認のメールをお送りしました。"),
                format!("We have sent a mail to {masked}."),
            )) br;
            (voice.say(
                format!("{VALID_HOURS}時間以内に、そのメールのリンクをお開きください。"),
                format!("Please open the link in it within {VALID_HOURS} hours."),
            ))
        }
        p class="small" {
            (voice.say(
                "お開きになるまで、何も変わりません。届かないときは、迷惑メールのフォルダもお確かめください。",
                "Nothing changes until you do. If it does not come, please look into your spam folder too.",
            ))
        }
        (contact(voice))
    };
    page(voice.language, voice.say("確認のメールをお送りしました", "A mail is on its way"), &voice.shop.name, &content)
}

/// Says that no more mails go out today.
pub(crate) fn too_many(voice: Voice<'_>) -> Markup {
    let content = html! {
        p {
            (voice.say(
                "本日は、確認のメールをこれ以上お送りできません。",
                "We cannot send any more of these mails today.",
            )) br;
            (voice.say("恐れ入りますが、明日もう一度お試しください。", "Please try again tomorrow."))
        }
        (contact(voice))
    };
    page(
        voice.language,
        voice.say("明日もう一度お試しください", "Please try again tomorrow"),
        &voice.shop.name,
        &content,
    )
}

/// Asks to confirm.
pub(crate) fn confirm(voice: Voice<'_>, asked: Confirms, change: Option<&Change>) -> Markup {
    let label = match asked {
        Confirms::Change => voice.say("このとおりに変える", "Change it"),
        Confirms::Export => voice.say("内容を見る", "Show it"),
        Confirms::Erasing => voice.say("すべて消す", "Erase everything"),
    };
    let content = html! {
        p {
            (voice.say(
                format!("{}のお申し出をいただきました。", what(voice, asked)),
                format!("You have asked for {}.", what(voice, asked)),
            )) br;
            (voice.say("お間違いなければ、下のボタンを押してください。", "If that is right, please press the button."))
        }
        @match change {
            Some(Change::Birthday(birthday)) => p class="reward" {
                (voice.say("お誕生日: ", "Birthday: ")) (birthday.to_string().trim_start_matches("--"))
            },
            Some(Change::Address(address)) => p class="reward" { (voice.say("お届け先: ", "Address: ")) (address) },
            None => {},
        }
        @if asked == Confirms::Erasing {
            p { (voice.say("元には戻せません。", "It cannot be brought back.")) }
        }
        (button(CONFIRM, "main", label))
        (contact(voice))
    };
    page(voice.language, voice.say("ご確認", "Please confirm"), &voice.shop.name, &content)
}

/// Says that a change was made.
pub(crate) fn changed(voice: Voice<'_>) -> Markup {
    let content = html! {
        p {
            (voice.say("承りました。", "It is changed.")) br;
            (voice.say("お知らせくださり、ありがとうございました。", "Thank you for telling us."))
        }
        (contact(voice))
    };
    page(voice.language, voice.say("承りました", "It is changed"), &voice.shop.name, &content)
}

/// Says that everything is erased.
pub(crate) fn erased(voice: Voice<'_>) -> Markup {
    let content = html! {
        p {
            (voice.say("お預かりしていた内容を消しました。", "What we kept about you is erased.")) br;
            (voice.say("これまでのご縁に、心より御礼申し上げます。", "Thank you for having been our customer."))
        }
        (contact(voice))
    };
    page(voice.language, voice.say("消しました", "It is erased"), &voice.shop.name, &content)
}

/// Shows everything that is kept.
pub(crate) fn everything(voice: Voice<'_>, everything: &serde_json::Value) -> Markup {
    let told = PARTS.iter().filter_map(|name| Some((*name, everything.get(name)?)));
    let told = told.filter(|(_, value)| !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty()));
    let content = html! {
        p {
            (voice.say(
                "お預かりしている内容のすべてです。",
                "This is all that we keep about you.",
            ))
        }
        (button(DOWNLOAD, "main", voice.say("ファイルで受け取る(JSON)", "Get it as a file (JSON)")))
        @for (name, value) in told {
            h2 { (part(voice, name)) }
            div class="data" { (serde_json::to_string_pretty(value).unwrap_or_default()) }
        }
        (contact(voice))
    };
    page(voice.language, voice.say("お預かりしている内容", "What we keep about you"), &voice.shop.name, &content)
}

fn part<'a>(voice: Voice<'_>, name: &'a str) -> &'a str {
    match (voice.language, name) {
        (Language::Japanese, "customer") => "お客さまのこと",
        (Language::Japanese, "purchases") => "お買い物",
        (Language::Japanese, "follow_ups") => "お便り",
        (Language::Japanese, "ledger") => "お便りについて伺ったこと",
        (Language::Japanese, "answers") => "お寄せいただいたお声",
        (Language::Japanese, "cases") => "お困りごと",
        (Language::Japanese, "asked") => "お申し出",
        (Language::English, "customer") => "About you",
        (Language::English, "purchases") => "Purchases",
        (Language::English, "follow_ups") => "Messages",
        (Language::English, "ledger") => "What you said about hearing from us",
        (Language::English, "answers") => "Your answers",
        (Language::English, "cases") => "What was wrong",
        (Language::English, "asked") => "What you asked for",
        _ => name,
    }
}
