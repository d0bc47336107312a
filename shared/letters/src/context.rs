//! What a letter may speak of: the facts of one mail, as the words its templates can use.
//!
//! The class decides which words there are. `offer` exists only where a letter sells (R14); `shop.url` and
//! `product.page` exist neither in a thank-you (R12) nor where nobody said yes to hearing from the shop
//! (特定商取引法 12条の3). A letter that uses a word which is not there does not render, whoever wrote it.

use crate::language::{Language, Speech};
use crate::text::{shorten, words};
use chrono::NaiveDate;
use minijinja::value::Value;
use std::collections::BTreeMap;
use wasurena_domain::contact::PersonName;
use wasurena_domain::follow_up::Note;
use wasurena_domain::programme::Class;
use wasurena_domain::purchase::Consent;
use wasurena_domain::shop::Shop;

/// Longest product name in a subject, in characters; the letter itself has all of it.
const SUBJECT_PRODUCT_MAX: usize = 24;
/// Longest name in a subject, in characters. A longer one is not cut, which would be rude: it gives way.
const SUBJECT_NAME_MAX: usize = 16;

/// Which of the customer's purchases a letter is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// The history is not complete: nobody is greeted by count, and never with 「はじめて」.
    Unknown,
    /// The nth, from 1.
    Nth(u32),
}

/// The thing a letter speaks of.
#[derive(Clone, Copy, Default)]
pub struct Product<'a> {
    /// What the customer knows it by.
    pub name: &'a str,
    /// A picture of it. One that is not on https is left out.
    pub picture: Option<&'a str>,
    /// Its page. One that is not on https is left out, and so is every page where a letter may not lead to the
    /// shop's own.
    pub page: Option<&'a str>,
    /// What there is to tell about it.
    pub story: Option<&'a str>,
}

/// What one mail is about. It speaks of a person, so there is no `Debug`.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// Whom it addresses; `None` for 「お客様」.
    pub addressee: Option<&'a PersonName>,
    /// Which purchase it is about.
    pub count: Count,
    /// Whether that purchase was a gift to somebody else.
    pub gift: bool,
    /// Whether it is made only after the order.
    pub made_to_order: bool,
    /// The thing that was bought, where it is known.
    pub product: Option<Product<'a>>,
    /// The day of the purchase, where it is known.
    pub bought_on: Option<NaiveDate>,
    /// What the customer said about hearing from the shop.
    pub consent: Consent,
    /// The pages behind the mail.
    pub urls: Urls<'a>,
    /// The owner's personal line (R21).
    pub note: Option<&'a Note>,
    /// Whether to ask for an address that letters can be posted to (R26).
    pub asks_address: bool,
    /// Where the answers to a survey lead, without the answer's id at the end; `None` where nothing is asked.
    pub answer_url: Option<&'a str>,
}

/// The addresses of the pages behind a mail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Urls<'a> {
    /// Where the customer can say stop.
    pub stop: &'a str,
    /// Where they choose what to hear, and how often.
    pub wishes: &'a str,
    /// Where they say that something is wrong.
    pub wrong: &'a str,
    /// The mail in the browser.
    pub view: &'a str,
    /// The shop's contact card, to be handed on (R20): the same for everybody, so it says nothing of the customer. With `.vcf`
    /// behind it it is what a telephone keeps.
    pub card: &'a str,
}

/// The words of a context, by their names in templates.
pub(crate) type Words = BTreeMap<&'static str, Value>;

/// For which part of a mail the words are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The subject: names are kept short.
    Subject,
    /// Letter and frame.
    Body,
}

/// Whether a message of this class makes it easy to hand the shop on (R20): one that comes for its own sake. What is about one
/// purchase is about that, and whoever waits for an apology recommends nobody.
pub(crate) fn hands_on(class: Class) -> bool {
    !matches!(class, Class::Thanks | Class::Survey | Class::Usage | Class::Remedy)
}

