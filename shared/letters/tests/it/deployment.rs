//! What a shop's file says to the deployment alone: read, judged, and never published.

use crate::{Folder, shop};
use wasurena_letters::{SecretPlace, load_shop, product_files_of, read_deployment, settings_only};

const CARTS: [&str; 2] = ["shopify", "standard"];
const SECRET: &str = "whsec_bm90aGluZyBidXQgYSBzYW1wbGU=";

/// The sample shop's file with these parts.
fn file(top: &str, carts: &str) -> String {
    let settings = Folder::small().0["shop.toml"].clone();
    format!("{top}\n{settings}\n# secret = \"{SECRET}\" was the old one\n{carts}\n")
}

#[track_caller]
fn wrong(top: &str, carts: &str, what: &[&str]) {
    let problems = read_deployment(&file(top, carts), &CARTS).unwrap_err();
    let found: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(found.len(), what.len(), "{found:?}");
    assert!(found.iter().zip(what).all(|(found, what)| found.contains(what) && !found.contains("whsec_")), "{found:?}");
}

#[test]
fn carts_name_their_secrets_in_three_ways() {
    let carts = format!(
        "[carts.shopify]\nsecret_file = \"shopify.secret\"\nprevious_secret_env = \"OLD\"\n[carts.standard]\nsecret = \"{SECRET}\""
    );
    let source = file("id = \"sakura\"\nprogramme = \"letters-of-spring\"", &carts);
    let deployment = read_deployment(&source, &CARTS).unwrap();
    assert_eq!((&deployment.shop, deployment.programme.as_deref()), (&shop(), Some("letters-of-spring")));
    let [shopify, standard] = deployment.carts.as_slice() else { panic!("two carts") };
    assert!(matches!(&shopify.secret.place, SecretPlace::File(name) if name == "shopify.secret"));
    assert!(matches!(&shopify.previous.as_ref().unwrap().place, SecretPlace::Environment(name) if name == "OLD"));
    assert!(matches!(&standard.secret.place, SecretPlace::Here(_)) && standard.previous.is_none());
    assert!(!format!("{deployment:?} {standard:?}").contains("whsec_"));
    let line = source.lines().position(|line| line.starts_with("secret = ")).unwrap() + 1;
    assert_eq!(standard.secret.line, line);
}

#[test]
fn what_is_wrong_is_found_without_saying_the_secret() {
    let id = "id = \"sakura\"";
    wrong("", "", &["shop.toml:1: form: `id` is missing"]);
    wrong("id = \"Sakura!\"", "", &["`id` must be 1 to 40 characters"]);
    wrong(
        id,
        "[carts.shopfiy]\nsecret = \"x\"",
        &["there is no cart of this name. Mend: use one of: shopify, standard"],
    );
    wrong(id, "[carts.shopify]", &["[carts.shopify] has no secret"]);
    wrong(id, "[carts.shopify]\nsecret = \"\"", &["`secret` in [carts.shopify] must be a text of one line"]);
    wrong(
        id,
        &format!("[carts.shopify]\nsecret = \"{SECRET}\"\nsecret_env = \"A\""),
        &["`secret_env` stands beside another"],
    );
    wrong(id, "[carts]\nshopify = \"x\"", &["`carts.shopify` must be a table"]);
    wrong(id, "[carts.shopify]\nsecret = \"x\"\nsecrets = \"y\"", &["`secrets` is no key in [carts.shopify]"]);
    wrong(id, &format!("[carts.shopify]\nsecret = {SECRET}"), &["not TOML"]);
}

#[test]
fn nothing_of_it_is_published_and_the_settings_are_the_same() {
    let carts = format!("[carts.shopify]\nsecret = \"{SECRET}\"");
    let mut folder = Folder::small();
    let settings = "holidays = [2026-12-29]\nown_addresses = [\"@sakura.example.jp\"]";
    folder.write("shop.toml", &file(&format!("id = \"sakura\"\nprogramme = \"p\"\n{settings}"), &carts));
    let files = folder.files();
    let published = files.publishable();
    let text = published.get("shop.toml").unwrap();
    assert!(!text.contains("whsec_") && !text.contains("programme") && !text.contains("id ="), "{text}");
    assert_eq!(load_shop(&shop(), &published).unwrap(), load_shop(&shop(), &files).unwrap());
    assert_eq!(published.publishable(), published);
    assert!(!format!("{files:?}").contains("whsec_"));

    // A file that says nothing to the deployment stays as it was written, and one that cannot be read is left out.
    let plain = Folder::small().files();
    assert_eq!(plain.publishable(), plain);
    assert_eq!(settings_only(&format!("secret = {SECRET}")), None);
}

#[test]
fn product_files_are_known_before_anything_is_judged() {
    assert_eq!(product_files_of("products = \"a.csv\"\nname = 3"), ["a.csv"]);
    assert_eq!(product_files_of("products = [\"a.csv\", \"b/c.toml\"]"), ["a.csv", "b/c.toml"]);
    for none in ["", "products = 3", "products = \"/etc/passwd\"", "products = \"../a.csv\"", "products = "] {
        assert!(product_files_of(none).is_empty(), "{none}");
    }
}
