//! Which page an address asks for.

use wasurena_domain::ids::ShopId;
use wasurena_letters::link::Link;

/// A page of a shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Page<'a> {
    /// One behind a signed link: its letter, its token, and of a survey the answer that was tapped.
    Signed(&'a str, &'a str, Option<&'a str>),
    /// The contact card.
    Card,
    /// The contact card as a file.
    CardFile,
}

/// Reads `/c/{shop}/{page}/{token}`, `/c/{shop}/a/{token}/{answer}`, `/c/{shop}/card` and `/c/{shop}/card.vcf`.
pub(crate) fn read(path: &str) -> Option<(ShopId, Page<'_>)> {
    let parts: Vec<&str> = path.strip_prefix("/c/")?.split('/').collect();
    let (shop, page) = match parts.as_slice() {
        [shop, "card"] => (shop, Page::Card),
        [shop, "card.vcf"] => (shop, Page::CardFile),
        [shop, "a", token, tapped] => (shop, Page::Signed("a", token, Some(tapped))),
        [shop, page @ ("stop" | "p" | "w" | "v" | "d" | "k"), token] => (shop, Page::Signed(page, token, None)),
        _ => return None,
    };
    Some((ShopId::parse(shop).ok()?, page))
}

/// Whether a link leads to this page: one that was signed for another is none.
pub(crate) fn is_of(link: &Link, page: &str) -> bool {
    page == match link {
        Link::Stop(_) => "stop",
        Link::Answer(_) => "a",
        Link::Wishes(_) => "p",
        Link::Wrong(_) => "w",
        Link::View(_) => "v",
        Link::Data(_) => "d",
        Link::Confirm { .. } => "k",
    }
}
