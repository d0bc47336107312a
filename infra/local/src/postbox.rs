//! The postbox: every mail that went out, to be read as its customer would read it.

mod page;

use crate::rows::MailRow;
use crate::world::World;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use std::sync::Arc;

type Shared = State<Arc<World>>;

/// The postbox's pages.
pub(crate) fn routes() -> Router<Arc<World>> {
    Router::new().route("/postbox", get(list)).route("/postbox/{id}", get(mail)).route("/postbox/{id}/html", get(body))
}

/// The mails as they lie in the postbox, oldest first; none where it cannot be read, which is logged.
async fn mails(world: &World) -> Vec<MailRow> {
    let settled = world.settle().await.and_then(|()| world.mails());
    settled.inspect_err(|error| tracing::error!(%error, "postbox.unreadable")).unwrap_or_default()
}

async fn list(State(world): Shared) -> Html<String> {
    Html(page::list(&mails(&world).await, world.now()).into_string())
}

async fn mail(State(world): Shared, Path(id): Path<String>) -> Response {
    let mails = mails(&world).await;
    match mails.iter().position(|mail| mail.id == id) {
        Some(place) => {
            let newer = mails.get(place + 1);
            let older = place.checked_sub(1).and_then(|place| mails.get(place));
            Html(page::mail(&mails[place], newer, older).into_string()).into_response()
        }
        None => (StatusCode::NOT_FOUND, Html(page::unknown().into_string())).into_response(),
    }
}

/// The HTML of a mail, for the frame that shows it. It runs no script and reaches nothing but pictures. Its
/// links open beside it: the pages they lead to let no frame hold them.
async fn body(State(world): Shared, Path(id): Path<String>) -> Response {
    match mails(&world).await.into_iter().find(|mail| mail.id == id) {
        Some(mail) => {
            let policy = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src https: data:; style-src 'unsafe-inline'";
            let html = mail.html.replacen("<head>", "<head><base target=\"_blank\">", 1);
            ([(header::CONTENT_SECURITY_POLICY, policy)], Html(html)).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
