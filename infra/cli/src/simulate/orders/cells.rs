//! What stands in the cells of an order file: days, amounts, yes and no, as carts and spreadsheets write them.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Tz;
use unicode_normalization::UnicodeNormalization as _;
use wasurena_domain::calendar::Slot;

/// A text with full-width digits and signs made narrow, without blanks around it.
pub(super) fn narrow(text: &str) -> String {
    text.nfkc().collect::<String>().trim().to_owned()
}

/// A moment by the shop's wall clock; a day without a time is taken for its noon.
pub(super) fn moment(text: &str, zone: Tz) -> Option<DateTime<Utc>> {
    let text = narrow(text);
    if let Ok(at) = DateTime::parse_from_rfc3339(&text) {
        return Some(at.to_utc());
    }
    if let Ok(at) = DateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S %z") {
        return Some(at.to_utc());
    }
    let text = text.replace(['/', '.', '年', '月'], "-").replace('日', " ");
    let (day, time) = text.split_once([' ', 'T']).unwrap_or((&text, ""));
    let day = NaiveDate::parse_from_str(&western(day)?, "%Y-%m-%d").ok()?;
    let time = match time.trim() {
        "" => NaiveTime::from_hms_opt(12, 0, 0)?,
        time => ["%H:%M:%S", "%H:%M"].iter().find_map(|form| NaiveTime::parse_from_str(time, form).ok())?,
    };
    let noon = Slot::of(day, NaiveTime::from_hms_opt(12, 0, 0)?, zone).start();
    let apart = NaiveDateTime::new(day, time) - day.and_hms_opt(12, 0, 0)?;
    Some(noon + apart)
}

/// `2025-1-31` for `20250131`, `2025-1-31` and `令和7-1-31`.
fn western(day: &str) -> Option<String> {
    for (era, before) in [("令和", 2018), ("R", 2018), ("平成", 1988), ("H", 1988)] {
        if let Some(rest) = day.strip_prefix(era) {
            let (year, rest) = rest.split_once('-')?;
            let year: i32 = if year == "元" { 1 } else { year.parse().ok()? };
            return Some(format!("{}-{rest}", before + year));
        }
    }
    let is_bare = day.len() == 8 && day.bytes().all(|byte| byte.is_ascii_digit());
    Some(if is_bare { format!("{}-{}-{}", &day[..4], &day[4..6], &day[6..]) } else { day.to_owned() })
}

/// An amount in yen: `5,900`, `¥5,900`, `5900円`, `５９００`, `5900.00`.
pub(super) fn yen(text: &str) -> Option<i64> {
    let text = narrow(text).replace([',', '¥', '円', '\\'], "");
    let text = text.trim().trim_start_matches("JPY").trim();
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    rest.bytes().all(|byte| byte == b'0').then(|| whole.parse().ok())?
}

/// Yes or no to hearing from the shop.
pub(super) fn yes(text: &str) -> Option<bool> {
    match narrow(text).to_lowercase().as_str() {
        "はい" | "希望する" | "希望" | "受け取る" | "購読" | "○" | "yes" | "true" | "1" | "y" => {
            Some(true)
        }
        "いいえ" | "希望しない" | "受け取らない" | "停止" | "×" | "no" | "false" | "0" | "n" => {
            Some(false)
        }
        _ => None,
    }
}

/// Whether an order was called off.
pub(super) fn is_cancelled(text: &str) -> bool {
    let text = narrow(text).to_lowercase();
    ["キャンセル", "取消", "取り消し", "cancel"].iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_people_write_them() {
        let zone = chrono_tz::Asia::Tokyo;
        let expected = "2025-01-31T03:00:00Z".parse().ok();
        for text in [
            "2025-01-31",
            "2025/1/31",
            "2025年1月31日",
            "２０２５/０１/３１",
            "20250131",
            "令和7年1月31日",
            "R7.1.31",
            "2025/01/31 12:00",
            "2025-01-31 12:00:00",
            "2025-01-31T12:00:00+09:00",
            "2025-01-31 12:00:00 +0900",
        ] {
            assert_eq!(moment(text, zone), expected, "{text}");
        }
        for text in ["", "31/1/2025", "2025-02-30", "2025-01-31 25:00", "きのう", "令和7年"] {
            assert_eq!(moment(text, zone), None, "{text}");
        }
    }

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for text in ["5900", "5,900", "¥5,900", "5900円", "５，９００円", "5900.00", "JPY 5900", "￥5,900"] {
            assert_eq!(yen(text), Some(5900), "{text}");
        }
        assert_eq!(yen("-300"), Some(-300));
        for text in ["", "59.5", "無料", "1e3"] {
            assert_eq!(yen(text), None, "{text}");
        }
    }
}
