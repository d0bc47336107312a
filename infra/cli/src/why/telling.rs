//! The answer in Japanese: what goes out on the day, then what does not, each with what decided and the rules' numbers.

use crate::words;
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeSet;
use std::io::Write;
use wasurena_domain::channel::Channel;
use wasurena_domain::customer::Stage;
use wasurena_domain::follow_up::{Reason, State};
use wasurena_domain::ids::StepId;
use wasurena_domain::planner::why::{Account, Because, Ground, Objection, Origin, Verdict};
use wasurena_domain::programme::{Class, Date, Programme, Rhythm};
use wasurena_domain::shop::Shop;

/// So many days that were passed over are named; of the others the number.
const DAYS_NAMED: usize = 3;

/// Whoever tells.
pub(super) struct Telling<'a> {
    pub(super) shop: &'a Shop,
    pub(super) programme: &'a Programme,
    pub(super) today: NaiveDate,
    /// The day that was asked about.
    pub(super) on: NaiveDate,
    /// Whether each text of a series is told of by itself.
    pub(super) in_full: bool,
}

impl Telling<'_> {
    /// Tells everything.
    pub(super) fn tell(
        &self,
        stage: Stage,
        stopped: bool,
        accounts: &[Account],
        out: &mut impl Write,
    ) -> std::io::Result<()> {
        let is_on_day = |account: &&Account| account.day(self.shop.zone) == Some(self.on);
        writeln!(out, "{}: {}のお便り({})", self.shop.name, self.date(self.on), stage_name(stage))?;
        if stopped {
            writeln!(out, "いまは、すべてのお便りを止めています(wasurena stop --off でまた始まります)。")?;
        }
        if self.on > self.today {
            writeln!(out, "いまわかっていることだけで先を見ると、次のとおりです。")?;
        }
        writeln!(out, "\n■ この日のお便り")?;
        let of_day: Vec<&Account> = accounts.iter().filter(is_on_day).collect();
        if of_day.is_empty() {
            writeln!(out, "  ありません。")?;
        }
        for account in of_day {
            self.tell_one(account, out)?;
        }
        writeln!(out, "\n■ この日ではないお便り")?;
        let mut told = BTreeSet::new();
        for account in accounts.iter().filter(|account| !is_on_day(account)) {
            if self.in_full || self.is_news(account, &mut told) {
                self.tell_one(account, out)?;
            }
        }
        Ok(())
    }

    /// Whether an account says something that has not been told of its series already.
    fn is_news(&self, account: &Account, told: &mut BTreeSet<String>) -> bool {
        match (&account.series, account.verdict) {
            (_, Verdict::Not(Because::LaterText)) => false,
            (Some(series), Verdict::Not(because)) if account.grounds.is_empty() => {
                told.insert(format!("{series} {because:?}"))
            }
            _ => true,
        }
    }

    fn tell_one(&self, account: &Account, out: &mut impl Write) -> std::io::Result<()> {
        let rules: Vec<String> = account.rules().iter().map(|rule| format!("R{rule}")).collect();
        let rules = if rules.is_empty() { String::new() } else { format!(" [{}]", rules.join(" ")) };
        writeln!(out, "  {}: {}{rules}", self.name(account), self.verdict(account))?;
        for line in account.grounds.iter().filter_map(|ground| self.ground(account, ground)) {
            writeln!(out, "    ・{line}")?;
        }
        let passed_over = account.grounds.iter().filter_map(|ground| match ground {
            Ground::PassedOver { day, because, by } => Some(self.passed_over(*day, *because, by.as_ref())),
            _ => None,
        });
        let days: Vec<String> = passed_over.collect();
        for line in days.iter().take(DAYS_NAMED) {
            writeln!(out, "    ・{line}")?;
        }
        match days.len().saturating_sub(DAYS_NAMED) {
            0 => Ok(()),
            more => writeln!(out, "    ・ほかに{more}日、同じように空いていませんでした"),
        }
    }

    /// 「お礼(thanks-first)」. Of a series that is told of as a whole, the series.
    fn name(&self, account: &Account) -> String {
        let class = words::class_name(account.class.map_or("", Class::name));
        let is_whole = !self.in_full && matches!(account.verdict, Verdict::Not(_)) && account.grounds.is_empty();
        let id = account.series.as_ref().filter(|_| is_whole).unwrap_or(&account.step);
        if is_whole && account.series.is_some() { format!("お便り({id})") } else { format!("{class}({id})") }
    }

    fn verdict(&self, account: &Account) -> String {
        let zone = self.shop.zone;
        match account.verdict {
            Verdict::Went { on, .. } if on > self.today => format!("{}にお送りする予定です", self.date(on)),
            Verdict::Went { on, state: State::HandedOver } => {
                format!("{}に人の手へ渡しました。済んだら wasurena done で印をつけてください", self.date(on))
            }
            Verdict::Went { on, .. } => format!("{}にお送りしました", self.date(on)),
            Verdict::Unknown { on } => format!("{}にお送りしたかどうか、まだわかりません", self.date(on)),
            Verdict::Comes { slot, .. } => {
                let local = slot.start().with_timezone(&zone);
                format!("{} {} にお送りする予定です", self.date(local.date_naive()), local.format("%H:%M"))
            }
            Verdict::Not(because @ Because::LaterText) => self.because(because),
            Verdict::Not(because @ Because::NotBegun { .. }) => {
                format!("まだお送りしません。{}", self.because(because))
            }
            Verdict::Not(because) => format!("お送りしません。{}", self.because(because)),
        }
    }

    fn because(&self, because: Because) -> String {
        match because {
            Because::Reason(Reason::NoFreshLetter) => {
                "まだお送りしていない文面がありません。書き足すと、続きをお送りします".to_owned()
            }
            Because::Reason(reason) => words::why(reason.name()).to_owned(),
            Because::History => "お便りを始める前のお買い上げです".to_owned(),
            Because::OtherOccasion { nth: 0 } => "まだお買い上げがありません".to_owned(),
            Because::OtherOccasion { nth } => format!("{nth}回目のお買い上げの方へのお便りではありません"),
            Because::NothingAwaited => "受注生産やご予約など、お届けをお待ちの品だけのお便りです".to_owned(),
            Because::NoLetter => "お手紙をお出しした方だけのお便りです".to_owned(),
            Because::NewInProgramme => "このお便りができたとき、お送りする時期は過ぎていました".to_owned(),
            Because::ThankedAlready => "このお買い上げのお礼は、もう申し上げました".to_owned(),
            Because::Explained => "同じお品のことは、一度だけお伝えします".to_owned(),
            Because::NotBegun { from_occasion: 1 } => "まだ始まりません".to_owned(),
            Because::NotBegun { from_occasion } => format!("{from_occasion}回目のお買い上げから始まります"),
            Because::NoDate => "その日がわかりません(うかがっていないか、まだ決まりません)".to_owned(),
            Because::GreetedAlready => "この日のお便りは、もうお送りしました".to_owned(),
            Because::Over => "お送りする時期は過ぎました".to_owned(),
            Because::LaterText => "前のお便りのあとに続きます".to_owned(),
            Because::ByHand => "お困りごとのあったとき、お店で決めた方にだけお送りします".to_owned(),
        }
    }

    /// A ground in words; those of days that were passed over are told together.
    fn ground(&self, account: &Account, ground: &Ground) -> Option<String> {
        let is_over = matches!(account.verdict, Verdict::Went { .. } | Verdict::Unknown { .. });
        Some(match ground {
            Ground::Counted { from, day, latest } => {
                let until = if is_over {
                    String::new()
                } else {
                    format!("。{}までにお送りします", self.date(*latest))
                };
                let is_own_day = account.day(self.shop.zone) == Some(*day);
                let own_day = if is_own_day { String::new() } else { format!("、{}", self.date(*day)) };
                format!("{}{own_day}{until}", self.origin(*from, *day))
            }
            Ground::ByHand(channel) => format!("{}でのお便りです", channel_name(*channel)),
            Ground::Occasion { day } => format!("{}のお買い上げについて", self.date(*day)),
            Ground::Promised if account.class == Some(Class::Thanks) => {
                "3日以内のお礼はお約束なので、ほかのお便りより先に日を決めます".to_owned()
            }
            Ground::Promised => "21日以内のお便りはお約束なので、ほかのお便りより先に日を決めます".to_owned(),
            Ground::Missed { day, because } => format!("{}の分: {}", self.date(*day), self.because(*because)),
            Ground::LastLook(reason) => {
                format!("いまのままなら、お送りする直前の確かめで見送ります。{}", words::why(reason.name()))
            }
            Ground::Waits(Reason::NotApproved) => {
                "見習い期間なので、お店で確かめるまでお待ちします(wasurena approve)".to_owned()
            }
            Ground::Waits(Reason::ProductPaused) => {
                "お品にご不満のお声があり、お店で確かめるまでお待ちします(wasurena product looked)".to_owned()
            }
            Ground::Waits(Reason::ReputationAtRisk) => {
                "迷惑メールとされたり届かなかったりしたお便りが多いので、おさまるまでお待ちします".to_owned()
            }
            Ground::Waits(reason) => words::why(reason.name()).to_owned(),
            Ground::PassedOver { .. } => return None,
        })
    }

    fn origin(&self, from: Origin, day: NaiveDate) -> String {
        let after = |from: NaiveDate| format!("から{}日目", (day - from).num_days());
        match from {
            Origin::Purchase { bought_on } => format!("{}のお買い上げ{}", self.date(bought_on), after(bought_on)),
            Origin::Arrival { arrived_on, .. } => format!("{}のお届け{}", self.date(arrived_on), after(arrived_on)),
            Origin::ArrivalUnknown { bought_on } => {
                format!("お届けの日がわからないので、{}のお買い上げ{}", self.date(bought_on), after(bought_on))
            }
            Origin::Awaited { arrived_on, .. } => {
                format!("お届けに日のかかる品なので、{}のお届け{}", self.date(arrived_on), after(arrived_on))
            }
            Origin::Letter { there_on } => format!("{}ごろ届いたお手紙{}", self.date(there_on), after(there_on)),
            Origin::Rhythm { last_on: Some(last), rhythm, .. } => {
                format!("{}ごとのお便り。前は{}", every(rhythm), self.date(last))
            }
            Origin::Rhythm { rhythm, .. } => format!("{}ごとのお便りの、はじめての日", every(rhythm)),
            Origin::Date(date) => date_name(date),
            Origin::Case => "お困りごとをおさめるため、お店で出すと決めたお便り".to_owned(),
        }
    }

    fn passed_over(&self, day: NaiveDate, because: Objection, by: Option<&StepId>) -> String {
        let day_name = self.date(day);
        let other = by.map_or_else(|| "ほかのお便り".to_owned(), |step| self.named(step));
        match because {
            Objection::Near { other: taken, .. } if taken == day => format!("{day_name}は、{other}の日です"),
            Objection::Near { other: taken, gap_days } => {
                format!("{day_name}は、{}の{other}に近すぎます(あいだは{gap_days}日以上)", self.date(taken))
            }
            Objection::Cap(cap) => format!("{day_name}は、{}日に{}通までのきまりを超えます", cap.days, cap.max),
            Objection::OfChannel { channel, cap } => {
                let way = channel_name(channel);
                format!("{day_name}は、{way}は{}日に{}度までのきまりを超えます", cap.days, cap.max)
            }
            Objection::Needed => format!("{day_name}は、ほかに日のないお便りのために空けます"),
            Objection::Holiday => format!("{day_name}は、お休みの日です"),
        }
    }

    fn named(&self, step: &StepId) -> String {
        let class = self.programme.class_of(step).map_or("", Class::name);
        format!("{}({step})", words::class_name(class))
    }

    /// 「12月5日(土)」, with its year where that is not the year that was asked about.
    fn date(&self, day: NaiveDate) -> String {
        let year = if day.year() == self.on.year() { String::new() } else { format!("{}年", day.year()) };
        format!("{year}{}月{}日({})", day.month(), day.day(), words::weekday(day.weekday()))
    }
}

