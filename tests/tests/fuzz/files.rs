//! A shop's product file, as spreadsheets save it.

use crate::engine::{Input, fuzz};
use crate::letters::{are_told, with};
use wasurena_domain::ids::ShopId;
use wasurena_domain::shop::Shop;
use wasurena_letters::{Files, SHOP_FILE, load_shop};

fn read(input: &Input<'_>) {
    let name = if input.file.ends_with(".toml") { "products.toml" } else { "products.csv" };
    let text = String::from_utf8_lossy(input.bytes);
    let Some(files) = with(name, &text) else { return };
    let named = |text: &str| text.replacen("shards = 1", &format!("shards = 1\nproducts = \"{name}\""), 1);
    let files = files
        .iter()
        .map(|(path, text)| (path.to_owned(), if path == SHOP_FILE { named(text) } else { text.to_owned() }));
    let files = Files::new(files).unwrap();
    match load_shop(&ShopId::parse("sakura").unwrap(), &files) {
        Err(problems) => are_told(&problems, &files),
        Ok(shop) => {
            let written = serde_json::to_string(&shop).expect("settings can be written");
            assert_eq!(serde_json::from_str::<Shop>(&written).expect("settings can be read"), shop);
            for product in shop.products.products() {
                assert!(!product.name.trim().is_empty(), "a product without a name");
            }
        }
    }
}

#[test]
fn products() {
    fuzz("products", 2_000, read);
}
