//! A form, as browsers send it.

use percent_encoding::percent_decode;

/// The largest form that is read, in bytes.
const FORM_MAX: usize = 4096;
/// The field that no person sees, and no browser fills in: whoever fills it in is a machine that tries every form.
pub(crate) const TRAP: &str = "website";
/// The name of every button that does something: who follows links, or sends a page's address alone, does not press it.
pub(crate) const BUTTON: &str = "do";

/// The fields of a form.
#[derive(Debug, Clone, Default)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads the fields; of a form that is too large, its beginning.
    pub(crate) fn read(body: &[u8]) -> Self {
        let body = body.get(..FORM_MAX).unwrap_or(body);
        let field = |field: &[u8]| {
            let mut parts = field.splitn(2, |byte| *byte == b'=');
            let (name, value) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            (decoded(name), decoded(value))
        };
        Self(body.split(|byte| *byte == b'&').map(field).collect())
    }

    /// All values of a field.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.trim())
    }

    /// The last value of a field that says something.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).filter(|value| !value.is_empty()).last()
    }

    /// Whether this button was pressed, by a person as far as one can tell.
    pub(crate) fn presses(&self, button: &str) -> bool {
        self.get(BUTTON) == Some(button)
    }

    /// Whether a machine has filled it in.
    pub(crate) fn is_trapped(&self) -> bool {
        self.get(TRAP).is_some()
    }
}

fn decoded(value: &[u8]) -> String {
    let spaced: Vec<u8> = value.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    percent_decode(&spaced).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_as_browsers_send_them() {
        let form = Form::read("do=tell&words=%E3%82%88%E3%81%84+%E5%99%A8%3D%26&kind=a&kind=b&empty=".as_bytes());
        assert!(form.presses("tell") && !form.presses("erase") && !form.is_trapped());
        assert_eq!(form.get("words"), Some("よい 器=&"));
        assert_eq!(form.all("kind").collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!((form.get("empty"), form.get("other")), (None, None));
        assert!(Form::read(b"website=x").is_trapped() && !Form::read(b"website=").is_trapped());
        assert!(Form::read(&[b'a'; 10_000]).get("do").is_none());
    }
}
