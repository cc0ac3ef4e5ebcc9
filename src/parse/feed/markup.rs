//! RSS and Atom: one pass over the pieces of a document, with the open elements on a stack.

use std::time::Duration;

use super::{FeedItem, FeedParse, MAX_CONTENT, MAX_ITEMS, MAX_NAMES, MAX_TEXT, MAX_TTL, warn};
use crate::model::PageUrl;
use crate::parse::dates::{DateContext, feed_date};
use crate::parse::xml::{Piece, Pieces, Tag, collapse, cut, html_to_text, local};

/// Elements nested deeper than this are read as text of the one above.
const MAX_DEPTH: usize = 64;

/// Days as `skipDays` names them, Sunday first.
const DAYS: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/// The vocabularies that feeds mix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Space {
    /// RSS 0.9x and 2.0, which have none, RSS 1.0 and Atom: the same words mean the same in all of them.
    Core,
    /// Atom inside of RSS.
    Atom,
    /// Dublin Core and its terms.
    DublinCore,
    /// `content:encoded`.
    Content,
    Media,
    Itunes,
    /// `sy:updatePeriod`.
    Syndication,
    Xhtml,
    Other,
}

impl Space {
    fn of_address(address: &str) -> Space {
        let address = address.trim().to_ascii_lowercase();
        match address.as_str() {
            "http://www.w3.org/2005/atom" | "http://purl.org/atom/ns#" => Space::Atom,
            "http://www.w3.org/1999/xhtml" => Space::Xhtml,
            "http://purl.org/rss/1.0/modules/content/" => Space::Content,
            "http://purl.org/rss/1.0/modules/syndication/" => Space::Syndication,
            "http://search.yahoo.com/mrss/" | "http://search.yahoo.com/mrss" => Space::Media,
            _ if address.starts_with("http://purl.org/dc/") => Space::DublinCore,
            _ if address.contains("itunes.com/dtds/podcast") => Space::Itunes,
            _ if address.is_empty()
                || address.contains("purl.org/rss/1.0")
                || address.contains("netscape.com/rdf")
                || address.contains("22-rdf-syntax-ns")
                || address.contains("userland.com/rss")
                || address.contains("rssnamespace")
                || address.contains("purl.org/net/rss1.1") =>
            {
                Space::Core
            }
            _ => Space::Other,
        }
    }

    /// What a prefix usually means where no declaration stands.
    fn of_prefix(prefix: &str) -> Space {
        match prefix.to_ascii_lowercase().as_str() {
            "" | "rdf" | "rss" => Space::Core,
            "atom" | "atom10" | "a10" => Space::Atom,
            "dc" | "dcterms" => Space::DublinCore,
            "content" => Space::Content,
            "media" => Space::Media,
            "itunes" => Space::Itunes,
            "sy" => Space::Syndication,
            "xhtml" => Space::Xhtml,
            _ => Space::Other,
        }
    }
}

/// How an Atom text is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TextKind {
    Plain,
    Html,
    Base64,
}

/// An open element.
struct Open {
    space: Space,
    /// Local name in lower case.
    name: String,
    tag: Tag,
    text: String,
    kind: TextKind,
    /// `xml:base` in force; `None` for the feed's own address.
    base: Option<PageUrl>,
    /// Declarations that end with this element.
    declared: usize,
}

/// Reads RSS or Atom; `None` if the root element is something else.
pub(super) fn parse(text: &str, base: &PageUrl, ctx: &DateContext) -> Option<FeedParse> {
    let mut pieces = Pieces::of(text);
    let mut reader = Reader::new(base, ctx);
    let root = pieces.by_ref().find_map(|piece| match piece {
        Piece::Open(tag) => Some(tag),
        Piece::Close(_) | Piece::Text(_) => None,
    })?;
    if !matches!(local(&root.name).to_ascii_lowercase().as_str(), "rss" | "feed" | "rdf" | "channel" | "entry") {
        return None;
    }
    reader.open(root);
    for piece in pieces.by_ref() {
        match piece {
            Piece::Open(tag) => reader.open(tag),
            Piece::Close(name) => reader.close(&name),
            Piece::Text(text) => reader.text(&text),
        }
        if reader.feed.items.len() >= MAX_ITEMS {
            warn(&mut reader.feed, "more entries than are read");
            break;
        }
    }
    let problem = pieces.problem;
    Some(reader.finish(problem))
}

