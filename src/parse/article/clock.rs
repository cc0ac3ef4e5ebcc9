//! Lines that tell today's date to the reader: the clock of the page, not the date of its article.

use std::sync::LazyLock;

use regex::Regex;

static CLOCK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^\W*(?:(?:اليوم|امروز|today|today is|heute|heute ist|aujourd.hui|hoy|oggi|hoje|сегодня|bugün|היום|今日|今天|วันนี้|आज|σήμερα)\W{0,3}",
        r"(?:[\p{L}\u{200c}]+\W{1,3}){1,2}[0-9٠-٩۰-۹]{1,2}\W)",
    ))
    .expect("a constant pattern, checked by every test here")
});

/// Whether a line says which day today is: "Today: Wednesday 12 May 2010".
pub(crate) fn is_clock(text: &str) -> bool {
    CLOCK.is_match(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_names_the_day_and_a_date_does_not() {
        for (text, expected) in [
            ("اليوم: الأربعاء 12 أيار 2010 | الأرشيف", true),
            ("امروز: پنجشنبه ۸ آذر ۱۴۰۳", true),
            ("Today is Monday, 3 March 2024", true),
            ("اليوم 10:30", false),
            ("الأربعاء 12 أيار 2010", false),
            ("Today, 14:05", false),
        ] {
            assert_eq!(is_clock(text), expected, "{text}");
        }
    }
}
