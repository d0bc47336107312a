//! `wasurena demo`: a sample shop's year, from signed sample webhooks, in virtual time.

mod reckoning;
mod story;
mod teller;

use crate::up::ended;
use chrono::{DateTime, Utc};
use std::io::Write;
use std::net::Ipv4Addr;
use std::process::ExitCode;
use std::sync::Arc;
use teller::Teller;
use tokio::net::TcpListener;
use wasurena_local::{Start, World, serve};

/// The first moment of the story: Tuesday, 1 December 2026, nine in the morning in Tokyo.
const BEGIN: &str = "2026-12-01T00:00:00Z";
/// The port that the postbox is served on afterwards.
const PORT: u16 = 8787;

/// Tells the story; then serves the postbox, or with `exit` ends, successfully only if every promise was kept.
pub(crate) async fn run(exit: bool, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let listener = if exit { None } else { Some(listen().await?) };
    let url = match &listener {
        Some(listener) => format!("http://{}", listener.local_addr()?),
        None => format!("http://127.0.0.1:{PORT}"),
    };
    let folder = tempfile::tempdir()?;
    let begin: DateTime<Utc> = BEGIN.parse()?;
    let start = Start { folder: folder.path().to_owned(), now: Some(begin), frozen: true, public_url: url.clone() };
    let world = Arc::new(World::open(start).await?);

    let mut teller = Teller::new(&world, out)?;
    teller.opening()?;
    for event in story::year(begin) {
        teller.live(&event).await?;
    }
    teller.rest_of_the_year(begin + chrono::Duration::days(365)).await?;
    let kept = reckoning::tell(&world, &teller.people(), out).await?;
    let code = if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE };

    if let Some(listener) = listener {
        closing(&url, out)?;
        serve(Arc::clone(&world), listener, ended()).await?;
    }
    Ok(code)
}

/// The usual port, or where that is taken, any that is free.
async fn listen() -> std::io::Result<TcpListener> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, PORT)).await {
        Ok(listener) => Ok(listener),
        Err(_) => TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await,
    }
}

fn closing(url: &str, out: &mut impl Write) -> std::io::Result<()> {
    writeln!(out)?;
    writeln!(out, "■ 次にお試しください")?;
    writeln!(out, "  ・お便りを読む            {url}/postbox")?;
    writeln!(out, "    (お便りの末尾の「お止めいただけます」もお試しいただけます)")?;
    writeln!(out, "  ・自分で注文を送ってみる  cargo run -- up   (README.md「Try it with your own order」)")?;
    writeln!(out, "  ・文面を直して確かめる    cargo run -- check shared/letters/programmes/utsuwa")?;
    writeln!(out, "  終わるときは Ctrl-C を押してください。")?;
    out.flush()
}
