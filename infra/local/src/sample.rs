//! The sample shop `sakura`, which every new world has: its secrets and the default programme.

use crate::configs::{ALARM_GROUP, SECRETS, TABLE};
use crate::world::{World, WorldError};
use secrecy::SecretString;
use wasurena_carts::Cart;
use wasurena_cloud::Clients;
use wasurena_cloud::shop_settings::{Office, ShopSettings};
use wasurena_domain::calendar::day_of;
use wasurena_domain::ids::{CartId, InvalidId, ShopId};

/// The sample shop's id.
pub const SHOP: &str = "sakura";
/// The sample shop's secret for every cart: used as it stands by carts whose key is a plain string,
/// decoded by Standard Webhooks.
pub const SECRET: &str = "whsec_c2FrdXJhLXNhbXBsZS1zZWNyZXQtZm9yLXRlc3RzISE=";

/// Sets the sample shop up: live, with a complete history, followed up from today on.
pub(crate) async fn install(world: &World) -> Result<(), WorldError> {
    world.diary.create_table().await?;
    let clients = Clients::new(&world.aws.sdk_config(), None);
    // A first start that was broken off is begun anew: whatever stands already is success.
    let group = clients.scheduler().create_schedule_group().name(ALARM_GROUP).send().await;
    match group.map_err(aws_sdk_scheduler::Error::from) {
        Ok(_) | Err(aws_sdk_scheduler::Error::ConflictException(_)) => {}
        Err(error) => return Err(WorldError::Sample(error.to_string())),
    }
    let failed = |error: &dyn std::fmt::Display| WorldError::Sample(error.to_string());
    let cart = |cart: &dyn Cart| Ok((CartId::parse(cart.id())?, vec![SecretString::from(SECRET)]));
    let carts: Result<_, InvalidId> = wasurena_carts::all().map(cart).collect();
    let wanted = ShopSettings {
        shop: ShopId::parse(SHOP).map_err(|error| failed(&error))?,
        files: wasurena_letters::utsuwa(day_of(world.now(), chrono_tz::Asia::Tokyo)),
        shards: 1,
        carts: carts.map_err(|error| failed(&error))?,
    };
    let applied = Box::pin(Office::new(&clients, TABLE, SECRETS).apply(&wanted)).await;
    applied.map_err(|error| failed(&error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Start;

    #[tokio::test]
    async fn a_first_start_that_was_broken_off_is_begun_anew() {
        let folder = tempfile::tempdir().unwrap();
        let now = Some("2026-12-01T00:00:00Z".parse().unwrap());
        let public_url = "http://127.0.0.1".to_owned();
        let start = Start { folder: folder.path().to_owned(), now, frozen: true, public_url };
        let world = World::open(start).await.unwrap();
        install(&world).await.unwrap();
        let shop = ShopId::parse(SHOP).unwrap();
        // What stood already stands.
        assert_eq!(world.diary.shop_state(&shop).await.unwrap().version, 1);
    }
}
