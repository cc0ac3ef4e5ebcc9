use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use scraper::{Html, Node};

use super::super::scan::{Block, BlockKind, scan};
use super::super::tree::{Data, Tree};
use super::*;

/// A tree as lines: depth, and name with attributes or text.
type Lines = Vec<(usize, String)>;

fn ours(text: &str) -> Lines {
    let tree = Tree::for_scripts(text);
    assert_eq!(tree.cut, None);
    let mut out = Lines::new();
    for id in tree.descendants(Tree::root()).skip(1) {
        let depth = tree.ancestors(id).count();
        match tree.data(id) {
            Data::Void => {}
            Data::Text(text) => out.extend(words(text).map(|words| (depth, words))),
            Data::Element(element) => {
                let attributes = element.attributes.iter().map(|a| (&*a.name.local, &*a.value)).collect();
                out.push((depth, line(element.name, attributes)));
            }
        }
    }
    out
}

/// The tree that html5ever builds from its own tokens.
fn theirs(text: &str) -> Lines {
    let document = Html::parse_document(text);
    let mut out = Lines::new();
    for node in document.tree.root().descendants().skip(1) {
        let fragments = node.ancestors().filter(|above| above.value().is_fragment()).count();
        let depth = node.ancestors().count() - fragments;
        match node.value() {
            Node::Document | Node::Fragment | Node::Doctype(_) | Node::Comment(_) | Node::ProcessingInstruction(_) => {}
            Node::Text(text) => out.extend(words(text).map(|words| (depth, words))),
            Node::Element(element) => {
                let attributes = element.attrs.iter().map(|(name, value)| (&*name.local, &**value)).collect();
                out.push((depth, line(&element.name, attributes)));
            }
        }
    }
    out
}

/// A text without its blanks but for one between two words; `None` without words.
fn words(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split(|c: char| c.is_ascii() && tag::is_blank(c as u8)).collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    (!words.is_empty()).then(|| format!("{:?}", words.join(" ")))
}

fn line(name: &html5ever::QualName, mut attributes: Vec<(&str, &str)>) -> String {
    attributes.sort_unstable();
    let mut out = format!("{}{}", &*name.ns, &*name.local);
    for (name, value) in attributes {
        write!(out, " {name}={value:?}").expect("a string takes all");
    }
    out
}

fn assert_same(text: &str) {
    let (ours, theirs) = (ours(text), theirs(text));
    if let Some(at) = (0..ours.len().max(theirs.len())).find(|at| ours.get(*at) != theirs.get(*at)) {
        panic!("{:?}\nours {:?}\ntheirs {:?}", text.get(..2_000), ours.get(at), theirs.get(at));
    }
}

/// What is read of a tree: texts with what they are, and what of them stands in links.
fn read(tree: &Tree) -> Vec<(String, BlockKind, u32, u32)> {
    let scan = scan(tree);
    let text = |block: &Block| scan.text[block.range.clone()].to_owned();
    scan.blocks.iter().map(|block| (text(block), block.kind, block.chars, block.link_chars)).collect()
}

fn assert_read_same(text: &str) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    assert_eq!(read(&Tree::for_scripts(text)), read(&Tree::by_html5ever(text)), "{:?}", text.get(..2_000));
}

#[test]
fn blanks_are_left_out_where_nobody_reads_them_alone() {
    let texts = |page: &str| {
        let tree = Tree::parse(page);
        let texts = tree.descendants(Tree::root()).filter_map(|id| match tree.data(id) {
            Data::Text(text) => Some(text.to_owned()),
            Data::Element(_) | Data::Void => None,
        });
        texts.collect::<Vec<_>>()
    };
    for (page, expected) in [
        ("<head> <title>t</title> </head> <body> <p>a</p> <!-- --> <script>s</script> <p>b", vec!["t", "a", "s", "b"]),
        ("<ul> <li>a</li> <li> <span>b</span> </li> </ul>", vec!["a", "b"]),
        ("<table> <tr> <td>a</td> <td>b</td> </tr> </table>", vec!["a", "b"]),
        ("a <br> <i>b</i> <p>c", vec!["a ", "b", "c"]),
        // Behind an end tag without its start tag, and before one.
        ("<p>a<span>b</span> </li> <span>c", vec!["a", "b", "  ", "c"]),
        ("<span>a</span> <tr> <span>b", vec!["a", "  ", "b"]),
        ("<span>a</span> <table> b", vec!["a", "  b"]),
        ("<span>a</span> <b>b</b> <span>c", vec!["a", " ", "b", " ", "c"]),
        ("<pre> <p> </p> </pre>", vec![" ", " ", " "]),
        ("<div><a href=x> <div> <p>a</p> </div> </a> </div>", vec![" ", " ", "a", " ", " "]),
        ("<p>a <!-- --> b", vec!["a ", " b"]),
    ] {
        assert_eq!(texts(page), expected, "{page}");
    }
}

