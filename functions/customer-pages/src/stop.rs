//! What a customer asks for with a POST: no more mails, or mails again.

use wasurena_cloud::wishes::Wish;

/// Reads a form. Everything but the page's own 「元に戻す」 means stop: RFC 8058's `List-Unsubscribe=One-Click`, an
/// empty body, whatever a mail program sends.
pub(crate) fn read(form: &[u8]) -> Wish {
    if form.split(|byte| *byte == b'&').any(|field| field == b"wish=resume") { Wish::Resume } else { Wish::Stop }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_pages_own_button_takes_it_back() {
        for form in ["", "List-Unsubscribe=One-Click", "wish=stop", "wish=resumes", "x=wish=resume", "\u{0}"] {
            assert_eq!(read(form.as_bytes()), Wish::Stop, "{form:?}");
        }
        assert_eq!(read(b"wish=resume"), Wish::Resume);
    }
}
