//! A mail in the browser: rendered again, as the programme is now, without the customer's name and the owner's line to them.

use wasurena_domain::customer::Customer;
use wasurena_domain::follow_up::FollowUp;
use wasurena_domain::shop::Shop;
use wasurena_letters::link::Places;
use wasurena_letters::{Facts, Letters};

/// The mail of a follow-up as HTML; `None` where its letter is gone, or does not render any more.
/// `asks` where it has answers to be tapped.
pub(crate) fn render(
    shop: &Shop,
    letters: &Letters,
    (follow_up, customer): (&FollowUp, &Customer),
    places: &Places<'_>,
    asks: bool,
) -> Option<String> {
    let pages = places.of_mail(&customer.id, &follow_up.id);
    let facts = Facts::about(follow_up, shop, customer, pages.urls());
    // Whoever was forwarded the mail may open it: nobody is named, and nothing personal stands in it.
    let facts = Facts { addressee: None, note: None, answer_url: asks.then_some(pages.answer.as_str()), ..facts };
    let mail = letters.render(shop, follow_up.letter(), &facts);
    let mail = mail
        .inspect_err(|error| tracing::warn!(shop = %shop.id, follow_up = %follow_up.id, %error, "letter.not_shown"));
    // In a mail program it is one article among others; here it is what the page is about.
    Some(mail.ok()?.html.replacen("role=\"article\"", "role=\"main\"", 1))
}
