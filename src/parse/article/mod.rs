//! The article: candidates for every field, and which of them is believed.
//!
//! Usual precedence: profile, JSON-LD, microdata, meta, visible markup; agreement between them may reorder it.

pub(crate) mod body;
mod clock;
pub(crate) mod dateline;
mod entry_times;
mod flags;
mod fold;
mod gallery;
pub(crate) mod html;
pub(crate) mod kicker;
pub(crate) mod ld;
mod live;
pub(crate) mod locale;
pub(crate) mod meta;
mod numbers;
mod origin;
pub(crate) mod pages;
pub(crate) mod people;
mod phrases;
pub(crate) mod picture;
mod section;
pub(crate) mod standfirst;
pub(crate) mod text;
pub(crate) mod times;
pub(crate) mod title;
mod typography;

use std::borrow::Cow;
use std::cell::{Cell, OnceCell, RefCell};

use jiff::tz::TimeZone;

use super::dates::DateContext;
use super::profile::{Answer, Answers, Compiled};
use super::scan::{Around, RawAnchor, Scan, collapse};
use crate::model::{Anchor, Article, Boilerplate, Extractor, Found, LeftOut, PageUrl, Timestamp};
use ld::Graph;
use locale::Locale;
use meta::Metas;

/// One candidate for one field, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The field.
    pub field: &'static str,
    /// What was found, at most 300 characters.
    pub value: String,
    /// The kind of evidence.
    pub by: Extractor,
    /// The exact rule.
    pub rule: String,
    /// Whether it became the field's value.
    pub chosen: bool,
    /// Why, or why not.
    pub note: String,
}

/// What the fields are looked for in.
pub(crate) struct Context<'a> {
    /// The page's address.
    pub(crate) url: &'a PageUrl,
    /// What references are resolved against.
    pub(crate) base: &'a PageUrl,
    /// The page, walked.
    pub(crate) scan: &'a Scan<'a>,
    /// Its links, resolved, each with the number of its anchor.
    pub(crate) anchors: &'a [(usize, Anchor)],
    /// Its `<meta>` elements.
    pub(crate) metas: &'a Metas,
    /// Its JSON-LD.
    pub(crate) graph: &'a Graph,
    /// The profile and its answers.
    pub(crate) profile: Option<(&'a Compiled, &'a Answers)>,
    /// Zone of times that state none.
    pub(crate) zone: &'a TimeZone,
    /// Time of reading.
    pub(crate) now: Timestamp,
    /// Time of the visit, if it is known.
    pub(crate) visited: Option<Timestamp>,
    /// The page's language.
    pub(crate) language: Option<Found<String>>,
    /// Candidates, when somebody asked for them.
    pub(crate) trace: Option<RefCell<Vec<Candidate>>>,
    /// Paragraphs that the host prints in article after article.
    pub(crate) boilerplate: Option<&'a Boilerplate>,
    /// Set by the body: paragraphs that were left out because of that.
    pub(crate) left_out: RefCell<Vec<LeftOut>>,
    /// Set by the body: the headline stands right above the text.
    pub(crate) headed: Cell<bool>,
    /// Raw texts of dates that could not be read.
    pub(crate) bad_dates: RefCell<Vec<String>>,
    /// The page's customs, read when they are first asked for.
    pub(crate) locale: OnceCell<Locale>,
}

impl Context<'_> {
    /// The profile's answer for a field.
    pub(crate) fn answer(&self, field: &str) -> Option<&Answer> {
        self.profile.and_then(|(_, answers)| answers.fields.get(field))
    }

    /// The profile's first value for a field.
    pub(crate) fn profiled(&self, field: &str) -> Option<Found<String>> {
        let answer = self.answer(field)?;
        let value = answer.values.first()?.clone();
        Some(Found::new(value, Extractor::Profile, answer.rule.clone()))
    }

    /// What dates of this page are read with.
    pub(crate) fn dates(&self) -> DateContext<'_> {
        let locale = self.locale();
        DateContext {
            now: self.now,
            visited: self.visited,
            zone: self.zone,
            language: locale.language.as_deref(),
            day_first: locale.day_first,
        }
    }

    /// The page's customs.
    pub(crate) fn locale(&self) -> &Locale {
        self.locale.get_or_init(|| locale::locale(self))
    }

    /// Notes a candidate.
    pub(crate) fn note(&self, field: &'static str, value: &str, by: Extractor, rule: &str, chosen: bool, note: &str) {
        if let Some(trace) = &self.trace {
            let mut trace = trace.borrow_mut();
            if trace.len() < 2_000 {
                trace.push(Candidate {
                    field,
                    value: value.chars().take(300).collect(),
                    by,
                    rule: rule.to_owned(),
                    chosen,
                    note: note.to_owned(),
                });
            }
        }
    }

    /// Notes a candidate that was decided on elsewhere.
    pub(crate) fn note_candidate(&self, candidate: Candidate) {
        let Candidate { field, value, by, rule, chosen, note } = candidate;
        self.note(field, &value, by, &rule, chosen, &note);
    }

    /// Notes a list of candidates of which one was chosen.
    pub(crate) fn note_all(
        &self,
        field: &'static str,
        all: &[Found<String>],
        chosen: Option<&Found<String>>,
        note: &str,
    ) {
        if self.trace.is_none() {
            return;
        }
        for candidate in all {
            let hit = chosen.is_some_and(|c| c.rule == candidate.rule && c.by == candidate.by);
            self.note(field, &candidate.value, candidate.by, &candidate.rule, hit, if hit { note } else { "" });
        }
    }
}

