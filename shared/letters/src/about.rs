//! What the letter of a follow-up speaks of: the same for whoever sends it, and whoever only shows it.

use crate::context::{Count, Facts, Product, Urls};
use wasurena_domain::calendar::day_of;
use wasurena_domain::customer::{Bought, Customer};
use wasurena_domain::follow_up::FollowUp;
use wasurena_domain::purchase::Delivery;
use wasurena_domain::shop::Shop;

impl<'a> Facts<'a> {
    /// The facts of a follow-up: of the purchase it is bound to, else of the last one that counts and was made with the
    /// shop itself.
    #[must_use]
    pub fn about(follow_up: &'a FollowUp, shop: &'a Shop, customer: &'a Customer, urls: Urls<'a>) -> Self {
        let bound = follow_up.purchase.as_ref().and_then(|key| customer.bought(key));
        let bought: Option<&Bought> = bound
            .or_else(|| customer.purchases.iter().rfind(|p| customer.why_no_purchase(p).is_none() && !p.marketplace));
        Self {
            addressee: customer.name.as_ref(),
            count: count(shop, customer, bound),
            gift: bought.is_some_and(|b| customer.is_gift(b)),
            made_to_order: bought.is_some_and(|b| shop.delivery_of(b) == Delivery::MadeToOrder),
            product: bought.and_then(|b| product(shop, b)),
            bought_on: bought.map(|b| day_of(b.began_at, shop.zone)),
            consent: customer.consent,
            urls,
            note: follow_up.note.as_ref(),
            asks_address: false,
            answer_url: None,
        }
    }

    /// The same, where the mail asks for an address that letters can be posted to, or does not (R26).
    #[must_use]
    pub fn asking_for_address(self, asks_address: bool) -> Self {
        Self { asks_address, ..self }
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