#[test]
fn what_is_odd_gives_the_tree_of_html5ever() {
    for text in [
        "",
        "<",
        "</",
        "<!",
        "<!-",
        "<!--",
        "</>a</ b>c<? d>e<!f>g<1>h< i>",
        "a<!-->b<!--->c<!----!>d<!--!>e-->f<!---!>g-->h<!-- -- > --->i<!-- <!-->j<!--<!->-->k<!-- --!-->l<!--x",
        "<a",
        "<a b",
        "<a b='c",
        "<A HREF=x/y>t</A X=1>",
        "<br/ ><br / x><p a=1 A=2 a =3 b= 'x' =c==d e=>f",
        "<p\ta\n=\x0cb\nc=\"d\ne\">\r\nx\ry\r\r\nz",
        "<p a\0=b\0 \0>\0x</p\0>",
        "<p '\"<a>",
        "<title>a<b>&amp;&lt</titlex></title\n>b",
        "<title>a",
        "<textarea>\n\n<p>\0</textarea/>c",
        "<style><!-- </style>b--></style>",
        "<noscript><p>a</noscript><xmp><p></XMP >d<plaintext>e</plaintext>\0f",
        "<script>a<b</script >c",
        "<script><!--<script></script>--></script>b",
        "<script><!--><script></script>a",
        "<script><!---><script></script>a",
        "<script><!-- <script> </script> </script>a --></script>b",
        "<script><!-- <scriptx> </script>a --></script>b",
        "<script><!-- <script/></script>--><!-- </script>c",
        "<script><!-- <script>",
        "<script></scrip</script",
        "<script><!- </script>a<script><!</script>b\0",
        "&amp;&ampx&amp &notit; &notin; &noti &#65;&#x41&#X41;z&#; &#x; &#0; &#x80; &#55296; &#9999999999; &bogus; &bogus &",
        "<a b='&amp&ampx&amp=&amp;x&not;&copy=&copy;&#38;&lt' c=&lt; d=?x=1&copy=2&reg&para>",
        "&NotEqualTilde;&CounterClockwiseContourIntegral;&abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz;",
        "<svg><title><![CDATA[a]]b]]>&amp;\0<p>c",
        "<svg><![CDATA[a",
        "<math><![CDATA[\0a]]><mi>b</math><![CDATA[c]]>",
        "<!doctype html><p><table>a",
        "<!DOCTYPE html PUBLIC '-//W3C//DTD HTML 3.2//EN'><p><table>a",
        "<!doctype><p><table>",
        "<!doctype html",
        "\u{feff}a\u{feff}",
        "<table>a<tr>b<td>c</table><select><option>d<template><td>e</template>",
        "<b><p>a</b>b<a>c<a>d<pre>\n\ne</pre><frameset>",
        "<p>é&eacute;</p>عربي&nbsp;نص<p title=\"عربي\">",
        "<p>\n         <b>\t\t\t\t\t\t\t\t\t\n</b> x         <pre>\n          <i>         \u{a0}</pre>         ",
        "<table>          <tr>           <td>a</table>           <!-- -->           </>           b",
    ] {
        assert_same(text);
        assert_read_same(text);
    }
}

#[test]
fn a_tag_keeps_its_first_attributes_and_costs_no_square() {
    let flood = |count: usize| (0..count).map(|n| format!(" a{n}='>'")).collect::<Vec<_>>().concat();
    assert_same(&format!("<a{}>x<b c=d/></b>", flood(MAX_ATTRIBUTES)));
    let started = Instant::now();
    let tree = Tree::parse(&format!("<a{}>x", flood(200_000)));
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    let kept = tree.descendants(Tree::root()).filter_map(|id| tree.element(id)).map(|e| e.attributes.len()).max();
    assert_eq!((kept, tree.cut), (Some(MAX_ATTRIBUTES), None));
}

