//! The sample shop `sakura`, which every new world has: its secrets and the default programme.

use crate::world::{SECRETS, World, WorldError};
use aws_sdk_ssm::types::ParameterType;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use wasurena_cloud::clock::Dice;
use wasurena_cloud::{Chance, Clients};
use wasurena_domain::calendar::day_of;
use wasurena_domain::ids::ShopId;

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
    let group = clients.scheduler.create_schedule_group().name("wasurena").send().await;
    match group.map_err(aws_sdk_scheduler::Error::from) {
        Ok(_) | Err(aws_sdk_scheduler::Error::ConflictException(_)) => {}
        Err(error) => return Err(WorldError::Sample(error.to_string())),
    }
    let mut secrets = vec![
        (format!("{SECRETS}/keys/identity"), random_key()),
        (format!("{SECRETS}/keys/links"), format!("1:{}", random_key())),
    ];
    let carts = wasurena_carts::all();
    secrets.extend(carts.map(|cart| (format!("{SECRETS}/shops/{SHOP}/carts/{}", cart.id()), SECRET.to_owned())));
    for (name, value) in secrets {
        let request =
            clients.ssm.put_parameter().name(name).value(value).overwrite(true).r#type(ParameterType::SecureString);
        request.send().await.map_err(|error| WorldError::Sample(error.to_string()))?;
    }
    let shop = ShopId::parse(SHOP).map_err(|error| WorldError::Sample(error.to_string()))?;
    let today = day_of(world.now(), chrono_tz::Asia::Tokyo);
    world.diary.publish(&shop, &wasurena_letters::utsuwa(today)).await?;
    Ok(())
}

/// 260 random bits, in base64.
fn random_key() -> String {
    STANDARD.encode(format!("{}{}", Dice.name(), Dice.name()))
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
        assert_eq!(world.diary.shop_state(&shop).await.unwrap().version, 2);
    }
}
