//! Which media types are read: decided from the header before the body, then from its first bytes.
//!
//! # Source
//! WHATWG MIME Sniffing Standard §6 and §7.2 (magic numbers, binary data bytes), cut down to the one question
//! whether a body can be a page, a feed or a sitemap.

use super::text::printable;

/// First bytes that are looked at.
pub(super) const SNIFF_BYTES: usize = 512;

/// What a `Content-Type` says about reading the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Declared {
    /// Text: read, unless its first bytes are something else for certain.
    Text,
    /// Says nothing: the first bytes decide.
    Unknown,
    /// Never a page.
    Other,
}

/// Types of `application/` that are never a page, by a part of their name.
const OTHER_APPLICATIONS: [&str; 30] = [
    "pdf",
    "postscript",
    "msword",
    "vnd.ms-",
    "vnd.openxmlformats",
    "vnd.oasis",
    "vnd.android",
    "vnd.apple",
    "vnd.rar",
    "zip",
    "x-rar",
    "x-7z",
    "x-tar",
    "x-bzip",
    "x-xz",
    "java-archive",
    "x-java",
    "x-shockwave",
    "x-msdownload",
    "x-dosexec",
    "x-executable",
    "x-debian",
    "x-rpm",
    "x-iso",
    "x-bittorrent",
    "wasm",
    "ogg",
    "mp4",
    "font",
    "javascript",
];

/// Judges a `Content-Type`; `None` for a missing one.
pub(super) fn declared(content_type: Option<&str>) -> Declared {
    let essence = content_type.unwrap_or_default().split([';', ',']).next().unwrap_or_default();
    let essence = essence.trim().to_ascii_lowercase();
    let Some((kind, subtype)) = essence.split_once('/') else { return Declared::Unknown };
    match kind {
        "text" if matches!(subtype, "css" | "javascript" | "ecmascript" | "calendar" | "vcard") => Declared::Other,
        "text" => Declared::Text,
        "image" | "video" | "audio" | "font" | "model" | "multipart" | "message" | "chemical" => Declared::Other,
        "application" if subtype.contains("gzip") => Declared::Unknown,
        "application" if OTHER_APPLICATIONS.iter().any(|part| subtype.contains(part)) => Declared::Other,
        "application" if ["xml", "json", "html", "rss", "atom"].iter().any(|part| subtype.contains(part)) => {
            Declared::Text
        }
        _ => Declared::Unknown,
    }
}

/// Beginnings of files that are never a page.
const MAGIC: [(&[u8], &str); 29] = [
    (b"%PDF-", "application/pdf"),
    (b"%!PS-Adobe-", "application/postscript"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"\0\0\x01\0", "image/x-icon"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"Rar!\x1a\x07", "application/x-rar-compressed"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"BZh91AY&SY", "application/x-bzip2"),
    (b"\xfd7zXZ\0", "application/x-xz"),
    (b"\x1f\x8b", "application/gzip"),
    (b"OggS\0", "application/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC\0", "audio/flac"),
    (b"MThd\0", "audio/midi"),
    (b"\x1a\x45\xdf\xa3", "video/webm"),
    (b"FLV\x01", "video/x-flv"),
    (b"\0\0\x01\xba", "video/mpeg"),
    (b"\0\0\x01\xb3", "video/mpeg"),
    (b"wOFF", "font/woff"),
    (b"wOF2", "font/woff2"),
    (b"OTTO\0", "font/otf"),
    (b"\x7fELF", "application/x-executable"),
    (b"\0asm", "application/wasm"),
];

