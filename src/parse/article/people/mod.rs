//! Who wrote it: names of people, without roles, cities, mail addresses and the word "by"; agencies apart.
//!
//! `docs/decisions/0011-agencies-apart.md` tells when a desk or an agency is the author.

pub(crate) mod agency;
mod names;
mod places;
mod shown;
mod words;

use std::cell::LazyCell;

use self::agency::agencies;
use self::names::{looks_like_person, names};
use self::places::{after_place, is_city};
use self::words::{AFTER, BY, NEVER};
use super::super::scan::collapse;
use super::text::{fold, unescape};
use super::title::Place;
use super::{Context, from_meta};
use crate::model::letters::is_number;
use crate::model::{Extractor, Found};

/// Keys of `<meta>` that name authors. What libraries demand of scholars comes first: it names nobody else.
const KEYS: &[&str] = &[
    "citation_author",
    "author",
    "article:author",
    "article:author_name",
    "article:author:name",
    "og:article:author",
    "parsely-author",
    "byl",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "cxenseparse:author",
    "shareaholic:article_author_name",
    "authors",
    "creator",
];
/// Networks whose pages are no author's page of the paper.
const NETWORKS: &[&str] = &["facebook", "twitter", "instagram", "google", "linkedin", "youtube", "x"];

/// What the bylines name.
#[derive(Debug, Default)]
pub(crate) struct Byline {
    /// People; where there are none, the newsroom or agency that signs.
    pub(crate) authors: Option<Found<Vec<String>>>,
    /// Agencies, parted by commas.
    pub(crate) agency: Option<Found<String>>,
}

/// One statement of authors.
#[derive(Debug, Clone)]
struct Candidate {
    raw: Vec<String>,
    by: Extractor,
    rule: &'static str,
    /// It says that these are persons.
    sure: bool,
    /// It says that they are organisations.
    office: bool,
    /// It says so of authors, not of whatever a class may mean.
    strict: bool,
}

/// A statement and the names in it, which are read when they are asked for.
type Reading<'a, F> = (&'a Candidate, LazyCell<Vec<String>, F>);

/// The authors and the agencies beside them.
pub(crate) fn authors(
    ctx: &Context,
    title: Option<&Found<String>>,
    publisher: Option<&Found<String>>,
    place: &Place,
) -> Byline {
    if let Some((_, answers)) = ctx.profile
        && (ctx.answer("authors").is_some() || answers.fields.contains_key("title"))
    {
        return profiled(ctx);
    }
    let mut sites = super::title::site_names(ctx);
    sites.extend(publisher.map(|found| fold(&found.value)));
    let title = title.map(|found| fold(&found.value)).unwrap_or_default();
    let stated = stated(ctx);
    let shown = shown::shown(ctx, place);
    let read = |candidate: &Candidate| {
        let mut list = names(&candidate.raw, if candidate.sure { &[] } else { &sites });
        list.retain(|name| !title.contains(&fold(name)) || candidate.by == Extractor::JsonLd);
        list
    };
    let read = &read;
    // Mostly the first names a person, and few others are asked.
    let lists: Vec<Reading<_>> =
        stated.iter().chain(&shown).map(|candidate| (candidate, LazyCell::new(move || read(candidate)))).collect();
    let is_person = |list: &[String]| list.iter().any(|name| looks_like_person(name));
    let chosen = lists
        .iter()
        .find(|(candidate, list)| !candidate.office && is_person(list))
        .map(|first| confirmed(first, &lists));
    let found = |(candidate, list): &Reading<_>| Found::new(list.to_vec(), candidate.by, candidate.rule);
    // A newsroom that is stated to sign goes before an agency that is shown.
    let desk = signed(stated.iter());
    // Single names and agencies, where nobody has two names; what is stated comes first.
    let single = || {
        lists.iter().find_map(|pair| {
            let (candidate, list) = pair;
            let alone = (!list.is_empty() && !candidate.office && fit_alone(candidate, list)).then(|| found(pair));
            alone.or_else(|| if desk.is_some() && candidate.by == Extractor::Html { None } else { wire(candidate) })
        })
    };
    let authors =
        chosen.map(found).or_else(|| by_addresses(ctx)).or_else(single).or_else(|| signed(stated.iter().chain(&shown)));
    for (candidate, _) in &lists {
        let hit = authors.as_ref().is_some_and(|found| found.rule == candidate.rule && found.by == candidate.by);
        for value in &candidate.raw {
            ctx.note("authors", value, candidate.by, candidate.rule, hit, "");
        }
    }
    Byline { agency: agency_of(stated.iter().chain(&shown)), authors }
}

