//! The frames, in MJML and as plain text.

use super::Theme;

#[test]
fn frames() {
    let mut theme = Theme::new();
    let deep = format!("{}{}", "<div>".repeat(3_000), "</div>".repeat(3_000));
    let mut mjml = |from: &str, to: &str| {
        theme.edit("frame.mjml", from, to);
    };
    mjml("<mj-text css-class=\"words\">", "<mj-txt css-class=\"words\">");
    mjml("{{ staff.role }}", "{{ staff.rank }}");
    mjml("{{ staff.role }}", "{{ staff.role ");
    mjml("{{ staff.role }}", "{{ bought_on }}");
    mjml("{{ staff.role }}", "{{ product.name | safe }}");
    mjml("{{ staff.role }}", &deep);
    mjml("href=\"{{ stop_url }}\"", "href=\"#\"");
    theme.edit("frame.txt", "{{ shop.operator }}", "").edit("frame.txt", "{% if shop.url %}", "{% if true %}");
    insta::assert_snapshot!(theme.shown());
}
