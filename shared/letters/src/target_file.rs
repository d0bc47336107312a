//! Whom a message is for by what they bought: `groups`, `products` and what is excepted, in every table of `programme.toml` that
//! plans messages. A name that the product file does not have is most likely mistyped, and would leave everybody out.

use crate::problem::Problem;
use crate::programme_file::PROGRAMME_FILE;
use crate::toml_reader::{KeyLines, Table};
use std::collections::BTreeSet;
use toml::de::DeValue;
use wasurena_domain::catalogue::Catalogue;
use wasurena_domain::ids::StepId;
use wasurena_domain::programme::Target;

/// Most names in one list, and the longest of them in characters.
const NAMES_MAX: usize = 200;
const NAME_MAX: usize = 120;

/// Reads what must have been bought. `None` where anything of it is wrong, which is noted; `Some(None)` for anything.
pub(crate) fn read_target(table: &mut Table<'_>) -> Option<Option<Target>> {
    let groups = table.optional("groups", "[\"皿\"]", names);
    let products = table.optional("products", "[\"6600000000001\"]", names);
    let except_groups = table.optional("except_groups", "[\"皿\"]", names);
    let except_products = table.optional("except_products", "[\"6600000000001\"]", names);
    let target = Target {
        groups: groups?.unwrap_or_default(),
        products: products?.unwrap_or_default(),
        except_groups: except_groups?.unwrap_or_default(),
        except_products: except_products?.unwrap_or_default(),
    };
    let both = target.groups.intersection(&target.except_groups).next();
    if let Some(name) = both.or_else(|| target.products.intersection(&target.except_products).next()) {
        let key = if both.is_some() { "except_groups" } else { "except_products" };
        table.note(key, format!("`{name}` is named and excepted at once"), "take it out of one of the two");
        return None;
    }
    Some((!target.is_everything()).then_some(target))
}

/// The groups of a target that no product of the shop has.
pub(crate) fn unknown_groups(id: &StepId, target: &Target, lines: &KeyLines, products: &Catalogue) -> Vec<Problem> {
    let lists = [("groups", &target.groups), ("except_groups", &target.except_groups)];
    let named = lists.into_iter().flat_map(|(key, names)| names.iter().map(move |name| (key, name)));
    let unknown = named.filter(|(_, name)| !products.has_group(name));
    unknown
        .map(|(key, name)| {
            let what = format!("`{id}` names the group `{name}`, and no product of the shop is in it");
            let mend = "write it as the product file does, in `group` or `tags`, or add it there";
            Problem::form(PROGRAMME_FILE, lines.of(key), what, mend)
        })
        .collect()
}

/// `["皿", "カップ"]`: names of groups, tags or products.
fn names(value: &DeValue<'_>) -> Result<BTreeSet<String>, String> {
    let fits = |name: &str| !name.is_empty() && name.chars().count() <= NAME_MAX && !name.chars().any(char::is_control);
    let name = |value: &DeValue<'_>| value.as_str().map(str::trim).filter(|name| fits(name)).map(str::to_owned);
    let values = value.as_array().filter(|values| values.len() <= NAMES_MAX);
    let names: Option<BTreeSet<String>> =
        values.and_then(|all| all.iter().map(|value| name(value.get_ref())).collect());
    let found = names.filter(|names| !names.is_empty());
    found.ok_or_else(|| format!("a list of names, {NAMES_MAX} at most; left out for everything"))
}
