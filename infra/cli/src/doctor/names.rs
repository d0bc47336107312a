//! What the DNS says of the sender's domain: DMARC, SPF of the return path, and whether replies can arrive. Where there is no
//! resolver, what to ask by hand.

use super::finding::{Finding, Level};
use anyhow::Context as _;
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{RData, RecordType};
use std::net::SocketAddr;
use std::time::Duration;

/// How long one question may take; it is asked twice.
const PATIENCE: Duration = Duration::from_secs(3);

/// The DNS did not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoAnswer;

/// Asks the DNS.
pub(crate) struct Names {
    resolver: Option<TokioResolver>,
}

impl Names {
    /// Asks this server, else those that the machine is set up with.
    pub(crate) fn new(server: Option<SocketAddr>) -> anyhow::Result<Self> {
        let builder = match server {
            Some(server) => {
                let mut connection = ConnectionConfig::udp();
                connection.port = server.port();
                let server = NameServerConfig::new(server.ip(), true, vec![connection]);
                let config = ResolverConfig::from_name_servers(vec![server]);
                Some(TokioResolver::builder_with_config(config, TokioRuntimeProvider::default()))
            }
            None => TokioResolver::builder_tokio().ok(),
        };
        let resolver = builder.map(|mut builder| {
            builder.options_mut().timeout = PATIENCE;
            builder.options_mut().attempts = 1;
            builder.build()
        });
        Ok(Self { resolver: resolver.transpose().context("no resolver can be made of the machine's settings")? })
    }

    /// The records of a name; none where there is no such name.
    async fn records(&self, name: &str, kind: RecordType) -> Result<Vec<RData>, NoAnswer> {
        let resolver = self.resolver.as_ref().ok_or(NoAnswer)?;
        match resolver.lookup(format!("{name}."), kind).await {
            Ok(lookup) => Ok(lookup.answers().iter().map(|record| record.data.clone()).collect()),
            Err(error) if is_none(&error) => Ok(Vec::new()),
            Err(_) => Err(NoAnswer),
        }
    }

    /// The texts of a name.
    async fn texts(&self, name: &str) -> Result<Vec<String>, NoAnswer> {
        let records = self.records(name, RecordType::TXT).await?;
        Ok(records
            .iter()
            .filter_map(|data| if let RData::TXT(text) = data { Some(text.to_string()) } else { None })
            .collect())
    }
}

fn is_none(error: &NetError) -> bool {
    error.is_no_records_found() || error.is_nx_domain()
}

fn by_hand(about: &'static str, kind: &str, name: &str) -> Finding {
    Finding::of(Level::Unknown, about, "no DNS answers here", format!("ask by hand: dig +short {kind} {name}"))
}

/// DMARC: the policy of the sender's domain, or of one above it (RFC 7489, 6.6.3).
pub(crate) async fn dmarc(names: &Names, domain: &str) -> Finding {
    let mut above = Some(domain);
    while let Some(name) = above.filter(|name| name.contains('.')) {
        let Ok(texts) = names.texts(&format!("_dmarc.{name}")).await else {
            return by_hand("DMARC", "TXT", &format!("_dmarc.{domain}"));
        };
        let policies: Vec<&String> = texts.iter().filter(|text| text.starts_with("v=DMARC1")).collect();
        match policies.as_slice() {
            [] => above = name.split_once('.').map(|(_, above)| above),
            [policy] => return Finding::well("DMARC", format!("_dmarc.{name} says {policy}")),
            _ => {
                let says = format!("_dmarc.{name} says several things, so none of them counts");
                return Finding::of(
                    Level::Ill,
                    "DMARC",
                    says,
                    "leave only one TXT record there that begins with v=DMARC1",
                );
            }
        }
    }
    let mend = format!("enter at _dmarc.{domain} a TXT record: \"v=DMARC1; p=none; rua=mailto:…\"");
    Finding::of(Level::Ill, "DMARC", format!("{domain} says nothing, and Gmail and Yahoo want it from everybody"), mend)
}

/// SPF of the domain that bounces go to (RFC 7208): SES must be named there.
pub(crate) async fn spf(names: &Names, domain: &str) -> Finding {
    let Ok(texts) = names.texts(domain).await else { return by_hand("SPF", "TXT", domain) };
    let policies: Vec<&String> = texts.iter().filter(|text| text.starts_with("v=spf1")).collect();
    match policies.as_slice() {
        [policy] if policy.contains("include:amazonses.com") => Finding::well("SPF", format!("{domain} names SES")),
        [_, _, ..] => {
            let mend = "make one TXT record of them that begins with v=spf1";
            Finding::of(Level::Ill, "SPF", format!("{domain} has several records, so none of them counts"), mend)
        }
        _ => {
            let mend = format!("enter at {domain} a TXT record: \"v=spf1 include:amazonses.com ~all\"");
            Finding::of(Level::Watch, "SPF", format!("{domain} does not name SES"), mend)
        }
    }
}

/// Whether replies can arrive: their domain takes mail (RFC 5321, 5.1; RFC 7505 for one that says it does not).
pub(crate) async fn replies(names: &Names, domain: &str) -> Finding {
    let ill = |says: String| {
        Finding::of(Level::Ill, "replies", says, "write an inbox into reply_to that a person reads every working day")
    };
    let Ok(servers) = names.records(domain, RecordType::MX).await else { return by_hand("replies", "MX", domain) };
    let refuses = servers.iter().any(|data| matches!(data, RData::MX(server) if server.exchange.is_root()));
    match servers.is_empty() {
        _ if refuses => ill(format!("{domain} says that it takes no mail, so replies come back to the customer")),
        false => Finding::well("replies", format!("{domain} takes mail")),
        true => match names.records(domain, RecordType::A).await {
            Ok(hosts) if !hosts.is_empty() => {
                Finding::well("replies", format!("{domain} takes mail, without an MX record"))
            }
            _ => ill(format!("{domain} has no server for mail, so replies come back to the customer")),
        },
    }
}
