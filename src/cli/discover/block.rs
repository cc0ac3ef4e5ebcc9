//! The `[[site]]` block that `discover` suggests.

use std::fmt::Write as _;

use crate::config::units::format_duration;
use crate::config::{Config, Follow, Seed, SeedKind};
use crate::crawl::discover::Discovery;

/// The site as configuration: what was configured before, and the seeds that were found.
pub(super) fn block(found: &Discovery, config: &Config) -> String {
    let site = &found.site;
    let mut out = format!("[[site]]\nname = {}\ndomains = {}\nseeds = [\n", quoted(&site.name), list(&site.domains));
    let suggested = found.seeds();
    let mut seeds = 0;
    if found.configured {
        for seed in site.seeds.iter().filter(|seed| suggested.iter().all(|other| other.url.as_str() != seed.url())) {
            let line = match seed {
                Seed::Url(url) => quoted(url),
                Seed::Known { url, kind } => format!("{{ url = {}, kind = \"{}\" }}", quoted(url), word(*kind)),
            };
            let _ = writeln!(out, "  {line},");
            seeds += 1;
        }
    }
    for seed in &suggested {
        let why = if seed.why.is_empty() { String::new() } else { format!(" # {}", seed.why) };
        let url = quoted(seed.url.as_str());
        let _ = writeln!(out, "  {{ url = {url}, kind = \"{}\" }},{why}", word(seed.kind));
        seeds += 1;
    }
    if seeds == 0 {
        let _ = writeln!(out, "  {},", quoted(found.given.as_str()));
    }
    out.push_str("]\n");
    if let Some(profile) = &site.profile {
        let _ = writeln!(out, "profile = {}", quoted(profile));
    }
    if let Some(zone) = &site.timezone {
        let _ = writeln!(out, "timezone = {}", quoted(zone));
    }
    if let Some(delay) = site.delay {
        let _ = writeln!(out, "delay = \"{}\"", format_duration(delay));
    }
    if let Some(pages) = site.daily_pages {
        let _ = writeln!(out, "daily_pages = {pages}");
    }
    if found.needs_timezone() {
        let zone = &config.crawler.timezone;
        let _ =
            writeln!(out, "# timezone = \"Area/City\" # its articles print times without a zone; {zone} is assumed");
    }
    for robots in &found.robots {
        if let Some(delay) = robots.crawl_delay.filter(|delay| *delay > config.delay_of(&site.name)) {
            let delay = format_duration(delay);
            let _ = writeln!(out, "# robots.txt asks for {delay} between requests, which is obeyed without a key");
        }
    }
    follow(found, &mut out);
    out
}

fn follow(found: &Discovery, out: &mut String) {
    let Follow { allow, deny, depth } = &found.site.follow;
    if found.site.follow == Follow::default() {
        return;
    }
    out.push_str("[site.follow]\n");
    let _ = writeln!(out, "allow = {}\ndeny = {}\ndepth = {depth}", list(allow), list(deny));
}

fn word(kind: SeedKind) -> &'static str {
    match kind {
        SeedKind::Feed => "feed",
        SeedKind::Sitemap => "sitemap",
        SeedKind::Front => "front",
        SeedKind::Section => "section",
        SeedKind::Article => "article",
    }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn list(texts: &[String]) -> String {
    format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "))
}
