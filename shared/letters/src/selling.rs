//! Words that sell. A promotion in a thank-you is one all the same (R12), and one in any other letter that goes out before
//! the second purchase (R14): the class that the programme gives a letter is held against what the letter says.
//!
//! The words are those that Japanese and English shops sell with; none has another use in a letter of thanks, care or
//! greeting. A letter that needs one sells, and says so by its class.

use crate::problem::{Problem, line_at};
use unicode_normalization::UnicodeNormalization;
use wasurena_domain::follow_up::Note;
use wasurena_domain::programme::{Class, Rule};

/// A word, and what may not follow it: then it is another word.
type Word = (&'static str, &'static str);

/// Words for a better price. An apology may offer one (R28, R29), nothing else that does not sell.
const PRICE: [Word; 28] = [
    ("セール", "ス"),
    ("バーゲン", ""),
    ("割引", ""),
    ("値引", ""),
    ("値下げ", ""),
    ("半額", ""),
    ("特価", ""),
    ("特別価格", ""),
    ("クーポン", ""),
    ("お買い得", ""),
    ("お買得", ""),
    ("お得な", ""),
    ("送料無料", ""),
    ("ポイント還元", ""),
    ("円引き", ""),
    ("円オフ", ""),
    ("%引き", ""),
    ("%オフ", ""),
    ("% off", ""),
    ("%off", ""),
    ("キャンペーン", ""),
    ("期間限定", ""),
    ("数量限定", ""),
    ("福袋", ""),
    ("sale", ""),
    ("discount", ""),
    ("coupon", ""),
    ("free shipping", ""),
];

/// Words for other things to buy.
const PRODUCTS: [Word; 18] = [
    ("新商品", ""),
    ("新製品", ""),
    ("新発売", ""),
    ("新作", ""),
    ("新入荷", ""),
    ("再入荷", ""),
    ("入荷しました", ""),
    ("入荷いたしました", ""),
    ("予約受付", ""),
    ("関連商品", ""),
    ("おすすめ商品", ""),
    ("おすすめの商品", ""),
    ("人気商品", ""),
    ("new arrival", ""),
    ("new product", ""),
    ("new collection", ""),
    ("back in stock", ""),
    ("best seller", ""),
];

/// Finds the words in a letter that sell though its class does not; in the frames and the greeting, which stand in letters
/// of every class, for `None`. One problem for each line.
pub(crate) fn check_selling(file: &str, source: &str, class: Option<Class>) -> Vec<Problem> {
    if class.is_some_and(Class::is_selling) {
        return Vec::new();
    }
    let words = words_of(class);
    let text = without_tags(source);
    let lines = text.lines().enumerate();
    lines.filter_map(|(index, line)| Some(problem(file, index + 1, class, first_word(line, &words)?))).collect()
}

/// What a personal line may not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteProblem {
    /// It sells, in a letter that does not (R12, R14).
    #[error("「{word}」 sells, and this letter does not ({rule}): say it without")]
    Sells {
        /// The word.
        word: &'static str,
        /// The rule that it breaks.
        rule: Rule,
    },
    /// It leads somewhere: mail programs make a link of every address.
    #[error(
        "it holds an address of a page, which mail programs make a link of: a letter may lead there, a line only speaks"
    )]
    Leads,
}

/// Whether a personal line may stand in a letter of this class.
pub(crate) fn check_note(note: &Note, class: Class) -> Result<(), NoteProblem> {
    let text: String = note.as_str().nfkc().flat_map(char::to_lowercase).collect();
    if ["://", "www."].iter().any(|mark| text.contains(mark)) {
        return Err(NoteProblem::Leads);
    }
    if class.is_selling() {
        return Ok(());
    }
    let rule = if class == Class::Thanks { Rule::R12 } else { Rule::R14 };
    first_word(&text, &words_of(Some(class))).map_or(Ok(()), |word| Err(NoteProblem::Sells { word, rule }))
}

/// The words that a class which does not sell may not say.
fn words_of(class: Option<Class>) -> Vec<&'static Word> {
    let price = PRICE.iter().filter(|_| class != Some(Class::Remedy));
    price.chain(&PRODUCTS).collect()
}

fn problem(file: &str, line: usize, class: Option<Class>, word: &str) -> Problem {
    match class {
        None | Some(Class::Thanks) => {
            let what = match class {
                None => format!("「{word}」 sells, and this stands in every thank-you too"),
                Some(_) => format!("a thank-you only thanks, and 「{word}」 sells"),
            };
            Problem::breaks(Rule::R12, file, line, what, "take it out; a letter of class promotion may say it")
        }
        Some(_) => {
            let what = format!("「{word}」 sells, and this is not only for those who have bought twice");
            let mend = "say it without, or give the letter the class promotion or offer, from the second purchase on";
            Problem::breaks(Rule::R14, file, line, what, mend)
        }
    }
}

