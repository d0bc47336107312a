//! The mail by which something is confirmed: plain, short, and with nothing in it that is not needed.

use crate::data_page;
use crate::voice::Voice;
use maud::{DOCTYPE, html};
use wasurena_cloud::confirming::VALID_HOURS;
use wasurena_cloud::mime;
use wasurena_cloud::post::Outgoing;
use wasurena_domain::contact::EmailAddress;
use wasurena_letters::link::Confirms;

/// The mail.
pub(crate) fn mail(voice: Voice<'_>, to: &EmailAddress, asked: Confirms, url: &str) -> Outgoing {
    let shop = voice.shop;
    let what = data_page::what(voice, asked);
    let subject = voice.say(format!("ご確認のお願い({})", shop.name), format!("Please confirm ({})", shop.name));
    let first = voice.say(
        format!("{}です。ページから、{what}のお申し出をいただきました。", shop.name),
        format!("This is {}. On our page you, or somebody who has a mail of yours, have asked for {what}.", shop.name),
    );
    let second = voice.say(
        format!("お間違いなければ、{VALID_HOURS}時間以内に次のページを開いて、ボタンを押してください。"),
        format!("If it was you, please open this page within {VALID_HOURS} hours and press the button there."),
    );
    let last = voice.say(
        "お心当たりのないときは、このメールをそのままお捨てください。何も変わりません。",
        "If it was not you, simply ignore this mail. Nothing changes.",
    );
    let legal = &shop.legal;
    let sender = [&shop.name, &legal.operator, &legal.address, &format!("{} ({})", legal.phone, legal.phone_hours)];
    let text = format!(
        "{first}\n\n{second}\n\n{url}\n\n{last}\n\n-- \n{}\n{}\n",
        sender.map(String::as_str).join("\n"),
        legal.email.as_str()
    );
    let html = html! {
        (DOCTYPE)
        html lang=(voice.language.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (subject) }
            }
            body style="margin:0;padding:24px;font:16px/1.9 sans-serif" {
                p { (first) }
                p { (second) }
                p { a href=(url) { (voice.say("確認のページを開く", "Open the page")) } }
                p { (last) }
                p style="font-size:14px" { @for line in sender { (line) br; } (legal.email.as_str()) }
            }
        }
    };
    Outgoing {
        from: mime::mailbox(&shop.sender.name, &shop.sender.address),
        reply_to: shop.sender.reply_to.for_header(),
        to: to.for_header(),
        subject,
        text,
        html: html.into_string(),
        headers: Vec::new(),
        tags: vec![("shop", shop.id.to_string())],
    }
}
