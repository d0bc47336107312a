//! `wasurena up`: the embedded cloud with everything on it, until somebody ends it.

use anyhow::Context;
use chrono::{DateTime, Utc};
use std::io::Write;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use tokio::net::TcpListener;
use wasurena_local::{Start, World, serve};

/// Serves a world until Ctrl-C.
pub(crate) async fn run(
    port: u16,
    folder: PathBuf,
    now: Option<DateTime<Utc>>,
    frozen: bool,
) -> anyhow::Result<ExitCode> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .with_context(|| format!("port {port} on 127.0.0.1 cannot be used: choose another with --port"))?;
    let url = format!("http://{}", listener.local_addr()?);
    let world = Arc::new(World::open(Start { folder: folder.clone(), now, frozen, public_url: url.clone() }).await?);
    let shop = wasurena_local::sample::SHOP;
    let standing = if frozen { ", standing still" } else { "" };
    let carts = wasurena_carts::all().map(wasurena_carts::Cart::id).collect::<Vec<_>>().join(",");
    let banner = format!(
        "Wasurena is up at {url}\n\
         \x20 webhooks  {url}/hooks/{shop}/{{{carts}}}\n\
         \x20 postbox   {url}/postbox\n\
         \x20 shops     wasurena shop apply FILE --local {url}\n\
         \x20 kept in   {}\n\
         \x20 time      {}{standing}\n",
        folder.display(),
        world.now().to_rfc3339(),
    );
    // Whoever started it may have stopped reading: that is no reason not to serve.
    let _unread = std::io::stdout().write_all(banner.as_bytes());
    serve(world, listener, ended()).await?;
    Ok(ExitCode::SUCCESS)
}

/// Over when the process is asked to end.
pub(crate) async fn ended() {
    let asked = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut terminate) => {
                terminate.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = asked => {}
    }
}
