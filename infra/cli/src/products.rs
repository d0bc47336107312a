//! Products, as customers see them: what was answered of each, and that somebody has looked (R31).

use crate::site::Site;
use crate::today::WhichShop;
use clap::{Args, Subcommand};
use std::cmp::Reverse;
use std::io::Write;
use std::process::ExitCode;
use wasurena_cloud::listening;
use wasurena_domain::ids::ShopId;
use wasurena_domain::listening::Means;

/// `wasurena product …`
#[derive(Debug, Subcommand)]
pub(crate) enum ProductCommand {
    /// Show what was answered of each product, the unhappiest first
    List(WhichShop),
    /// Say that you have looked at a product: its messages go on
    Looked(Looked),
}

/// A product that somebody has looked at.
#[derive(Debug, Args)]
pub(crate) struct Looked {
    /// The shop
    shop: String,
    /// The product, as the list shows it
    product: String,
    #[command(flatten)]
    site: Site,
}

/// Carries out what the owner does about products.
pub(crate) async fn product(command: ProductCommand, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    match command {
        ProductCommand::List(which) => list(which, out).await?,
        ProductCommand::Looked(Looked { shop, product, site }) => {
            let shop = ShopId::parse(&shop)?;
            let rooms = site.open().await?;
            let book = rooms.bookshelf.open(&shop).await?.book;
            let known = rooms.diary.products(&shop).await?;
            anyhow::ensure!(
                known.contains_key(&product),
                "nothing was answered of `{product}`: see `wasurena product list {shop}`"
            );
            listening::looked(&rooms.diary, &book.shop, &product, rooms.clock.now()).await?;
            writeln!(out, "{product}: looked at; its messages go on")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(which: WhichShop, out: &mut impl Write) -> anyhow::Result<()> {
    let (rooms, shop) = which.open().await?;
    let paused = rooms.diary.shop_state(&shop).await?.paused;
    let mut products: Vec<_> = rooms.diary.products(&shop).await?.into_iter().collect();
    products.sort_by_key(|(product, record)| (Reverse(record.unhappy_since_look()), product.clone()));
    if products.is_empty() {
        writeln!(out, "{shop}: nobody has answered yet")?;
    }
    for (product, record) in &products {
        let counts = Means::ALL.map(|means| format!("{} {}", record.count(means), means.name())).join(", ");
        let waits = if paused.contains(product) { "  paused: look at it, then `wasurena product looked`" } else { "" };
        writeln!(out, "{product}  {counts}{waits}")?;
    }
    Ok(())
}
