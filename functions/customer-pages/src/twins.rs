//! Every page in both languages: none speaks the other's, each says which it speaks, and what a shop is called stays a name.

use crate::card;
use crate::data_page;
use crate::notice;
use crate::prefer::Offered;
use crate::prefer_page::{self, Shown};
use crate::stop_page;
use crate::voice::Voice;
use crate::wrong;
use wasurena_cloud::confirming::Change;
use wasurena_domain::birthday::Birthday;
use wasurena_domain::channel::Channel;
use wasurena_domain::contact::EmailAddress;
use wasurena_domain::ids::ShopId;
use wasurena_domain::preference::{Kind, Preferences};
use wasurena_domain::shop::Shop;
use wasurena_letters::link::Confirms;
use wasurena_letters::{Language, built_in, load};

fn shop(name: &str) -> Shop {
    let files = built_in("utsuwa-en", "2026-12-01".parse().unwrap()).unwrap();
    let shop = load(&ShopId::parse("sakura").unwrap(), &files).unwrap().shop;
    Shop { name: name.to_owned(), ..shop }
}

fn pages(voice: Voice<'_>) -> Vec<String> {
    let today = "2026-12-01".parse().unwrap();
    let offered = Offered {
        kinds: Kind::ALL.to_vec(),
        channels: vec![Channel::Letter, Channel::Phone, Channel::Visit],
        birthday: true,
    };
    let preferences = Preferences { paused_until: Some(today), ..Preferences::default() };
    let prefer = |is_stopped| Shown {
        masked: Some("h•••@e•••.jp".to_owned()),
        offered: &offered,
        preferences: &preferences,
        open: vec![Channel::Letter],
        is_stopped,
        has_birthday: !is_stopped,
        today,
        stop: "/stop".to_owned(),
        data: "/data".to_owned(),
        wrong: None,
    };
    let change = Change::Birthday(Birthday::parse("--02-29").unwrap());
    let to = EmailAddress::parse("hanako@example.jp").unwrap();
    let mut pages = vec![
        stop_page::ask(voice, "/p"),
        stop_page::stopped(voice),
        stop_page::resumed(voice, "/p"),
        prefer_page::show(voice, &prefer(false)),
        prefer_page::show(voice, &prefer(true)),
        prefer_page::preferred(voice, "/p"),
        wrong::ask(voice, true),
        wrong::told(voice),
        data_page::ask(voice, Some("h•••@e•••.jp")),
        data_page::ask(voice, None),
        data_page::sent(voice, "h•••@e•••.jp"),
        data_page::too_many(voice),
        data_page::changed(voice),
        data_page::erased(voice),
        data_page::everything(voice, &serde_json::json!({ "customer": { "name": "x" }, "cases": [] })),
        card::show(voice, "/c/sakura/card.vcf"),
    ];
    let confirms = [(Confirms::Change, Some(&change)), (Confirms::Export, None), (Confirms::Erasing, None)];
    pages.extend(confirms.map(|(what, change)| data_page::confirm(voice, what, change)));
    let mails = confirms.map(|(what, _)| notice::mail(voice, &to, what, "https://pages.example.jp/k").html);
    pages.into_iter().map(maud::PreEscaped::into_string).chain(mails).collect()
}

fn is_japanese(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}')
}

#[test]
fn every_page_speaks_one_language_and_says_which() {
    let shop = shop("Sakura Pottery");
    for page in pages(Voice { shop: &shop, language: Language::English }) {
        assert!(page.contains("<html lang=\"en\">"), "{page}");
        let said = page.replace(&shop.legal.address, "").replace(&shop.legal.operator, "");
        assert!(!said.contains(is_japanese), "{page}");
    }
    for page in pages(Voice { shop: &shop, language: Language::Japanese }) {
        assert!(page.contains("<html lang=\"ja\">") && page.contains(is_japanese), "{page}");
    }
}

#[test]
fn a_name_never_becomes_markup_and_no_page_has_a_script() {
    let shop = shop("<script>alert('\"&</script>");
    for page in pages(Voice { shop: &shop, language: Language::Japanese }) {
        assert!(page.contains("&lt;script&gt;") && !page.contains("<script"), "{page}");
    }
    let text = card::file(&shop);
    assert!(text.contains("\r\nFN:<script>alert('\"&</script>\r\n"), "{text}");
    assert!(text.starts_with("BEGIN:VCARD\r\nVERSION:3.0\r\n") && text.ends_with("\r\nEND:VCARD\r\n"), "{text}");
}

#[test]
fn every_field_has_a_label() {
    let shop = shop("Sakura Pottery");
    for page in pages(Voice { shop: &shop, language: Language::English }) {
        for tag in ["<input", "<select", "<textarea"] {
            for (at, _) in page.match_indices(tag) {
                let field = page[at..].split('>').next().unwrap();
                let id = field.split(" id=\"").nth(1).and_then(|rest| rest.split('"').next());
                let is_named = id.is_some_and(|id| page.contains(&format!("<label for=\"{id}\"")));
                let before = &page[..at];
                let is_inside = before.rfind("<label") > before.rfind("</label>");
                assert!(is_named || is_inside, "{field}");
            }
        }
        assert_eq!(page.matches("<h1").count(), usize::from(!page.contains("color-scheme\"")), "{page}");
    }
}
