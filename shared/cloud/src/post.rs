//! The post: SES. What it answers decides what may happen next, so the answers are sorted here with care.

use crate::failure::told;
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::config::Builder;
use aws_sdk_sesv2::error::{BuildError, ProvideErrorMetadata, SdkError};
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message, MessageHeader, MessageTag};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::retry::RetryConfig;

/// The rate at which an account without any is taken to send, in mails a second: SES's sandbox.
const SANDBOX_RATE: f64 = 1.0;

/// A mail to hand to SES.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// `name <address>`, ready for a header.
    pub from: String,
    /// Where replies go.
    pub reply_to: String,
    /// The recipient's address, ready for a header.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The HTML.
    pub html: String,
    /// Headers of our own.
    pub headers: Vec<(&'static str, String)>,
    /// Tags that come back in every event of this mail.
    pub tags: Vec<(&'static str, String)>,
}

/// Why a mail was not, or perhaps not, sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// SES asks to go slower. Certainly not sent.
    #[error("SES throttles: the account's rate is exceeded")]
    Throttled,
    /// The account may not send: paused, not verified, daily quota used up. Certainly not sent.
    #[error("SES does not let the account send ({0}): look at the account in the SES console")]
    AccountStopped(String),
    /// SES refuses this message. Certainly not sent, and it would be refused again.
    #[error("SES refuses the message ({0})")]
    Refused(String),
    /// No connection was made. Certainly not sent.
    #[error("SES cannot be reached")]
    NotConnected,
    /// The request may have reached SES; whether it was accepted is unknown.
    #[error("whether SES accepted the message is unknown ({0})")]
    Unknown(&'static str),
}

/// Sends through SES.
#[derive(Debug, Clone)]
pub struct Post {
    client: Client,
    configuration_set: String,
}

impl Post {
    /// Sends with this configuration set, whose events come back to us.
    #[must_use]
    pub fn new(client: Client, configuration_set: impl Into<String>) -> Self {
        Self { client, configuration_set: configuration_set.into() }
    }

    /// Hands a mail to SES, once: nothing here tries again. Returns SES's message id.
    ///
    /// # Errors
    /// [`SendError`]: every variant but [`SendError::Unknown`] says that certainly nothing was sent.
    pub async fn send(&self, mail: &Outgoing) -> Result<String, SendError> {
        let content = content(mail).map_err(|error| SendError::Refused(error.to_string()))?;
        let tags: Result<Vec<MessageTag>, BuildError> =
            mail.tags.iter().map(|(name, value)| MessageTag::builder().name(*name).value(value).build()).collect();
        let request = self
            .client
            .send_email()
            .from_email_address(&mail.from)
            .reply_to_addresses(&mail.reply_to)
            .destination(Destination::builder().to_addresses(&mail.to).build())
            .content(content)
            .configuration_set_name(&self.configuration_set)
            .set_email_tags(Some(tags.map_err(|error| SendError::Refused(error.to_string()))?));
        match request.send().await {
            Ok(output) => Ok(output.message_id.unwrap_or_default()),
            Err(error) => Err(sort(&error)),
        }
    }

    /// How many mails a second the account may send. Only this is asked again where the answer does not come: asking
    /// twice does nothing twice, and without an answer the whole slot would wait.
    ///
    /// # Errors
    /// [`SendError::NotConnected`] where SES cannot be asked.
    pub async fn rate(&self) -> Result<f64, SendError> {
        let request = self.client.get_account().customize();
        let request = request.config_override(Builder::new().retry_config(RetryConfig::standard()));
        let account = request.send().await.map_err(|error| {
            tracing::warn!(error = %told(&error), "post.rate_unknown");
            SendError::NotConnected
        })?;
        Ok(account.send_quota.map_or(SANDBOX_RATE, |quota| quota.max_send_rate).max(SANDBOX_RATE))
    }
}

fn content(mail: &Outgoing) -> Result<EmailContent, BuildError> {
    let utf8 = |text: &str| Content::builder().data(text).charset("UTF-8").build();
    let mut message = Message::builder()
        .subject(utf8(&mail.subject)?)
        .body(Body::builder().text(utf8(&mail.text)?).html(utf8(&mail.html)?).build());
    for (name, value) in &mail.headers {
        message = message.headers(MessageHeader::builder().name(*name).value(value).build()?);
    }
    Ok(EmailContent::builder().simple(message.build()).build())
}

/// Sorts what SES, or the way to SES, answered.
fn sort(error: &SdkError<SendEmailError>) -> SendError {
    match error {
        SdkError::ConstructionFailure(_) => SendError::Refused("the request could not be built".to_owned()),
        SdkError::TimeoutError(_) => SendError::Unknown("no answer in time"),
        SdkError::DispatchFailure(failure) => match failure.as_connector_error() {
            Some(connector) if never_connected(connector) => SendError::NotConnected,
            _ => SendError::Unknown("the connection broke"),
        },
        SdkError::ServiceError(answer) if answer.raw().status().is_server_error() => {
            SendError::Unknown("an internal error of SES")
        }
        // The SDK calls an acceptance that it cannot read an error of the service as well.
        SdkError::ServiceError(answer) if answer.raw().status().is_client_error() => sort_refusal(answer.err()),
        _ => SendError::Unknown("an answer that cannot be read"),
    }
}

/// Whether the connection itself failed, so that nothing was written to it: refused, no such host, no TLS,
/// no answer while connecting. The HTTP client says so of its own errors; a refused connection is also
/// known by its kind.
fn never_connected(error: &ConnectorError) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        let refused = |io: &std::io::Error| io.kind() == std::io::ErrorKind::ConnectionRefused;
        if error
            .downcast_ref::<hyper_util::client::legacy::Error>()
            .is_some_and(hyper_util::client::legacy::Error::is_connect)
            || error.downcast_ref::<std::io::Error>().is_some_and(refused)
        {
            return true;
        }
        cause = error.source();
    }
    false
}

/// Sorts an answer that says no: the account's fault, or the message's.
fn sort_refusal(error: &SendEmailError) -> SendError {
    let code = error.code().unwrap_or("unknown").to_owned();
    let daily = error.message().is_some_and(|message| message.to_ascii_lowercase().contains("daily"));
    match error {
        SendEmailError::AccountSuspendedException(_)
        | SendEmailError::SendingPausedException(_)
        | SendEmailError::MailFromDomainNotVerifiedException(_)
        | SendEmailError::NotFoundException(_) => SendError::AccountStopped(code),
        SendEmailError::TooManyRequestsException(_) | SendEmailError::LimitExceededException(_) if daily => {
            SendError::AccountStopped(code)
        }
        SendEmailError::TooManyRequestsException(_) | SendEmailError::LimitExceededException(_) => SendError::Throttled,
        SendEmailError::MessageRejected(_) if not_verified(error) => SendError::AccountStopped(code),
        SendEmailError::MessageRejected(_) | SendEmailError::BadRequestException(_) => SendError::Refused(code),
        _ => match code.as_str() {
            "ThrottlingException" | "Throttling" if daily => SendError::AccountStopped(code),
            "ThrottlingException" | "Throttling" => SendError::Throttled,
            "ValidationException" | "ValidationError" | "SerializationException" => SendError::Refused(code),
            // No error of SendEmail: of credentials, signatures, permissions, clocks. The message is not at
            // fault, so it is not given up: a person looks.
            _ => SendError::AccountStopped(code),
        },
    }
}

/// SES rejects a message from an identity that is not verified with the same error as a bad message.
fn not_verified(error: &SendEmailError) -> bool {
    error.message().is_some_and(|message| message.contains("not verified"))
}
