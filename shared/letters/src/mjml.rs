//! MJML to HTML, once, when a programme is loaded.
//!
//! mrml is forgiving: an element it does not know, or that nobody closes, becomes HTML as it stands. A frame is
//! in every mail of a shop, so its elements are held against MJML's own first.

use crate::problem::{Problem, line_at};
use mrml::prelude::parser::{Error, ParserOptions};
use mrml::prelude::render::RenderOptions;
use std::collections::HashMap;

/// How deep the elements of a frame may stand in each other: parsers that call themselves must not be led
/// down without end.
const DEPTH_MAX: usize = 50;
/// The elements a frame may use: MJML's, but for those that load fonts, include files or need scripts.
const ELEMENTS: [&str; 24] = [
    "mjml",
    "mj-all",
    "mj-attributes",
    "mj-body",
    "mj-breakpoint",
    "mj-button",
    "mj-class",
    "mj-column",
    "mj-divider",
    "mj-group",
    "mj-head",
    "mj-hero",
    "mj-image",
    "mj-preview",
    "mj-raw",
    "mj-section",
    "mj-social",
    "mj-social-element",
    "mj-spacer",
    "mj-style",
    "mj-table",
    "mj-text",
    "mj-title",
    "mj-wrapper",
];
/// HTML elements that nobody closes.
const VOID: [&str; 6] = ["br", "hr", "img", "meta", "wbr", "input"];
/// What would ask somebody as soon as a mail is opened, or run in it.
const FOREIGN: [&str; 5] = ["<script", "<link", "<iframe", "@import", "@font-face"];

/// MJML as HTML, with its placeholders in place.
pub(crate) fn compile(file: &str, source: &str) -> Result<String, Problem> {
    let refuse = |line: usize, what: String| {
        Problem::form(file, line, what, "see https://documentation.mjml.io for what MJML allows")
    };
    check_elements(source).map_err(|(line, what)| refuse(line, what))?;
    let parsed = mrml::parse_with_options(source, &ParserOptions::default())
        .map_err(|error| refuse(line_of(&error, source), format!("this is no MJML: {error}")))?;
    if let Some(warning) = parsed.warnings.first() {
        return Err(refuse(line_at(source, warning.span.start), format!("this is no MJML: {}", warning.kind)));
    }
    // Without fonts of its own: a mail opens without asking anyone.
    let options = RenderOptions { disable_comments: true, fonts: HashMap::new(), ..RenderOptions::default() };
    let html = parsed.element.render(&options);
    let html = html.map_err(|error| refuse(1, format!("this MJML cannot become HTML: {error}")))?;
    // mrml writes a height for pictures whose height nobody knows, and HTML knows no such height; their style has it.
    Ok(html.replace(" height=\"auto\"", ""))
}

/// Every element known, closed, and not too deep; nothing foreign.
fn check_elements(source: &str) -> Result<(), (usize, String)> {
    let mut open: Vec<&str> = Vec::new();
    for (at, _) in source.match_indices('<') {
        let refuse = |what: String| Err((line_at(source, at), what));
        let rest = &source[at + 1..];
        let tag = &rest[..rest.find('>').unwrap_or(rest.len())];
        let name = |tag: &'_ str| tag.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(tag.len());
        if let Some(tag) = tag.strip_prefix('/') {
            let closed = &tag[..name(tag)];
            match open.pop() {
                Some(opened) if opened == closed => {}
                Some(opened) => return refuse(format!("<{opened}> is closed by </{closed}>")),
                None => return refuse(format!("</{closed}> closes nothing")),
            }
            continue;
        }
        let element = &tag[..name(tag)];
        if element.starts_with("mj") && !ELEMENTS.contains(&element) {
            return refuse(format!("<{element}> is no element of a frame"));
        }
        if element.starts_with(|c: char| c.is_ascii_alphabetic()) && !tag.ends_with('/') && !VOID.contains(&element) {
            open.push(element);
        }
        if open.len() > DEPTH_MAX {
            return refuse(format!("elements stand more than {DEPTH_MAX} deep in each other"));
        }
    }
    for (line, text) in source.lines().enumerate() {
        if let Some(foreign) = FOREIGN.iter().find(|foreign| text.to_ascii_lowercase().contains(**foreign)) {
            return Err((line + 1, format!("`{foreign}` would load or run something when the mail is opened")));
        }
    }
    match open.last() {
        Some(element) => Err((line_at(source, source.len()), format!("<{element}> is not closed"))),
        None => Ok(()),
    }
}

fn line_of(error: &Error, source: &str) -> usize {
    match error {
        Error::UnexpectedElement { position, .. }
        | Error::UnexpectedToken { position, .. }
        | Error::MissingAttribute { position, .. }
        | Error::InvalidAttribute { position, .. }
        | Error::InvalidFormat { position, .. }
        | Error::IncludeLoaderError { position, .. } => line_at(source, position.start),
        Error::EndOfStream { .. } => line_at(source, source.len()),
        Error::ParserError { .. } | Error::SizeLimit { .. } | Error::NoRootNode => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, expected: Result<(), (usize, &str)>) {
        let source = format!("<mjml>\n<mj-body>\n{body}\n</mj-body>\n</mjml>\n");
        let found = compile("frame.mjml", &source).map(drop);
        let found = found.as_ref().map_err(|p| (p.line.unwrap_or(0), p.what.as_str()));
        match (found, expected) {
            (Ok(()), Ok(())) => {}
            (Err((line, what)), Err((wanted, part))) if line == wanted && what.contains(part) => {}
            (found, _) => panic!("{body}: {found:?}"),
        }
    }

    #[test]
    fn what_is_no_frame_is_refused_with_its_line() {
        let column =
            |text: &str| format!("<mj-section><mj-column><mj-text>\n{text}</mj-text></mj-column></mj-section>");
        check(&column("<p>{{ a }}<br>b</p>"), Ok(()));
        check(&column("<p>a</div>"), Err((4, "<p> is closed by </div>")));
        check(&column("<mj-txt>a</mj-txt>"), Err((4, "<mj-txt> is no element")));
        check(&column("<script>a</script>"), Err((4, "`<script` would load or run")));
        check(&column("<style>@import url(a);</style>"), Err((4, "`@import` would load")));
        check("<mj-font name=\"a\" href=\"https://a.example\" />", Err((3, "<mj-font> is no element")));
        check("<mj-include path=\"/etc/passwd\" />", Err((3, "<mj-include> is no element")));
        check("<mj-section>", Err((4, "<mj-section> is closed by </mj-body>")));
        check("<mj-raw colour=\"red\"></mj-raw>", Err((3, "unexpected attribute")));
        check(&column(&"<div>".repeat(60)), Err((4, "more than 50 deep")));
    }
}
