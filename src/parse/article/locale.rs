//! What a page tells of its country: the order of day and month in numbers, and when its midnight is.

use std::sync::LazyLock;

use html5ever::local_name;
use jiff::tz::TimeZone;
use regex::Regex;

use super::Context;
use crate::model::Found;
use crate::parse::scan::Around;

/// The page's customs as far as it states them.
#[derive(Debug, Default)]
pub(crate) struct Locale {
    /// Language with region (`en-GB`) where the page states one, else the bare language.
    pub(crate) language: Option<String>,
    /// The order that other dates of the page prove: `25/05/2020` can only be day first.
    pub(crate) day_first: Option<bool>,
    /// The zone of the country in whose domain the page lies, where it has but one.
    pub(crate) zone: Option<TimeZone>,
}

/// Country endings, the zone of their clock, and whether they write the day first in English.
const COUNTRIES: &[(&str, &str, bool)] = &[
    ("ae", "Asia/Dubai", true),
    ("at", "Europe/Vienna", true),
    ("au", "", true),
    ("bd", "Asia/Dhaka", true),
    ("be", "Europe/Brussels", true),
    ("bg", "Europe/Sofia", true),
    ("ch", "Europe/Zurich", true),
    ("cz", "Europe/Prague", true),
    ("de", "Europe/Berlin", true),
    ("dk", "Europe/Copenhagen", true),
    ("eg", "Africa/Cairo", true),
    ("fi", "Europe/Helsinki", true),
    ("fr", "Europe/Paris", true),
    ("gr", "Europe/Athens", true),
    ("hk", "Asia/Hong_Kong", true),
    ("hr", "Europe/Zagreb", true),
    ("hu", "Europe/Budapest", true),
    ("ie", "Europe/Dublin", true),
    ("il", "Asia/Jerusalem", true),
    ("in", "Asia/Kolkata", true),
    ("iq", "Asia/Baghdad", true),
    ("ir", "Asia/Tehran", true),
    ("it", "Europe/Rome", true),
    ("jo", "Asia/Amman", true),
    ("jp", "Asia/Tokyo", true),
    ("ke", "Africa/Nairobi", true),
    ("kr", "Asia/Seoul", true),
    ("kw", "Asia/Kuwait", true),
    ("lb", "Asia/Beirut", true),
    ("ma", "Africa/Casablanca", true),
    ("my", "Asia/Kuala_Lumpur", true),
    ("ng", "Africa/Lagos", true),
    ("nl", "Europe/Amsterdam", true),
    ("no", "Europe/Oslo", true),
    ("nz", "Pacific/Auckland", true),
    ("om", "Asia/Muscat", true),
    ("pk", "Asia/Karachi", true),
    ("pl", "Europe/Warsaw", true),
    ("qa", "Asia/Qatar", true),
    ("ro", "Europe/Bucharest", true),
    ("rs", "Europe/Belgrade", true),
    ("sa", "Asia/Riyadh", true),
    ("se", "Europe/Stockholm", true),
    ("sg", "Asia/Singapore", true),
    ("si", "Europe/Ljubljana", true),
    ("sk", "Europe/Bratislava", true),
    ("tn", "Africa/Tunis", true),
    ("tr", "Europe/Istanbul", true),
    ("tw", "Asia/Taipei", true),
    ("uk", "Europe/London", true),
    ("us", "", false),
    ("gov", "", false),
    ("mil", "", false),
    ("za", "Africa/Johannesburg", true),
];

/// A date of three numbers with slashes.
static SLASHED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|[^0-9/])([0-9]{1,2})/([0-9]{1,2})/(?:20)?[0-9]{2}(?:[^0-9/]|$)")
        .expect("a constant pattern, checked by every test here")
});

/// Reads the page's customs.
pub(crate) fn locale(ctx: &Context) -> Locale {
    let host = ctx.url.host_name();
    let ending = host.rsplit('.').next().unwrap_or_default();
    let country = COUNTRIES.iter().find(|(code, _, _)| *code == ending);
    let zone = country.filter(|(_, zone, _)| !zone.is_empty()).and_then(|(_, zone, _)| TimeZone::get(zone).ok());
    let language = ctx.language.as_ref().map(|found: &Found<String>| found.value.clone());
    let english = language.as_deref().is_none_or(|language| language == "en");
    if !english {
        return Locale { language, day_first: None, zone };
    }
    let region = region(ctx);
    let states_america = region.as_deref().map(|region| matches!(region, "us" | "ph"));
    let order = match (country.map(|(_, _, day_first)| *day_first), states_america) {
        // A British domain with an American template says both.
        (Some(true), Some(true)) | (Some(false), Some(false)) | (None, None) => None,
        (Some(day_first), _) => Some(day_first),
        (None, Some(american)) => Some(!american),
    };
    let language = match (order, language) {
        (Some(true), Some(_)) => Some("en-gb".to_owned()),
        (Some(false), Some(_)) => Some("en-us".to_owned()),
        (_, language) => language,
    };
    Locale { language, day_first: order_of_others(ctx), zone }
}

/// The region that the page states for its English: `og:locale`, the `lang` attribute, the first part of the address.
fn region(ctx: &Context) -> Option<String> {
    let declared = ctx.metas.first("og:locale").or_else(|| ctx.metas.first("content-language"));
    let lang = || ctx.scan.html.and_then(|html| ctx.scan.tree.element(html)?.attribute(&local_name!("lang")));
    let path = ctx.url.path().trim_start_matches('/').split('/').next().unwrap_or_default();
    let path = Some(path).filter(|part| part.len() == 5);
    [path, declared, lang()].into_iter().flatten().find_map(|tag| {
        let (language, region) = tag.trim().split_once(['-', '_'])?;
        let fit = language.eq_ignore_ascii_case("en") && region.len() == 2;
        fit.then(|| region.to_ascii_lowercase())
    })
}

/// Which order the page's other dates have: one whose first or second number is above 12 shows it.
fn order_of_others(ctx: &Context) -> Option<bool> {
    let (mut day_first, mut month_first) = (false, false);
    for mark in ctx.scan.marks.iter().filter(|mark| mark.own.has(Around::DATE)).take(60) {
        let text = ctx.scan.text.get(mark.range.clone()).unwrap_or_default();
        if text.len() > 200 {
            continue;
        }
        let Some(found) = SLASHED.captures(text) else { continue };
        let number = |at: usize| found.get(at).and_then(|part| part.as_str().parse::<u8>().ok()).unwrap_or(0);
        day_first |= number(1) > 12;
        month_first |= number(2) > 12;
    }
    (day_first != month_first).then_some(day_first)
}