/// What the first bytes of a body are, if they are certainly no text; `None` if they may be.
///
/// With [`Declared::Text`] only certain beginnings count: old pages contain stray control characters.
pub(super) fn not_text(declared: Declared, head: &[u8]) -> Option<&'static str> {
    let head = &head[..head.len().min(SNIFF_BYTES)];
    if let Some((_, name)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Some(name);
    }
    let at = |from: usize, text: &[u8]| head.get(from..).is_some_and(|rest| rest.starts_with(text));
    if at(0, b"RIFF") && (at(8, b"WEBP") || at(8, b"AVI ") || at(8, b"WAVE")) {
        return Some("image/webp");
    }
    if at(4, b"ftyp") && head.first() == Some(&0) {
        return Some("video/mp4");
    }
    if at(0, b"MZ") && head.contains(&0) {
        return Some("application/x-dosexec");
    }
    let marked = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    let binary = head.iter().any(|byte| matches!(byte, 0..=8 | 0x0b | 0x0e..=0x1a | 0x1c..=0x1f));
    match declared {
        Declared::Unknown if binary && !marked => Some("application/octet-stream"),
        Declared::Text | Declared::Unknown => None,
        Declared::Other => Some("application/octet-stream"),
    }
}

/// Whether a body begins like a feed or a sitemap, which may be longer than a page.
pub(super) fn is_list(head: &[u8]) -> bool {
    const BEGINNINGS: [&[u8]; 6] =
        [b"<urlset", b"<sitemapindex", b"<rss", b"<feed", b"<rdf:rdf", b"https://jsonfeed.org/version"];
    let head = head[..head.len().min(SNIFF_BYTES)].to_ascii_lowercase();
    let has = |text: &[u8]| head.windows(text.len()).any(|window| window == text);
    // A sitemap may also be a list of addresses, one a line.
    let is_text_map = head.starts_with(b"http://") || head.starts_with(b"https://");
    is_text_map || !has(b"<html") && BEGINNINGS.iter().any(|beginning| has(beginning))
}

/// A media type for people.
pub(super) fn shown(content_type: Option<&str>) -> String {
    printable(content_type.unwrap_or("unknown"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_judged_by_its_header_without_its_body() {
        for (content_type, expected) in [
            ("text/html; charset=utf-8", Declared::Text),
            ("TEXT/HTML", Declared::Text),
            ("application/rss+xml", Declared::Text),
            ("application/xhtml+xml", Declared::Text),
            ("application/feed+json", Declared::Text),
            ("application/octet-stream", Declared::Unknown),
            ("application/x-gzip", Declared::Unknown),
            ("html", Declared::Unknown),
            ("image/svg+xml", Declared::Other),
            ("video/mp4", Declared::Other),
            ("application/pdf", Declared::Other),
            ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", Declared::Other),
            ("text/css", Declared::Other),
        ] {
            assert_eq!(declared(Some(content_type)), expected, "{content_type}");
        }
        assert_eq!(declared(None), Declared::Unknown);
    }

    #[test]
    fn a_list_is_known_by_its_first_bytes() {
        for list in [
            &b"<?xml version='1.0'?>\n<urlset xmlns='x'>"[..],
            b"\xef\xbb\xbf<?xml version='1.0'?><!-- map --><SITEMAPINDEX>",
            b"<rss version='2.0'>",
            b"<rdf:RDF>",
            b"{\"version\": \"https://jsonfeed.org/version/1.1\"",
            b"https://a.example/1\nhttps://a.example/2\n",
        ] {
            assert!(is_list(list), "{}", String::from_utf8_lossy(list));
        }
        for other in [&b"<!doctype html><html><p>&lt;rss"[..], b"<html><rss>", b"{}", b"see https://a.example/", b""] {
            assert!(!is_list(other), "{}", String::from_utf8_lossy(other));
        }
    }

    #[test]
    fn the_first_bytes_betray_a_file_that_calls_itself_text() {
        assert_eq!(not_text(Declared::Text, b"%PDF-1.7\n"), Some("application/pdf"));
        assert_eq!(not_text(Declared::Text, b"<p>a\0b\x01</p>"), None);
        assert_eq!(not_text(Declared::Unknown, b"<p>a\0b</p>"), Some("application/octet-stream"));
        assert_eq!(not_text(Declared::Unknown, b"\xff\xfe<\0p\0"), None);
        assert_eq!(not_text(Declared::Unknown, "خبر".as_bytes()), None);
        assert_eq!(not_text(Declared::Text, b""), None);
    }
}