struct Reader<'a> {
    base: &'a PageUrl,
    ctx: &'a DateContext<'a>,
    feed: FeedParse,
    stack: Vec<Open>,
    /// Prefix and meaning, innermost last.
    spaces: Vec<(String, Space)>,
    item: Option<Draft>,
    /// Depth of the stack at which a text with markup began; everything above is part of that text.
    markup: Option<usize>,
    /// Elements opened beyond the depth that is read.
    too_deep: usize,
    period: Option<Duration>,
    frequency: u32,
}

/// An entry while it is read.
#[derive(Default)]
struct Draft {
    item: FeedItem,
    /// Links by how likely they lead to the article; lower is better.
    link: Option<(u8, PageUrl)>,
    permalink: Option<PageUrl>,
    published_rank: u8,
    /// An author element's `name` goes before its own text.
    person: Option<String>,
}

impl<'a> Reader<'a> {
    fn new(base: &'a PageUrl, ctx: &'a DateContext<'a>) -> Reader<'a> {
        Reader {
            base,
            ctx,
            feed: FeedParse::default(),
            stack: Vec::new(),
            spaces: Vec::new(),
            item: None,
            markup: None,
            too_deep: 0,
            period: None,
            frequency: 1,
        }
    }

    fn open(&mut self, tag: Tag) {
        if self.stack.len() >= MAX_DEPTH {
            self.too_deep += 1;
            return;
        }
        let name = local(&tag.name).to_ascii_lowercase();
        if self.markup.is_some() && is_void(&name) {
            self.append(&opening_markup(&tag));
            return;
        }
        let declared = self.declare(&tag);
        let space = self.space_of(&tag.name);
        if self.markup.is_some() {
            self.append(&opening_markup(&tag));
        } else if is_entry(space, &name) {
            // An entry inside of an entry means that the closing tag is missing.
            self.finish_item();
            self.drop_open_items();
            self.item = Some(Draft::default());
        }
        let base = match tag.attribute("xml:base") {
            Some(reference) => self.current_base().join(reference).ok(),
            None => self.stack.last().and_then(|open| open.base.clone()),
        };
        let kind = text_kind(space, &name, &tag);
        let is_text = self.markup.is_none() && holds_markup(space, &name) && !is_inside_person_or_image(&self.stack);
        self.stack.push(Open { space, name, tag, text: String::new(), kind, base, declared });
        if is_text {
            self.markup = Some(self.stack.len());
        }
    }

    /// Notes the namespaces that a tag declares and says how many.
    fn declare(&mut self, tag: &Tag) -> usize {
        let before = self.spaces.len();
        for (name, value) in &tag.attributes {
            let prefix = match name.as_str() {
                "xmlns" => "",
                _ => match name.strip_prefix("xmlns:") {
                    Some(prefix) => prefix,
                    None => continue,
                },
            };
            let space = match Space::of_address(value) {
                Space::Other if !prefix.is_empty() => Space::of_prefix(prefix),
                // A default namespace that we do not know is a misspelt one of ours.
                Space::Other | Space::Atom if prefix.is_empty() && self.stack.is_empty() => Space::Core,
                space => space,
            };
            self.spaces.push((prefix.to_owned(), space));
        }
        self.spaces.len() - before
    }

    fn space_of(&self, name: &str) -> Space {
        let prefix = name.rsplit_once(':').map_or("", |(prefix, _)| prefix);
        let declared = self.spaces.iter().rev().find(|(it, _)| it == prefix).map(|(_, space)| *space);
        let space = declared.unwrap_or_else(|| Space::of_prefix(prefix));
        let root_is_atom = self.stack.first().is_none_or(|root| matches!(root.name.as_str(), "feed" | "entry"));
        if space == Space::Atom && root_is_atom { Space::Core } else { space }
    }

    fn text(&mut self, text: &str) {
        let inside_markup = self.markup.is_some_and(|depth| self.stack.len() > depth) || self.too_deep > 0;
        if inside_markup {
            let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            self.append(&escaped);
        } else {
            self.append(text);
        }
    }

    /// Adds to the element that collects text now.
    fn append(&mut self, text: &str) {
        let depth = self.markup.unwrap_or(self.stack.len());
        let Some(open) = depth.checked_sub(1).and_then(|at| self.stack.get_mut(at)) else { return };
        let most = if matches!(open.name.as_str(), "encoded" | "content" | "description" | "body" | "summary") {
            MAX_CONTENT
        } else {
            MAX_TEXT
        };
        let room = most.saturating_sub(open.text.len());
        open.text.push_str(cut(text, room));
    }

    fn close(&mut self, name: &str) {
        let name = local(name).to_ascii_lowercase();
        if self.markup.is_some() && is_void(&name) {
            return;
        }
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return;
        }
        let Some(at) = self.stack.iter().rposition(|open| open.name == name) else { return };
        if self.markup.is_some_and(|depth| at + 1 > depth) {
            // The end of an element of the text itself.
            let markup = format!("</{}>", self.stack.get(at).map_or(name.as_str(), |open| open.tag.name.as_str()));
            self.append(&markup);
            self.truncate(at);
            return;
        }
        // Elements that were left open end here too.
        while self.stack.len() > at {
            self.pop();
        }
    }

