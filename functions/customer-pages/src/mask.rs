//! Personal data as a page shows it that was opened from a mail: whoever holds the mail may be somebody else.

use wasurena_domain::contact::EmailAddress;

/// What stands for the characters that are not shown: always three, so that not even the length is told.
const DOTS: &str = "•••";

/// `s•••@e•••.jp`: the first letter of each side, and the last label.
pub(crate) fn address(address: &EmailAddress) -> String {
    let (local, domain) = address.as_str().rsplit_once('@').unwrap_or_default();
    let (host, top) = domain.rsplit_once('.').unwrap_or((domain, ""));
    format!("{}@{}.{top}", first(local), first(host))
}

/// `山•••`: the first character.
pub(crate) fn first(text: &str) -> String {
    text.chars().next().map_or_else(String::new, |first| format!("{first}{DOTS}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_address_is_known_to_its_owner_only() {
        for (full, masked) in
            [("sato@example.jp", "s•••@e•••.jp"), ("a@b.co.jp", "a•••@b•••.jp"), (".x..y@docomo.ne.jp", ".•••@d•••.jp")]
        {
            assert_eq!(address(&EmailAddress::parse(full).unwrap()), masked);
        }
        assert_eq!((first("山田 花子"), first("")), ("山•••".to_owned(), String::new()));
    }
}
