//! What a reader must see at a glance: the purchase, the sender, and how to reach the shop (R16, R17, R19).

use super::Theme;
use crate::Folder;

/// The small programme of a shop whose operator is not who signs.
fn incorporated() -> Folder {
    let mut folder = Folder::small();
    folder.edit("shop.toml", "operator = \"佐藤 花子\"", "operator = \"株式会社見本\"");
    folder
}

#[test]
fn r16_every_message_recalls_the_purchase() {
    let mut theme = Theme::of(incorporated());
    theme
        .case("frame.txt does not name the shop", |folder| {
            let frame = folder.0["frame.txt"].replace("{{ shop.name }}", "当店");
            folder.write("frame.txt", &frame);
        })
        // Used, and yet not shown to everybody: only the rendered mail tells.
        .case("frame.txt names shop and signer only where it was a gift", |folder| {
            let frame = folder.0["frame.txt"].replace("{{ shop.name }}", "{% if gift %}{{ shop.name }}{% endif %}");
            let frame = frame.replace("{{ staff.name }}", "{% if gift %}{{ staff.name }}{% endif %}");
            folder.write("frame.txt", &frame);
        })
        .case("frame.mjml names the signer only where there is a picture", |folder| {
            let signer = "{% if product.picture %}{{ staff.name }}{% endif %}";
            folder.edit("frame.mjml", "{{ staff.name }}", signer);
        })
        .case("letters/usage.txt could be about anything", |folder| {
            folder.write("letters/usage.txt", "件名: お手入れのこと\n\n{{ addressee }}\n\n長くお使いください。\n");
        });
    insta::assert_snapshot!(theme.shown());
}

#[test]
fn r17_sender_and_subject_say_who_this_is() {
    let mut theme = Theme::new();
    theme.edit("shop.toml", "name = \"うつわ さくら(店主 佐藤)\"", "name = \"店主 佐藤\"");
    let mut longer = Folder::small();
    longer.edit("letters/usage.txt", "件名: ", "件名: うつわ さくらより ");
    let mut some = Theme::of(longer.clone());
    some.edit("shop.toml", "name = \"うつわ さくら(店主 佐藤)\"", "name = \"店主 佐藤\"");
    insta::assert_snapshot!(theme.shown() + &some.shown());
    // Where every subject says it, the sender need not; and widths and spaces are nothing.
    longer.edit("letters/hello.txt", "件名: ", "件名: うつわさくら ");
    longer.edit("letters/thanks-first.txt", "件名: ", "件名: うつわ　さくら: ");
    longer.edit("shop.toml", "name = \"うつわ さくら(店主 佐藤)\"", "name = \"店主 佐藤\"");
    longer.book();
}

#[test]
fn r19_every_message_lets_the_customer_reach_the_shop() {
    let mut theme = Theme::new();
    theme
        .edit("shop.toml", "reply_to = \"sato@sakura.example.jp\"", "reply_to = \"no-reply@sakura.example.jp\"")
        .edit("letters/usage.txt", "長くお使いください。", "このメールは送信専用です。")
        .edit("greeting.txt", "いつもありがとうございます。", "ご返信はご遠慮ください。")
        .edit("frame.txt", "{{ body }}", "{{ body }}\nPlease do not reply.")
        .case("frame.txt shows the shop's address only with consent", |folder| {
            folder.edit("frame.txt", "{{ shop.email }}", "{% if consented %}{{ shop.email }}{% endif %}");
        })
        .case("frame.mjml shows no telephone number", |folder| {
            let frame = folder.0["frame.mjml"].replace("{{ shop.phone }}", "");
            folder.write("frame.mjml", &frame);
        });
    insta::assert_snapshot!(theme.shown());
}

#[test]
fn r20_every_message_that_comes_for_its_own_sake_can_be_handed_on() {
    let mut theme = Theme::new();
    theme
        .case("frame.txt shows no contact card", |folder| {
            let frame = folder.0["frame.txt"].replace("{{ card_url }}", "");
            folder.write("frame.txt", &frame);
        })
        .case("frame.mjml shows it only to those who bought a present", |folder| {
            folder.edit("frame.mjml", "{% if card_url %}", "{% if card_url and gift %}");
        });
    insta::assert_snapshot!(theme.shown());
}

#[test]
fn what_the_law_wants_is_shown_and_not_only_used() {
    let mut theme = Theme::of(incorporated());
    theme
        .edit("frame.txt", "{{ shop.operator }}", "{% if gift %}{{ shop.operator }}{% endif %}")
        .edit("frame.mjml", "{{ shop.address }}", "{% if not consented %}{{ shop.address }}{% endif %}")
        .edit("frame.txt", "{{ stop_url }}", "{% if consented %}{{ stop_url }}{% endif %}");
    insta::assert_snapshot!(theme.shown());
}