/// A channel, as an owner would say it.
fn channel_name(channel: Channel) -> &'static str {
    match channel {
        Channel::Mail => "メール",
        Channel::Letter => "お手紙",
        Channel::Phone => "お電話",
        Channel::Visit => "ご訪問",
        Channel::Sns => "SNS",
    }
}

fn date_name(date: Date) -> String {
    let before = |what: &str, days: u32| if days == 0 { what.to_owned() } else { format!("{what}の{days}日前") };
    match date {
        Date::Season { greeting, .. } => format!("{}の時期", greeting.name()),
        Date::FirstPurchase { days_before } => before("はじめてお選びくださった日", days_before),
        Date::Birthday { days_before } => before("お誕生日", days_before),
        Date::Reorder { days_before } => before("そろそろ次をお求めになる日", days_before),
        Date::Dormant { days_before } => before("お買い上げが途絶えたとみなす日", days_before),
        Date::Once { .. } => "一度きりのご案内の日".to_owned(),
    }
}

/// A stage, as an owner would say it.
fn stage_name(stage: Stage) -> &'static str {
    match stage {
        Stage::Prospect => "まだお買い上げのない方",
        Stage::First => "一度お買い上げの方",
        Stage::Repeat => "またお越しくださった方",
        Stage::Regular => "よくお越しの方",
        Stage::Loyal => "長くご贔屓の方",
        Stage::Dormant => "久しくお越しのない方",
    }
}