    fn truncate(&mut self, len: usize) {
        while self.stack.len() > len {
            if let Some(open) = self.stack.pop() {
                self.spaces.truncate(self.spaces.len() - open.declared);
            }
        }
    }

    fn pop(&mut self) {
        let Some(open) = self.stack.pop() else { return };
        self.spaces.truncate(self.spaces.len() - open.declared);
        match self.markup {
            Some(depth) if self.stack.len() >= depth => return,
            Some(_) => self.markup = None,
            None => {}
        }
        self.finish_element(&open);
    }

    fn drop_open_items(&mut self) {
        if let Some(at) = self.stack.iter().position(|open| is_entry(open.space, &open.name)) {
            self.truncate(at);
        }
    }

    fn current_base(&self) -> PageUrl {
        self.stack.last().and_then(|open| open.base.clone()).unwrap_or_else(|| self.base.clone())
    }

    fn finish_element(&mut self, open: &Open) {
        if is_entry(open.space, &open.name) {
            if let (Some(draft), Some(about)) = (&mut self.item, open.tag.attribute("rdf:about")) {
                draft.item.id.get_or_insert_with(|| about.trim().to_owned());
                draft.permalink = draft.permalink.take().or_else(|| self.base.join(about.trim()).ok());
            }
            self.finish_item();
            return;
        }
        // What an entry repeats of another feed, or says of a picture, is not about the entry.
        let inside = |name: &str| self.stack.iter().any(|it| it.name == name);
        if inside("source") || inside("image") && open.space == Space::Core || inside("textinput") {
            return;
        }
        let base = open.base.clone().unwrap_or_else(|| self.base.clone());
        let parent = self.stack.last().map(|it| it.name.clone()).unwrap_or_default();
        match self.item.take() {
            Some(mut draft) => {
                self.item_field(&mut draft, open, &parent, &base);
                self.item = Some(draft);
            }
            None => self.feed_field(open, &parent, &base),
        }
    }

    fn feed_field(&mut self, open: &Open, parent: &str, base: &PageUrl) {
        let text = open.text.trim();
        match (open.space, open.name.as_str()) {
            (Space::Core | Space::DublinCore, "title") if self.feed.title.is_none() => {
                self.feed.title = some(plain(open));
            }
            (Space::Core | Space::Atom, "link") => self.feed_link(open, base),
            (Space::Core | Space::DublinCore, "language") if !text.is_empty() => {
                self.feed.language = Some(text.to_owned());
            }
            (Space::Core, "ttl") => {
                self.feed.hints.ttl = text.parse().ok().filter(|it| *it > 0).map(|it: u32| minutes(it));
            }
            (Space::Core, "hour") if parent == "skiphours" => {
                // RSS 0.91 counts hours from 1 to 24.
                let hour = text.parse::<u32>().ok().filter(|hour| *hour <= 24);
                self.feed.hints.skip_hours |= hour.map_or(0, |hour| 1 << (hour % 24));
            }
            (Space::Core, "day") if parent == "skipdays" => {
                let day = DAYS.iter().position(|day| text.eq_ignore_ascii_case(day));
                self.feed.hints.skip_days |= day.map_or(0, |day| 1 << day);
            }
            (Space::Syndication, "updateperiod") => self.period = period(text),
            (Space::Syndication, "updatefrequency") => {
                self.frequency = text.parse().ok().filter(|it| *it > 0).unwrap_or(1);
            }
            _ => {}
        }
    }