impl Facts<'_> {
    /// Whether the customer asked to hear from the shop.
    pub(crate) fn consented(&self) -> bool {
        self.consent == Consent::Granted
    }

    /// Whether a letter of this class may lead to pages on which one can buy. Whoever is asked for pardon is not asked to buy.
    fn leads_to_pages(&self, class: Class) -> bool {
        self.consented() && !matches!(class, Class::Thanks | Class::Remedy)
    }

    /// The page of the shop, where a letter of this class may lead there.
    pub(crate) fn shop_url<'s>(&self, shop: &'s Shop, class: Class) -> Option<&'s str> {
        self.leads_to_pages(class).then_some(shop.url.as_str())
    }

    /// The page of the product, where there is one and a letter of this class may lead there.
    pub(crate) fn product_page(&self, class: Class) -> Option<&str> {
        let page = self.product.and_then(|product| product.page).filter(|url| url.starts_with("https://"));
        page.filter(|_| self.leads_to_pages(class))
    }

    /// The contact card, where a letter of this class asks to be handed on.
    pub(crate) fn card(&self, class: Class) -> Option<&str> {
        hands_on(class).then_some(self.urls.card)
    }

    /// Which purchase, from 1; 0 where it is not known.
    fn nth(&self) -> u32 {
        match self.count {
            Count::Unknown => 0,
            Count::Nth(n) => n,
        }
    }

    /// How the letter addresses them.
    pub(crate) fn addressee(&self, language: Language, part: Part) -> String {
        let name = self.addressee.map(|name| words(name.as_str()));
        let fits = |name: &String| part == Part::Body || name.chars().count() <= SUBJECT_NAME_MAX;
        language.addressee(name.filter(fits))
    }

    fn product(&self, speech: Speech<'_>, class: Class, part: Part) -> Value {
        let name = self.product.map(|product| words(product.name)).filter(|name| !name.is_empty());
        let name = name.unwrap_or_else(|| speech.productless().to_owned());
        let name = if part == Part::Subject { shorten(&name, SUBJECT_PRODUCT_MAX) } else { name };
        let picture = self.product.and_then(|product| product.picture).filter(|url| url.starts_with("https://"));
        let mut product = Words::from([("name", Value::from(name))]);
        product.extend(picture.map(|url| ("picture", Value::from(words(url)))));
        product.extend(self.product_page(class).map(|url| ("page", Value::from(words(url)))));
        let story = self.product.and_then(|product| product.story).map(words).filter(|story| !story.is_empty());
        product.extend(story.map(|story| ("story", Value::from(story))));
        Value::from(product)
    }
}

/// The words that every letter of a class has, but for `greeting`, which is made of them.
pub(crate) fn letter_words(shop: &Shop, speech: Speech<'_>, class: Class, facts: &Facts<'_>, part: Part) -> Words {
    let language = speech.language;
    let url = facts.shop_url(shop, class);
    let mut about_shop = Words::from([
        ("name", Value::from(shop.name.as_str())),
        ("operator", Value::from(shop.legal.operator.as_str())),
        ("address", Value::from(shop.legal.address.as_str())),
        ("phone", Value::from(shop.legal.phone.as_str())),
        ("phone_hours", Value::from(shop.legal.phone_hours.as_str())),
        ("email", Value::from(shop.legal.email.as_str())),
    ]);
    about_shop.extend(url.map(|url| ("url", Value::from(url))));
    let mut staff =
        Words::from([("name", Value::from(shop.staff.name.as_str())), ("role", Value::from(shop.staff.role.as_str()))]);
    staff.extend(shop.staff.picture.as_deref().map(|url| ("picture", Value::from(url))));
    let mut words = Words::from([
        ("addressee", Value::from(facts.addressee(language, part))),
        ("count", Value::from(facts.nth())),
        ("gift", Value::from(facts.gift)),
        ("made_to_order", Value::from(facts.made_to_order)),
        ("product", facts.product(speech, class, part)),
        ("shop", Value::from(about_shop)),
        ("staff", Value::from(staff)),
    ]);
    words.extend(facts.bought_on.map(|day| ("bought_on", Value::from(language.month_and_day(day)))));
    if let (true, Some(url)) = (class.is_selling(), url) {
        words.insert("offer", Value::from(Words::from([("url", Value::from(url))])));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(name: Option<&PersonName>) -> Facts<'_> {
        Facts {
            addressee: name,
            count: Count::Unknown,
            gift: false,
            made_to_order: false,
            product: None,
            bought_on: None,
            consent: Consent::Unknown,
            urls: Urls::default(),
            note: None,
            asks_address: false,
            answer_url: None,
        }
    }

    #[test]
    fn there_is_one_honorific() {
        let name = PersonName::parse("山田 花子").unwrap();
        assert_eq!(facts(Some(&name)).addressee(Language::Japanese, Part::Body), "山田 花子様");
        assert_eq!(facts(None).addressee(Language::Japanese, Part::Body), "お客様");
        let long = PersonName::parse(&"長".repeat(40)).unwrap();
        assert_eq!(facts(Some(&long)).addressee(Language::Japanese, Part::Subject), "お客様");
        assert_eq!(facts(Some(&long)).addressee(Language::Japanese, Part::Body).chars().count(), 41);
    }

    #[test]
    fn a_thing_without_a_name_is_a_thing() {
        let named = |unnamed, name, part| {
            let picture = Some("http://plain.example.jp/a.jpg");
            let product = Some(Product { name, picture, ..Product::default() });
            let speech = Speech { language: Language::Japanese, unnamed };
            Facts { product, ..facts(None) }.product(speech, Class::Usage, part)
        };
        let product = |name, part| named(None, name, part);
        assert_eq!(named(Some("施術"), "", Part::Body).get_attr("name").unwrap().as_str(), Some("施術"));
        assert_eq!(product(" ", Part::Body).get_attr("name").unwrap().as_str(), Some("お品"));
        assert!(product("皿", Part::Body).get_attr("picture").unwrap().is_undefined());
        let subject = product(&"碗".repeat(120), Part::Subject);
        assert_eq!(subject.get_attr("name").unwrap().as_str().map(|name| name.chars().count()), Some(24));
    }
}
