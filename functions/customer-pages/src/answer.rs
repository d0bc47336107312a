//! What a customer answers to a survey with a POST: one of its answers, and a line of their own where they like.

use crate::form::Form;
use wasurena_domain::ids::AnswerId;

/// What a form says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Said {
    /// Which answer.
    pub(crate) answer: Option<AnswerId>,
    /// In which words.
    pub(crate) words: Option<String>,
}

/// Reads a form. What is no answer is none; the domain keeps the words within bounds.
pub(crate) fn read(form: &[u8]) -> Said {
    let form = Form::read(form);
    Said {
        answer: form.all("answer").last().and_then(|id| AnswerId::parse(id).ok()),
        words: form.get("words").map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_browsers_send_it() {
        let said = |answer: Option<&str>, words: Option<&str>| Said {
            answer: answer.map(|id| AnswerId::parse(id).unwrap()),
            words: words.map(str::to_owned),
        };
        for (form, expected) in [
            ("", said(None, None)),
            ("answer=liked", said(Some("liked"), None)),
            ("answer=not%2Dyet&words=%E3%82%88%E3%81%84+%E5%99%A8%3D%26", said(Some("not-yet"), Some("よい 器=&"))),
            ("words=+&answer=liked", said(Some("liked"), None)),
            ("answer=Liked%20%00&words", said(None, None)),
            ("answer=liked&answer=", said(None, None)),
            ("words=%E3%82", said(None, Some("\u{fffd}"))),
            ("wish=stop", said(None, None)),
        ] {
            assert_eq!(read(form.as_bytes()), expected, "{form:?}");
        }
    }
}