    fn feed_link(&mut self, open: &Open, base: &PageUrl) {
        let rel = open.tag.attribute("rel").unwrap_or("alternate");
        let href = open.tag.attribute("href").unwrap_or(open.text.trim()).trim();
        match rel {
            "hub" if self.feed.hubs.len() < MAX_NAMES && !href.is_empty() => self.feed.hubs.extend(base.join(href)),
            "self" if self.feed.topic.is_none() && !href.is_empty() => self.feed.topic = base.join(href).ok(),
            _ => {}
        }
        if rel == "alternate" && self.feed.link.is_none() && !href.is_empty() {
            self.feed.link = base.join(href).ok();
        }
    }

    fn item_field(&mut self, draft: &mut Draft, open: &Open, parent: &str, base: &PageUrl) {
        let text = open.text.trim();
        let item = &mut draft.item;
        match (open.space, open.name.as_str()) {
            (Space::Core, "title") => item.title = plain(open),
            (Space::DublinCore | Space::Media, "title") if item.title.is_empty() => item.title = plain(open),
            (Space::Core | Space::Atom, "link") => add_link(draft, open, base),
            (Space::Core | Space::DublinCore, "guid" | "id" | "identifier") => add_id(draft, open, base),
            (Space::Core, "description") | (_, "summary") | (Space::DublinCore, "description" | "abstract")
                if item.summary.is_none() =>
            {
                item.summary = some(cut(&body(open), MAX_TEXT).to_owned());
            }
            (Space::Content, "encoded")
            | (Space::Xhtml, "body" | "div")
            | (Space::Core, "content" | "fullitem" | "body") => {
                add_content(draft, open, base);
            }
            (Space::Core, "name") if matches!(parent, "author" | "contributor") => draft.person = Some(plain(open)),
            (Space::Core | Space::Atom | Space::Itunes, "author") => {
                let name = draft.person.take().unwrap_or_else(|| person(&plain(open)));
                FeedItem::add_name(&mut item.authors, name);
            }
            (Space::Core, "contributor") => draft.person = None,
            (Space::DublinCore, "creator") => FeedItem::add_name(&mut item.authors, person(&plain(open))),
            (Space::Core | Space::DublinCore, "category" | "subject") => add_category(item, open),
            (Space::Media, "thumbnail" | "content") | (Space::Core, "enclosure") | (Space::Itunes, "image") => {
                add_image(item, open, base);
            }
            (Space::Core | Space::Atom | Space::DublinCore, name) => self.item_date(draft, name, text),
            _ => {}
        }
    }

    fn item_date(&mut self, draft: &mut Draft, name: &str, text: &str) {
        let rank = match name {
            "pubdate" | "published" | "issued" => 4,
            "date" => 3,
            "created" | "datetaken" => 1,
            "updated" | "modified" => 0,
            _ => return,
        };
        let date = feed_date(text, self.ctx);
        if date.is_none() && !text.is_empty() {
            warn(&mut self.feed, &format!("no date: {}", cut(text, 100)));
        }
        if rank == 0 {
            draft.item.updated = date.or(draft.item.updated.take());
        } else if date.is_some() && rank > draft.published_rank {
            draft.item.published = date;
            draft.published_rank = rank;
        }
    }

    fn finish_item(&mut self) {
        let Some(mut draft) = self.item.take() else { return };
        let by_id = draft.item.id.as_deref().and_then(|id| PageUrl::parse(id).ok());
        draft.item.url = draft.link.map(|(_, url)| url).or(draft.permalink).or(by_id);
        // One entry is still open when the last of them is counted.
        if self.feed.items.len() < MAX_ITEMS {
            self.feed.items.push(draft.item);
        }
    }

