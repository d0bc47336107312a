//! `wasurena doctor`: whether a shop's mails can go out and arrive. It reads what SES, the DNS and the diary say, changes
//! nothing, and says of each thing that is not well what to do.

mod finding;
mod mails;
mod names;
mod ses;

use crate::site::Site;
use clap::Args;
use finding::{Finding, Level};
use names::Names;
use std::io::Write;
use std::net::SocketAddr;
use std::process::ExitCode;
use wasurena_cloud::account::{Desk, Identity};
use wasurena_domain::contact::EmailAddress;
use wasurena_domain::ids::ShopId;
use wasurena_domain::shop::Sender;

/// `wasurena doctor …`
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// The shop
    shop: String,
    /// The configuration set, which has the stack's name
    #[arg(long, default_value = "wasurena")]
    configuration_set: String,
    /// Ask this DNS server instead of the machine's, such as 9.9.9.9:53
    #[arg(long, value_name = "ADDRESS:PORT")]
    dns: Option<SocketAddr>,
    #[command(flatten)]
    site: Site,
}

/// Looks at everything, the most serious first at the end of the list. Fails where mails do not go out or do not arrive.
pub(crate) async fn run(doctor: Doctor, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let shop = ShopId::parse(&doctor.shop)?;
    let rooms = doctor.site.open().await?;
    let open = rooms.bookshelf.open(&shop).await?;
    let desk = Desk::new(&doctor.site.clients().await.ses());
    let names = Names::new(doctor.dns)?;
    let Sender { address, reply_to, .. } = &open.book.shop.sender;
    let identity = desk.identity(address).await;
    let mut findings = ses::account(&desk.account().await);
    findings.extend(ses::identity(address.as_str(), &identity));
    findings.push(ses::configuration_set(
        &doctor.configuration_set,
        &desk.configuration_set(&doctor.configuration_set).await,
    ));
    findings.extend(by_dns(&names, address, reply_to, identity.ok().flatten().as_ref()).await);
    findings.push(switch(&shop, open.stopped));
    findings.extend(Box::pin(mails::look(&rooms, &open.book.shop, open.is_at_risk)).await?);
    findings.sort_by_key(|finding| finding.level);
    writeln!(
        out,
        "{} ({shop}) writes as {}, and reads replies at {}",
        open.book.shop.name,
        address.as_str(),
        reply_to.as_str()
    )?;
    for finding in &findings {
        finding.write(out)?;
    }
    let is_ill = findings.iter().any(|finding| finding.level == Level::Ill);
    let needs = findings.iter().filter(|finding| finding.level > Level::Well).count();
    match needs {
        0 => writeln!(out, "all is well")?,
        n => writeln!(out, "{n} of {} things need a look", findings.len())?,
    }
    Ok(if is_ill { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// What the DNS says of sender and inbox.
async fn by_dns(
    names: &Names,
    sender: &EmailAddress,
    reply_to: &EmailAddress,
    identity: Option<&Identity>,
) -> Vec<Finding> {
    let mut findings = vec![names::dmarc(names, sender.domain()).await, names::replies(names, reply_to.domain()).await];
    if let Some((domain, _)) = identity.and_then(|identity| identity.mail_from.as_ref()) {
        findings.push(names::spf(names, domain).await);
    }
    findings
}

fn switch(shop: &ShopId, stopped: bool) -> Finding {
    Finding::unless(
        !stopped,
        Finding::well("stop switch", "off"),
        Finding::of(
            Level::Ill,
            "stop switch",
            "on: nothing goes out",
            format!("`wasurena stop {shop} --off` lets it send again"),
        ),
    )
}
