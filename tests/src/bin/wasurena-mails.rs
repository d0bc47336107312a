//! Every mail of every built-in programme as it is handed to SES, for those whose opinion of mails is asked: one JSON array on
//! standard output. What a mail asks nobody for is not here: the picture's address leads nowhere (RFC 2606).

#![expect(clippy::print_stdout, reason = "the mails go to the shell")]

use chrono::NaiveDate;
use serde_json::{Value, json};
use std::error::Error;
use wasurena_domain::contact::{EmailAddress, PersonName};
use wasurena_domain::ids::{CustomerId, FollowUpId, ShopId, StepId};
use wasurena_domain::programme::{Class, Programme};
use wasurena_domain::purchase::Consent;
use wasurena_letters::link::{LinkKeys, Places};
use wasurena_letters::{Book, Count, Facts, Product, built_in, built_in_names, load};

/// Where the pages are: as long an address as a deployment without a domain of its own has.
const PAGES: &str = "https://q7w2e5r4t6y8u1i3o9p0a2s4d6f8g1h3.lambda-url.ap-northeast-1.on.aws";
/// The picture of what was bought.
const PICTURE: &str = "https://img.example.jp/picture.png";
/// The face of whoever signs.
const FACE: &str = "https://img.example.jp/face.png";
/// Whose mails they are.
const TO: &str = "customer@example.com";

fn main() -> Result<(), Box<dyn Error>> {
    let mut mails = Vec::new();
    for name in built_in_names() {
        of_programme(name, &mut mails)?;
    }
    println!("{}", Value::from(mails));
    Ok(())
}

fn of_programme(name: &str, mails: &mut Vec<Value>) -> Result<(), Box<dyn Error>> {
    let start = NaiveDate::from_ymd_opt(2026, 12, 1).ok_or("no such day")?;
    let files = built_in(name, start).ok_or("no such programme")?;
    let mut book = load(&ShopId::parse("sakura")?, &files).map_err(|problems| format!("{name}: {problems:?}"))?;
    book.shop.staff.picture = Some(FACE.to_owned());
    let messages: Vec<(StepId, Class)> = book.programme.messages().map(|(id, class)| (id.clone(), class)).collect();
    for (id, class) in messages {
        mails.push(mail(name, &book, &id, class, Consent::Granted)?);
        // What follows a purchase goes to those who asked for nothing, too.
        if matches!(class, Class::Thanks | Class::Remedy) {
            mails.push(mail(name, &book, &id, class, Consent::Unknown)?);
        }
    }
    Ok(())
}

fn mail(name: &str, book: &Book, id: &StepId, class: Class, consent: Consent) -> Result<Value, Box<dyn Error>> {
    let english = name.ends_with("-en");
    let shop = &book.shop;
    let first = shop.products.products().next();
    let unnamed = if english { "kohiki rice bowl" } else { "粉引の飯碗" };
    let product = Product {
        name: first.map_or(unnamed, |product| product.name.as_str()),
        // A visit has no picture; a thing has one.
        picture: matches!(name.trim_end_matches("-en"), "utsuwa" | "shokuhin").then_some(PICTURE),
        page: first.and_then(|product| product.page.as_deref()),
        story: first.and_then(|product| product.story.as_deref()),
    };
    let keys = LinkKeys::new((1, vec![7_u8; 32].into()), [])?;
    let customer = CustomerId::derive(b"key", &shop.id, TO);
    let follow_up = FollowUpId::derive(&customer, id, "once");
    let pages = Places::new(PAGES, &shop.id, &keys).of_mail(&customer, &follow_up);
    let person = PersonName::parse(if english { "Emily Carter" } else { "山田 花子" });
    let facts = Facts {
        addressee: person.as_ref(),
        count: Count::Nth(first_count(&book.programme, id)),
        gift: false,
        made_to_order: false,
        product: Some(product),
        bought_on: NaiveDate::from_ymd_opt(2026, 12, 1),
        consent,
        urls: pages.urls(),
        note: None,
        asks_address: false,
        answer_url: (class == Class::Survey).then_some(pages.answer.as_str()),
    };
    let mail = book.render(id, &facts)?;
    let out = send_follow_ups::addressed(shop, &EmailAddress::parse(TO)?, mail, &pages.stop, Vec::new());
    let headers: Vec<Value> = out.headers.iter().map(|(name, value)| json!([name, value])).collect();
    let asked = if consent == Consent::Granted { "" } else { "-unasked" };
    Ok(json!({
        "name": format!("{name}-{id}{asked}"), "from": out.from, "reply_to": out.reply_to, "to": out.to,
        "subject": out.subject, "text": out.text, "html": out.html, "headers": headers,
    }))
}

/// The purchase with which a message begins to be for somebody.
fn first_count(programme: &Programme, id: &StepId) -> u32 {
    let step = programme.steps.iter().find(|step| step.id == *id).map(|step| step.occasions.from);
    let series = programme.series.iter().find(|series| series.letters.iter().any(|letter| letter.id == *id));
    let dated = programme.dated.iter().find(|date| date.letters.iter().any(|letter| letter.id == *id));
    step.or(series.map(|series| series.from_occasion)).or(dated.map(|date| date.occasions.from)).unwrap_or(1)
}
