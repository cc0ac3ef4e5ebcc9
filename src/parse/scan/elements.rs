//! What elements say by their name, role and attributes.

use html5ever::local_name;

use super::super::tree::{Data, Element, NodeId, Tag, Tree};
use super::BlockKind;
use super::around::Around;
use super::names::Names;

/// Text of a `noscript` element that is read, in bytes.
const MIN_WORDS: usize = 60;

/// Marks on an element itself (not on what lies in it).
pub(super) const OWN: Around = Around::TITLE
    .with(Around::AUTHOR)
    .with(Around::DATE)
    .with(Around::SUBTITLE)
    .with(Around::BYLINE)
    .with(Around::SECTION_NAME)
    .with(Around::BODY_CLASS);

/// What an element's own name, role, class and id say.
pub(super) fn facts<'t>(element: Element<'t>, names: &mut Names<'t>) -> Around {
    let mut own = tag_facts(element.tag);
    let mut class = None;
    let mut id = None;
    for attribute in element.attributes {
        let value = &*attribute.value;
        match attribute.name.local {
            local_name!("class") => class = Some(value),
            local_name!("id") => id = Some(value),
            local_name!("hidden") if value != "until-found" => own = own.with(Around::HIDDEN),
            local_name!("style") if hides(value) => own = own.with(Around::HIDDEN),
            local_name!("aria-hidden") if value == "true" && may_be_hidden(element.tag) => {
                own = own.with(Around::HIDDEN);
            }
            local_name!("role") => own = own.with(role_facts(value)),
            local_name!("itemprop")
                if value.split_ascii_whitespace().any(|p| matches!(p, "articleBody" | "reviewBody")) =>
            {
                own = own.with(Around::BODY_PROP);
            }
            _ => {}
        }
    }
    if matches!(element.tag, Tag::Html | Tag::Body | Tag::Head) {
        return own.without(Around::HIDDEN);
    }
    match element.tag {
        // Code has the name of its language, and a heading's id repeats the heading.
        Tag::Pre | Tag::Code => return own,
        Tag::H2 | Tag::H3 | Tag::H4 | Tag::H5 | Tag::H6 => id = None,
        _ => {}
    }
    if class.is_some() || id.is_some() {
        own = own.with(names.facts(class.unwrap_or_default(), id.unwrap_or_default()));
    }
    own
}

/// Elements that are out of sight where they say so to screen readers; behind an open dialog the page itself says so too.
fn may_be_hidden(tag: Tag) -> bool {
    matches!(tag, Tag::Span | Tag::I | Tag::A | Tag::Button | Tag::Div | Tag::Section | Tag::Ul | Tag::P)
}

fn tag_facts(tag: Tag) -> Around {
    match tag {
        Tag::Nav | Tag::Menu => Around::NAV,
        Tag::Header => Around::HEADER,
        Tag::Footer => Around::FOOTER,
        Tag::Aside => Around::ASIDE,
        Tag::Form | Tag::Fieldset => Around::FORM,
        Tag::Figure => Around::FIGURE,
        Tag::Figcaption | Tag::Caption => Around::CAPTION,
        // Mostly a hint to turn scripts on.
        Tag::Dialog | Tag::Noscript => Around::DIALOG,
        Tag::Article => Around::ARTICLE,
        Tag::Main => Around::MAIN,
        Tag::A => Around::LINK,
        Tag::H1 | Tag::H2 | Tag::H3 | Tag::H4 | Tag::H5 | Tag::H6 => Around::HEADING,
        Tag::Blockquote => Around::QUOTE,
        Tag::Ul | Tag::Ol | Tag::Dl => Around::LIST,
        Tag::Li => Around::LI,
        Tag::Table => Around::TABLE,
        Tag::Button | Tag::Label | Tag::Legend | Tag::Option => Around::BUTTON,
        Tag::Marquee => Around::TICKER,
        Tag::Pre => Around::PRE,
        _ => Around::NONE,
    }
}

fn role_facts(role: &str) -> Around {
    match role.trim() {
        "navigation" | "menu" | "menubar" | "menuitem" | "tablist" => Around::NAV,
        "banner" => Around::HEADER,
        "contentinfo" => Around::FOOTER,
        "complementary" => Around::ASIDE,
        "search" => Around::FORM,
        "dialog" | "alertdialog" | "alert" => Around::DIALOG,
        "main" => Around::MAIN,
        "article" => Around::ARTICLE,
        _ => Around::NONE,
    }
}

/// Whether an inline style hides its element.
fn hides(style: &str) -> bool {
    let bytes = style.as_bytes();
    let find = |name: &str, value: &str| {
        let Some(at) = bytes.windows(name.len()).position(|w| w.eq_ignore_ascii_case(name.as_bytes())) else {
            return false;
        };
        let rest = style.get(at + name.len()..).unwrap_or_default().trim_start();
        let Some(rest) = rest.strip_prefix(':') else { return false };
        rest.trim_start().as_bytes().get(..value.len()).is_some_and(|v| v.eq_ignore_ascii_case(value.as_bytes()))
    };
    find("display", "none") || find("visibility", "hidden")
}

/// Whether more stands below a `noscript` element than a picture's alternative or a short hint to turn scripts on.
pub(super) fn has_words(tree: &Tree, id: NodeId) -> bool {
    let mut length = 0;
    tree.descendants(id).any(|below| {
        if let Data::Text(text) = tree.data(below) {
            length += text.trim().len();
        }
        length >= MIN_WORDS
    })
}

/// The kind of a block that begins in this element, which lies in a block of another kind.
pub(super) fn block_kind(tag: Tag, outer: BlockKind) -> BlockKind {
    match tag {
        Tag::P => match outer {
            BlockKind::Item | BlockKind::Quote => outer,
            _ => BlockKind::Paragraph,
        },
        Tag::H1 => BlockKind::Heading(1),
        Tag::H2 => BlockKind::Heading(2),
        Tag::H3 => BlockKind::Heading(3),
        Tag::H4 => BlockKind::Heading(4),
        Tag::H5 => BlockKind::Heading(5),
        Tag::H6 => BlockKind::Heading(6),
        Tag::Li | Tag::Dd | Tag::Dt => BlockKind::Item,
        Tag::Blockquote => BlockKind::Quote,
        Tag::Td | Tag::Th => BlockKind::Cell,
        Tag::Pre => BlockKind::Pre,
        _ => match outer {
            BlockKind::Quote | BlockKind::Pre => outer,
            _ => BlockKind::Loose,
        },
    }
}

/// Whether an element's text is never read: not prose, or not shown.
pub(crate) fn is_unread(element: Element) -> bool {
    matches!(
        element.tag,
        Tag::Script
            | Tag::Style
            | Tag::Template
            | Tag::Noscript
            | Tag::Object
            | Tag::Textarea
            | Tag::Select
            | Tag::Math
            | Tag::Svg
            | Tag::Iframe
            | Tag::Video
            | Tag::Audio
            | Tag::Embed
            | Tag::Title
            | Tag::Button
    ) || element.attribute(&local_name!("hidden")).is_some()
        || element.attribute(&local_name!("style")).is_some_and(hides)
}
