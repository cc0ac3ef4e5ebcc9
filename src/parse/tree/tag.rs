//! Names of elements.

use html5ever::{LocalName, local_name};

macro_rules! tags {
    ($($variant:ident = $name:tt,)*) => {
        /// The element names that anything here asks for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[allow(missing_docs)]
        pub(crate) enum Tag { Other, $($variant,)* }

        /// The name as one of those that are asked for.
        pub(super) fn tag_of(name: &LocalName) -> Tag {
            match *name {
                $(local_name!($name) => Tag::$variant,)*
                _ => Tag::Other,
            }
        }
    };
}

tags! {
    A = "a", Address = "address", Article = "article", Aside = "aside", Audio = "audio", B = "b", Base = "base",
    Blockquote = "blockquote", Body = "body", Br = "br", Button = "button", Caption = "caption", Center = "center",
    Cite = "cite", Code = "code", Dd = "dd", Details = "details", Dialog = "dialog", Div = "div", Dl = "dl", Dt = "dt", Em = "em",
    Embed = "embed", Fieldset = "fieldset", Figcaption = "figcaption", Figure = "figure", Footer = "footer",
    Form = "form", H1 = "h1", H2 = "h2", H3 = "h3", H4 = "h4", H5 = "h5", H6 = "h6", Head = "head",
    Header = "header", Hr = "hr", Html = "html", I = "i", Iframe = "iframe", Img = "img", Input = "input",
    Label = "label", Legend = "legend", Li = "li", Link = "link", Main = "main", Map = "map", Marquee = "marquee",
    Math = "math", Menu = "menu", Meta = "meta", Nav = "nav", Noscript = "noscript", Object = "object", Ol = "ol", Optgroup = "optgroup",
    Option = "option", P = "p", Picture = "picture", Pre = "pre", Rp = "rp", Rt = "rt", Script = "script", Section = "section",
    Select = "select", Small = "small", Source = "source", Span = "span", Strong = "strong", Style = "style", Sub = "sub", Summary = "summary",
    Sup = "sup", Svg = "svg", Table = "table", Tbody = "tbody", Td = "td", Template = "template",
    Textarea = "textarea", Tfoot = "tfoot", Th = "th", Thead = "thead", Time = "time", Title = "title", Tr = "tr",
    U = "u", Ul = "ul", Video = "video",
}

/// Whether an element parts paragraphs.
pub(crate) fn is_block(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::Address
            | Tag::Article
            | Tag::Aside
            | Tag::Blockquote
            | Tag::Body
            | Tag::Button
            | Tag::Caption
            | Tag::Center
            | Tag::Dd
            | Tag::Details
            | Tag::Dialog
            | Tag::Div
            | Tag::Dl
            | Tag::Dt
            | Tag::Fieldset
            | Tag::Figcaption
            | Tag::Figure
            | Tag::Footer
            | Tag::Form
            | Tag::H1
            | Tag::H2
            | Tag::H3
            | Tag::H4
            | Tag::H5
            | Tag::H6
            | Tag::Header
            | Tag::Html
            | Tag::Legend
            | Tag::Li
            | Tag::Main
            | Tag::Marquee
            | Tag::Menu
            | Tag::Nav
            | Tag::Ol
            | Tag::Option
            | Tag::P
            | Tag::Pre
            | Tag::Section
            | Tag::Summary
            | Tag::Table
            | Tag::Tbody
            | Tag::Td
            | Tag::Tfoot
            | Tag::Th
            | Tag::Thead
            | Tag::Tr
            | Tag::Ul
    )
}
