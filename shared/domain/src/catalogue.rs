//! The catalogue: what a shop told about its products, in its product file.
//!
//! Carts say little about what was bought: Shopify sends no picture, Stripe no lines at all. What the
//! catalogue knows fills that in.

use crate::purchase::Delivery;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization as _;

/// A product, as the shop describes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// What carts call it: product ids, Stripe's payment links (`plink_…`). May be empty: then its name is looked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<String>,
    /// What customers know it by.
    pub name: String,
    /// The group it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// What else it is called among products, for steps and texts that follow from what was bought.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// A picture on https.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// Its page on https.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    /// What there is to tell about it: a few sentences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub story: Option<String>,
    /// How it reaches the customer, where the cart does not know better.
    #[serde(default, skip_serializing_if = "Delivery::is_goods")]
    pub delivery: Delivery,
    /// After how many days people usually buy it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reorder_days: Option<u32>,
}

/// What a shop sells, found by id or by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Product>", into = "Vec<Product>")]
pub struct Catalogue {
    products: Vec<Product>,
    by_id: BTreeMap<String, usize>,
    by_name: BTreeMap<String, usize>,
}

impl Catalogue {
    /// A catalogue of these products. Of two with the same id or name the first counts.
    #[must_use]
    pub fn new(products: Vec<Product>) -> Self {
        let mut catalogue = Self::default();
        for (place, product) in products.iter().enumerate() {
            for id in &product.ids {
                catalogue.by_id.entry(id.clone()).or_insert(place);
            }
            catalogue.by_name.entry(folded(&product.name)).or_insert(place);
        }
        catalogue.products = products;
        catalogue
    }

    /// The product with this id; else the one with this name, whatever its width and case.
    #[must_use]
    pub fn find(&self, id: Option<&str>, name: Option<&str>) -> Option<&Product> {
        // Asked many times for each plan, and folding a name is most of a look-up.
        if self.products.is_empty() {
            return None;
        }
        let by_id = id.and_then(|id| self.by_id.get(id));
        let by_name = || name.or(id).and_then(|name| self.by_name.get(&folded(name)));
        by_id.or_else(by_name).and_then(|place| self.products.get(*place))
    }

    /// After how many days people usually buy this product again: its own figure, else the first of its group.
    #[must_use]
    pub fn reorder_days(&self, id: Option<&str>, name: Option<&str>) -> Option<u32> {
        let product = self.find(id, name)?;
        let of_group = |group: &String| {
            let mut others = self.products.iter().filter(|other| other.group.as_ref() == Some(group));
            others.find_map(|other| other.reorder_days)
        };
        product.reorder_days.or_else(|| product.group.as_ref().and_then(of_group))
    }

    /// Whether a product is in this group, or has this tag.
    #[must_use]
    pub fn has_group(&self, name: &str) -> bool {
        self.products.iter().any(|product| product.group.iter().chain(&product.tags).any(|group| group == name))
    }

    /// All products, in the shop's order.
    pub fn products(&self) -> impl Iterator<Item = &Product> {
        self.products.iter()
    }
}

impl From<Vec<Product>> for Catalogue {
    fn from(products: Vec<Product>) -> Self {
        Self::new(products)
    }
}

impl From<Catalogue> for Vec<Product> {
    fn from(catalogue: Catalogue) -> Self {
        catalogue.products
    }
}

fn folded(name: &str) -> String {
    name.nfkc().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_without_a_figure_has_that_of_its_group() {
        let product = |name: &str, group: Option<&str>, reorder_days| Product {
            name: name.into(),
            group: group.map(str::to_owned),
            reorder_days,
            ..Product::default()
        };
        let coffee = Some("coffee");
        let catalogue = Catalogue::new(vec![
            product("mug", None, None),
            product("dark", coffee, None),
            product("light", coffee, Some(30)),
            product("large", coffee, Some(60)),
        ]);
        for (name, expected) in
            [("mug", None), ("dark", Some(30)), ("light", Some(30)), ("large", Some(60)), ("tea", None)]
        {
            assert_eq!(catalogue.reorder_days(None, Some(name)), expected, "{name}");
        }
    }

    #[test]
    fn a_product_is_found_by_id_and_else_by_name() {
        let bowl =
            Product { ids: vec!["7".into(), "plink_1".into()], name: "粉引の飯碗 A".into(), ..Product::default() };
        let dish = Product { name: "7".into(), ..Product::default() };
        let catalogue = Catalogue::new(vec![bowl.clone(), dish]);
        for (id, name) in [
            (Some("7"), None),
            (Some("plink_1"), None),
            (None, Some("粉引の飯碗　ａ")),
            (Some("x"), Some("粉引の飯碗 A")),
        ] {
            assert_eq!(catalogue.find(id, name), Some(&bowl), "{id:?} {name:?}");
        }
        assert_eq!(catalogue.find(Some("x"), Some("y")), None);
        assert_eq!(catalogue.find(None, None), None);
    }
}
