//! The diary's table as a whole, read from outside.

use super::life::Person;
use serde_json::Value;
use std::collections::BTreeMap;

/// The whole table, when all is quiet at the end, and what it says by itself.
#[derive(Debug)]
pub(crate) struct Books {
    /// The items.
    pub(super) items: Vec<Value>,
    /// Everybody's id, by their address.
    pub(super) ids: BTreeMap<String, String>,
}

impl Books {
    /// The table's items, as DynamoDB keeps them.
    #[must_use]
    pub(crate) fn new(items: Vec<Value>) -> Self {
        let id = |item: &Value| {
            let (_, id) = item["pk"]["S"].as_str()?.split_once("#C#")?;
            Some((item["email"]["S"].as_str()?.to_owned(), id.to_owned()))
        };
        let ids = items.iter().filter(|item| item["sk"]["S"] == "C").filter_map(id).collect();
        Self { items, ids }
    }

    /// The follow-ups.
    pub(super) fn follow_ups(&self) -> impl Iterator<Item = &Value> {
        self.items.iter().filter(|item| text(item, "sk").starts_with("F#"))
    }

    /// Somebody's id, and their items.
    pub(super) fn of<'a>(&'a self, person: &Person) -> Option<(String, impl Iterator<Item = &'a Value>)> {
        let id = self.ids.get(&person.address)?;
        let pk = format!("{}#C#{id}", person.shop);
        Some((id.clone(), self.items.iter().filter(move |item| text(item, "pk") == pk)))
    }

    /// Whether a person has something to do for this customer.
    pub(super) fn has_task_for(&self, shop: &str, customer: &str) -> bool {
        let pk = format!("{shop}#TASKS");
        self.items.iter().any(|item| text(item, "pk") == pk && text(item, "sk").contains(customer))
    }
}

/// A field that is a text; empty where there is none.
pub(super) fn text<'a>(item: &'a Value, name: &str) -> &'a str {
    item[name]["S"].as_str().unwrap_or_default()
}