#[test]
fn comments_in_a_script_cost_no_square() {
    for unit in ["<!-- -->", "<!-- <script> -->", "<!--", "<script>", "</script", "&"] {
        let started = Instant::now();
        let tree = Tree::parse(&format!("<script>{}", unit.repeat(100_000)));
        assert!(started.elapsed() < Duration::from_secs(2), "{unit} took {:?}", started.elapsed());
        assert_eq!(tree.cut, None);
    }
}

#[test]
fn real_pages_give_the_trees_of_html5ever() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus/fronts/html"));
    let Ok(folder) = std::fs::read_dir(root) else {
        assert!(std::env::var_os("MURASIL_REQUIRE_SHARED").is_none(), "{} is missing", root.display());
        eprintln!("SKIP: {} is missing", root.display());
        return;
    };
    let mut count = 0;
    for file in folder.filter_map(Result::ok).take(40) {
        let bytes = std::fs::read(file.path()).expect("a page");
        let mut page = Vec::new();
        let mut unzipped = flate2::read::MultiGzDecoder::new(bytes.as_slice());
        std::io::Read::read_to_end(&mut unzipped, &mut page).expect("a zipped page");
        assert_same(&String::from_utf8_lossy(&page));
        assert_read_same(&String::from_utf8_lossy(&page));
        count += 1;
    }
    assert!(count > 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn soup_gives_the_tree_of_html5ever(parts in prop::collection::vec(prop::sample::select(PARTS), 0..30)) {
        assert_same(&parts.concat());
    }

    #[test]
    fn soup_is_read_as_from_the_tree_of_html5ever(parts in prop::collection::vec(prop::sample::select(PARTS), 0..40)) {
        assert_read_same(&parts.concat());
    }

    #[test]
    fn blocks_and_blanks_are_read_as_from_the_tree_of_html5ever(
        parts in prop::collection::vec(prop::sample::select(BLOCKS), 0..40),
    ) {
        assert_read_same(&parts.concat());
    }
}

/// Tags that part words or do not, and what stands between them.
const BLOCKS: &[&str] = &[
    "x",
    "y",
    " ",
    " ",
    "\n",
    "\n          ",
    "<!-- -->",
    "<ul>",
    "</ul>",
    "<li>",
    "</li>",
    "<div>",
    "</div>",
    "<p>",
    "</p>",
    "<span>",
    "</span>",
    "<a href=x>",
    "</a>",
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "<table>",
    "</table>",
    "<caption>",
    "<tr>",
    "</tr>",
    "<td>",
    "</td>",
    "<h1>",
    "</h2>",
    "<form>",
    "</form>",
    "<button>",
    "</button>",
    "<br>",
    "<pre>",
    "</pre>",
    "<select>",
    "</select>",
    "<option>",
    "<svg>",
    "</svg>",
    "<desc>",
    "<object>",
    "</object>",
    "<script>",
    "</script>",
    "<style>",
    "</style>",
    "<title>",
    "</title>",
    "<body>",
    "</body>",
    "<head>",
    "</head>",
    "</html>",
    "<template>",
    "</template>",
    "<noscript>",
    "</noscript>",
];

/// Pieces of markup, whole and broken; none that makes a newline of a number without its semicolon, which html5ever
/// keeps at the start of `<pre>`.
const PARTS: &[&str] = &[
    "<",
    ">",
    "/",
    "!",
    "-",
    "--",
    "=",
    "'",
    "\"",
    "&",
    ";",
    "#",
    " ",
    "\n",
    "\n          ",
    "\r",
    "\0",
    "t",
    "x41",
    "é",
    "ع",
    "<!--",
    "-->",
    "--!>",
    "<![CDATA[",
    "]]>",
    "<!doctype html>",
    "<script>",
    "</script>",
    "<SCRIPT ",
    "</script",
    "<title>",
    "</title>",
    "<style>",
    "</style>",
    "<textarea>",
    "</textarea>",
    "<svg>",
    "</svg>",
    "<math>",
    "<mi>",
    "<p>",
    "</p>",
    "<a href=",
    "</a>",
    "<b>",
    "</b>",
    "<table>",
    "<td>",
    "</table>",
    "<select>",
    "<template>",
    "</template>",
    "<noscript>",
    "</noscript>",
    "<br/>",
    "class=",
    "&amp;",
    "&amp",
    "&notin",
    "&#x41",
    "65;",
    "amp",
    "<iframe>",
    "</iframe>",
    "<pre>",
    "<!",
    "</",
    "<?",
];
