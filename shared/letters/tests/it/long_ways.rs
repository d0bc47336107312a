//! Two trades in which what matters is the time between two purchases: a salon, where it is weeks, and a roofer, where it is years.

use crate::{shop, standard, start, step};
use wasurena_domain::customer::Stage;
use wasurena_domain::programme::Dated;
use wasurena_letters::{Book, Facts, Product, built_in, load};

fn book(name: &str) -> Book {
    load(&shop(), &built_in(name, start()).unwrap()).unwrap()
}

fn thing(name: &str) -> Option<Product<'_>> {
    Some(Product { name, ..Product::default() })
}

#[track_caller]
fn dated<'b>(book: &'b Book, on: &str) -> &'b Dated {
    book.programme.dated.iter().find(|dated| dated.on.name() == on).unwrap()
}

#[test]
fn a_roofer_has_ten_years_of_texts_for_whoever_stays_away_for_ten_years() {
    let book = book("yane");
    let dormant = |dated: &&Dated| dated.stages.as_ref().is_none_or(|stages| stages.contains(&Stage::Dormant));
    let lasting: Vec<_> = book.programme.dated.iter().filter(dormant).map(|d| (d.on.name(), d.letters.len())).collect();
    assert_eq!(lasting, [("mid_winter", 10), ("mid_summer", 10), ("first_purchase", 10)]);
    // What is for the years after a job only has a text for each of these years.
    let years = book.shop.stages.dormant_after_days.div_ceil(365) as usize;
    for on in ["late_summer", "first_cold"] {
        assert!(dated(&book, on).letters.len() >= years, "{on}");
    }
}

#[test]
fn a_roofer_sells_nothing_and_says_that_nobody_comes_uninvited() {
    for (name, promise) in [
        ("yane", "お約束なしにお宅へ伺うことは、決してありません"),
        ("yane-en", "ever comes to your house without an appointment"),
    ] {
        let book = book(name);
        assert!(book.programme.messages().all(|(_, class)| !class.is_selling()), "{name}");
        for gift in [false, true] {
            let mail = book.render(&step("thanks-first"), &Facts { gift, ..standard(None) }).unwrap();
            assert!(mail.text.contains(promise), "{name}: {}", mail.text);
        }
        for (id, _) in book.programme.messages() {
            let text = book.render(id, &standard(None)).unwrap().text;
            for fear in ["無料点検", "手遅れ", "今だけ", "このままでは", "free inspection", "too late"]
            {
                assert!(!text.contains(fear), "{name}: {id} says {fear}");
            }
        }
    }
}

#[test]
fn care_after_a_visit_is_about_what_was_done() {
    for (name, cut, colour, dyed) in [
        ("biyoshitsu", "カット", "カットとカラー", "染めた髪は"),
        ("biyoshitsu-en", "cut", "cut and colour", "washes colour out"),
    ] {
        let book = book(name);
        let care =
            |name| book.render(&step("home-care"), &Facts { product: thing(name), ..standard(None) }).unwrap().text;
        assert!(!care(cut).contains(dyed) && care(colour).contains(dyed), "{name}");
    }
}

#[test]
fn whoever_comes_by_their_interval_finds_a_fresh_word_each_time() {
    let book = book("biyoshitsu");
    assert_eq!(dated(&book, "reorder").letters.len(), 8);
    // Every treatment has an interval: without one, whoever came once would hear nothing.
    assert!(book.shop.products.products().all(|product| product.reorder_days.is_some()));
}

#[test]
fn what_has_no_name_is_called_by_the_word_of_the_trade() {
    for (name, subject) in [
        ("biyoshitsu", "施術でお越しくださり、ありがとうございました"),
        ("biyoshitsu-en", "Thank you for coming to us for a visit"),
        ("yane", "お仕事をお任せくださり、ありがとうございます"),
        ("yane-en", "Thank you for trusting us with your job"),
    ] {
        let mail = book(name).render(&step("thanks-first"), &Facts { product: None, ..standard(None) }).unwrap();
        assert_eq!(mail.subject, subject);
    }
}
