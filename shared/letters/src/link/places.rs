//! Where links lead: the addresses of the pages behind a mail.

use super::{Link, LinkKeys};
use crate::context::Urls;
use wasurena_domain::ids::{CustomerId, FollowUpId, ShopId};

/// The page for whoever is handed the link of a shop (R20). It has no token and is nobody's: it may be handed on.
#[must_use]
pub fn card_page(base: &str, shop: &ShopId) -> String {
    format!("{base}/c/{shop}/card")
}

/// The shop's contact card, as a file that telephones read.
#[must_use]
pub fn card_file(base: &str, shop: &ShopId) -> String {
    format!("{base}/c/{shop}/card.vcf")
}

/// The pages of a shop, at an address without a slash at its end, and the keys that sign the links to them.
#[derive(Debug, Clone, Copy)]
pub struct Places<'a> {
    base: &'a str,
    shop: &'a ShopId,
    keys: &'a LinkKeys,
}

impl<'a> Places<'a> {
    /// The pages of a shop at `base`, such as `https://pages.example.jp`.
    #[must_use]
    pub fn new(base: &'a str, shop: &'a ShopId, keys: &'a LinkKeys) -> Self {
        Self { base, shop, keys }
    }

    /// The address of the page behind a link. That of an answer lacks the answer's id at its end.
    #[must_use]
    pub fn url(&self, link: &Link) -> String {
        let page = match link {
            Link::Stop(_) => "stop",
            Link::Answer(_) => "a",
            Link::Wishes(_) => "p",
            Link::Wrong(_) => "w",
            Link::View(_) => "v",
            Link::Data(_) => "d",
            Link::Confirm { .. } => "k",
        };
        format!("{}/c/{}/{page}/{}", self.base, self.shop, self.keys.sign(self.shop, link))
    }

    /// The page for whoever is handed the link of the shop.
    #[must_use]
    pub fn card_page(&self) -> String {
        card_page(self.base, self.shop)
    }

    /// The shop's contact card.
    #[must_use]
    pub fn card_file(&self) -> String {
        card_file(self.base, self.shop)
    }

    /// The pages behind one mail.
    #[must_use]
    pub fn of_mail(&self, customer: &CustomerId, follow_up: &FollowUpId) -> MailUrls {
        MailUrls {
            stop: self.url(&Link::Stop(customer.clone())),
            wishes: self.url(&Link::Wishes(customer.clone())),
            wrong: self.url(&Link::Wrong(follow_up.clone())),
            view: self.url(&Link::View(follow_up.clone())),
            answer: self.url(&Link::Answer(follow_up.clone())),
            card: self.card_page(),
        }
    }
}

/// The addresses of the pages behind one mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailUrls {
    /// Where the customer can say stop.
    pub stop: String,
    wishes: String,
    wrong: String,
    view: String,
    /// Where answers to its survey lead, without the answer's id at the end.
    pub answer: String,
    card: String,
}

impl MailUrls {
    /// What a letter is told of them.
    #[must_use]
    pub fn urls(&self) -> Urls<'_> {
        let Self { stop, wishes, wrong, view, card, .. } = self;
        Urls { stop, wishes, wrong, view, card }
    }
}