/// What a profile says.
fn profiled(ctx: &Context) -> Byline {
    let Some(answer) = ctx.answer("authors") else { return Byline::default() };
    let list = names(&answer.values, &[]);
    for value in &answer.values {
        ctx.note("authors", value, Extractor::Profile, &answer.rule, !list.is_empty(), "profile");
    }
    let wires = agencies(&answer.values.join("\n"));
    let found = |value| Found::new(value, Extractor::Profile, answer.rule.clone());
    Byline {
        authors: (!list.is_empty()).then(|| found(list)),
        agency: (!wires.is_empty()).then(|| Found::new(wires.join(", "), Extractor::Profile, answer.rule.clone())),
    }
}

/// The list to believe where the first one is of people: a statement that names the same people and more, or the other
/// statement if the page shows its names and not the first one's.
fn confirmed<'a, F: FnOnce() -> Vec<String>>(
    first: &'a Reading<'a, F>,
    lists: &'a [Reading<'a, F>],
) -> &'a Reading<'a, F> {
    let folded = |list: &[String]| list.iter().map(|name| fold(name)).collect::<Vec<_>>();
    let ours = folded(&first.1);
    let is_stated = |candidate: &Candidate| candidate.by != Extractor::Html;
    if !is_stated(first.0) {
        return first;
    }
    let people = |list: &[String]| !list.is_empty() && list.iter().all(|name| looks_like_person(name));
    let mut stated = lists.iter().filter(|(candidate, list)| is_stated(candidate) && people(list));
    let more = stated.clone().find(|(_, list)| {
        list.len() > ours.len() && {
            let theirs = folded(list);
            ours.iter().all(|name| theirs.contains(name))
        }
    });
    if let Some(more) = more {
        return more;
    }
    let shown: Vec<Vec<String>> =
        lists.iter().filter(|(candidate, _)| !is_stated(candidate)).take(3).map(|(_, list)| folded(list)).collect();
    if shown.is_empty() || shown.iter().flatten().any(|name| ours.contains(name)) {
        return first;
    }
    stated.find(|(_, list)| shown.contains(&folded(list))).unwrap_or(first)
}

/// The agency that signs alone, as it is written.
fn wire(candidate: &Candidate) -> Option<Found<Vec<String>>> {
    let texts: Vec<String> = candidate.raw.iter().map(|text| after_place(after_by(text)).to_owned()).collect();
    let all = !texts.is_empty() && texts.iter().all(|text| agency::agency(text).is_some());
    all.then(|| Found::new(texts, candidate.by, candidate.rule))
}

/// Whether names of one word may be taken where nobody has two.
fn fit_alone(candidate: &Candidate, list: &[String]) -> bool {
    candidate.by != Extractor::Html
        || (candidate.strict && list.iter().all(|name| name.split(' ').count() <= 3 && !is_phrase(name)))
        || list.iter().all(|name| !name.contains(' '))
}

/// Several words, the first of which no name begins with.
fn is_phrase(name: &str) -> bool {
    name.contains(' ') && name.chars().next().is_some_and(char::is_lowercase)
}

/// Where no person is named: the newsroom, the agency or the site that signs.
fn signed<'a>(candidates: impl Iterator<Item = &'a Candidate>) -> Option<Found<Vec<String>>> {
    let organisation = |text: &str| {
        let text = collapse(&unescape(text));
        let text = after_place(after_by(&text)).trim_end_matches([',', '.', '|', ' ']);
        let count = text.chars().count();
        let fit = (2..=60).contains(&count)
            && text.split(' ').count() <= 8
            && !text.contains("://")
            && !text.contains('@')
            && !text.contains(" www.")
            && !text.contains(':')
            && AFTER.find(text).is_none_or(|found| found.start() > 0)
            && !NEVER.contains(&fold(text).as_str())
            && !is_city(text);
        fit.then(|| text.to_owned())
    };
    candidates.filter(|candidate| candidate.by != Extractor::Html || candidate.strict).find_map(|candidate| {
        let quiet = |text: &&String| candidate.by != Extractor::Html || !text.chars().any(is_number);
        let list: Vec<String> =
            candidate.raw.iter().filter(quiet).filter_map(|text| organisation(text)).take(3).collect();
        (!list.is_empty()).then(|| Found::new(list, candidate.by, candidate.rule))
    })
}

