//! The page of preferences: what to hear, how often, until when not; and what is changed only after a mail.

use crate::form::{BUTTON, Form};
use crate::page::{contact, page, problem, trap};
use crate::prefer::{ADDRESS_MAX, Offered, PAUSES};
use crate::voice::Voice;
use chrono::{Datelike, NaiveDate};
use maud::{Markup, html};
use wasurena_domain::channel::Channel;
use wasurena_domain::preference::{Kind, Preferences};
use wasurena_letters::Language;

/// The button that puts preferences on record.
pub(crate) const PREFER: &str = "prefer";
/// The button that asks to change a birthday.
pub(crate) const BIRTHDAY: &str = "birthday";
/// The button that asks to change an address.
pub(crate) const ADDRESS: &str = "address";

/// What the page shows.
pub(crate) struct Shown<'a> {
    /// The mail address, masked.
    pub(crate) masked: Option<String>,
    /// What can be asked about.
    pub(crate) offered: &'a Offered,
    /// What they prefer.
    pub(crate) preferences: &'a Preferences,
    /// The channels beside mail that are open.
    pub(crate) open: Vec<Channel>,
    /// Whether no mail goes to them.
    pub(crate) is_stopped: bool,
    /// Whether a birthday is known.
    pub(crate) has_birthday: bool,
    /// Today.
    pub(crate) today: NaiveDate,
    /// Where one says stop.
    pub(crate) stop: String,
    /// Where one asks for one's data.
    pub(crate) data: String,
    /// Which part of the page could not be read, and what it said.
    pub(crate) wrong: Option<(&'static str, &'a Form)>,
}

