//! What the docs show of a shop's file is a shop's file, and what they explain is what there is.

use crate::{Folder, shop};
use std::path::Path;
use toml::{Table, Value};
use wasurena_domain::purchase::Delivery;
use wasurena_letters::{load, read_deployment};

fn doc(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name)).unwrap()
}

/// The first block of a language.
fn block<'t>(text: &'t str, language: &str) -> &'t str {
    let (_, rest) = text.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("```").unwrap().0
}

#[test]
fn the_example_loads_with_the_product_file_of_the_docs() {
    let (example, text) = (doc("shop.example.toml"), doc("shop.md"));
    let mut folder = Folder::utsuwa();
    folder.write("shop.toml", &example);
    folder.write("products.csv", block(&text, "csv"));
    let book = load(&shop(), &folder.files()).unwrap_or_else(|problems| panic!("{problems:?}"));
    let products: Vec<_> = book.shop.products.products().map(|p| (p.ids.len(), p.delivery)).collect();
    assert_eq!(products, [(2, Delivery::Goods), (1, Delivery::MadeToOrder), (0, Delivery::Appointment)]);

    let deployment = read_deployment(&example, &["shopify", "standard"]).unwrap();
    assert_eq!((deployment.shop, deployment.carts.len()), (shop(), 2));

    folder.edit("shop.toml", "\"products.csv\"", "\"products.toml\"");
    folder.write("products.toml", block(&text, "toml"));
    assert_eq!(load(&shop(), &folder.files()).unwrap().shop.products.products().count(), 1);
}

#[test]
fn every_key_of_the_example_is_explained() {
    fn keys(table: &Table, found: &mut Vec<String>) {
        for (key, value) in table {
            match value {
                Value::Table(table) => keys(table, found),
                _ => found.push(key.clone()),
            }
        }
    }
    let (example, text) = (doc("shop.example.toml"), doc("shop.md"));
    let mut all = Vec::new();
    keys(&example.parse().unwrap(), &mut all);
    assert!(all.len() > 30, "{all:?}");
    let missing: Vec<_> = all.iter().filter(|key| !text.contains(&format!("`{key}`"))).collect();
    assert!(missing.is_empty(), "docs/shop.md does not explain {missing:?}");
}

#[test]
fn the_frequency_of_the_docs_is_read_and_its_refusal_is_word_for_word() {
    let text = doc("programme.md");
    let mut folder = Folder::small();
    let (_, of_frequency) = text.split_once("## `[frequency]`").unwrap();
    let frequency = block(of_frequency, "toml");
    folder.edit("programme.toml", "[[step]]", &format!("\n\n{frequency}\n[[step]]"));
    assert_eq!(folder.book().programme.frequency.caps.len(), 2);
    folder.edit("programme.toml", "min_gap_days = 2", "min_gap_days = 19");
    let said: Vec<String> = folder.load().unwrap_err().iter().map(ToString::to_string).collect();
    let shown = block(of_frequency, "text").split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(said, [shown]);
}

#[test]
fn every_word_of_letters_is_explained() {
    let mut folder = Folder::small();
    folder.edit("letters/usage.txt", "長く", "{{ nothing }}");
    let problem = folder.load().unwrap_err().remove(0);
    let words = problem.mend.strip_prefix("use one of: ").unwrap().split(", ");
    let text = doc("shop.md");
    let missing: Vec<_> = words.filter(|word| !text.contains(&format!("`{word}`"))).collect();
    assert!(missing.is_empty(), "docs/shop.md does not explain {missing:?}");
}

#[test]
fn every_key_of_a_programme_is_explained() {
    let text = doc("programme.md");
    for section in ["[[step]]", "[[series]]", "[[date]]", "[[campaign]]", "[[remedy]]", "[frequency]"] {
        let mut folder = Folder::small();
        folder.edit("programme.toml", "[[step]]", "[frequency]\n\n[[date]]\n\n[[campaign]]\n\n[[remedy]]\n\n[[step]]");
        folder.edit("programme.toml", &format!("{section}\n"), &format!("{section}\nnothing = 1\n"));
        let mut problems = folder.load().unwrap_err().into_iter();
        let problem = problems.find(|p| p.mend.starts_with("take it out")).unwrap();
        let keys = problem.mend.strip_prefix("take it out, or use one of: ").unwrap().split(", ");
        let missing: Vec<_> = keys.filter(|key| !text.contains(&format!("`{key}`"))).collect();
        assert!(missing.is_empty(), "docs/programme.md does not explain {missing:?} of {section}");
    }
}

#[test]
fn the_newsletter_and_the_campaign_of_the_docs_are_read() {
    let text = doc("programme.md");
    let mut folder = Folder::small();
    let (_, newsletter) = text.split_once("### A newsletter").unwrap();
    let (_, campaign) = text.split_once("## `[[campaign]]`").unwrap();
    let (newsletter, campaign) = (block(newsletter, "toml"), block(campaign, "toml"));
    folder.write("programme.toml", &format!("{}\n{newsletter}\n{campaign}", crate::SMALL));
    let plain = "件名: 春の器\n\n{{ addressee }}\n\n春になりました。\n";
    folder.write("letters/newsletter-2027-01.txt", plain);
    folder.write("letters/spring-kiln.txt", plain);
    folder.write("products.toml", "[[product]]\nname = \"皿\"\ngroup = \"皿\"\n");
    folder.edit("shop.toml", "zone =", "products = \"products.toml\"\nzone =");
    let programme = folder.book().programme;
    assert_eq!((programme.series.len(), programme.dated.len()), (2, 1));
    assert!(programme.series[1].letters[0].issued.is_some() && programme.dated[0].target.is_some());
}
