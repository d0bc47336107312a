//! From which addresses a shop may send, and to which replies may go.
//!
//! A mail that says it comes from `gmail.com` and that Google did not send fails SPF and DKIM, and DMARC tells
//! the reader's provider to refuse it. So an address at a provider of mailboxes cannot be a sender, however
//! much it is the shop's own. As the inbox for replies it is as good as any.

use wasurena_domain::contact::EmailAddress;

/// Providers of mailboxes, by their domains: nobody but them can send from there. Domains below count too.
const MAILBOX_PROVIDERS: [&str; 42] = [
    // Free mail, here and abroad.
    "aol.com",
    "excite.co.jp",
    "gmail.com",
    "gmx.com",
    "goo.jp",
    "googlemail.com",
    "hotmail.co.jp",
    "hotmail.com",
    "icloud.com",
    "infoseek.jp",
    "live.com",
    "live.jp",
    "mac.com",
    "mail.com",
    "me.com",
    "msn.com",
    "outlook.com",
    "outlook.jp",
    "proton.me",
    "protonmail.com",
    "yahoo.co.jp",
    "yahoo.com",
    "yahoo.ne.jp",
    "ymail.com",
    "ymail.ne.jp",
    // Mobile phones.
    "au.com",
    "disney.ne.jp",
    "docomo.ne.jp",
    "emobile.ne.jp",
    "ezweb.ne.jp",
    "rakumail.jp",
    "softbank.jp",
    "softbank.ne.jp",
    "vodafone.ne.jp",
    "willcom.com",
    "ymobile.ne.jp",
    // Ways into the internet that come with a mailbox.
    "biglobe.ne.jp",
    "dion.ne.jp",
    "nifty.com",
    "ocn.ne.jp",
    "plala.or.jp",
    "so-net.ne.jp",
];
/// What the name of an inbox that nobody reads holds, without what parts words.
const UNREAD_INBOXES: [&str; 5] = ["noreply", "donotreply", "dontreply", "nonreply", "henshinfuka"];

/// The provider that alone can send from this address; `None` where the shop can.
pub(crate) fn mailbox_provider(address: &EmailAddress) -> Option<&'static str> {
    let domain = address.as_str().rsplit('@').next().unwrap_or_default();
    let at =
        |provider: &&str| domain.strip_suffix(*provider).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    MAILBOX_PROVIDERS.into_iter().find(|provider| at(provider))
}

/// Whether an address says of itself that nobody reads what comes in there.
pub(crate) fn is_unread_inbox(address: &EmailAddress) -> bool {
    let name = address.as_str().split('@').next().unwrap_or_default().to_ascii_lowercase();
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    UNREAD_INBOXES.iter().any(|unread| plain.contains(unread))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_but_the_provider_sends_from_a_mailbox() {
        for (address, provider) in [
            ("sakura@gmail.com", Some("gmail.com")),
            ("sakura@Yahoo.co.jp", Some("yahoo.co.jp")),
            ("sakura@i.softbank.jp", Some("softbank.jp")),
            ("sakura@abc.ocn.ne.jp", Some("ocn.ne.jp")),
            ("sakura@notgmail.com", None),
            ("sakura@gmail.com.example.jp", None),
            ("otayori@sakura.example.jp", None),
        ] {
            assert_eq!(mailbox_provider(&EmailAddress::parse(address).unwrap()), provider, "{address}");
        }
    }

    #[test]
    fn an_inbox_that_nobody_reads_says_so() {
        for (address, unread) in [
            ("no-reply@sakura.example.jp", true),
            ("NoReply+shop@sakura.example.jp", true),
            ("shop.do_not_reply@sakura.example.jp", true),
            ("sato@noreply.example.jp", false),
            ("reply@sakura.example.jp", false),
            ("nori@sakura.example.jp", false),
        ] {
            assert_eq!(is_unread_inbox(&EmailAddress::parse(address).unwrap()), unread, "{address}");
        }
    }

    #[test]
    fn the_list_has_no_domain_twice() {
        let mut list = MAILBOX_PROVIDERS.to_vec();
        list.sort_unstable();
        list.dedup();
        assert_eq!(list.len(), MAILBOX_PROVIDERS.len());
    }
}
