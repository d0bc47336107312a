//! What a failed call to AWS may say in an error or a log line: what happened, never what was in it. The SDK's
//! own account of an error shows whole answers, and answers hold items, addresses and secrets.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

/// Errors whose messages name resources and permissions, and nothing that was sent.
const OPEN_CODES: [&str; 2] = ["AccessDeniedException", "ResourceNotFoundException"];

/// What happened to a call.
pub(crate) fn told<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> String {
    match error {
        SdkError::ConstructionFailure(_) => "the request could not be built".to_owned(),
        SdkError::TimeoutError(_) => "no answer in time".to_owned(),
        SdkError::DispatchFailure(failure) => {
            failure.as_connector_error().map_or_else(|| "the connection failed".to_owned(), |error| causes(error))
        }
        SdkError::ResponseError(answer) => format!("an unreadable answer, status {}", answer.raw().status()),
        SdkError::ServiceError(answer) => {
            let code = answer.err().code().unwrap_or("an error without a name");
            let message = answer.err().message().filter(|_| OPEN_CODES.contains(&code));
            let message = message.map(|text| format!(": {text}")).unwrap_or_default();
            format!("{code}, status {}{message}", answer.raw().status())
        }
        _ => "the call failed".to_owned(),
    }
}

/// An error of the way to AWS, with all its causes.
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let all = std::iter::successors(Some(error), |error| error.source());
    all.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
