//! From a follow-up to a mail: the facts its letter speaks of, its headers, its tags.

use crate::SendFollowUps;
use crate::mime;
use wasurena_cloud::post::Outgoing;
use wasurena_domain::calendar::day_of;
use wasurena_domain::customer::{Bought, Customer};
use wasurena_domain::follow_up::FollowUp;
use wasurena_domain::purchase::Delivery;
use wasurena_domain::shop::Shop;
use wasurena_letters::link::{LinkKeys, Purpose};
use wasurena_letters::{Count, Facts, Letters, Product};

/// The mail of a follow-up; `None` where its letter does not render, which is logged.
pub(crate) fn outgoing(
    sender: &SendFollowUps,
    follow_up: &FollowUp,
    shop: &Shop,
    letters: &Letters,
    customer: &Customer,
    links: &LinkKeys,
) -> Option<Outgoing> {
    let to = customer.email.as_ref()?;
    let stop_url =
        format!("{}/c/{}/stop/{}", sender.public_url, shop.id, links.sign(&shop.id, Purpose::Stop, &customer.id));
    let facts = facts(follow_up, shop, customer, &stop_url);
    let mail = letters
        .render(shop, &follow_up.step, &facts)
        .inspect_err(|error| tracing::error!(shop = %shop.id, follow_up = %follow_up.id, %error, "letter.broken"))
        .ok()?;
    Some(Outgoing {
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
        tags: vec![
            ("shop", shop.id.to_string()),
            ("follow_up", follow_up.id.to_string()),
            ("attempt", follow_up.attempt.clone().unwrap_or_default()),
        ],
    })
}

/// What the letter speaks of: the purchase it is bound to, else the last one that counts and was made with the shop itself.
fn facts<'a>(follow_up: &FollowUp, shop: &'a Shop, customer: &'a Customer, stop_url: &'a str) -> Facts<'a> {
    let bound = follow_up.purchase.as_ref().and_then(|key| customer.bought(key));
    let bought: Option<&Bought> =
        bound.or_else(|| customer.purchases.iter().rfind(|p| customer.why_no_purchase(p).is_none() && !p.marketplace));
    Facts {
        addressee: customer.name.as_ref(),
        count: count(shop, customer, bound),
        gift: bought.is_some_and(|b| customer.is_gift(b)),
        made_to_order: bought.is_some_and(|b| shop.delivery_of(b) == Delivery::MadeToOrder),
        product: bought.and_then(|b| product(shop, b)),
        bought_on: bought.map(|b| day_of(b.began_at, shop.zone)),
        consent: customer.consent,
        stop_url,
    }
}

/// The thing that was bought: as the order tells of it, and where it says nothing, as the shop's product file does.
fn product<'a>(shop: &'a Shop, bought: &'a Bought) -> Option<Product<'a>> {
    let told = shop.products.find(bought.product.as_deref(), bought.product_name.as_deref());
    Some(Product {
        name: bought.product_name.as_deref().or(told.map(|product| product.name.as_str()))?,
        picture: bought.picture.as_deref().or(told.and_then(|product| product.picture.as_deref())),
        page: told.and_then(|product| product.page.as_deref()),
        story: told.and_then(|product| product.story.as_deref()),
    })
}

/// By which count to greet: that of the occasion the purchase belongs to, else of all. Unknown where the
/// shop's history is not complete.
fn count(shop: &Shop, customer: &Customer, bound: Option<&Bought>) -> Count {
    if !shop.history_complete {
        return Count::Unknown;
    }
    let occasions = customer.occasions(shop);
    let of_bound = bound.and_then(|b| occasions.iter().find(|o| o.purchases.iter().any(|p| p.key == b.key)));
    Count::Nth(of_bound.map_or_else(|| customer.occasion_count(shop), |o| o.nth))
}
