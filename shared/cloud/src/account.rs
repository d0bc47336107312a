//! What SES says of the account, of a sender's identity and of the configuration set: for whoever looks why mails do not
//! arrive. Nothing is changed.

use crate::failure::told;
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::error::SdkError;
use aws_sdk_sesv2::operation::get_email_identity::GetEmailIdentityError;
use aws_sdk_sesv2::types::{DkimStatus, MailFromDomainStatus, SuppressionAttributes, SuppressionListReason};
use aws_smithy_types::retry::RetryConfig;
use wasurena_domain::contact::EmailAddress;

/// SES did not answer, or not with what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("SES does not say ({0})")]
pub struct Unanswered(String);

/// The account.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// Whether it has left the sandbox, and may send to anybody.
    pub is_in_production: bool,
    /// Whether it may send at all at the moment.
    pub may_send: bool,
    /// What SES thinks of it: `HEALTHY`, `PROBATION` or `SHUTDOWN`.
    pub enforcement: String,
    /// Mails that it may send in 24 hours; below 0: as many as it likes.
    pub quota: f64,
    /// Mails that it has sent in the last 24 hours.
    pub sent: f64,
    /// Whether it remembers addresses that bounced, and people who called a mail spam.
    pub remembers: Remembers,
}

/// Which addresses SES will not send to again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Remembers {
    /// Those that bounced.
    pub bounces: bool,
    /// Those whose owners called a mail spam.
    pub complaints: bool,
}

/// A sender's identity: their domain, or else the address itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The domain or the address.
    pub name: String,
    /// Whether SES sends for it.
    pub is_verified: bool,
    /// Whether SES signs for it (DKIM).
    pub is_signed: bool,
    /// The domain that bounces go to (SPF), and whether SES may use it; `None` where SES uses its own.
    pub mail_from: Option<(String, bool)>,
}

/// The configuration set, by which SES's events come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConfigurationSet {
    /// Whether it may send.
    pub may_send: bool,
    /// Whether SES measures bounces and complaints of it.
    pub is_measured: bool,
}

/// Asks SES about itself. Asking twice does nothing twice, so what fails is asked again.
#[derive(Debug, Clone)]
pub struct Desk {
    client: Client,
}

impl Desk {
    /// Asks with this client.
    #[must_use]
    pub fn new(client: &Client) -> Self {
        let config = client.config().to_builder().retry_config(RetryConfig::standard());
        Self { client: Client::from_conf(config.build()) }
    }

    /// The account.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub async fn account(&self) -> Result<Account, Unanswered> {
        let answer = self.client.get_account().send().await.map_err(|error| Unanswered(told(&error)))?;
        let quota = answer.send_quota.as_ref();
        let reasons =
            answer.suppression_attributes.as_ref().map(SuppressionAttributes::suppressed_reasons).unwrap_or_default();
        Ok(Account {
            is_in_production: answer.production_access_enabled,
            may_send: answer.sending_enabled,
            enforcement: answer.enforcement_status.clone().unwrap_or_default(),
            quota: quota.map_or(0.0, |quota| quota.max24_hour_send),
            sent: quota.map_or(0.0, |quota| quota.sent_last24_hours),
            remembers: Remembers {
                bounces: reasons.contains(&SuppressionListReason::Bounce),
                complaints: reasons.contains(&SuppressionListReason::Complaint),
            },
        })
    }

    /// The identity that an address sends by: its domain's, else one of the domains above, else its own. `None` where SES
    /// knows none of them.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub async fn identity(&self, address: &EmailAddress) -> Result<Option<Identity>, Unanswered> {
        let mut name = address.as_str().rsplit('@').next();
        while let Some(domain) = name.filter(|domain| domain.contains('.')) {
            if let Some(identity) = self.identity_of(domain).await? {
                return Ok(Some(identity));
            }
            name = domain.split_once('.').map(|(_, above)| above);
        }
        self.identity_of(address.as_str()).await
    }

    async fn identity_of(&self, name: &str) -> Result<Option<Identity>, Unanswered> {
        let answer = match self.client.get_email_identity().email_identity(name).send().await {
            Ok(answer) => answer,
            Err(error) => {
                let is_unknown = |error: &SdkError<GetEmailIdentityError>| {
                    error.as_service_error().is_some_and(GetEmailIdentityError::is_not_found_exception)
                };
                return if is_unknown(&error) { Ok(None) } else { Err(Unanswered(told(&error))) };
            }
        };
        let dkim = answer.dkim_attributes.as_ref();
        let usable = |status: &MailFromDomainStatus| *status == MailFromDomainStatus::Success;
        Ok(Some(Identity {
            name: name.to_owned(),
            is_verified: answer.verified_for_sending_status,
            is_signed: dkim.is_some_and(|d| d.signing_enabled && d.status == Some(DkimStatus::Success)),
            mail_from: answer
                .mail_from_attributes
                .map(|from| (from.mail_from_domain, usable(&from.mail_from_domain_status)))
                .filter(|(domain, _)| !domain.is_empty()),
        }))
    }

    /// The configuration set.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub async fn configuration_set(&self, name: &str) -> Result<ConfigurationSet, Unanswered> {
        let request = self.client.get_configuration_set().configuration_set_name(name);
        let answer = request.send().await.map_err(|error| Unanswered(told(&error)))?;
        Ok(ConfigurationSet {
            may_send: answer.sending_options.is_none_or(|options| options.sending_enabled),
            is_measured: answer.reputation_options.is_some_and(|options| options.reputation_metrics_enabled),
        })
    }
}
