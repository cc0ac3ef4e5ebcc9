//! JSON Feed 1 and 1.1.

use serde_json::Value;

use super::{FeedItem, FeedParse, MAX_CONTENT, MAX_ITEMS, MAX_NAMES, MAX_TEXT, warn};
use crate::model::PageUrl;
use crate::parse::dates::{DateContext, feed_date};
use crate::parse::json;
use crate::parse::xml::{collapse, cut};

/// Reads a JSON Feed; `None` if the text is none, or would fill the memory. serde_json itself refuses nesting beyond 128.
pub(super) fn parse(text: &str, base: &PageUrl, ctx: &DateContext) -> Option<FeedParse> {
    if json::size_of_text(text) > 2 * json::MAX_BYTES {
        return None;
    }
    let document: Value = serde_json::from_str(text).ok()?;
    let version = document.get("version").and_then(Value::as_str).unwrap_or_default();
    let items = document.get("items").and_then(Value::as_array);
    let describes_itself = document.get("feed_url").or(document.get("home_page_url")).is_some();
    let is_feed = version.contains("jsonfeed.org/version") || (describes_itself && items.is_some());
    if !is_feed {
        return None;
    }
    let mut feed = FeedParse {
        title: string(&document, "title").map(|title| collapse(cut(&title, MAX_TEXT))),
        link: address(&document, "home_page_url", base),
        language: string(&document, "language"),
        topic: address(&document, "feed_url", base),
        ..FeedParse::default()
    };
    for hub in document.get("hubs").and_then(Value::as_array).into_iter().flatten().take(MAX_NAMES) {
        feed.hubs.extend(address(hub, "url", base));
    }
    if items.is_none() {
        warn(&mut feed, "no `items`");
    }
    let items = items.into_iter().flatten().filter(|item| item.is_object()).take(MAX_ITEMS);
    feed.items = items.map(|it| item(it, base, ctx)).collect();
    Some(feed)
}

fn item(value: &Value, base: &PageUrl, ctx: &DateContext) -> FeedItem {
    let date = |name: &str| string(value, name).and_then(|text| feed_date(&text, ctx));
    let mut item = FeedItem {
        id: string(value, "id"),
        url: address(value, "url", base).or_else(|| address(value, "external_url", base)),
        title: string(value, "title").map(|title| collapse(cut(&title, MAX_TEXT))).unwrap_or_default(),
        summary: string(value, "summary").map(|text| cut(&text, MAX_TEXT).to_owned()),
        content: string(value, "content_html")
            .or_else(|| string(value, "content_text"))
            .map(|text| cut(&text, MAX_CONTENT).to_owned()),
        published: date("date_published"),
        updated: date("date_modified"),
        image: address(value, "image", base).or_else(|| address(value, "banner_image", base)),
        ..FeedItem::default()
    };
    if item.url.is_none() {
        item.url = item.id.as_deref().and_then(|id| PageUrl::parse(id).ok());
    }
    let authors = value.get("authors").and_then(Value::as_array).into_iter().flatten().chain(value.get("author"));
    for author in authors.take(MAX_NAMES) {
        FeedItem::add_name(&mut item.authors, string(author, "name").map(|name| collapse(&name)).unwrap_or_default());
    }
    for tag in value.get("tags").and_then(Value::as_array).into_iter().flatten().take(MAX_NAMES) {
        FeedItem::add_name(
            &mut item.categories,
            tag.as_str().map(|tag| collapse(&tag.replace('\0', ""))).unwrap_or_default(),
        );
    }
    item
}

/// A text or number of an object; `None` if it is missing, empty or something else.
fn string(value: &Value, name: &str) -> Option<String> {
    let text = match value.get(name)? {
        Value::String(text) => text.replace('\0', "").trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

fn address(value: &Value, name: &str, base: &PageUrl) -> Option<PageUrl> {
    string(value, name).and_then(|text| base.join(&text).ok())
}