/// The first of the words in a line: as a whole word where it is in Latin letters.
fn first_word(line: &str, words: &[&Word]) -> Option<&'static str> {
    let line: String = line.nfkc().flat_map(char::to_lowercase).collect();
    let stands = |(word, other): &Word| {
        line.match_indices(word).any(|(at, found)| {
            let (before, after) = (&line[..at], &line[at + found.len()..]);
            let is_whole = !before.ends_with(is_latin) && !after.trim_start_matches('s').starts_with(is_latin);
            let is_other = !other.is_empty() && after.starts_with(other);
            !is_other && (is_whole || !found.starts_with(is_latin))
        })
    };
    words.iter().find(|word| stands(word)).map(|(word, _)| *word)
}

fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic()
}

/// The text with its tags left out, line for line.
pub(crate) fn without_tags(source: &str) -> String {
    let mut text = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(at) = rest.find("{{").into_iter().chain(rest.find("{%")).min() {
        let (before, tag) = rest.split_at(at);
        text.push_str(before);
        let end = tag.find(if tag.starts_with("{{") { "}}" } else { "%}" }).map_or(tag.len(), |end| end + 2);
        text.extend(std::iter::repeat_n('\n', line_at(&tag[..end], end) - 1));
        rest = &tag[end..];
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, class: Option<Class>) -> Vec<(usize, Rule)> {
        let problems = check_selling("letters/a.txt", text, class);
        problems.into_iter().map(|problem| (problem.line.unwrap_or(0), problem.rule)).collect()
    }

    #[test]
    fn what_sells_is_found_however_it_is_written() {
        for text in
            ["全品２０％ＯＦＦ", "20% off", "ｾｰﾙのお知らせ", "SALE", "Summer sales", "クーポンをどうぞ", "Coupons!"]
        {
            assert_eq!(found(text, Some(Class::Usage)), [(1, Rule::R14)], "{text}");
            assert_eq!(found(text, Some(Class::Thanks)), [(1, Rule::R12)], "{text}");
            assert_eq!(found(text, None), [(1, Rule::R12)], "{text}");
            assert_eq!(found(text, Some(Class::Promotion)), [], "{text}");
        }
    }

    #[test]
    fn other_words_are_left_alone() {
        for text in [
            "セールスではありません",
            "お得意さまへ",
            "wholesale",
            "salesman",
            "{{ sale }}",
            "{% if sale %}お茶{% endif %}",
        ] {
            assert_eq!(found(text, Some(Class::Thanks)), [], "{text}");
        }
    }

    #[test]
    fn an_apology_may_make_good_but_not_sell() {
        assert_eq!(found("お詫びのクーポンです", Some(Class::Remedy)), []);
        assert_eq!(found("新作もご覧ください", Some(Class::Remedy)), [(1, Rule::R14)]);
    }

    #[test]
    fn a_personal_line_neither_sells_nor_leads_anywhere_where_its_letter_does_not() {
        let said = |text: &str, class| check_note(&Note::parse(text).unwrap(), class);
        assert_eq!(said("先日はお立ち寄りくださり、うれしゅうございました。", Class::Thanks), Ok(()));
        let sells = |word, rule| Err(NoteProblem::Sells { word, rule });
        assert_eq!(said("ただいまｾｰﾙ中です", Class::Thanks), sells("セール", Rule::R12));
        assert_eq!(said("新作ができました", Class::Usage), sells("新作", Rule::R14));
        assert_eq!(said("新作ができました", Class::Promotion), Ok(()));
        assert_eq!(said("お詫びに割引を", Class::Remedy), Ok(()));
        for class in [Class::Thanks, Class::Promotion] {
            assert_eq!(said("ＨＴＴＰＳ：//sakura.example.jp/へ", class), Err(NoteProblem::Leads));
            assert_eq!(said("www.example.jp をどうぞ", class), Err(NoteProblem::Leads));
        }
    }

    #[test]
    fn lines_keep_their_numbers() {
        assert_eq!(
            found("件名: お礼\n\n{% if\na %}\n\n半額\n{{ x }}新作", Some(Class::Thanks)),
            [(6, Rule::R12), (7, Rule::R12)]
        );
    }
}
