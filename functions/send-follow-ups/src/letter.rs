//! From a follow-up to a mail: its letter, its headers, its tags.

use crate::SendFollowUps;

use wasurena_cloud::mime;
use wasurena_cloud::post::Outgoing;
use wasurena_domain::contact::EmailAddress;
use wasurena_domain::customer::Customer;
use wasurena_domain::follow_up::FollowUp;
use wasurena_domain::programme::Class;
use wasurena_domain::shop::Shop;
use wasurena_letters::link::{LinkKeys, Places};
use wasurena_letters::{Facts, Letters, Mail};

/// The mail of a follow-up; `None` where its letter does not render, which is logged.
pub(crate) fn outgoing(
    sender: &SendFollowUps,
    follow_up: &FollowUp,
    shop: &Shop,
    letters: &Letters,
    customer: &Customer,
    asks_address: bool,
    links: &LinkKeys,
) -> Option<Outgoing> {
    let to = customer.email.as_ref()?;
    let pages = Places::new(&sender.public_url, &shop.id, links).of_mail(&customer.id, &follow_up.id);
    let asks = follow_up.class == Class::Survey;
    let facts = Facts::about(follow_up, shop, customer, pages.urls()).asking_for_address(asks_address);
    let facts = Facts { answer_url: asks.then_some(pages.answer.as_str()), ..facts };
    let mail = letters
        .render(shop, follow_up.letter(), &facts)
        .inspect_err(|error| tracing::error!(shop = %shop.id, follow_up = %follow_up.id, %error, "letter.broken"))
        .ok()?;
    let tags = vec![
        ("shop", shop.id.to_string()),
        ("follow_up", follow_up.id.to_string()),
        ("attempt", follow_up.attempt.clone().unwrap_or_default()),
    ];
    Some(addressed(shop, to, mail, &pages.stop, tags))
}

/// A mail with its headers, as it is handed to SES.
#[must_use]
pub fn addressed(
    shop: &Shop,
    to: &EmailAddress,
    mail: Mail,
    stop_url: &str,
    tags: Vec<(&'static str, String)>,
) -> Outgoing {
    Outgoing {
        from: mime::mailbox(&shop.sender.name, &shop.sender.address),
        reply_to: shop.sender.reply_to.for_header(),
        to: to.for_header(),
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        headers: vec![
            ("List-Unsubscribe", format!("<{stop_url}>")),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()),
        ],
        tags,
    }
}
