//! What whoever opens a mail must see: what recalls the purchase (R16), who writes (R17), how to reach them (R19), how
//! to hand the shop on (R20), and what the law wants (特定電子メール法 4条).
//!
//! A frame that could show something does not always: an `{% if %}` may hide it from just those who need it. So the words are
//! looked for in mails as they were rendered for model customers, as text and as HTML.

use crate::context::{Facts, hands_on};
use crate::files::Files;
use crate::problem::Problem;
use crate::selling::without_tags;
use crate::shop_file::SHOP_FILE;
use crate::text::escape_html;
use crate::vocabulary::line_of;
use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization;
use wasurena_domain::programme::{Class, Rule, Severity};
use wasurena_domain::shop::Shop;

/// What a frame must use, the rule that wants it, and why.
pub(crate) const MUSTS: [(&str, Rule, &str); 6] = [
    ("shop.name", Rule::R16, "every message recalls where the purchase was made"),
    ("staff.name", Rule::R16, "every message recalls who served them"),
    ("shop.email", Rule::R19, "every message lets the customer reach the shop, and 特定電子メール法 wants it"),
    ("shop.operator", Rule::Form, "特定電子メール法 wants it in every mail"),
    ("shop.address", Rule::Form, "特定電子メール法 wants it in every mail"),
    ("stop_url", Rule::Form, "特定電子メール法 wants it in every mail, and so does everybody who has had enough"),
];
/// Words that tell customers not to answer, in NFKC and lower case.
const UNANSWERED: [&str; 15] = [
    "送信専用",
    "返信いただけません",
    "返信はできません",
    "返信できません",
    "返信はお受けできません",
    "返信には対応",
    "返信にはお答え",
    "返信しないで",
    "返信なさらないで",
    "返信はご遠慮",
    "返信不可",
    "do not reply",
    "don't reply",
    "no-reply",
    "noreply",
];
/// How many letters are named.
const NAMED_MAX: usize = 3;

/// A frame, as it was written and as it was rendered for somebody.
pub(crate) struct Framed<'a> {
    pub(crate) file: &'a str,
    pub(crate) source: &'a str,
    pub(crate) rendered: &'a str,
    pub(crate) is_html: bool,
}

/// Everything that a rendered frame does not show to these customers, though it must.
pub(crate) fn check_frame(
    framed: &Framed<'_>,
    shop: &Shop,
    class: Class,
    facts: &Facts<'_>,
    whom: &str,
) -> Vec<Problem> {
    let shows = |word: &str| {
        let value = value(shop, facts, word);
        let mut written = String::new();
        let is_escaped = framed.is_html && escape_html(value, &mut written).is_ok();
        let value = if is_escaped { &written } else { value };
        // Folding is slow, and hardly ever needed.
        framed.rendered.contains(value) || folded(framed.rendered).contains(&folded(value))
    };
    let hidden = |(word, rule, why): (&str, Rule, &str)| {
        let what = format!("the frame hides `{word}` from {whom}: {why}");
        let mend = format!("write {{{{ {word} }}}} outside of every {{% if %}}");
        Problem::breaks(rule, framed.file, line_of(framed.source, word), what, mend)
    };
    let mut problems: Vec<Problem> = MUSTS.into_iter().filter(|(word, ..)| !shows(word)).map(hidden).collect();
    let mut warn = |rule, word, why: &str, mend| {
        let what = format!("the frame does not show `{word}` to {whom}, {why}");
        let line = line_of(framed.source, word);
        problems.push(Problem::breaks(rule, framed.file, line, what, mend).weighing(Severity::Warning));
    };
    if !shows("shop.phone") {
        let mend = "write {{ shop.phone }} where it belongs, in the HTML as <a href=\"tel:{{ shop.phone }}\">";
        warn(Rule::R19, "shop.phone", "who may rather call than write", mend);
    }
    if hands_on(class) && !shows("card_url") {
        let mend = "write {% if card_url %}…{{ card_url }}…{% endif %}: a page that may be passed on, and says nothing of the customer";
        warn(Rule::R20, "card_url", "who may know somebody for the shop", mend);
    }
    problems
}

