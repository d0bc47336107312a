//! Letters as text: paragraphs, lines, links, and what keeps a value from being anything but words.

use minijinja::value::Value;
use std::fmt;

/// What stands between a link's label and its address: `見る → https://…`.
const ARROW: char = '→';

/// Longest preheader, in characters: no list of mails shows more.
const OPENING_MAX: usize = 120;

/// A line of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Line {
    /// Words.
    Words(String),
    /// A label and the address that it leads to.
    Link { label: String, url: String },
    /// The same, of an answer to a survey.
    Answer { label: String, url: String },
}

impl Line {
    /// The line as the frame sees it.
    pub(crate) fn to_value(&self) -> Value {
        match self {
            Self::Words(text) => minijinja::context! { text => text.as_str() },
            Self::Link { label, url } => minijinja::context! { label => label.as_str(), url => url.as_str() },
            Self::Answer { label, url } => {
                minijinja::context! { label => label.as_str(), url => url.as_str(), answer => true }
            }
        }
    }
}

/// A value as words: control characters become spaces, so that no value makes lines or paragraphs of its own.
pub(crate) fn words(value: &str) -> String {
    let plain: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.trim().to_owned()
}

/// At most `max` characters, with 「…」 for what is left out.
pub(crate) fn shorten(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let kept: String = text.chars().take(max.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Runs of white space as one space: a subject is one line.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The paragraphs of a rendered letter: blank lines part them, line ends within them stay.
pub(crate) fn paragraphs(body: &str) -> Vec<Vec<&str>> {
    let lines: Vec<&str> = body.lines().map(str::trim_end).collect();
    let paragraphs = lines.split(|line| line.is_empty()).filter(|paragraph| !paragraph.is_empty());
    paragraphs.map(<[&str]>::to_vec).collect()
}

/// The paragraphs as one text.
pub(crate) fn joined(paragraphs: &[Vec<&str>]) -> String {
    paragraphs.iter().map(|lines| lines.join("\n")).collect::<Vec<_>>().join("\n\n")
}

/// The first sentence of a letter with which it begins to say something: not the salutation, not the greeting, not who writes.
/// The greeting where there is nothing else.
pub(crate) fn opening(body: &str, formal: &[&str], greeting: &str) -> String {
    let is_formal = |line: &str| {
        let is_part = line.is_empty() || greeting.contains(line) || line.contains(ARROW);
        is_part || formal.iter().any(|part| line.contains(part))
    };
    let line = body.lines().map(str::trim).find(|line| !is_formal(line));
    let line = line.or_else(|| greeting.lines().find(|line| !line.is_empty())).unwrap_or_default();
    shorten(first_sentence(line), OPENING_MAX)
}

/// A line up to the end of its first sentence. A full stop ends one where a space follows: 3.5 is a number.
fn first_sentence(line: &str) -> &str {
    let ends = line.char_indices().find(|(at, c)| match c {
        '。' | '！' | '？' => true,
        '.' | '!' | '?' => line[at + 1..].starts_with(' '),
        _ => false,
    });
    // 「…。」 belongs together.
    let end = ends.map_or(line.len(), |(at, c)| at + c.len_utf8());
    let closing = line[end..].chars().take_while(|c| "」』）”\"".contains(*c)).map(char::len_utf8).sum::<usize>();
    &line[..end + closing]
}

/// Reads a line. `label → https://…` is a link where the address begins with one of `roots`: with what the
/// letter itself says, or the shop's own page. So no product's name can ever lead anywhere.
pub(crate) fn line(text: &str, roots: &[&str]) -> Line {
    let link = text.split_once(ARROW).and_then(|(label, url)| {
        let (label, url) = (label.trim(), url.trim());
        let leads = !label.is_empty() && !url.contains(char::is_whitespace) && roots.iter().any(|r| is_under(url, r));
        leads.then(|| Line::Link { label: label.to_owned(), url: url.to_owned() })
    });
    link.unwrap_or_else(|| Line::Words(text.to_owned()))
}

/// Reads a line that may be an answer: one whose address stands under the page of answers.
pub(crate) fn line_or_answer(text: &str, roots: &[&str], answers: Option<&str>) -> Line {
    match answers.map(|page| line(text, &[page])) {
        Some(Line::Link { label, url }) => Line::Answer { label, url },
        _ => line(text, roots),
    }
}

/// Whether an address is `root` or stands under it: `https://a.jp.example` is not under `https://a.jp`.
fn is_under(url: &str, root: &str) -> bool {
    let host_ends = root.strip_prefix("https://").is_some_and(|rest| rest.contains('/'));
    url.strip_prefix(root).is_some_and(|rest| host_ends || rest.is_empty() || rest.starts_with(['/', '?', '#']))
}

/// The addresses that a letter's source spells out, as far as they are spelled out: up to a placeholder.
pub(crate) fn roots(source: &str) -> Vec<String> {
    let ends = |c: char| c.is_whitespace() || "{}\"'<>「」()（）、。".contains(c);
    let starts = source.match_indices("https://").map(|(at, _)| &source[at..]);
    let urls = starts.map(|rest| rest.split(ends).next().unwrap_or_default());
    urls.filter(|url| url.len() > "https://".len()).map(str::to_owned).collect()
}

/// A template whose lines with nothing but a tag leave no line behind: the line end moves into the tag, so
/// that every line keeps its number.
pub(crate) fn fold_tag_lines(source: &str) -> String {
    let fold = |line: &str| {
        let tag = line.trim_end().strip_suffix('\n').unwrap_or(line).trim();
        let inside = tag.strip_prefix("{%").and_then(|tag| tag.strip_suffix("%}"));
        match inside {
            Some(inside) if line.ends_with('\n') && !inside.contains("%}") && !inside.ends_with(['-', '+']) => {
                format!("{{%{inside}\n%}}")
            }
            _ => line.to_owned(),
        }
    };
    source.split_inclusive('\n').map(fold).collect()
}

/// Where a tag, `{{ … }}` or `{% … %}`, is longer than `max` bytes. What stands in one tag becomes one tree, and
/// a tree is walked by calls: a tag without bound could exhaust the stack.
pub(crate) fn long_tag(source: &str, max: usize) -> Option<usize> {
    let bytes = source.as_bytes();
    let mut at = 0;
    while let Some(open) = find(bytes, at, |pair| matches!(pair, b"{{" | b"{%" | b"{#")) {
        let comment = bytes[open + 1] == b'#';
        at = if comment { find(bytes, open + 2, |pair| pair == b"#}") } else { tag_end(bytes, open + 2) }
            .map_or(bytes.len(), |close| close + 2);
        if !comment && at - open > max {
            return Some(open);
        }
    }
    None
}

fn find(bytes: &[u8], from: usize, is: impl Fn(&[u8]) -> bool) -> Option<usize> {
    bytes.get(from..)?.windows(2).position(is).map(|at| from + at)
}

/// The end of a tag: what closes it, but not inside a quoted text.
fn tag_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut quote = None;
    let mut at = from;
    while at + 1 < bytes.len() {
        match (quote, bytes[at]) {
            (Some(_), b'\\') => at += 1,
            (Some(q), byte) if byte == q => quote = None,
            (None, byte @ (b'"' | b'\'')) => quote = Some(byte),
            (None, b'}' | b'%') if bytes[at + 1] == b'}' => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// Writes a text so that HTML shows it as it is, in text and in quoted attributes.
pub(crate) fn escape_html(text: &str, out: &mut impl fmt::Write) -> fmt::Result {
    for c in text.chars() {
        match c {
            '&' => out.write_str("&amp;")?,
            '<' => out.write_str("&lt;")?,
            '>' => out.write_str("&gt;")?,
            '"' => out.write_str("&quot;")?,
            '\'' => out.write_str("&#39;")?,
            c => out.write_char(c)?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_parted_by_blank_lines() {
        let found = paragraphs("\n\na\nb  \n\n \n\nc\n");
        assert_eq!(found, [vec!["a", "b"], vec!["c"]]);
        assert_eq!(joined(&found), "a\nb\n\nc");
        assert!(paragraphs("\n \n").is_empty());
    }

    #[test]
    fn a_preheader_is_the_first_sentence_that_says_something() {
        let greeting = "いつもありがとうございます。";
        let of = |body: &str| opening(body, &["山田 花子様", "佐藤 花子"], greeting);
        let body = "山田 花子様\n\nいつもありがとうございます。\n店主の佐藤 花子です。\n\n土は生きています。春には。";
        assert_eq!(of(body), "土は生きています。");
        assert_eq!(of("山田 花子様\n\n「もう割れた。」と笑う方がいます。"), "「もう割れた。」");
        assert_eq!(of("山田 花子様\n\n見る → https://a.jp/"), greeting);
        assert_eq!(of("It weighs 3.5 ounces. Hold it."), "It weighs 3.5 ounces.");
        assert_eq!(of(&"土".repeat(200)).chars().count(), OPENING_MAX);
    }

    #[test]
    fn only_the_letters_own_addresses_become_links() {
        let roots = ["https://a.jp", "https://b.jp/item/"];
        let link = |label: &str, url: &str| Line::Link { label: label.into(), url: url.into() };
        for (text, expected) in [
            ("見る → https://a.jp/x", Some(link("見る", "https://a.jp/x"))),
            ("見る→https://b.jp/item/7", Some(link("見る", "https://b.jp/item/7"))),
            ("見る → https://a.jp.evil.example/", None),
            ("見る → https://evil.example/", None),
            ("見る → javascript:alert(1)", None),
            ("見る → https://a.jp/ です", None),
            ("→ https://a.jp/", None),
            ("駅 → 店", None),
        ] {
            assert_eq!(line(text, &roots), expected.unwrap_or(Line::Words(text.to_owned())), "{text}");
        }
    }

    #[test]
    fn roots_end_where_placeholders_begin() {
        let source = "a → https://a.jp/x?id={{ id }}\nb（https://b.jp）https://{{ host }}/";
        assert_eq!(roots(source), ["https://a.jp/x?id=", "https://b.jp"]);
    }

    #[test]
    fn a_line_of_a_tag_leaves_no_line_but_keeps_its_number() {
        for (source, expected) in [
            ("{% if a %}\nb\n{% endif %}\nc", "{% if a \n%}b\n{% endif \n%}c"),
            ("{% if a %}b{% endif %}\nc", "{% if a %}b{% endif %}\nc"),
            ("  {% if a -%}\nb", "  {% if a -%}\nb"),
            ("{% endif %}", "{% endif %}"),
        ] {
            let folded = fold_tag_lines(source);
            assert_eq!(folded, expected);
            assert_eq!(folded.lines().count(), source.lines().count(), "{source:?}");
        }
    }

    #[test]
    fn tags_are_measured_to_their_end() {
        for (source, expected) in [
            ("{{ a }} and more words than a tag may have", None),
            ("あ{{ a.b.c.d.e.f }}", Some(3)),
            ("{{ '}}' + a.b.c.d }}", Some(0)),
            ("{{ \"\\\"}}\" + a.b.c }}", Some(0)),
            ("{# a comment {{ as long as it likes #}{{ a }}", None),
            ("{{ a }}{% never closed", Some(7)),
            ("{", None),
            ("{{", None),
        ] {
            assert_eq!(long_tag(source, 12), expected, "{source}");
        }
    }

    #[test]
    fn values_are_words() {
        assert_eq!(words(" a\r\nb\tc "), "a  b c");
        assert_eq!(shorten("粉引の飯碗", 5), "粉引の飯碗");
        assert_eq!(shorten("粉引の飯碗", 4), "粉引の…");
        let mut out = String::new();
        escape_html("<a href=\"'&\">", &mut out).unwrap();
        assert_eq!(out, "&lt;a href=&quot;&#39;&amp;&quot;&gt;");
    }
}