fn kind(voice: Voice<'_>, kind: Kind) -> &'static str {
    match kind {
        Kind::Questions => voice.say("ご感想のおうかがい", "Questions about how you like it"),
        Kind::Tips => voice.say("使い方とお手入れのこと", "How to use and care for what you bought"),
        Kind::Stories => voice.say("お店の読みもの", "Stories from the shop"),
        Kind::Greetings => voice.say("季節や記念の日のごあいさつ", "Greetings of the season and of special days"),
        Kind::News => voice.say("お店からのお知らせ", "News from the shop"),
        Kind::Offers => voice.say("新しい品やご優待のご案内", "New things and offers"),
    }
}

fn channel(voice: Voice<'_>, channel: Channel) -> &'static str {
    match channel {
        Channel::Mail => voice.say("メール", "Mail"),
        Channel::Letter => voice.say("お手紙やお葉書", "Letters and postcards"),
        Channel::Phone => voice.say("お電話", "Telephone calls"),
        Channel::Visit => voice.say("ご訪問", "Visits"),
        Channel::Sns => voice.say("メッセージ", "Messages"),
    }
}

fn day(voice: Voice<'_>, day: NaiveDate) -> String {
    match voice.language {
        Language::Japanese => format!("{}年{}月{}日", day.year(), day.month(), day.day()),
        Language::English => day.format("%-d %B %Y").to_string(),
    }
}

/// The page.
pub(crate) fn show(voice: Voice<'_>, shown: &Shown<'_>) -> Markup {
    let content = html! {
        p {
            @if let Some(masked) = &shown.masked {
                (masked) (voice.say(" へのお便りについて、ご希望をお聞かせください。", ": please choose what you would like to hear."))
            } @else {
                (voice.say("お便りについて、ご希望をお聞かせください。", "Please choose what you would like to hear."))
            }
        }
        @if shown.is_stopped {
            p {
                (voice.say("ただいま、メールのお便りはお止めしています。", "At present you get no mails from us."))
                " " a href=(shown.stop) { (voice.say("元に戻す", "Write to me again")) }
            }
        }
        (wishes(voice, shown))
        @if shown.offered.birthday { (birthday(voice, shown)) }
        @if shown.offered.letters() { (address(voice, shown)) }
        h2 { (voice.say("そのほか", "More")) }
        p class="links" {
            @if !shown.is_stopped {
                a href=(shown.stop) { (voice.say("メールのお便りをすべて止める", "Stop all mails")) } br;
            }
            a href=(shown.data) { (voice.say("お預かりしている内容を確かめる・消す", "See or erase what we keep about you")) }
        }
        (contact(voice))
    };
    page(voice.language, voice.say("お便りのご希望", "Your preferences"), &voice.shop.name, &content)
}

fn wishes(voice: Voice<'_>, shown: &Shown<'_>) -> Markup {
    let Preferences { without, paused_until, seldom } = shown.preferences;
    let paused = paused_until.filter(|until| *until >= shown.today);
    let radio = |name: &str, value: &str, checked: bool, label: &str| {
        html! { label class="choice" { input type="radio" name=(name) value=(value) checked[checked]; span { (label) } } }
    };
    let check = |name: &str, value: &str, checked: bool, label: &str| {
        html! { label class="choice" { input type="checkbox" name=(name) value=(value) checked[checked]; span { (label) } } }
    };
    html! {
        form method="post" {
            fieldset {
                legend { (voice.say("お届けするお便り", "Mails that you get")) }
                @for known in &shown.offered.kinds { (check("kind", known.name(), !without.contains(known), kind(voice, *known))) }
            }
            p class="small" {
                (voice.say("お買い上げのお礼は、いつもお届けします。", "Our thanks for a purchase always reach you."))
            }
            @if !shown.offered.channels.is_empty() {
                fieldset {
                    legend { (voice.say("メールのほかに", "Beside mails")) }
                    @for known in &shown.offered.channels {
                        (check("channel", known.name(), shown.open.contains(known), channel(voice, *known)))
                    }
                }
            }
            fieldset {
                legend { (voice.say("お届けする回数", "How often")) }
                (radio("often", "usual", !seldom, voice.say("いつもどおり", "As usual")))
                (radio("often", "seldom", *seldom, voice.say("ときどき(読みものを半分ほどに)", "Now and then (about half as many)")))
            }
            fieldset {
                legend { (voice.say("しばらくお休みする", "A pause")) }
                @if let Some(until) = paused {
                    (radio("pause", "keep", true, &voice.say(
                        format!("{}までお休み(いまのまま)", day(voice, until)),
                        format!("Until {} (as it is now)", day(voice, until)),
                    )))
                }
                (radio("pause", "none", paused.is_none(), voice.say("お休みしない", "No pause")))
                @for months in PAUSES {
                    (radio("pause", &months.to_string(), false, &voice.say(
                        format!("{months}か月お休みする"),
                        if months == 1 { "For a month".to_owned() } else { format!("For {months} months") },
                    )))
                }
            }
            (trap())
            button class="main" name=(BUTTON) value=(PREFER) { (voice.say("このとおりにする", "Save")) }
        }
    }
}

fn by_mail(voice: Voice<'_>) -> Markup {
    html! {
        p class="small" {
            (voice.say(
                "ご登録のアドレスへ確認のメールをお送りします。そのメールでお確かめいただいてから変わります。",
                "We send a mail to your address. It changes only when you confirm it there.",
            ))
        }
    }
}

fn birthday(voice: Voice<'_>, shown: &Shown<'_>) -> Markup {
    let form = shown.wrong.filter(|(part, _)| *part == BIRTHDAY).map(|(_, form)| form);
    let is_chosen = |name: &str, number: u32| form.and_then(|form| form.get(name)) == Some(number.to_string().as_str());
    let select = |name: &str, id: &str, max: u32, label: &str, token: &str| {
        html! {
            label for=(id) {
                (label)
                select id=(id) name=(name) autocomplete=(token) required aria-invalid=[form.map(|_| "true")] {
                    option value="" { "–" }
                    @for number in 1..=max { option value=(number) selected[is_chosen(name, number)] { (number) } }
                }
            }
        }
    };
    html! {
        h2 { (voice.say("お誕生日", "Your birthday")) }
        p {
            @if shown.has_birthday {
                (voice.say("ご登録をいただいています。お変えになるときは、こちらからどうぞ。", "We know it. You can change it here."))
            } @else {
                (voice.say("よろしければ、お祝いを申し上げたく存じます。", "We would like to wish you a happy one."))
            }
        }
        @if form.is_some() {
            (problem(voice.say("エラー: お誕生日の月と日をお確かめください。", "Error: please check month and day.")))
        }
        form method="post" {
            div class="row" {
                (select("month", "month", 12, voice.say("月", "Month"), "bday-month"))
                (select("day", "day", 31, voice.say("日", "Day"), "bday-day"))
                label for="year" {
                    (voice.say("年(任意)", "Year (optional)"))
                    input id="year" name="year" type="text" inputmode="numeric" pattern="[0-9]{4}" maxlength="4"
                        autocomplete="bday-year" value=[form.and_then(|form| form.get("year"))];
                }
            }
            (by_mail(voice))
            (trap())
            button class="quiet" name=(BUTTON) value=(BIRTHDAY) { (voice.say("確認のメールを受け取る", "Send me the mail")) }
        }
    }
}

fn address(voice: Voice<'_>, shown: &Shown<'_>) -> Markup {
    let form = shown.wrong.filter(|(part, _)| *part == ADDRESS).map(|(_, form)| form);
    html! {
        h2 { (voice.say("お手紙のお届け先", "Your address for letters")) }
        @if form.is_some() {
            (problem(voice.say("エラー: ご住所をお確かめください。", "Error: please check the address.")))
        }
        form method="post" {
            label for="address" class="words" { (voice.say("郵便番号とご住所", "Postal address")) }
            textarea id="address" name="address" rows="3" maxlength=(ADDRESS_MAX) autocomplete="street-address"
                required aria-invalid=[form.map(|_| "true")] { (form.and_then(|form| form.get("address")).unwrap_or_default()) }
            (by_mail(voice))
            (trap())
            button class="quiet" name=(BUTTON) value=(ADDRESS) { (voice.say("確認のメールを受け取る", "Send me the mail")) }
        }
    }
}

/// Says that it is so from now on.
pub(crate) fn preferred(voice: Voice<'_>, back: &str) -> Markup {
    let content = html! {
        p {
            (voice.say("ご希望を承りました。", "It is as you wish from now on.")) br;
            (voice.say("お聞かせくださり、ありがとうございました。", "Thank you for telling us."))
        }
        p class="links" { a href=(back) { (voice.say("お便りのご希望に戻る", "Back to your preferences")) } }
        (contact(voice))
    };
    page(voice.language, voice.say("ご希望を承りました", "Your preferences are saved"), &voice.shop.name, &content)
}