    fn finish(mut self, problem: Option<String>) -> FeedParse {
        // A document that ends inside of an address has cut it off.
        if let Some(open) = self.stack.last_mut()
            && matches!(open.name.as_str(), "link" | "guid" | "id")
        {
            open.text.clear();
        }
        while !self.stack.is_empty() {
            self.pop();
        }
        self.finish_item();
        let period = self.period.and_then(|period| period.checked_div(self.frequency));
        self.feed.hints.ttl = self.feed.hints.ttl.or(period).map(|ttl| ttl.min(MAX_TTL));
        if let Some(problem) = problem {
            warn(&mut self.feed, &problem);
        }
        self.feed
    }
}

fn is_entry(space: Space, name: &str) -> bool {
    space == Space::Core && matches!(name, "item" | "entry")
}

/// Elements whose text may hold markup that was not escaped.
fn holds_markup(space: Space, name: &str) -> bool {
    match space {
        Space::Core => {
            matches!(
                name,
                "title"
                    | "description"
                    | "summary"
                    | "content"
                    | "tagline"
                    | "subtitle"
                    | "info"
                    | "rights"
                    | "fullitem"
            )
        }
        Space::Atom => matches!(name, "summary" | "content"),
        Space::Content => name == "encoded",
        Space::Xhtml => matches!(name, "body" | "div"),
        Space::DublinCore => matches!(name, "title" | "description"),
        Space::Media | Space::Itunes | Space::Syndication | Space::Other => false,
    }
}

fn is_inside_person_or_image(stack: &[Open]) -> bool {
    stack.last().is_some_and(|open| matches!(open.name.as_str(), "author" | "contributor"))
}

fn text_kind(space: Space, name: &str, tag: &Tag) -> TextKind {
    if tag.attribute("mode").is_some_and(|mode| mode.eq_ignore_ascii_case("base64")) {
        return TextKind::Base64;
    }
    let stated = tag.attribute("type").map(|it| it.trim().to_ascii_lowercase());
    match stated.as_deref() {
        Some("text" | "text/plain" | "plain") => TextKind::Plain,
        Some(it) if it.contains("html") || it.contains("xml") || it.starts_with("text/") => TextKind::Html,
        Some(it) if it.contains('/') && name != "link" && name != "category" => TextKind::Base64,
        _ if space == Space::Core && matches!(name, "title" | "summary" | "content") && tag.name == name => {
            TextKind::Plain
        }
        _ => TextKind::Html,
    }
}

fn opening_markup(tag: &Tag) -> String {
    let mut markup = format!("<{}", tag.name);
    for (name, value) in tag.attributes.iter().filter(|(name, _)| !name.starts_with("xmlns")) {
        let value = value.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
        markup.extend([" ", name, "=\"", &value, "\""]);
    }
    markup.push('>');
    markup
}

fn is_void(name: &str) -> bool {
    matches!(name, "br" | "img" | "hr" | "input" | "meta" | "link" | "wbr" | "source" | "col" | "area")
}

/// The text of an element, base64 undone and the `div` around XHTML taken off.
fn body(open: &Open) -> String {
    let text = open.text.trim();
    if open.kind == TextKind::Base64 {
        return decode_base64(text).unwrap_or_else(|| text.to_owned());
    }
    let xhtml = open.tag.attribute("type").is_some_and(|it| it.eq_ignore_ascii_case("xhtml"));
    let unwrapped = xhtml.then(|| {
        let inner = text.strip_prefix('<')?;
        let (name, inner) = inner.split_once('>')?;
        let name = name.split_whitespace().next()?;
        local(name).eq_ignore_ascii_case("div").then(|| inner.strip_suffix(&format!("</{name}>")))?
    });
    unwrapped.flatten().unwrap_or(text).trim().to_owned()
}

/// The element's text for people. In RSS nobody says whether a title is HTML; where it looks like HTML, it is.
fn plain(open: &Open) -> String {
    let text = body(open);
    let is_rss = open.tag.attribute("type").is_none() && open.tag.attribute("mode").is_none();
    match open.kind {
        TextKind::Plain if !is_rss => collapse(&text),
        TextKind::Plain | TextKind::Html | TextKind::Base64 => html_to_text(&text),
    }
}

