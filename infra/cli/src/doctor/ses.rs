//! What SES's own words mean for the shop.

use super::finding::{Finding, Level};
use wasurena_cloud::account::{Account, ConfigurationSet, Identity, Remembers, Unanswered};

/// A quota that is used up to here may not last through a busy day.
const QUOTA_USED: f64 = 0.8;

/// What to say where SES did not answer.
fn unanswered(about: &'static str, error: &Unanswered) -> Finding {
    let mend = "sign in, and see that your permissions hold what docs/deploy.md lists under \"everyday\"";
    Finding::of(Level::Unknown, about, error.to_string(), mend)
}

/// The account: whether it may send, to whom, and how much.
pub(crate) fn account(answer: &Result<Account, Unanswered>) -> Vec<Finding> {
    let account = match answer {
        Ok(account) => account,
        Err(error) => return vec![unanswered("account", error)],
    };
    vec![sending(account), sandbox(account), enforcement(account), quota(account), suppression(account.remembers)]
}

fn sending(account: &Account) -> Finding {
    Finding::unless(
        account.may_send,
        Finding::well("account", "SES lets it send"),
        Finding::of(
            Level::Ill,
            "account",
            "SES does not let it send: it is paused",
            "read SES's mail to the account's owner, and the account dashboard of the SES console; what is due waits meanwhile",
        ),
    )
}

fn sandbox(account: &Account) -> Finding {
    Finding::unless(
        account.is_in_production,
        Finding::well("sandbox", "left: mails go to anybody"),
        Finding::of(
            Level::Ill,
            "sandbox",
            "SES still sends to verified addresses only, so no customer gets anything",
            "ask for production access, as docs/deploy.md says under \"Leaving the sandbox\"",
        ),
    )
}

fn enforcement(account: &Account) -> Finding {
    let level = match account.enforcement.as_str() {
        "HEALTHY" => return Finding::well("standing", "SES is content with the account"),
        "SHUTDOWN" => Level::Ill,
        _ => Level::Watch,
    };
    let says = format!("SES has the account under {}", account.enforcement.to_lowercase());
    let mend = "find out which mails bounce or are called spam (`wasurena today`), mend that, then answer SES's case";
    Finding::of(level, "standing", says, mend)
}

fn quota(account: &Account) -> Finding {
    let Account { quota, sent, .. } = *account;
    let says = format!("{sent:.0} of {quota:.0} mails of the last 24 hours are used");
    match () {
        () if quota < 0.0 => Finding::well("quota", "there is none"),
        () if sent >= quota => {
            let mend = "ask for a higher quota in the Service Quotas console; what is due waits until then";
            Finding::of(Level::Ill, "quota", says, mend)
        }
        () if sent >= quota * QUOTA_USED => {
            let mend = "ask for a higher quota in the Service Quotas console before a busy day needs it";
            Finding::of(Level::Watch, "quota", says, mend)
        }
        () => Finding::well("quota", says),
    }
}

fn suppression(remembers: Remembers) -> Finding {
    Finding::unless(
        remembers == Remembers { bounces: true, complaints: true },
        Finding::well("suppression", "SES sends no more to addresses that bounced or complained"),
        Finding::of(
            Level::Watch,
            "suppression",
            "SES does not remember every address that bounced or complained",
            "aws sesv2 put-account-suppression-attributes --suppressed-reasons BOUNCE COMPLAINT",
        ),
    )
}

/// The sender's identity: verified, signed (DKIM), with a return path of its own (SPF).
pub(crate) fn identity(sender: &str, answer: &Result<Option<Identity>, Unanswered>) -> Vec<Finding> {
    let identity = match answer {
        Err(error) => return vec![unanswered("sender", error)],
        Ok(None) => {
            let says = format!("SES does not know {sender}, nor its domain, so it sends nothing");
            let mend = "set the domain up as docs/deploy.md says under \"The sending domain\"";
            return vec![Finding::of(Level::Ill, "sender", says, mend)];
        }
        Ok(Some(identity)) => identity,
    };
    let name = &identity.name;
    let records =
        "enter the records that docs/deploy.md names under \"The sending domain\", and wait until DNS has them";
    let verified = Finding::unless(
        identity.is_verified,
        Finding::well("sender", format!("SES sends for {name}")),
        Finding::of(Level::Ill, "sender", format!("{name} is not verified, so SES sends nothing"), records),
    );
    let signed = Finding::unless(
        identity.is_signed,
        Finding::well("DKIM", format!("SES signs as {name}")),
        Finding::of(Level::Ill, "DKIM", format!("mails are not signed as {name}, and Gmail refuses them"), records),
    );
    vec![verified, signed, return_path(identity)]
}