/// The agencies of the first statement that names any.
fn agency_of<'a>(mut candidates: impl Iterator<Item = &'a Candidate>) -> Option<Found<String>> {
    candidates.find_map(|candidate| {
        let text = candidate.raw.iter().map(|text| after_place(after_by(text))).collect::<Vec<_>>().join("\n");
        let found = agencies(&text);
        (!found.is_empty()).then(|| Found::new(found.join(", "), candidate.by, candidate.rule))
    })
}

/// The names in a text that holds nothing else.
pub(crate) fn names_in(text: &str) -> Vec<String> {
    names(&[text.to_owned()], &[])
}

/// A line without the word for "by" at its head.
pub(crate) fn after_by(text: &str) -> &str {
    let lower = text.to_lowercase();
    let end = BY.find(&lower).map_or(0, |found| found.end());
    // Lower case may change lengths; letters of all these words do not.
    text.get(end..).unwrap_or(text).trim()
}

/// The names in addresses of authors' pages of this site: `article:author` = `/profile/ann-lee`.
fn by_addresses(ctx: &Context) -> Option<Found<Vec<String>>> {
    let addresses = ctx.metas.all("article:author").iter().flat_map(|text| text.split(','));
    let list: Vec<String> = addresses
        .filter_map(|address| {
            let url = ctx.base.join(address.trim()).ok().filter(|_| address.contains("://"))?;
            let label = url.registrable_domain().split('.').next().unwrap_or_default().to_owned();
            let slug = url.path().trim_end_matches('/').rsplit('/').next()?.to_owned();
            let words: Vec<&str> = slug.split('-').collect();
            let plain = |word: &&str| word.len() >= 2 && word.bytes().all(|b| b.is_ascii_lowercase());
            let fit = (2..=4).contains(&words.len()) && words.iter().all(plain) && !NETWORKS.contains(&label.as_str());
            let capital = |word: &str| word[..1].to_ascii_uppercase() + &word[1..];
            fit.then(|| words.iter().map(|word| capital(word)).collect::<Vec<_>>().join(" "))
        })
        .take(10)
        .collect();
    (!list.is_empty()).then(|| Found::new(list, Extractor::Meta, "address in article:author"))
}

/// What JSON-LD and meta elements state.
fn stated(ctx: &Context) -> Vec<Candidate> {
    let mut out = Vec::new();
    for property in ["author", "creator"] {
        let found = ctx.graph.names(property);
        let persons = found.iter().filter(|(_, person)| *person == Some(true)).count();
        // A person who is called "Daily Post" or "admin" is none.
        let sure = persons > 0
            && found.iter().all(|(name, person)| {
                let alone = !name.contains(' ') && found.len() == 1;
                *person != Some(true) || looks_like_person(name) || (alone && !is_site(ctx, name))
            });
        let office = !found.is_empty() && found.iter().all(|(_, person)| *person == Some(false));
        let raw = found.into_iter().map(|(name, _)| name).collect();
        out.push(Candidate { raw, by: Extractor::JsonLd, rule: "author.name", sure, office, strict: true });
    }
    let raw = ctx.graph.page_people();
    let sure = raw.iter().all(|name| !is_site(ctx, name));
    out.push(Candidate { raw, by: Extractor::JsonLd, rule: "only Person", sure, office: false, strict: true });
    for found in from_meta(ctx.metas, KEYS) {
        let Some(key) = KEYS.iter().find(|key| **key == found.rule) else { continue };
        let raw = ctx.metas.all(key).to_vec();
        out.push(Candidate { raw, by: Extractor::Meta, rule: key, sure: false, office: false, strict: true });
    }
    // Where it is no account, it is a name.
    if let Some(name) =
        ctx.metas.first("twitter:creator").filter(|name| !name.contains(|c: char| "@/_".contains(c) || c.is_numeric()))
    {
        let raw = vec![name.to_owned()];
        let (by, rule) = (Extractor::Meta, "twitter:creator");
        out.push(Candidate { raw, by, rule, sure: false, office: false, strict: true });
    }
    // A common plugin labels the card's first line in the site's language: "Written by".
    if let (Some(label), Some(name)) = (ctx.metas.first("twitter:label1"), ctx.metas.first("twitter:data1")) {
        let label = format!("{} x", label.to_lowercase());
        if BY.is_match(&label) {
            let raw = vec![name.to_owned()];
            out.push(Candidate {
                raw,
                by: Extractor::Meta,
                rule: "twitter:data1",
                sure: false,
                office: false,
                strict: true,
            });
        }
    }
    out
}

/// Whether a name is the site's.
fn is_site(ctx: &Context, name: &str) -> bool {
    let folded = fold(name);
    super::title::site_names(ctx).contains(&folded)
}
