//! The end of the story: which promises were kept, and what is left for the owner to do.

use super::story::Person;
use crate::words::{what_to_do, why};
use std::io::Write;
use wasurena_domain::follow_up::Reason;
use wasurena_domain::ids::{CustomerId, ShopId};
use wasurena_domain::promise::{Promise, promises};
use wasurena_local::{World, sample};

#[derive(Debug, Default)]
struct Tally {
    kept: u32,
    open: u32,
    impossible: Vec<String>,
    broken: Vec<String>,
}

impl Tally {
    fn add(&mut self, name: &str, promise: Promise) {
        match promise {
            Promise::Kept => self.kept += 1,
            Promise::Open => self.open += 1,
            Promise::Impossible(Reason::PurchaseUndone) => {}
            Promise::Impossible(reason) => self.impossible.push(format!("{name}さん: {}", why(reason.name()))),
            Promise::Broken => self.broken.push(format!("{name}さん")),
        }
    }

    fn tell(&self, what: &str, out: &mut impl Write) -> std::io::Result<()> {
        let of = (self.kept + self.open) as usize + self.impossible.len() + self.broken.len();
        writeln!(out, "  {what}: {of} 人中 {} 人", self.kept)?;
        if self.open > 0 {
            writeln!(out, "    これからの方 … {} 人", self.open)?;
        }
        for line in &self.impossible {
            writeln!(out, "    かなわなかったわけ … {line}")?;
        }
        for line in &self.broken {
            writeln!(out, "    守れなかった約束 … {line}")?;
        }
        Ok(())
    }
}

/// Tells what came of the promises (an order that was cancelled asks for none) and what is left to do. Answers whether every promise was kept, or
/// impossible with its reason on record.
pub(crate) async fn tell(world: &World, people: &[Person], out: &mut impl Write) -> anyhow::Result<bool> {
    let shop_id = ShopId::parse(sample::SHOP)?;
    let shop = world.bookshelf().last_known(&shop_id).await?;
    let (mut thanks, mut contact) = (Tally::default(), Tally::default());
    for person in people {
        let Some(id) = find(world, &shop_id, *person).await? else {
            thanks.broken.push(person.name());
            continue;
        };
        let Some(file) = world.diary().file(&shop_id, &id).await? else { continue };
        if let Some(kept) = promises(&shop.shop, &file.record.customer, &file.follow_ups, &file.ledger, world.now()) {
            thanks.add(&person.name(), kept.thanks);
            contact.add(&person.name(), kept.contact);
        }
    }
    writeln!(out)?;
    writeln!(out, "■ 一年のまとめ")?;
    writeln!(out, "  お届けしたお便り: {} 通", world.mails()?.len())?;
    thanks.tell("三日以内のお礼", out)?;
    contact.tell("二十一日以内の、お礼の次のお便り", out)?;
    let mut tasks = world.diary().tasks(&shop_id).await?;
    tasks.sort_by_key(|task| task.due);
    if !tasks.is_empty() {
        writeln!(out, "  店主への宿題: {} 件", tasks.len())?;
        for task in &tasks {
            let due = task.due.format("%Y年%-m月%-d日");
            writeln!(out, "    {due}までに: {}", what_to_do(task.kind.name()))?;
        }
    }
    let kept = thanks.broken.is_empty() && contact.broken.is_empty();
    writeln!(out, "  {}", if kept { "約束はすべて守られました。" } else { "守れなかった約束があります。" })?;
    Ok(kept)
}

async fn find(world: &World, shop: &ShopId, person: Person) -> anyhow::Result<Option<CustomerId>> {
    let keys = world.keyring().keys().await?;
    if !person.email.is_empty() {
        let record = world.diary().customer(shop, &keys.identify(shop, person.email)?).await?;
        return Ok(record.map(|record| record.customer.id));
    }
    let phone = wasurena_domain::contact::PhoneNumber::parse(person.phone)?;
    let digest = keys.identify(shop, &format!("phone:{}", phone.as_str()))?;
    Ok(world.diary().phone(shop, &digest).await?.and_then(|record| record.only_customer().cloned()))
}