fn return_path(identity: &Identity) -> Finding {
    let mend = "enter MX and TXT of the MAIL FROM domain, as docs/deploy.md names them under \"The sending domain\"";
    match &identity.mail_from {
        Some((domain, true)) => Finding::well("MAIL FROM", format!("bounces go to {domain}")),
        Some((domain, false)) => {
            let says = format!("SES may not use {domain} yet, so SPF does not speak for the shop");
            Finding::of(Level::Watch, "MAIL FROM", says, mend)
        }
        None => {
            let says = "bounces go to amazonses.com, so SPF does not speak for the shop";
            Finding::of(Level::Watch, "MAIL FROM", says, mend)
        }
    }
}

/// The configuration set, by which SES's events come back.
pub(crate) fn configuration_set(name: &str, answer: &Result<ConfigurationSet, Unanswered>) -> Finding {
    let about = "events";
    let redeploy = "deploy the template again: it makes the configuration set as it must be";
    match answer {
        Err(error) => unanswered(about, error),
        Ok(ConfigurationSet { may_send: false, .. }) => {
            let says = format!("sending is switched off for the configuration set {name}");
            Finding::of(Level::Ill, about, says, redeploy)
        }
        Ok(ConfigurationSet { is_measured: false, .. }) => {
            let says = format!("SES does not measure bounces and complaints of {name}");
            Finding::of(Level::Watch, about, says, redeploy)
        }
        Ok(_) => Finding::well(about, format!("the configuration set {name} brings SES's events back")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound() -> Account {
        Account {
            is_in_production: true,
            may_send: true,
            enforcement: "HEALTHY".to_owned(),
            quota: 50_000.0,
            sent: 120.0,
            remembers: Remembers { bounces: true, complaints: true },
        }
    }

    fn worst(findings: &[Finding]) -> (Level, &'static str) {
        findings.iter().map(|finding| (finding.level, finding.about)).max().unwrap()
    }

    #[test]
    fn whatever_keeps_an_account_from_sending_is_ill_and_says_what_to_do() {
        let cases = [
            (sound(), Level::Well),
            (Account { may_send: false, ..sound() }, Level::Ill),
            (Account { is_in_production: false, ..sound() }, Level::Ill),
            (Account { enforcement: "PROBATION".to_owned(), ..sound() }, Level::Watch),
            (Account { enforcement: "SHUTDOWN".to_owned(), ..sound() }, Level::Ill),
            (Account { sent: 39_999.0, ..sound() }, Level::Well),
            (Account { sent: 40_000.0, ..sound() }, Level::Watch),
            (Account { sent: 50_000.0, ..sound() }, Level::Ill),
            (Account { quota: -1.0, ..sound() }, Level::Well),
            (Account { remembers: Remembers { bounces: true, complaints: false }, ..sound() }, Level::Watch),
        ];
        for (case, level) in cases {
            let found = account(&Ok(case.clone()));
            assert_eq!(worst(&found).0, level, "{case:?}");
            assert!(found.iter().all(|f| (f.level == Level::Well) == f.mend.is_empty()), "{found:?}");
        }
    }

    #[test]
    fn a_sender_is_well_only_verified_signed_and_with_a_return_path_of_its_own() {
        let sound = Identity {
            name: "example.jp".to_owned(),
            is_verified: true,
            is_signed: true,
            mail_from: Some(("bounce.example.jp".to_owned(), true)),
        };
        let cases = [
            (Some(sound.clone()), (Level::Well, "sender")),
            (Some(Identity { is_verified: false, ..sound.clone() }), (Level::Ill, "sender")),
            (Some(Identity { is_signed: false, ..sound.clone() }), (Level::Ill, "DKIM")),
            (Some(Identity { mail_from: None, ..sound.clone() }), (Level::Watch, "MAIL FROM")),
            (
                Some(Identity { mail_from: Some(("bounce.example.jp".to_owned(), false)), ..sound }),
                (Level::Watch, "MAIL FROM"),
            ),
            (None, (Level::Ill, "sender")),
        ];
        for (case, expected) in cases {
            let found = identity("otayori@example.jp", &Ok(case.clone()));
            assert_eq!(worst(&found), expected, "{case:?}");
        }
    }

    #[test]
    fn events_come_back_only_by_a_set_that_sends_and_measures() {
        let set =
            |may_send, is_measured| configuration_set("wasurena", &Ok(ConfigurationSet { may_send, is_measured }));
        assert_eq!(set(true, true).level, Level::Well);
        assert_eq!(set(false, true).level, Level::Ill);
        assert_eq!(set(true, false).level, Level::Watch);
    }
}
