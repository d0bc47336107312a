//! The words themselves, folded: lower case, with spaces for `_` and `-`.

/// What a gift is called in the fields that shops add to their order form.
pub(super) const GIFT: [&str; 5] = ["gift", "ギフト", "のし", "熨斗", "贈"];
/// What holds one of these words and is no gift: money on a card, to be spent by whoever holds it, and what the shop
/// itself gives away.
pub(super) const NOT_A_GIFT: [&str; 8] = [
    "gift card",
    "giftcard",
    "gift certificate",
    "free gift",
    "gift with purchase",
    "ギフトカード",
    "ギフト券",
    "ギフトコード",
];
/// What a word of such a field's name ends with where it tells what the wrapping costs, not whether it is wanted.
pub(super) const SUM: [&str; 5] = ["fee", "fees", "price", "cost", "costs"];
/// Words that end like that and are no sums.
pub(super) const NOT_A_SUM: [&str; 2] = ["coffee", "toffee"];
/// The same in Japanese, anywhere in the name.
pub(super) const SUM_IN_JAPANESE: [&str; 2] = ["料金", "代金"];
/// What such a field holds when it is no gift, among other words.
pub(super) const NO_AMONG_WORDS: [&str; 10] =
    ["なし", "無し", "不要", "しない", "しません", "つけない", "付けない", "いらない", "要らない", "自宅"];
/// What such a field holds when it is no gift.
pub(super) const NO: [&str; 20] = [
    "",
    "0",
    "n",
    "false",
    "no",
    "none",
    "off",
    "不要",
    "不要です",
    "なし",
    "無し",
    "無",
    "いいえ",
    "希望しない",
    "希望しません",
    "利用しない",
    "いらない",
    "自宅用",
    "ご自宅用",
    "指定なし",
];

/// What an order is tagged with when it replaces something that came back or was broken: the whole tag.
pub(super) const EXCHANGE: [&str; 12] = [
    "exchange",
    "exchange order",
    "replacement",
    "replacement order",
    "reship",
    "交換",
    "交換品",
    "交換分",
    "再送",
    "再送品",
    "再送分",
    "代替品",
];
/// What the tag of a renewal holds; the first order of a subscription is tagged otherwise.
pub(super) const RENEWAL: [&str; 1] = ["recurring order"];
/// What is called like this is made, or comes out, only after the order.
pub(super) const MADE_TO_ORDER: [&str; 8] =
    ["予約商品", "予約販売", "予約注文", "pre order", "preorder", "受注生産", "made to order", "オーダーメイド"];

/// What the day is called on which a parcel should arrive.
pub(super) const ARRIVAL_DAY: [&str; 8] =
    ["配送希望日", "配達希望日", "お届け希望日", "お届け日", "配達日", "配送日", "到着希望日", "delivery date"];
/// What the day of a lesson, a stay or a visit is called.
pub(super) const APPOINTMENT_DAY: [&str; 8] =
    ["体験日", "予約日", "来店日", "宿泊日", "チェックイン", "booking date", "reservation date", "check in date"];

/// What the question is called whether somebody wants to hear from the shop.
pub(super) const MARKETING: [&str; 14] = [
    "メルマガ",
    "メールマガジン",
    "お知らせメール",
    "newsletter",
    "marketing consent",
    "accepts marketing",
    "marketing optin",
    "marketing opt in",
    "marketing optout",
    "marketing opt out",
    "mail optout",
    "mail opt out",
    "unsubscribe",
    "配信停止",
];
/// What the question holds where a yes to it is a no: 「メルマガを希望しない」.
pub(super) const NEGATION: [&str; 9] =
    ["しない", "不要", "停止", "解除", "拒否", "退会", "optout", "opt out", "unsubscribe"];
/// What the question holds where it only mentions that one can leave again: 「いつでも解除できます」. A yes to it says
/// nothing for certain.
pub(super) const ANY_TIME: [&str; 3] = ["いつでも", "any time", "anytime"];
/// A yes in so many words.
pub(super) const YES: [&str; 11] =
    ["1", "true", "yes", "on", "はい", "希望する", "希望します", "同意する", "受け取る", "購読する", "granted"];
/// A no in so many words. A box left alone (`0`, `false`, nothing) is none: nobody said anything.
pub(super) const SPOKEN_NO: [&str; 8] =
    ["no", "いいえ", "不要", "希望しない", "希望しません", "同意しない", "受け取らない", "denied"];

/// Ways to pay with the parcel or after it.
pub(super) const ON_DELIVERY: [&str; 5] = ["cash on delivery", "代金引換", "代引", "後払い", "あと払い"];

/// What people without a company write where they are asked for one.
pub(super) const NO_COMPANY: [&str; 4] = ["個人", "個人事業主ではない", "n/a", "ー"];

/// Marketplaces by the first word of a sales channel's name, and the name they are kept by.
pub(super) const CHANNELS: [(&str, &str); 9] = [
    ("amazon", "amazon"),
    ("rakuten", "rakuten"),
    ("楽天", "rakuten"),
    ("yahoo", "yahoo"),
    ("minne", "minne"),
    ("creema", "creema"),
    ("mercari", "mercari"),
    ("ebay", "ebay"),
    ("etsy", "etsy"),
];
/// What a domain begins with whose addresses a marketplace lends to buyers: each country has one,
/// `marketplace.amazon.co.jp`.
pub(super) const RELAYS_OF_COUNTRIES: [(&str, &str); 2] =
    [("marketplace.amazon.", "amazon"), ("members.ebay.", "ebay")];
/// Domains whose addresses, and those of any domain below, a marketplace lends to buyers. Rakuten's are seen at
/// `pc.fw.rakuten.ne.jp`, `mb.` and `dm.`.
pub(super) const RELAYS: [(&str, &str); 1] = [("fw.rakuten.ne.jp", "rakuten")];
