//! Letters: their form, where they lead, and the messages that they belong to.

use super::Theme;
use crate::Folder;

#[test]
fn forms_of_a_letter() {
    let mut theme = Theme::new();
    let mut usage = |text: &str| {
        let told = if text.chars().count() > 1_000 { "a letter without end".to_owned() } else { super::quoted(text) };
        theme.case(&format!("letters/usage.txt is {told}"), |folder| folder.write("letters/usage.txt", text));
    };
    usage("長くお使いください\n");
    usage("件名:\n\nあ\n");
    usage("件名: あ\nい\n");
    usage("件名: あ\n\n");
    usage("件名: あ\n\nい\n{{ produkt.name }}\n");
    usage("件名: あ\n\n{{ product }}\n");
    usage("件名: あ\n\nい\n\n{{ product.picture }}\n");
    usage("件名: あ\n\nい\n{% if gift %}\nう\n");
    usage("件名: あ\n\n{% if gift %}う{% endif %}\n");
    usage("件名: {% if gift %}う{% endif %}\n\nあ\n");
    usage("件名: あ\n\n{{ product.name | shout }}\n");
    usage("件名: あ\n\n{% for a in [1] * 9999 %}{% for b in [1] * 9999 %}う{% endfor %}{% endfor %}\n");
    usage(&format!("件名: {}\n\n{{{{ product.name }}}}\n", "あ".repeat(61)));
    usage(&format!("件名: {{{{ product.name }}}}\n\n{}\n", "い".repeat(4_001)));
    usage("件名：全角でも\n\n見る → {{ shop.url }}\n");
    usage("件名: あ\n\nhttps://sakura.example.jp/new\n");
    insta::assert_snapshot!(theme.shown());
}

#[test]
fn letters_lead_to_the_shops_pages_and_nowhere_else() {
    let mut theme = Theme::new();
    theme
        .edit("letters/hello.txt", "こんにちは", "https://rakuten.example/")
        .edit("letters/hello.txt", "こんにちは", "https://sakura.example.jp.evil.example/")
        .edit("shop.toml", "zone = ", "pages = [\"photos\"]\nzone = ");
    let mut photos = Folder::small();
    photos.edit("shop.toml", "zone = ", "pages = [\"https://photos.example.jp/sakura\"]\nzone = ");
    photos.edit("letters/hello.txt", "こんにちは", "https://photos.example.jp/sakura/1");
    let mut beside = Theme::of(photos);
    beside.edit("letters/hello.txt", "sakura/1", "sakurai");
    insta::assert_snapshot!(theme.shown() + &beside.shown());
}

#[test]
fn letters_and_messages_belong_together() {
    let mut theme = Theme::new();
    theme
        .case("letters/usage.txt is missing", |folder| drop(folder.0.remove("letters/usage.txt")))
        .case("letters/usgae.txt is there as well", |folder| folder.write("letters/usgae.txt", "件名: あ\n\nい\n"));
    insta::assert_snapshot!(theme.shown());
    // What editors leave behind is no letter.
    let mut folder = Folder::small();
    folder.write("letters/usage.txt~", "件");
    folder.write("letters/.DS_Store", "");
    folder.book();
}