fn value<'a>(shop: &'a Shop, facts: &Facts<'a>, word: &str) -> &'a str {
    match word {
        "shop.name" => &shop.name,
        "staff.name" => &shop.staff.name,
        "shop.email" => shop.legal.email.as_str(),
        "shop.phone" => &shop.legal.phone,
        "shop.operator" => &shop.legal.operator,
        "shop.address" => &shop.legal.address,
        "card_url" => facts.urls.card,
        _ => facts.urls.stop,
    }
}

/// A text without what a template may change of a value: spaces, line ends, case, width.
fn folded(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).filter(|c| !c.is_whitespace()).collect()
}

/// Whether a subject or a sender's name says which shop this is.
pub(crate) fn says_who(text: &str, shop: &Shop) -> bool {
    folded(text).contains(&folded(&shop.name))
}

/// R17: the sender's name says which shop this is, or else every subject does. `silent` are the letters of which it does not.
pub(crate) fn check_sender(shop: &Shop, files: &Files, silent: &BTreeSet<String>) -> Option<Problem> {
    if silent.is_empty() || says_who(&shop.sender.name, shop) {
        return None;
    }
    let mut named: Vec<String> = silent.iter().take(NAMED_MAX).cloned().collect();
    let more = silent.len() - named.len();
    named.extend((more > 0).then(|| format!("{more} more")));
    let what = format!(
        "the sender's name 「{}」 does not say that this is 「{}」, and neither do the subjects of {}: nobody would \
         know at a glance who writes",
        shop.sender.name,
        shop.name,
        named.join(", ")
    );
    let mend = format!("write `name = \"{}(…)\"` into [sender]", shop.name);
    Some(Problem::breaks(Rule::R17, SHOP_FILE, line_of_sender(files), what, mend))
}

/// The line of the sender's name.
fn line_of_sender(files: &Files) -> usize {
    let lines = || files.get(SHOP_FILE).into_iter().flat_map(str::lines).map(str::trim_start).enumerate();
    let section = lines().find(|(_, line)| line.starts_with("[sender]") || line.starts_with("sender"));
    let section = section.map_or(0, |(index, _)| index);
    let name = lines().skip(section + 1).take_while(|(_, line)| !line.starts_with('['));
    let name = name.into_iter().find(|(_, line)| line.starts_with("name"));
    name.map_or(section, |(index, _)| index) + 1
}

/// R19: nothing tells the customer not to answer. One problem for each line.
pub(crate) fn check_answers(file: &str, source: &str) -> Vec<Problem> {
    let text = without_tags(source);
    let said = |line: &str| {
        let line: String = line.nfkc().flat_map(char::to_lowercase).collect();
        UNANSWERED.into_iter().find(|word| line.contains(word))
    };
    let found = text.lines().enumerate().filter_map(|(index, line)| Some((index + 1, said(line)?)));
    let problem = |(line, word)| {
        let what = format!("「{word}」 sends away whoever wants to answer, and every answer is welcome");
        Problem::breaks(Rule::R19, file, line, what, "take it out: replies go to `reply_to`, which a person reads")
    };
    found.map(problem).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r19_nobody_is_told_not_to_answer() {
        for (text, lines) in [
            ("このメールは送信専用です", vec![1]),
            ("{{ shop.name }}\n\nＤＯ ＮＯＴ ＲＥＰＬＹ", vec![3]),
            ("ご返信はご遠慮ください\nご返信いただけません", vec![1, 2]),
            ("お困りのことは、ご返信でどうぞ", vec![]),
            ("{% if noreply %}お茶{% endif %}", vec![]),
        ] {
            let found: Vec<_> = check_answers("a.txt", text).into_iter().filter_map(|problem| problem.line).collect();
            assert_eq!(found, lines, "{text}");
        }
    }
}