fn add_link(draft: &mut Draft, open: &Open, base: &PageUrl) {
    let href = open.tag.attribute("href").unwrap_or(open.text.as_str()).trim();
    let rel = open.tag.attribute("rel").unwrap_or("alternate").to_ascii_lowercase();
    let is_html = open.tag.attribute("type").is_none_or(|it| it.contains("html"));
    let rank = match rel.as_str() {
        "alternate" if open.space == Space::Core && is_html => 0,
        "alternate" if is_html => 1,
        "alternate" => 2,
        _ => return,
    };
    if href.is_empty() || draft.link.as_ref().is_some_and(|(best, _)| *best <= rank) {
        return;
    }
    if let Ok(url) = base.join(href) {
        draft.link = Some((rank, url));
    }
}

fn add_id(draft: &mut Draft, open: &Open, base: &PageUrl) {
    let text = open.text.trim();
    if text.is_empty() || (open.name == "identifier" && draft.item.id.is_some()) {
        return;
    }
    let denied = open.tag.attribute("ispermalink").is_some_and(|it| it.trim().eq_ignore_ascii_case("false"));
    if open.name == "guid" && !denied {
        let absolute = PageUrl::parse(text).ok();
        let declared = open.tag.attribute("ispermalink").is_some();
        draft.permalink = absolute.or_else(|| declared.then(|| base.join(text).ok()).flatten());
    }
    // An identifier that is only a path is one of many sites' without its site.
    let resolved = text.starts_with('/').then(|| base.join(text).ok()).flatten();
    draft.item.id = Some(resolved.map_or_else(|| text.to_owned(), |url| url.as_str().to_owned()));
}

fn add_content(draft: &mut Draft, open: &Open, base: &PageUrl) {
    if let Some(source) = open.tag.attribute("src") {
        draft.permalink = draft.permalink.take().or_else(|| base.join(source.trim()).ok());
    }
    let text = body(open);
    let longer = draft.item.content.as_ref().is_none_or(|it| it.len() < text.len());
    if longer && !text.is_empty() {
        draft.item.content = Some(cut(&text, MAX_CONTENT).to_owned());
    }
}

fn add_category(item: &mut FeedItem, open: &Open) {
    let attribute = open.tag.attribute("label").or_else(|| open.tag.attribute("term"));
    let name = attribute.map_or_else(|| plain(open), collapse);
    FeedItem::add_name(&mut item.categories, name);
}

fn add_image(item: &mut FeedItem, open: &Open, base: &PageUrl) {
    let kind = open.tag.attribute("medium").or_else(|| open.tag.attribute("type")).unwrap_or_default();
    let is_image = matches!(open.name.as_str(), "thumbnail" | "image") || kind.starts_with("image");
    let address = open.tag.attribute("url").or_else(|| open.tag.attribute("href")).unwrap_or_default().trim();
    if is_image && item.image.is_none() && !address.is_empty() {
        item.image = base.join(address).ok();
    }
}

/// The name of `jane@paper.example (Jane Doe)`, `Jane Doe <jane@paper.example>` or `Jane Doe`.
fn person(text: &str) -> String {
    if let Some((before, after)) = text.split_once('(')
        && before.contains('@')
    {
        return after.trim_end_matches(')').trim().to_owned();
    }
    match text.split_once(['<', '(']) {
        Some((name, address)) if address.contains('@') && !name.trim().is_empty() => name.trim().to_owned(),
        _ => text.to_owned(),
    }
}

fn minutes(count: u32) -> Duration {
    Duration::from_secs(u64::from(count) * 60)
}

fn period(text: &str) -> Option<Duration> {
    let hours = match text.to_ascii_lowercase().as_str() {
        "hourly" => 1,
        "daily" => 24,
        "weekly" => 24 * 7,
        "monthly" => 24 * 30,
        "yearly" => 24 * 365,
        _ => return None,
    };
    Some(Duration::from_hours(hours))
}

fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// Base64 as Atom 0.3 and Atom 1.0 use it for text; `None` if it is not, or not UTF-8.
fn decode_base64(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0u32, 0u32);
    for byte in text.bytes().filter(|b| !b.is_ascii_whitespace() && *b != b'=') {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xFF) as u8);
        }
    }
    String::from_utf8(bytes).ok()
}
