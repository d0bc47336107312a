//! The pages: phone first, no script, nothing personal on them.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use wasurena_domain::shop::Shop;

/// What the button says that stops the mails. It stands in the ledger as the words in which somebody said so.
pub(crate) const STOP: &str = "お便りを止める";
/// What the button says that takes that back.
pub(crate) const RESUME: &str = "元に戻す";

const STYLE: &str = "
:root { color-scheme: light dark; --ink: #33302b; --paper: #fbf9f5; --line: #d9d2c5; --leaf: #4a6380; }
@media (prefers-color-scheme: dark) { :root { --ink: #ece7dd; --paper: #24221f; --line: #4a463f; --leaf: #9db6d3; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.9 'Hiragino Sans', 'Noto Sans JP', 'Yu Gothic', sans-serif; }
main { max-width: 30rem; margin: 0 auto; padding: 3rem 1.5rem; }
a { color: var(--leaf); }
p { word-break: auto-phrase; overflow-wrap: anywhere; }
h1 { font-size: 1.1rem; font-weight: 600; letter-spacing: .06em; padding-bottom: 1rem; border-bottom: 1px solid var(--line); }
button { font: inherit; width: 100%; min-height: 3.25rem; margin-top: 1.5rem; border-radius: .5rem; border: 1px solid var(--leaf); cursor: pointer; }
button.main { background: var(--leaf); color: var(--paper); }
button.quiet { background: transparent; color: var(--leaf); }
button:focus-visible { outline: 3px solid var(--leaf); outline-offset: 3px; }
.choice { display: flex; align-items: center; gap: .75rem; min-height: 3.25rem; margin-top: .75rem; padding: 0 1rem; border: 1px solid var(--line); border-radius: .5rem; cursor: pointer; }
.choice:has(:checked) { border-color: var(--leaf); }
.choice input { accent-color: var(--leaf); width: 1.25rem; height: 1.25rem; flex: none; }
.words { display: block; margin-top: 1.5rem; font-size: .875rem; }
.words input { font: inherit; font-size: 1rem; box-sizing: border-box; width: 100%; min-height: 3rem; padding: 0 .75rem; border: 1px solid var(--line); border-radius: .5rem; background: transparent; color: inherit; }
.reward { padding: 1rem; border: 1px solid var(--line); border-radius: .5rem; }
input:focus-visible { outline: 3px solid var(--leaf); outline-offset: 3px; }
.small { font-size: .875rem; margin-top: 2rem; }
";

pub(crate) fn page(title: &str, heading: &str, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="ja" {
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

fn form(wish: &str, class: &str, label: &str) -> Markup {
    html! {
        form method="post" {
            button class=(class) name="wish" value=(wish) { (label) }
        }
    }
}

/// Asks whether to stop.
pub(crate) fn ask(shop: &Shop) -> Markup {
    let content = html! {
        p { "当店からのメールのお便りをお止めします。" br; "よろしければ、下のボタンを押してください。" }
        (form("stop", "main", STOP))
        p class="small" { "ご注文の確認や発送のご連絡は、これまでどおりお届けします。" }
        (contact(shop))
    };
    page("お便りの停止", &shop.name, &content)
}

/// Says that it has stopped, and how to take that back.
pub(crate) fn stopped(shop: &Shop) -> Markup {
    let content = html! {
        p { "お止めいたしました。" br; "これまでお読みくださり、ありがとうございました。" }
        p class="small" { "ご注文の確認や発送のご連絡は、これまでどおりお届けします。" }
        (form("resume", "quiet", RESUME))
        (contact(shop))
    };
    page("お便りをお止めしました", &shop.name, &content)
}

/// Says that mails go out again.
pub(crate) fn resumed(shop: &Shop) -> Markup {
    let content = html! {
        p { "元に戻しました。" br; "これからも、ときどきお便りをお届けいたします。" }
        (form("stop", "quiet", STOP))
        (contact(shop))
    };
    page("元に戻しました", &shop.name, &content)
}

pub(crate) fn contact(shop: &Shop) -> Markup {
    let legal = &shop.legal;
    html! {
        p class="small" {
            "お問い合わせ・ご意見" br;
            a href={ "tel:" (legal.phone) } { (legal.phone) } "（" (legal.phone_hours) "）" br;
            a href={ "mailto:" (legal.email.as_str()) } { (legal.email.as_str()) }
        }
    }
}

/// For a link that leads nowhere: kind, and without any information.
pub(crate) fn no_such_page() -> Markup {
    let content = html! {
        p { "お探しのページは見つかりませんでした。" br; "リンクが途中で切れているのかもしれません。" }
        p class="small" { "お手数ですが、お届けしたメールのリンクをもう一度お開きいただくか、そのメールへのご返信でお知らせください。" }
    };
    page("ページが見つかりません", "ページが見つかりません", &content)
}

/// For the moment when the diary cannot be reached.
pub(crate) fn try_later() -> Markup {
    let content = html! {
        p { "ただいま混み合っており、お手続きを完了できませんでした。" }
        p class="small" { "恐れ入りますが、少し時間をおいてもう一度お試しください。お急ぎの際は、お届けしたメールへのご返信でも承ります。" }
    };
    page("少し時間をおいてお試しください", "少し時間をおいてお試しください", &content)
}
