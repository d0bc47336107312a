//! Which column of an order file says what: by the names that carts and tills give them, or as the owner's mapping file says.

use super::cells::narrow;
use anyhow::bail;
use csv::StringRecord;
use std::collections::BTreeMap;

/// What an order file says of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    Date,
    Mail,
    Name,
    Product,
    Amount,
    Order,
    Consent,
    Status,
}

impl Field {
    const ALL: [Self; 8] =
        [Self::Date, Self::Mail, Self::Name, Self::Product, Self::Amount, Self::Order, Self::Consent, Self::Status];
    /// Without these there is nothing to play.
    const NEEDED: [Self; 2] = [Self::Date, Self::Mail];

    /// Its name in a mapping file, and in messages.
    pub(super) fn name(self) -> &'static str {
        self.names()[0]
    }

    /// The headers under which it is known, in lower case.
    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Date => &[
                "date",
                "order date",
                "ordered at",
                "created at",
                "注文日",
                "注文日時",
                "受注日",
                "受注日時",
                "購入日",
                "購入日時",
                "日付",
            ],
            Self::Mail => &[
                "mail",
                "email",
                "e-mail",
                "mail address",
                "email address",
                "メール",
                "メールアドレス",
                "注文者メールアドレス",
                "購入者メールアドレス",
            ],
            Self::Name => &[
                "name",
                "customer",
                "customer name",
                "billing name",
                "氏名",
                "名前",
                "お名前",
                "注文者",
                "注文者名",
                "注文者氏名",
                "購入者名",
                "顧客名",
            ],
            Self::Product => &["product", "product name", "item", "lineitem name", "商品", "商品名", "品名"],
            Self::Amount => {
                &["amount", "total", "price", "金額", "合計", "合計金額", "注文金額", "請求金額", "購入金額"]
            }
            Self::Order => &["order", "order id", "order number", "注文番号", "受注番号", "注文id"],
            Self::Consent => &["consent", "accepts marketing", "メルマガ", "メルマガ希望", "お便り希望"],
            Self::Status => &["status", "order status", "注文状況", "ステータス", "状態"],
        }
    }
}

/// Where each field stands.
pub(super) type Columns = BTreeMap<Field, usize>;

/// The owner's mapping file: `mail = "お客様のメール"`, a line for each column that has another name.
pub(super) fn read_mapping(source: &str) -> anyhow::Result<BTreeMap<String, String>> {
    let mapping: BTreeMap<String, String> = match toml::from_str(source) {
        Ok(mapping) => mapping,
        Err(error) => bail!("the mapping file has lines that are not like `mail = \"header\"`: {}", error.message()),
    };
    if let Some(unknown) = mapping.keys().find(|name| !Field::ALL.iter().any(|field| field.name() == *name)) {
        let names = Field::ALL.map(Field::name).join(", ");
        bail!("the mapping file names `{unknown}`, which is none of {names}");
    }
    Ok(mapping)
}

/// Finds the columns. What the mapping names counts before what is known.
pub(super) fn find(header: &StringRecord, mapping: &BTreeMap<String, String>) -> anyhow::Result<Columns> {
    let titles: Vec<String> = header.iter().map(|title| narrow(title).to_lowercase()).collect();
    let mut columns = Columns::new();
    for field in Field::ALL {
        let mapped = mapping.get(field.name()).map(|title| narrow(title).to_lowercase());
        let is_own = |title: &String| match &mapped {
            Some(mapped) => title == mapped,
            None => field.names().contains(&title.as_str()),
        };
        let places: Vec<usize> = (0..titles.len()).filter(|place| is_own(&titles[*place])).collect();
        match (places.as_slice(), mapped) {
            ([place], _) => drop(columns.insert(field, *place)),
            ([], Some(_)) => bail!(
                "there is no column as the mapping file names for `{}`; the file has {}",
                field.name(),
                told(header)
            ),
            ([], None) => {}
            (_, _) => bail!(
                "several columns may be `{0}`; say in a mapping file (--mapping) which one it is: {0} = \"…\"",
                field.name()
            ),
        }
    }
    if let Some(missing) = Field::NEEDED.into_iter().find(|field| !columns.contains_key(field)) {
        bail!(
            "no column is known as `{0}` ({1}); the file has {2}. Say in a mapping file (--mapping) which one it is: {0} = \"…\"",
            missing.name(),
            missing.names()[1..].join(", "),
            told(header)
        );
    }
    Ok(columns)
}

fn told(header: &StringRecord) -> String {
    header.iter().map(|title| format!("`{}`", title.trim())).collect::<Vec<_>>().join(", ")
}
