//! Product files, as spreadsheets and people write them.

use crate::{Folder, hanako, shop, standard, step};
use proptest::prelude::*;
use wasurena_domain::catalogue::Product;
use wasurena_domain::purchase::{Consent, Delivery};
use wasurena_letters::{Facts, Files, InvalidFiles, load_shop};

fn with(name: &str, text: &str) -> Folder {
    let mut folder = Folder::small();
    folder.edit("shop.toml", "shards = 1", &format!("shards = 1\nproducts = \"{name}\""));
    folder.write(name, text);
    folder
}

fn read(name: &str, text: &str) -> Vec<Product> {
    let shop = load_shop(&shop(), &with(name, text).files()).unwrap_or_else(|problems| panic!("{problems:?}"));
    shop.products.products().cloned().collect()
}

/// Everything that is found wrong.
fn wrong(name: &str, text: &str) -> Vec<String> {
    let problems = load_shop(&shop(), &with(name, text).files()).unwrap_err();
    problems.iter().map(|p| format!("{}:{}: {}", p.file, p.line.unwrap_or(0), p.what)).collect()
}

fn bowl() -> Product {
    Product {
        ids: vec!["7700".into(), "plink_1".into()],
        name: "粉引の飯碗".into(),
        tags: vec!["台所".into(), "贈り物".into()],
        group: Some("飯碗".into()),
        picture: Some("https://img.example.jp/meshiwan.jpg".into()),
        page: Some("https://sakura.example.jp/meshiwan".into()),
        story: Some("山の土です。薪で焼きます。".into()),
        delivery: Delivery::MadeToOrder,
        reorder_days: Some(730),
    }
}

#[test]
fn every_form_says_the_same() {
    let english = "\u{feff}id,name,group,tags,picture,page,story,delivery,reorder_days\r\n\
        7700 plink_1,粉引の飯碗,飯碗,贈り物|台所,https://img.example.jp/meshiwan.jpg,https://sakura.example.jp/meshiwan,\
        \"山の土です。\r\n薪で焼きます。\",made_to_order,730\r\n,,,,,,,,\r\n";
    let japanese = "届け方,商品名,物語,#価格,商品ID,グループ,タグ,画像,ページ,買い替え日数\n\
        受注生産, 粉引の飯碗 ,山の土です。薪で焼きます。,3800,plink_1|7700,飯碗,贈り物、台所,https://img.example.jp/meshiwan.jpg,\
        https://sakura.example.jp/meshiwan,730\n";
    let toml = "[[product]]\nid = [\"7700\", \"plink_1\"]\nname = \"粉引の飯碗\"\ngroup = \"飯碗\"\ntags = [\"台所\", \"贈り物\"]\n\
        picture = \"https://img.example.jp/meshiwan.jpg\"\npage = \"https://sakura.example.jp/meshiwan\"\n\
        story = \"\"\"\n山の土です。\n薪で焼きます。\"\"\"\ndelivery = \"made_to_order\"\nreorder_days = 730\n";
    for (name, text) in [("products.csv", english), ("商品.csv", japanese), ("products.toml", toml)] {
        assert_eq!(read(name, text), [bowl()], "{name}");
    }
    let name_only = read("products.csv", "name\n皿\n");
    assert_eq!(name_only, [Product { name: "皿".into(), ..Product::default() }]);
}

#[test]
fn faults_are_told_by_row_and_column() {
    for (text, expected) in [
        ("", vec!["products.csv:1: the product file is empty"]),
        (
            "皿,3800\n",
            vec![
                "products.csv:1: column A (`皿`) is no column of a product file",
                "products.csv:1: column B (`3800`) is no column of a product file",
                "products.csv:1: there is no column `name` (`商品名`)",
            ],
        ),
        ("name,商品名\n皿,皿\n", vec!["products.csv:1: column B (`商品名`) stands twice"]),
        ("id,name\n7,\n", vec!["products.csv:2: column B (`name`) of row 2 must not be empty"]),
        // The end of a file as DOS wrote it.
        ("name\n飯碗\n\u{1a}", vec!["products.csv:3: column A (`name`) of row 3 must not be empty"]),
        ("id,name\n7,皿,x\n", vec!["products.csv:2: column C of row 2 has no header"]),
        ("id,name\n7,皿\n8 7,鉢\n", vec!["products.csv:3: column A (`id`) of row 3 must not name `7` again"]),
        ("name\n皿\n皿\n", vec!["products.csv:3: column A (`name`) of row 3 must not come twice without an id"]),
        ("id,name\n6.6E+12,皿\n", vec!["products.csv:2: column A (`id`) of row 2 must be the whole number"]),
        (
            "name,届け方\n皿,宅配\n",
            vec![
                "products.csv:2: column B (`届け方`) of row 2 must be goods, digital, made_to_order or appointment (通常, デジタル, 受注生産, 予約日)",
            ],
        ),
        (
            "name,story\n皿,\"土。\n火。\"\n鉢,見る https://evil.example\n",
            vec!["products.csv:4: column B (`story`) of row 3 must not hold an address"],
        ),
        (
            "name,画像,page\n皿,http://a.example.jp/a.jpg,https://nohost\n",
            vec![
                "products.csv:2: column B (`画像`) of row 2 must be an address that begins with https://, of 500 bytes at most",
                "products.csv:2: column C (`page`) of row 2 must be an address that begins with https://, of 500 bytes at most",
            ],
        ),
    ] {
        assert_eq!(wrong("products.csv", text), expected, "{text:?}");
    }
    let long = format!("name,story\n皿,{}\n", "あ".repeat(401));
    assert_eq!(
        wrong("products.csv", &long),
        ["products.csv:2: column B (`story`) of row 2 must have 400 characters at most"]
    );
}

