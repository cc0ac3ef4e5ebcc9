//! What a document is, by what it says first and only then by what it is called.

use super::first_chars;

/// The kinds of document that a crawler meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentType {
    /// HTML, or XHTML with an XML prolog.
    Html,
    /// RSS, Atom or JSON Feed.
    Feed,
    /// Sitemap, sitemap index or a plain list of addresses.
    Sitemap,
    /// Other text.
    Text,
    /// Nothing that we read.
    Other,
}

/// How much of a document is looked at, in characters.
const WINDOW: usize = 4096;

/// Judges a document by the start of its text, then by its media type and its path.
///
/// `text_start` may be the whole text; only the first 4,096 characters are looked at. Roots decide: `<rss`, `<feed`,
/// `<rdf:RDF`, `<urlset`, `<sitemapindex`, and a JSON object with a JSON Feed `version`.
pub fn document_type(content_type: Option<&str>, url_path: &str, text_start: &str) -> DocumentType {
    let text = first_chars(text_start, WINDOW);
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}' || c == '\0');
    if text.starts_with('{') {
        return json_type(text, content_type);
    }
    match root_name(text) {
        Some(name) => root_type(name, text, content_type),
        None => text_type(content_type, url_path, text),
    }
}

fn json_type(text: &str, content_type: Option<&str>) -> DocumentType {
    let compact = text.replace("\\/", "/");
    if compact.contains("jsonfeed.org/version") || content_type.is_some_and(|it| it.contains("feed+json")) {
        DocumentType::Feed
    } else {
        DocumentType::Other
    }
}

/// The first element's name, after prolog, comments and document type; `None` if markup does not come first.
fn root_name(text: &str) -> Option<&str> {
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let (opening, closing) = match rest {
            _ if rest.starts_with("<!--") => ("<!--", "-->"),
            _ if rest.starts_with("<?") => ("<?", ">"),
            _ if starts_with_ignoring_case(rest, "<!doctype html") => return Some("html"),
            _ if rest.starts_with("<!") => {
                rest = after_declaration(rest)?;
                continue;
            }
            _ => break,
        };
        let end = rest[opening.len()..].find(closing)?;
        rest = &rest[opening.len() + end + closing.len()..];
    }
    let name = rest.strip_prefix('<')?;
    let end = name.find(|c: char| c.is_whitespace() || c == '>' || c == '/').unwrap_or(name.len());
    name.starts_with(|c: char| c.is_ascii_alphabetic()).then(|| &name[..end])
}

/// What follows a `<!DOCTYPE …>` with or without an internal subset.
fn after_declaration(text: &str) -> Option<&str> {
    let end = text.find('>')?;
    let end = match text[..end].find('[') {
        Some(subset) => subset + text[subset..].find("]>").or_else(|| text[subset..].find(']'))? + 1,
        None => end,
    };
    text[end..].find('>').map(|close| &text[end + close + 1..])
}

fn root_type(name: &str, text: &str, content_type: Option<&str>) -> DocumentType {
    let local = name.rsplit(':').next().unwrap_or(name);
    match local.to_ascii_lowercase().as_str() {
        "rss" | "feed" | "rdf" | "channel" => DocumentType::Feed,
        "urlset" | "sitemapindex" => DocumentType::Sitemap,
        _ if text.starts_with("<?xml") && content_type.is_some_and(is_plain_xml) && !looks_like_html(local) => {
            DocumentType::Other
        }
        "svg" => DocumentType::Other,
        _ => DocumentType::Html,
    }
}

/// XML that is not XHTML.
fn is_plain_xml(content_type: &str) -> bool {
    let essence = essence(content_type);
    essence.ends_with("xml") && !essence.contains("xhtml")
}

fn looks_like_html(name: &str) -> bool {
    ["html", "head", "body", "title", "meta", "div", "table", "p"].iter().any(|it| name.eq_ignore_ascii_case(it))
}

/// Text that does not begin with markup.
fn text_type(content_type: Option<&str>, url_path: &str, text: &str) -> DocumentType {
    let essence = content_type.map(essence).unwrap_or_default();
    let is_list = text.lines().map(str::trim).find(|line| !line.is_empty()).is_some_and(is_address);
    if is_list && (url_path.to_ascii_lowercase().contains("sitemap") || essence == "text/plain") {
        return DocumentType::Sitemap;
    }
    if essence.contains("html") {
        return DocumentType::Html;
    }
    if text.contains('\u{FFFD}') && text.chars().filter(|c| c.is_control() && !c.is_whitespace()).count() > 8 {
        return DocumentType::Other;
    }
    match essence.split('/').next().unwrap_or_default() {
        "image" | "audio" | "video" | "font" => DocumentType::Other,
        _ if essence.is_empty() && has_html_tag(text) => DocumentType::Html,
        "text" | "" => DocumentType::Text,
        _ if essence.ends_with("xml") => DocumentType::Html,
        _ => DocumentType::Other,
    }
}

fn is_address(line: &str) -> bool {
    (line.starts_with("http://") || line.starts_with("https://")) && !line.contains(char::is_whitespace)
}

fn has_html_tag(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["<html", "<head", "<body", "<p>", "<div", "<title"].iter().any(|tag| lower.contains(tag))
}

/// The media type without parameters, lower case.
fn essence(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn starts_with_ignoring_case(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(content_type: &str, path: &str, text: &str, expected: DocumentType) {
        let content_type = (!content_type.is_empty()).then_some(content_type);
        assert_eq!(document_type(content_type, path, text), expected, "{content_type:?} {path} {text}");
    }

    #[test]
    fn the_content_decides_before_the_label() {
        check("text/html", "/feed", "<?xml version=\"1.0\"?>\n<!-- x -->\n<rss version=\"2.0\">", DocumentType::Feed);
        check("text/plain", "/x", "<feed xmlns=\"http://www.w3.org/2005/Atom\">", DocumentType::Feed);
        check("application/xml", "/x", "<rdf:RDF xmlns:rdf=\"x\">", DocumentType::Feed);
        check(
            "application/json",
            "/x",
            "{\"version\": \"https:\\/\\/jsonfeed.org\\/version\\/1\"}",
            DocumentType::Feed,
        );
        check("application/json", "/x", "{\"a\": 1}", DocumentType::Other);
        check("text/html", "/x", "\u{FEFF}<urlset>", DocumentType::Sitemap);
        check("", "/x", "<!DOCTYPE x [<!ENTITY a \"b>\">]><sitemapindex>", DocumentType::Sitemap);
        check("text/plain", "/sitemap.txt", "https://e.com/a\nhttps://e.com/b", DocumentType::Sitemap);
    }

    #[test]
    fn xhtml_with_a_prolog_is_html() {
        check("text/html", "/", "<?xml version=\"1.0\"?>\n<!DOCTYPE html PUBLIC \"x\">\n<html>", DocumentType::Html);
        check("application/xhtml+xml", "/", "<?xml version=\"1.0\"?><html xmlns=\"x\">", DocumentType::Html);
        check("", "/", "<p>x", DocumentType::Html);
        check("text/html; charset=x", "/", "plain words", DocumentType::Html);
    }

    #[test]
    fn the_rest_is_text_or_nothing_we_read() {
        check("text/plain", "/", "words", DocumentType::Text);
        check("image/png", "/", "\u{FFFD}PNG", DocumentType::Other);
        check("application/xml", "/", "<?xml version=\"1.0\"?><root/>", DocumentType::Other);
        check("", "/", "", DocumentType::Text);
    }
}