/// How often a letter of a series comes.
fn every(rhythm: Rhythm) -> String {
    match rhythm {
        Rhythm::Days { every, .. } => format!("{every}日"),
        Rhythm::Months { every, .. } => format!("{every}か月"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasurena_domain::ids::ShopId;
    use wasurena_domain::planner::why::Ground::PassedOver;
    use wasurena_domain::programme::Cap;
    use wasurena_letters::{load, utsuwa};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// What is said on 2026-12-05 of a question for impressions that has these grounds.
    fn said(verdict: Verdict, grounds: Vec<Ground>) -> String {
        let on = day("2026-12-05");
        let book = load(&ShopId::parse("sakura").unwrap(), &utsuwa(on)).unwrap();
        let step = StepId::parse("arrival").unwrap();
        let account = Account { step, series: None, class: Some(Class::Survey), purchase: None, verdict, grounds };
        let telling = Telling { shop: &book.shop, programme: &book.programme, today: on, on, in_full: false };
        let mut out = Vec::new();
        telling.tell(Stage::First, false, &[account], &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn each_day_that_was_passed_over_is_told_with_what_took_it() {
        let by = StepId::parse("usage").ok();
        let near = |other: &str| Objection::Near { other: day(other), gap_days: 2 };
        let passed = |on: &str, because, by| PassedOver { day: day(on), because, by };
        let grounds = vec![
            passed("2026-12-15", near("2026-12-15"), by.clone()),
            passed("2026-12-16", near("2026-12-15"), by),
            passed("2026-12-17", Objection::Cap(Cap { max: 4, days: 30 }), None),
            passed("2026-12-18", Objection::Holiday, None),
            passed("2026-12-19", Objection::Needed, None),
        ];
        let text = said(Verdict::Not(Because::Reason(Reason::TooOften)), grounds);
        for line in [
            "無事に届いたかのお尋ね(arrival): お送りしません。お便りが重なるので控えました [R8]",
            "12月15日(火)は、使い方(usage)の日です",
            "12月16日(水)は、12月15日(火)の使い方(usage)に近すぎます(あいだは2日以上)",
            "12月17日(木)は、30日に4通までのきまりを超えます",
            "ほかに2日、同じように空いていませんでした",
        ] {
            assert!(text.contains(line), "{line}: {text}");
        }
        let rest = vec![passed("2026-12-18", Objection::Holiday, None), passed("2026-12-19", Objection::Needed, None)];
        let text = said(Verdict::Unknown { on: day("2026-12-20") }, rest);
        assert!(text.contains("お休みの日です") && text.contains("ほかに日のないお便りのために空けます"), "{text}");
        assert!(text.contains("12月20日(日)にお送りしたかどうか、まだわかりません"), "{text}");
    }

    #[test]
    fn whose_word_a_message_waits_for_is_told() {
        let waits = [Reason::NotApproved, Reason::ProductPaused].map(Ground::Waits).to_vec();
        let text = said(Verdict::Not(Because::ByHand), waits);
        for line in [
            "お困りごとのあったとき、お店で決めた方にだけお送りします [R28 R31]",
            "・見習い期間なので、お店で確かめるまでお待ちします(wasurena approve)",
            "・お品にご不満のお声があり、お店で確かめるまでお待ちします(wasurena product looked)",
        ] {
            assert!(text.contains(line), "{line}: {text}");
        }
    }

    #[test]
    fn what_the_last_look_will_say_and_a_date_that_was_missed_are_told() {
        let missed = Ground::Missed { day: day("2026-11-28"), because: Because::GreetedAlready };
        let text = said(Verdict::Not(Because::Over), vec![missed, Ground::LastLook(Reason::NotForStage)]);
        assert!(text.contains("11月28日(土)の分: この日のお便りは、もうお送りしました"), "{text}");
        assert!(text.contains("お送りする直前の確かめで見送ります。いまのお付き合いには合わないお便りです"), "{text}");
    }
}
