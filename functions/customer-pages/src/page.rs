//! The pages: phone first, no script, nothing personal on them.

use crate::form::TRAP;
use crate::voice::Voice;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use wasurena_letters::Language;

const STYLE: &str = "
:root { color-scheme: light dark; --ink: #33302b; --paper: #fbf9f5; --line: #d9d2c5; --edge: #857d70; --leaf: #4a6380; --alarm: #9c2f26; }
@media (prefers-color-scheme: dark) { :root { --ink: #ece7dd; --paper: #24221f; --line: #4a463f; --edge: #8d867a; --leaf: #9db6d3; --alarm: #f0a49b; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.9 'Hiragino Sans', 'Noto Sans JP', 'Yu Gothic', sans-serif; }
main { max-width: 30rem; margin: 0 auto; padding: 3rem 1.5rem; }
a { color: var(--leaf); }
p { word-break: auto-phrase; overflow-wrap: anywhere; }
h1 { font-size: 1.1rem; font-weight: 600; letter-spacing: .06em; padding-bottom: 1rem; border-bottom: 1px solid var(--line); }
button { font: inherit; width: 100%; min-height: 3.25rem; margin-top: 1.5rem; border-radius: .5rem; border: 1px solid var(--leaf); cursor: pointer; }
button.main { background: var(--leaf); color: var(--paper); }
button.quiet { background: transparent; color: var(--leaf); }
button:focus-visible { outline: 3px solid var(--leaf); outline-offset: 3px; }
.choice { display: flex; align-items: center; gap: .75rem; min-height: 3.25rem; margin-top: .75rem; padding: 0 1rem; border: 1px solid var(--edge); border-radius: .5rem; cursor: pointer; }
.choice:has(:checked) { border-color: var(--leaf); }
.choice input { accent-color: var(--leaf); width: 1.25rem; height: 1.25rem; flex: none; }
.words { display: block; margin-top: 1.5rem; font-size: .875rem; }
.words input { font: inherit; font-size: 1rem; box-sizing: border-box; width: 100%; min-height: 3rem; padding: 0 .75rem; border: 1px solid var(--edge); border-radius: .5rem; background: transparent; color: inherit; }
.reward { padding: 1rem; border: 1px solid var(--line); border-radius: .5rem; }
input:focus-visible { outline: 3px solid var(--leaf); outline-offset: 3px; }
h2 { font-size: 1rem; font-weight: 600; margin: 3rem 0 0; padding-top: 2rem; border-top: 1px solid var(--line); }
fieldset { border: 0; margin: 2rem 0 0; padding: 0; }
legend { font-weight: 600; padding: 0; }
.row { display: flex; gap: .75rem; margin-top: .5rem; }
.row label { flex: 1; min-width: 0; font-size: .875rem; }
.row select, .row input, textarea { font: inherit; font-size: 1rem; box-sizing: border-box; width: 100%; min-height: 3rem; padding: 0 .75rem; border: 1px solid var(--edge); border-radius: .5rem; background: var(--paper); color: inherit; }
textarea { display: block; min-height: 7rem; padding: .5rem .75rem; }
select:focus-visible, textarea:focus-visible, a:focus-visible { outline: 3px solid var(--leaf); outline-offset: 3px; }
.links a, .small a { display: inline-block; min-height: 1.5rem; }
.problem { color: var(--alarm); font-weight: 600; border-left: 4px solid var(--alarm); padding-left: .75rem; }
.twin { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); }
.trap { position: absolute; left: -100rem; width: 1px; height: 1px; overflow: hidden; }
.data { font-size: .8125rem; line-height: 1.6; white-space: pre-wrap; overflow-wrap: anywhere; padding: 1rem; border: 1px solid var(--line); border-radius: .5rem; }
.button { display: block; box-sizing: border-box; text-align: center; line-height: 3.25rem; margin-top: 1.5rem; border-radius: .5rem; background: var(--leaf); color: var(--paper); text-decoration: none; }
.small { font-size: .875rem; margin-top: 2rem; }
";

/// A page: its title in the browser, its heading, what it says.
pub(crate) fn page(language: Language, title: &str, heading: &str, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(language.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body { main { h1 { (heading) } (content) } }
        }
    }
}

/// A form with one button.
pub(crate) fn button_form(name: &str, value: &str, class: &str, label: &str) -> Markup {
    html! {
        form method="post" {
            button class=(class) name=(name) value=(value) { (label) }
        }
    }
}

/// A field that people neither see nor reach, and machines fill in.
pub(crate) fn trap() -> Markup {
    html! {
        div class="trap" aria-hidden="true" {
            label { "Website" input type="text" name=(TRAP) tabindex="-1" autocomplete="off"; }
        }
    }
}

/// What is wrong with a form, told before it.
pub(crate) fn problem(text: &str) -> Markup {
    html! { p class="problem" role="alert" { (text) } }
}

pub(crate) fn contact(voice: Voice<'_>) -> Markup {
    let legal = &voice.shop.legal;
    html! {
        p class="small" {
            (voice.say("お問い合わせ・ご意見", "Questions and complaints")) br;
            a href={ "tel:" (legal.phone) } { (legal.phone) } (voice.say("（", " (")) (legal.phone_hours) (voice.say("）", ")")) br;
            a href={ "mailto:" (legal.email.as_str()) } { (legal.email.as_str()) }
        }
    }
}

/// For a link that leads nowhere: kind, without any information, and the same whatever is wrong with it. It knows no shop, so it
/// speaks both languages.
pub(crate) fn no_such_page() -> Markup {
    let content = html! {
        p { "お探しのページは見つかりませんでした。" br; "リンクが途中で切れているか、期限が過ぎたのかもしれません。" }
        p class="small" { "お手数ですが、お届けしたメールのリンクをもう一度お開きいただくか、そのメールへのご返信でお知らせください。" }
        div class="twin" lang="en" {
            p { "There is no page here. The link may have been cut off, or has run out." }
            p class="small" { "Please open the link in our mail once more, or simply reply to that mail." }
        }
    };
    page(Language::Japanese, "ページが見つかりません", "ページが見つかりません", &content)
}

/// For the moment when the diary cannot be reached.
pub(crate) fn try_later() -> Markup {
    let content = html! {
        p { "ただいま混み合っており、お手続きを完了できませんでした。" }
        p class="small" { "恐れ入りますが、少し時間をおいてもう一度お試しください。お急ぎの際は、お届けしたメールへのご返信でも承ります。" }
        div class="twin" lang="en" {
            p { "We could not finish this just now. Please try again in a little while." }
            p class="small" { "If it is urgent, simply reply to our mail." }
        }
    };
    page(Language::Japanese, "少し時間をおいてお試しください", "少し時間をおいてお試しください", &content)
}