/// The first candidate that is an address of which `fits` holds.
pub(crate) fn first_address(
    ctx: &Context,
    field: &'static str,
    all: &[Found<String>],
    note: &str,
    fits: impl Fn(&PageUrl) -> bool,
) -> Option<Found<PageUrl>> {
    let resolved = |found: &Found<String>| ctx.base.join(found.value.trim()).ok().filter(&fits);
    let chosen = all.iter().find_map(|found| Some((found, resolved(found)?)));
    ctx.note_all(field, all, chosen.as_ref().map(|(found, _)| *found), note);
    chosen.map(|(found, value)| Found { value, by: found.by, rule: found.rule.clone() })
}

/// The first candidate that is not blank.
pub(crate) fn first(candidates: &[Found<String>]) -> Option<Found<String>> {
    candidates.iter().find(|found| !found.value.trim().is_empty()).cloned()
}

/// A candidate from `<meta>`.
pub(crate) fn from_meta(metas: &Metas, keys: &[&'static str]) -> Vec<Found<String>> {
    keys.iter()
        .filter_map(|key| {
            metas.first(key).map(|value| Found::new(value.to_owned(), Extractor::Meta, Cow::Borrowed(*key)))
        })
        .collect()
}

/// Everything the page says of its article.
pub(crate) fn extract(ctx: &Context) -> Article {
    let title = title::title(ctx);
    let place = title::place(ctx, title.as_ref());
    let newspaper = publisher(ctx, title.as_ref());
    let published = times::published(ctx, &place);
    let modified = times::modified(ctx, &place, published.as_ref());
    let by = people::authors(ctx, title.as_ref(), newspaper.as_ref(), &place);
    let mut subtitle = standfirst::subtitle(ctx, title.as_ref(), &place);
    let body = body::body(ctx, title.as_ref(), subtitle.as_ref());
    if subtitle.as_ref().is_some_and(|s| s.by != Extractor::Profile && standfirst::repeats_body(s, body.as_ref())) {
        subtitle = None;
    }
    let dateline = dateline::dateline(ctx, body.as_ref());
    let image = picture::image(ctx, title.as_ref(), body.as_ref());
    let section = section::section(ctx, title.as_ref());
    let pictures = gallery::pictures(ctx, image.as_ref(), place.range.start, body.as_ref());
    let (flags, entries) = flags::flags(
        ctx,
        &flags::Evidence {
            title: title.as_ref(),
            place: place.range.clone(),
            published: published.as_ref().map(|found| &found.value),
            section: section.as_ref(),
            body: body.as_ref(),
            pictures: pictures.len(),
        },
    );
    Article {
        kicker: kicker::kicker(ctx, title.as_ref(), subtitle.as_ref(), &place),
        agency: dateline::agency(ctx, by.agency, &place, body.as_ref()),
        dateline,
        image,
        title,
        subtitle,
        authors: by.authors.or_else(|| dateline::reporters(body.as_ref())).or_else(|| dateline::signed(body.as_ref())),
        publisher: newspaper,
        published,
        modified,
        language: ctx.language.clone(),
        section,
        tags: tags(ctx),
        body_html: body.as_ref().map(|body| html::body_html(ctx.scan, ctx.base, body)),
        body: body.map(|body| Found::new(body.paragraphs, body.by, body.rule)),
        canonical: origin::canonical(ctx),
        amp: origin::amp(ctx),
        source: origin::source(ctx),
        source_id: origin::source_id(ctx),
        flags,
        pictures,
        entries,
    }
}

fn publisher(ctx: &Context, title: Option<&Found<String>>) -> Option<Found<String>> {
    let mut all: Vec<Found<String>> = ctx.profiled("publisher").into_iter().collect();
    for (name, _) in ctx.graph.names("publisher") {
        all.push(Found::new(name, Extractor::JsonLd, "publisher.name"));
    }
    all.extend(marked_publisher(ctx));
    all.extend(from_meta(
        ctx.metas,
        &[
            "og:site_name",
            "dc.publisher",
            "dcterms.publisher",
            "publisher",
            "application-name",
            "twitter:app:name:iphone",
        ],
    ));
    all.retain(|found| {
        !found.value.starts_with("http") && !found.value.starts_with('@') && found.value.chars().count() <= 80
    });
    if all.is_empty() {
        all.extend(title.and_then(|title| named_in_title(ctx, &title.value)));
    }
    let chosen = first(&all);
    ctx.note_all("publisher", &all, chosen.as_ref(), "first in order");
    chosen
}

/// Microdata: the name inside an element marked as the publisher.
fn marked_publisher(ctx: &Context) -> Option<Found<String>> {
    let marked = |node, property| ctx.scan.attribute(node, "itemprop") == Some(property);
    let publisher = ctx.scan.marks.iter().find(|mark| mark.property && marked(mark.node, "publisher"))?;
    let name = ctx.scan.tree.descendants(publisher.node).take(50).find(|node| marked(*node, "name"))?;
    let text = match ctx.scan.attribute(name, "content") {
        Some(content) => collapse(content),
        None => collapse(&ctx.scan.raw_text(name)),
    };
    Some(Found::new(text, Extractor::Microdata, "itemprop=publisher")).filter(|found| !found.value.is_empty())
}

/// What `<title>` adds to the headline, where it is the headline and one part more.
fn named_in_title(ctx: &Context, headline: &str) -> Option<Found<String>> {
    let whole = ctx.metas.title.as_deref()?;
    let parts = title::segments(whole);
    let (at, last) = *parts.last()?;
    let others = whole.get(..at)?.trim_end_matches(|c: char| c.is_whitespace() || c.is_ascii_punctuation());
    let others = others.trim_end_matches(['–', '—', '·', '•', '»', '«', '›', '‹', ' ']);
    let is_headline = parts.len() >= 2 && text::fold(others) == text::fold(headline);
    is_headline.then(|| Found::new(last.trim().to_owned(), Extractor::Meta, "title"))
}

fn tags(ctx: &Context) -> Option<Found<Vec<String>>> {
    let mut all: Vec<Found<Vec<String>>> = Vec::new();
    if let Some(answer) = ctx.answer("tags") {
        let values = unique(answer.values.iter().map(String::as_str));
        all.push(Found::new(values, Extractor::Profile, answer.rule.clone()));
    }
    let listed = ctx.graph.texts("keywords");
    let listed = unique(listed.iter().flat_map(|text| split_keywords(text)));
    all.push(Found::new(listed, Extractor::JsonLd, "keywords"));
    for key in ["article:tag", "og:article:tag", "news_keywords", "parsely-tags", "sailthru.tags", "keywords"] {
        let values = unique(ctx.metas.all(key).iter().flat_map(|text| split_keywords(text)));
        all.push(Found::new(values, Extractor::Meta, key));
    }
    let is_last_word = |found: &Found<Vec<String>>| !found.value.is_empty() || found.by == Extractor::Profile;
    if ctx.trace.is_some() || !all.iter().any(is_last_word) {
        let shown = unique(tag_links(ctx).iter().map(String::as_str));
        all.push(Found::new(shown, Extractor::Html, "rel=tag"));
    }
    let chosen = all.iter().position(is_last_word)?;
    for (at, found) in all.iter().enumerate().filter(|(_, found)| !found.value.is_empty()) {
        let note = if at == chosen { "first in order" } else { "" };
        ctx.note("tags", &found.value.join(", "), found.by, &found.rule, at == chosen, note);
    }
    Some(all.swap_remove(chosen))
}

/// What the page shows as links to tags; those of other articles lie in their cards.
fn tag_links(ctx: &Context) -> Vec<String> {
    let away = Around::NAV.with(Around::RELATED).with(Around::MOST_READ).with(Around::CARD).with(Around::HIDDEN);
    let is_tag = |anchor: &&RawAnchor| {
        let rel = ctx.scan.attribute(anchor.node, "rel").unwrap_or_default();
        rel.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("tag")) && !anchor.around.has(away)
    };
    let links = ctx.scan.anchors.iter().filter(is_tag).take(50);
    links.map(|anchor| ctx.scan.line(&anchor.range).trim_start_matches('#').to_owned()).collect()
}

fn split_keywords(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ';', '،', '؛', '，', '；', '、']).map(str::trim)
}

fn unique<'a>(values: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    values
        .map(collapse)
        .filter(|value| !value.is_empty() && value.chars().count() <= 100 && seen.insert(value.to_lowercase()))
        .take(50)
        .collect()
}