#[test]
fn faults_of_toml_are_told_by_line() {
    for (text, expected) in [
        ("[[product]]\nid = \"7\"\n", "products.toml:1: `name` in [[product]] must not be empty"),
        (
            "[[product]]\nname = \"皿\"\nreorder_days = 0\n",
            "products.toml:3: `reorder_days` in [[product]] must be a whole number of days from 1 to 3660",
        ),
        (
            "[[product]]\nname = \"皿\"\nreorder_days = \"soon\"\n",
            "products.toml:3: `reorder_days` in [[product]] must be a whole number from 0",
        ),
        ("[[product]]\nname = 7\n", "products.toml:2: `name` in [[product]] must be a text"),
        (
            "[[product]]\nname = \"皿\"\npicture = \"ftp://a\"\n",
            "products.toml:3: `picture` in [[product]] must be an address that begins with https://, of 500 bytes at most",
        ),
        ("[[product]]\nname = \"皿\"\nprice = 3\n", "products.toml:3: `price` is no key in [[product]]"),
        ("[[products]]\nname = \"皿\"\n", "products.toml:1: `products` is no key"),
    ] {
        assert_eq!(wrong("products.toml", text), [expected], "{text:?}");
    }
}

#[test]
fn the_same_mistake_in_a_thousand_rows_is_told_twenty_times() {
    let text = format!("name,picture\n{}", "皿,x\n".repeat(1_000));
    let found = wrong("products.csv", &text);
    assert_eq!(found.len(), 21);
    assert!(found[20].contains("more faults stand below"), "{}", found[20]);
}

#[test]
fn what_is_too_big_is_refused_and_several_files_are_not() {
    let rows = |from: usize, count: usize| -> String {
        (from..from + count).map(|n| format!("{n},皿{n}\n")).fold("id,name\n".to_owned(), |all, row| all + &row)
    };
    let big = "x".repeat(256 * 1024 + 1);
    let refused = Files::new([("products.csv".to_owned(), big)]).unwrap_err();
    assert!(matches!(&refused, InvalidFiles::TableTooLong { path, .. } if path == "products.csv"), "{refused}");
    assert!(refused.to_string().contains("products = [\"products-1.csv\", \"products-2.csv\"]"), "{refused}");

    let mut folder = with("a.csv", &rows(0, 2_600));
    folder.edit("shop.toml", "\"a.csv\"", "[\"a.csv\", \"b.csv\"]");
    folder.write("b.csv", &rows(2_600, 2_400));
    assert_eq!(load_shop(&shop(), &folder.files()).unwrap().products.products().count(), 5_000);
    folder.write("b.csv", &rows(2_600, 2_401));
    let problems = load_shop(&shop(), &folder.files()).unwrap_err();
    assert!(problems.len() == 1 && problems[0].what.contains("hold 5001 products"), "{problems:?}");
}

#[test]
fn a_letter_speaks_of_a_product_and_leads_to_its_page_only_where_it_may() {
    let mut folder = Folder::small();
    let usage = "件名: {{ product.name }}\n\n{{ product.story }}\n\n{% if product.page %}\n見る → {{ product.page }}\n{% endif %}\n";
    folder.write(
        "letters/usage.txt",
        &usage.replace("{{ product.story }}", "{% if product.story %}{{ product.story }}{% endif %}使い方"),
    );
    let (book, name) = (folder.book(), hanako());
    let page = "https://shop.example.jp/meshiwan";
    let plain = standard(name.as_ref());
    let product =
        plain
            .product
            .map(|product| wasurena_letters::Product { page: Some(page), story: Some("土の話。"), ..product });
    for (consent, leads) in [(Consent::Granted, true), (Consent::Unknown, false), (Consent::Denied, false)] {
        let mail = book.render(&step("usage"), &Facts { product, consent, ..plain }).unwrap();
        assert!(mail.text.contains("土の話。"));
        assert_eq!(mail.text.contains(page), leads, "{consent:?}");
        assert_eq!(mail.html.contains(&format!("<a href=\"{page}\">見る</a>")), leads, "{consent:?}");
    }

    // What may be missing must be asked for, and a thank-you has no page at all (R12).
    folder.write("letters/usage.txt", usage);
    assert!(folder.load().unwrap_err()[0].what.contains("undefined"));
    let mut folder = Folder::small();
    folder.edit("letters/thanks-first.txt", "{{ greeting }}", "{% if product.page %}{{ product.page }}{% endif %}");
    let found = folder.load().unwrap_err();
    assert_eq!(found.iter().map(|p| p.rule.to_string()).collect::<Vec<_>>(), ["R12"], "{found:?}");
}

proptest! {
    #[test]
    fn any_table_is_answered(text in "(name|id|[a-z,\"\n |皿])*") {
        let folder = with("products.csv", &format!("id,name\n{text}"));
        if let Err(problems) = load_shop(&shop(), &folder.files()) {
            prop_assert!(problems.iter().all(|p| p.file == "products.csv" && p.line.is_some()));
        }
    }

    #[test]
    fn what_a_sheet_holds_comes_out(names in prop::collection::btree_set("[あ-ん]{1,8}[,\"]?[あ-ん]", 1..20)) {
        let cell = |name: &String| format!("\"{}\"\n", name.replace('"', "\"\""));
        let text: String = std::iter::once("name\n".to_owned()).chain(names.iter().map(cell)).collect();
        let read: Vec<String> = read("products.csv", &text).into_iter().map(|product| product.name).collect();
        prop_assert_eq!(read, names.into_iter().collect::<Vec<_>>());
    }
}
