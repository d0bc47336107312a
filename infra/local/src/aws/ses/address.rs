//! Mail addresses as SES takes them: seven-bit only, since it speaks no
//! SMTPUTF8. International names and domains come encoded.

/// Whether SES would take `text` as an address, with or without a display name.
pub(super) fn is_acceptable(text: &str) -> bool {
    let printable = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    printable && addr_spec(text).is_some_and(is_addr_spec)
}

/// `name@domain` out of `name@domain` or `Display <name@domain>`.
fn addr_spec(text: &str) -> Option<&str> {
    match text.trim().strip_suffix('>') {
        Some(open) => open.rsplit_once('<').map(|(_, address)| address),
        None => Some(text.trim()),
    }
}

fn is_addr_spec(address: &str) -> bool {
    address.rsplit_once('@').is_some_and(|(local, domain)| {
        (1..=64).contains(&local.len())
            && !local.bytes().any(|byte| b" <>@,;:\"()[]\\".contains(&byte))
            && domain.len() <= 255
            && domain.contains('.')
            && domain.split('.').all(is_label)
    })
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("hanako@example.jp")]
    #[case("hanako+vase@mail.example.jp")]
    #[case("Sakura <shop@example.jp>")]
    #[case("=?UTF-8?B?44GV44GP44KJ?= <shop@example.jp>")]
    #[case("\"Sakura, the shop\" <shop@xn--r8jz45g.example>")]
    fn is_taken(#[case] text: &str) {
        assert!(is_acceptable(text));
    }

    #[rstest]
    #[case("")]
    #[case("hanako")]
    #[case("hanako@example")]
    #[case("花子@example.jp")]
    #[case("hanako@例え.jp")]
    #[case("さくら <shop@example.jp>")]
    #[case("shop@example.jp\r\nBcc: other@example.jp")]
    #[case("two words@example.jp")]
    #[case("a@b@example.jp")]
    #[case("shop@-example.jp")]
    #[case("Sakura shop@example.jp>")]
    #[case("@example.jp")]
    fn is_refused(#[case] text: &str) {
        assert!(!is_acceptable(text));
    }
}
