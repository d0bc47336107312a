//! Money in minor units, never in floats.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A currency by its ISO 4217 code: three upper-case letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

/// Why a text is not an amount of money.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMoney {
    /// Not three letters.
    #[error("a currency must be three letters of ISO 4217, like JPY")]
    Currency,
    /// Not a decimal number such as `5900` or `5900.00`.
    #[error("an amount must be a decimal number like 5900 or 59.00")]
    Amount,
    /// More decimals than the currency has, and not zeros.
    #[error("an amount in {0} has at most {1} decimals")]
    Decimals(Currency, u32),
    /// Too large for 64 bits.
    #[error("the amount is too large")]
    TooLarge,
}

impl Currency {
    /// Japanese yen.
    pub const JPY: Self = Self(*b"JPY");

    /// Reads a currency code; lower case is accepted.
    ///
    /// # Errors
    /// [`InvalidMoney::Currency`] where it is not three ASCII letters.
    pub fn parse(code: &str) -> Result<Self, InvalidMoney> {
        let bytes: [u8; 3] = code.as_bytes().try_into().map_err(|_| InvalidMoney::Currency)?;
        if !bytes.iter().all(u8::is_ascii_alphabetic) {
            return Err(InvalidMoney::Currency);
        }
        Ok(Self(bytes.map(|b| b.to_ascii_uppercase())))
    }

    /// How many decimals the currency has: the exponent column of ISO 4217's list one (2024-06-25).
    #[must_use]
    pub fn exponent(self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG" | b"RWF" | b"UGX"
            | b"UYI" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            b"CLF" | b"UYW" => 4,
            _ => 2,
        }
    }

    /// The code, upper case.
    #[must_use]
    pub fn code(&self) -> &str {
        // Three ASCII letters by construction; XXX is ISO 4217's code for no currency.
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl TryFrom<String> for Currency {
    type Error = InvalidMoney;
    fn try_from(code: String) -> Result<Self, InvalidMoney> {
        Self::parse(&code)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

/// An amount of money in a currency's minor unit: `Money { amount_minor: 5900, currency: JPY }` is ¥5,900.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Money {
    /// In the currency's smallest unit: yen for JPY, cents for USD, fils for BHD.
    pub amount_minor: i64,
    /// The currency.
    pub currency: Currency,
}

impl Money {
    /// Reads a decimal amount, such as carts write it: `"5900"` and `"5900.00"` are the same in yen.
    ///
    /// # Errors
    /// [`InvalidMoney`] where the text is no decimal number, has decimals that the currency lacks, or is too large.
    pub fn parse(decimal: &str, currency: Currency) -> Result<Self, InvalidMoney> {
        let (negative, digits) = match decimal.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, decimal),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let is_number = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !is_number(whole) || !is_number(fraction) || digits.ends_with('.') {
            return Err(InvalidMoney::Amount);
        }
        let exponent = currency.exponent();
        let places = exponent as usize;
        let (kept, dropped) = fraction.split_at(fraction.len().min(places));
        if dropped.bytes().any(|b| b != b'0') {
            return Err(InvalidMoney::Decimals(currency, exponent));
        }
        let minor: i64 = format!("{whole}{kept:0<places$}").parse().map_err(|_| InvalidMoney::TooLarge)?;
        Ok(Self { amount_minor: if negative { -minor } else { minor }, currency })
    }
}

impl fmt::Display for Money {
    /// The amount as a decimal number, a space, the code: `5900 JPY`, `59.00 USD`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exponent = self.currency.exponent();
        let sign = if self.amount_minor < 0 { "-" } else { "" };
        let unit = 10_u64.pow(exponent);
        let minor = self.amount_minor.unsigned_abs();
        let (whole, rest) = (minor / unit, minor % unit);
        if exponent == 0 {
            write!(f, "{sign}{whole} {}", self.currency)
        } else {
            write!(f, "{sign}{whole}.{rest:0width$} {}", self.currency, width = exponent as usize)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(decimal: &str, code: &str, expected: Result<i64, InvalidMoney>) {
        let currency = Currency::parse(code).unwrap();
        assert_eq!(Money::parse(decimal, currency).map(|m| m.amount_minor), expected, "{decimal} {code}");
    }

    #[test]
    fn amounts_follow_the_currency() {
        check("5900", "JPY", Ok(5900));
        check("5900.00", "JPY", Ok(5900));
        check("59", "USD", Ok(5900));
        check("59.9", "usd", Ok(5990));
        check("-0.50", "EUR", Ok(-50));
        check("1.234", "BHD", Ok(1234));
        check("0", "JPY", Ok(0));
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        let jpy = Currency::JPY;
        check("5900.5", "JPY", Err(InvalidMoney::Decimals(jpy, 0)));
        for bad in ["", "-", ".", "5.", ".5", "1e3", "1,000", "¥5", "NaN", " 5"] {
            check(bad, "JPY", Err(InvalidMoney::Amount));
        }
        check("99999999999999999999", "JPY", Err(InvalidMoney::TooLarge));
        assert_eq!(Currency::parse("円"), Err(InvalidMoney::Currency));
        assert_eq!(Currency::parse("YENS"), Err(InvalidMoney::Currency));
    }
}
