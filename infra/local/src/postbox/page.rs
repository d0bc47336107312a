//! What the postbox looks like.

use crate::rows::MailRow;
use chrono::{DateTime, Datelike, Utc};
use chrono_tz::Asia::Tokyo;
use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = "
:root { color-scheme: light dark; --ink: #2f2d2a; --soft: #77716a; --paper: #faf8f4; --card: #ffffff; --line: #e4ded3; --leaf: #46627f; }
@media (prefers-color-scheme: dark) { :root { --ink: #ece8e0; --soft: #a8a197; --paper: #1f1e1c; --card: #292724; --line: #3d3a35; --leaf: #9bb7d6; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.7 'Hiragino Sans', 'Noto Sans CJK JP', 'Noto Sans JP', 'Yu Gothic', sans-serif; }
header, main { max-width: 46rem; margin: 0 auto; padding: 1.25rem 1rem 0; }
header h1 { font-size: 1.25rem; line-height: 1.5; margin: 0; letter-spacing: .04em; word-break: auto-phrase; overflow-wrap: anywhere; }
header p + h1 { margin-top: .75rem; }
main { padding-bottom: 3rem; }
.keep { display: inline-block; }
header p { margin: .25rem 0 0; color: var(--soft); font-size: .9rem; }
a { color: var(--leaf); }
h2 { font-size: .95rem; color: var(--soft); font-weight: 500; margin: 2rem 0 .5rem; }
h2:first-child { margin-top: 0; }
ol.mails { list-style: none; margin: 0; padding: 0; border: 1px solid var(--line); border-radius: .75rem; background: var(--card); overflow: hidden; }
ol.mails li + li { border-top: 1px solid var(--line); }
ol.mails a { display: grid; grid-template-columns: 8.5rem 1fr; gap: .1rem 1rem; padding: .75rem 1rem; color: inherit; text-decoration: none; }
ol.mails a:hover, ol.mails a:focus-visible { background: color-mix(in srgb, var(--leaf) 9%, transparent); }
ol.mails .when { color: var(--soft); font-size: .85rem; grid-row: span 2; font-variant-numeric: tabular-nums; }
ol.mails .subject { font-weight: 600; word-break: auto-phrase; overflow-wrap: anywhere; }
ol.mails .who { color: var(--soft); font-size: .875rem; overflow-wrap: anywhere; }
.empty { padding: 3rem 1rem; text-align: center; color: var(--soft); }
.phone { width: 392px; max-width: 100%; height: min(720px, 84vh); margin: 1.25rem auto; border: 1px solid var(--line); border-radius: 1.75rem; padding: 1.1rem .5rem; background: var(--card); box-shadow: 0 .5rem 2rem rgb(0 0 0 / .08); }
.phone iframe { width: 100%; height: 100%; border: 0; border-radius: 1rem; }
dl { display: grid; grid-template-columns: fit-content(40%) 1fr; gap: .25rem 1rem; margin: 1rem 0; font-size: .9rem; }
dt { color: var(--soft); overflow-wrap: anywhere; } dd { margin: 0; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1rem; font: inherit; font-size: .9rem; line-height: 1.8; }
summary { cursor: pointer; color: var(--leaf); padding: .5rem 0; }
nav { display: flex; justify-content: space-between; gap: 1rem; padding: 1rem 0 0; font-size: .9rem; }
@media (max-width: 30rem) { ol.mails a { grid-template-columns: 1fr; } ol.mails .when { grid-row: auto; } }
";

fn page(title: &str, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="ja" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " – わすれな草" }
                style { (PreEscaped(STYLE)) }
            }
            body { (content) }
        }
    }
}

/// 「12月2日(水) 10:00」 by the clock of Tokyo.
fn moment(at: DateTime<Utc>) -> String {
    const WEEKDAYS: [&str; 7] = ["月", "火", "水", "木", "金", "土", "日"];
    let local = at.with_timezone(&Tokyo);
    let weekday = WEEKDAYS[local.weekday().num_days_from_monday() as usize];
    format!("{}月{}日({weekday}) {}", local.month(), local.day(), local.format("%H:%M"))
}

/// 「2026年」
fn year(at: DateTime<Utc>) -> String {
    format!("{}年", at.with_timezone(&Tokyo).year())
}

fn month(at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&Tokyo);
    format!("{}年{}月", local.year(), local.month())
}

/// The list of mails, newest first, by month.
pub(super) fn list(mails: &[MailRow], now: DateTime<Utc>) -> Markup {
    let mut months: Vec<(String, Vec<&MailRow>)> = Vec::new();
    for mail in mails.iter().rev() {
        let name = month(mail.sent_at);
        match months.last_mut() {
            Some((last, rows)) if *last == name => rows.push(mail),
            _ => months.push((name, vec![mail])),
        }
    }
    page(
        "郵便受け",
        &html! {
            header {
                h1 { "郵便受け" }
                p { "お届けしたお便りは " (mails.len()) " 通です。" span.keep { "いまは " (year(now)) (moment(now)) "（日本時間）。" } }
            }
            main {
                @if mails.is_empty() {
                    p.empty { "まだ一通もお届けしていません。" br; "注文が届くと、翌朝10時に最初のお礼が届きます。" }
                }
                @for (name, rows) in &months {
                    h2 { (name) }
                    ol.mails { @for mail in rows { (entry(mail)) } }
                }
            }
        },
    )
}

fn entry(mail: &MailRow) -> Markup {
    html! {
        li {
            a href={ "/postbox/" (mail.id) } {
                span.when { (moment(mail.sent_at)) }
                span.subject { (mail.subject) }
                span.who { (mail.to.join("、")) " へ" }
            }
        }
    }
}

/// One mail: as it looks on a phone, its text, its headers.
pub(super) fn mail(mail: &MailRow, newer: Option<&MailRow>, older: Option<&MailRow>) -> Markup {
    page(
        &mail.subject,
        &html! {
            header {
                p { a href="/postbox" { "← 郵便受けに戻る" } }
                h1 { (mail.subject) }
            }
            main {
                dl {
                    dt { "差出人" } dd { (mail.from) }
                    dt { "宛先" } dd { (mail.to.join("、")) }
                    dt { "お届け" } dd { (year(mail.sent_at)) (moment(mail.sent_at)) "（日本時間）" }
                }
                div.phone { iframe src={ "/postbox/" (mail.id) "/html" } title="スマートフォンでの見え方" {} }
                details { summary { "文字だけの本文" } pre { (mail.text) } }
                details {
                    summary { "ヘッダーとタグ" }
                    dl {
                        @for (name, value) in mail.headers.iter().chain(&mail.tags) { dt { (name) } dd { (value) } }
                    }
                }
                nav {
                    span { @if let Some(older) = older { a href={ "/postbox/" (older.id) } { "← 前のお便り" } } }
                    span { @if let Some(newer) = newer { a href={ "/postbox/" (newer.id) } { "次のお便り →" } } }
                }
            }
        },
    )
}

/// For an id that no mail has.
pub(super) fn unknown() -> Markup {
    page(
        "見つかりません",
        &html! {
            main { p.empty { "このお便りは見つかりませんでした。" br; a href="/postbox" { "郵便受けに戻る" } } }
        },
    )
}
