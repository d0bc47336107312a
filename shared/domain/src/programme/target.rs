//! Whom a message is for by what they bought (R36): product groups, tags and single products, named or excepted.
//!
//! A name is a group's or a tag's, and a thing may bear several. So whether some messages together reach everybody can be
//! told from the programme alone, whatever stands in the product file later: [`gap`] looks for a thing that none is for.

use crate::customer::Bought;
use crate::shop::Shop;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What must have been bought for a message, and what must not. Empty sets ask nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// One of these groups or tags, or one of `products`.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub groups: BTreeSet<String>,
    /// One of these products, by id or by name, or one of `groups`.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub products: BTreeSet<String>,
    /// None of these groups or tags.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub except_groups: BTreeSet<String>,
    /// None of these products.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub except_products: BTreeSet<String>,
}

/// A name that a thing may bear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Name<'a> {
    Group(&'a str),
    Product(&'a str),
}

/// Most names looked at together before a proof is given up: no programme of a shop comes near it.
const TRIALS_MAX: u32 = 20_000;

impl Target {
    /// Whether it is for everything.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it is for somebody who bought these things, however many.
    pub(crate) fn fits<'b>(&self, shop: &Shop, bought: impl IntoIterator<Item = &'b Bought>) -> bool {
        let asks_nothing = self.groups.is_empty() && self.products.is_empty();
        let mut is_named = asks_nothing;
        for bought in bought {
            if is_among(shop, bought, &self.except_groups, &self.except_products) {
                return false;
            }
            is_named = is_named || is_among(shop, bought, &self.groups, &self.products);
        }
        is_named
    }

    /// The names of which a thing must bear one.
    fn wanted(&self) -> impl Iterator<Item = Name<'_>> {
        names(&self.groups, &self.products)
    }

    /// The names of which a thing must bear none.
    fn unwanted(&self) -> impl Iterator<Item = Name<'_>> {
        names(&self.except_groups, &self.except_products)
    }

    /// The key of the programme's file that says whom it leaves out.
    pub(crate) fn key(&self) -> &'static str {
        match self {
            _ if !self.groups.is_empty() => "groups",
            _ if !self.products.is_empty() => "products",
            _ if !self.except_groups.is_empty() => "except_groups",
            _ => "except_products",
        }
    }
}

fn names<'a>(groups: &'a BTreeSet<String>, products: &'a BTreeSet<String>) -> impl Iterator<Item = Name<'a>> {
    groups.iter().map(|name| Name::Group(name)).chain(products.iter().map(|name| Name::Product(name)))
}

/// Whether a purchase is of one of these groups, tags or products.
fn is_among(shop: &Shop, bought: &Bought, groups: &BTreeSet<String>, products: &BTreeSet<String>) -> bool {
    if groups.is_empty() && products.is_empty() {
        return false;
    }
    let (id, name) = (bought.product.as_deref(), bought.product_name.as_deref());
    let known = shop.products.find(id, name);
    let own = id.into_iter().chain(name);
    let of_file = known.iter().flat_map(|product| product.ids.iter().chain([&product.name]).map(String::as_str));
    let of_group = known.iter().flat_map(|product| product.group.iter().chain(&product.tags));
    own.chain(of_file).any(|name| products.contains(name)) || of_group.into_iter().any(|group| groups.contains(group))
}

/// Whether one thing may be meant by both; `None` asks nothing.
pub(crate) fn meet(a: Option<&Target>, b: Option<&Target>) -> bool {
    let unwanted: BTreeSet<Name<'_>> = [a, b].into_iter().flatten().flat_map(Target::unwanted).collect();
    [a, b].into_iter().flatten().all(|target| {
        let mut wanted = target.wanted().peekable();
        wanted.peek().is_none() || wanted.any(|name| !unwanted.contains(&name))
    })
}

/// What a thing is that none of the targets is for, in words; `None` where they are for everything together.
pub(crate) fn gap<'a>(targets: impl IntoIterator<Item = Option<&'a Target>>) -> Option<String> {
    let targets: Option<Vec<&Target>> = targets.into_iter().collect();
    // One that asks nothing is for everything.
    let targets = targets?;
    let mut trials = TRIALS_MAX;
    let mut thing = Thing::default();
    left_out(&targets, &mut thing, &mut trials).then(|| thing.to_string())
}

/// A thing as far as it is known: the names it bears, and those it does not.
#[derive(Default)]
struct Thing<'a> {
    bears: BTreeSet<Name<'a>>,
    lacks: BTreeSet<Name<'a>>,
}

/// Whether there is such a thing that no target is for; then it is one.
fn left_out<'a>(targets: &[&'a Target], thing: &mut Thing<'a>, trials: &mut u32) -> bool {
    let Some(left) = trials.checked_sub(1) else { return true };
    *trials = left;
    let is_ruled_out = |target: &Target| {
        let mut wanted = target.wanted().peekable();
        target.unwanted().any(|name| thing.bears.contains(&name))
            || (wanted.peek().is_some() && wanted.all(|name| thing.lacks.contains(&name)))
    };
    let open: Vec<&Target> = targets.iter().copied().filter(|target| !is_ruled_out(target)).collect();
    let Some(first) = open.first().copied() else { return true };
    let is_known = |name: &Name<'_>| thing.bears.contains(name) || thing.lacks.contains(name);
    let is_wanted = first.wanted().next().is_none() || first.wanted().any(|name| thing.bears.contains(&name));
    let mut asked = first.unwanted().chain(first.wanted().filter(|_| !is_wanted));
    let Some(name) = asked.find(|name| !is_known(name)) else { return false };
    thing.lacks.insert(name);
    if left_out(&open, thing, trials) {
        return true;
    }
    thing.lacks.remove(&name);
    thing.bears.insert(name);
    let is_left_out = left_out(&open, thing, trials);
    if !is_left_out {
        thing.bears.remove(&name);
    }
    is_left_out
}

impl std::fmt::Display for Thing<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let list = |names: &BTreeSet<Name<'_>>| {
            let each = names.iter().map(|(Name::Group(name) | Name::Product(name))| format!("`{name}`"));
            each.collect::<Vec<_>>().join(", ")
        };
        match (self.bears.is_empty(), self.lacks.is_empty()) {
            (true, true) => f.write_str("anything"),
            (true, false) => write!(f, "something that is not of {}", list(&self.lacks)),
            (false, true) => write!(f, "something of {}", list(&self.bears)),
            (false, false) => write!(f, "something of {} that is not of {}", list(&self.bears), list(&self.lacks)),
        }
    }
}
