//! One walk over the tree that gathers everything the extractors look at.
//!
//! The walk writes the page's text into one string, blanks collapsed, a newline between blocks. Blocks, anchors
//! and marked elements are ranges of that string, so a place in it is also an order of reading.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use html5ever::{local_name, ns};
use regex::RegexSet;

use super::tree::{Data, Element, NodeId, Tag, Tree};

/// Anchors of a page that are kept.
pub(crate) const MAX_ANCHORS: usize = 5_000;
/// Marked elements of a page that are kept.
const MAX_MARKS: usize = 5_000;
/// Longest JSON-LD script that is read, in bytes.
const MAX_SCRIPT: usize = 1 << 20;

/// Where a piece of the page stands: a set of facts about the elements around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Around(pub(crate) u64);

macro_rules! facts {
    ($($name:ident = $bit:expr, $doc:expr;)*) => {
        impl Around {
            $(#[doc = $doc] pub(crate) const $name: Around = Around(1 << $bit);)*

            /// The names of the facts, for people.
            pub(crate) fn names(self) -> String {
                let mut out = String::new();
                $(if self.has(Around::$name) {
                    out.push_str(stringify!($name));
                    out.push(' ');
                })*
                out.to_lowercase()
            }
        }
    };
}

facts! {
    HIDDEN = 0, "Not shown.";
    NAV = 1, "Navigation.";
    HEADER = 2, "A header element.";
    FOOTER = 3, "A footer.";
    ASIDE = 4, "A side column or an insertion.";
    FORM = 5, "A form.";
    FIGURE = 6, "A figure, gallery or player.";
    CAPTION = 7, "A picture's caption or credit.";
    COMMENTS = 8, "Readers' comments.";
    RELATED = 9, "Links to other articles.";
    SHARE = 10, "Buttons for sharing.";
    NEWSLETTER = 11, "An invitation to subscribe or register.";
    AUTHOR_BOX = 12, "About the author.";
    ADVERT = 13, "An advertisement.";
    BYLINE = 14, "Byline, dateline, meta line.";
    ARTICLE = 15, "An article element.";
    MAIN = 16, "The main element.";
    BODY_PROP = 17, "Microdata articleBody.";
    LINK = 18, "An anchor.";
    HEADING = 19, "A heading.";
    QUOTE = 20, "A quotation.";
    LIST = 21, "A list.";
    TABLE = 22, "A table.";
    BUTTON = 23, "A button, label or option.";
    TICKER = 24, "A moving line of headlines.";
    MOST_READ = 25, "A list of the most read articles.";
    DIALOG = 26, "A dialog, modal or cookie notice.";
    TAGS = 27, "Keywords, breadcrumbs, categories.";
    SUBTITLE = 28, "A standfirst, by class.";
    BODY_CLASS = 29, "A class that names the article's body.";
    DATE = 30, "A date, by class or element.";
    META_BAR = 31, "Tools and small print of an article.";
    PRE = 32, "Preformatted text.";
    TITLE = 33, "A headline, by class.";
    AUTHOR = 34, "An author's name, by class.";
    FOREIGN = 35, "SVG or MathML.";
    NOT_BODY = 36, "An attribute that says it is no text of the article.";
    CARD = 37, "A teaser or card.";
    UNLIKELY = 38, "A class of page furniture.";
    LI = 39, "A list item.";
    PAYWALL = 40, "A paywall notice.";
    SECTION_NAME = 41, "A section's name, by class.";
    FACTBOX = 42, "A box of facts or an insertion of the text.";
    SUMMARY = 43, "Key points above the text.";
    CORRECTION = 44, "A correction or editor's note.";
}

impl Around {
    /// Nothing.
    pub(crate) const NONE: Around = Around(0);

    /// Both sets together.
    pub(crate) const fn with(self, other: Around) -> Around {
        Around(self.0 | other.0)
    }

    /// This set without the other.
    pub(crate) const fn without(self, other: Around) -> Around {
        Around(self.0 & !other.0)
    }

    /// Whether the sets share a fact.
    pub(crate) const fn has(self, other: Around) -> bool {
        self.0 & other.0 != 0
    }
}

/// Words of `class` and `id` by what they say of an element. Lower case; `_`, blanks and camel case are `-`.
const VOCABULARY: &[(Around, &str)] = &[
    (
        Around::COMMENTS,
        r"(^|-)(comments?|commentaires?|kommentare?|comentarios?|disqus|reactions?|respond|replies|livefyre|viafoura|coral|talk|leserkommentare?|taliqat|diskussion)(-|$)|comment-?(list|section|area|box|form|wrapper|container|body|content|text|item|thread)",
    ),
    (
        Around::RELATED,
        r"(^|-)(related|relateds|similar|recommend(ed|ations?|s)?|recirc(ulation)?|more-(from|on|stories|news|articles|in|posts|like)|read-?(more|next|also|on)|see-?also|also-?(read|like)|readmore|teasers?|outbrain|taboola|you-?may|crosslinks?|next-?(article|story|post|up)|prev(ious)?-?(article|story|post)|post-?(navigation|nav|pagination)|pagination|nav-?links|up-?next|relacionad[oa]s?|relacionadas|similaires?|weiterlesen|mehr-zum-thema|lesetipps?|dossier|most-?(read|popular|viewed|recent)|popular|trending|trends|latest|recent-?(posts|articles|news)|meistgelesen|inline-?(promo|related)|story-?links|topic-?links|in-?(other|more)-news|linked-?(stories|articles)|dont-?miss|jp-relatedposts|internal-?link|suggest(ed|ions?)?|promoted|moreon|linkbox|link-?list|mashareb|articles-?list|posts-?list|headline-?list|alsoread|zergnet|revcontent)(-|$)|related-?(articles?|posts?|stories|content|links?|news|items?|topics?|box|video)|(^|-)(articles?|posts?|news|stories)-?related",
    ),
    (
        Around::SHARE,
        r"(^|-)(share|sharing|shares|social|socials|sharebar|sharedaddy|addthis|addtoany|a2a|ssba|socialmedia|follow-?us|partage|compartir|teilen|condividi|sns|jiathis|bdshare|shareaholic|whatsapp|sharethis|heateor|shariff|embed-tools)(-|$)|social-?(share|icons?|links?|media|bar|buttons?)|share-?(buttons?|bar|links?|tools?|icons?|box|this)",
    ),
    (
        Around::NEWSLETTER,
        r"(^|-)(newsletters?|news-?letter|subscribe|subscription|signup|sign-?up|subscribers?|optin|opt-in|mailchimp|mc4wp|email-?(form|capture|signup)|abo-?(box|teaser)|registration|registerwall|app-?(promo|download)|cta|call-to-action|membership|donate|donation|spenden|support-us|dons|telegram)(-|$)",
    ),
    (
        Around::AUTHOR_BOX,
        r"(^|-)(author-?(bio|box|info|card|description|profile|desc|about|section|block|details?)|about-?(the-)?authors?|bio|biography|post-?author-?(box|bio)|authorbox|author-?container|abh|writer-?(bio|info)|contributor-?(bio|info)|authors-?bios?|saboxplugin|molongui)(-|$)",
    ),
    (
        Around::ADVERT,
        r"(^|-)(ads?|advert|adverts|advertisement|advertising|advertorial|adsense|adsbygoogle|adslot|ad-?(slot|unit|container|wrapper|box|banner|placeholder|block|label)|dfp|gpt|sponsor(ed|s|ship)?|werbung|anzeige|anzeigen|publicidad|publicite|banner|banners|mpu|leaderboard|google-?ad|reklama|affiliate|partner-?(box|content)|commercial|promo|promos|promotion|promobox|shop|shopping|product-?(box|card)|jobs|kooperation)(-|$)",
    ),
    (
        Around::BYLINE,
        r"(^|-)(byline|bylines|by-?line|meta|metadata|entry-?meta|post-?meta|article-?meta|article-?info|post-?info|dateline|infos?|author-?(and-)?date|credits?-?line|article-?(header|head)-?(meta|info)|details-?bar|signature|published-?by)(-|$)",
    ),
    (
        Around::CAPTION,
        r"(^|-)(caption|captions|wp-?caption(-text)?|image-?(caption|credit|source|description)|photo-?(caption|credit)|img-?(caption|desc)|legend|legende|credit|credits|copyright|bildunterschrift|bildtext|bildquelle|media-?caption|figcaption|foto-?(credit|caption)|pie-?de-?foto|didascalia|photographer|picture-?(caption|desc)|cutline|zdjecie-opis|rights|bu|quelle)(-|$)",
    ),
    (
        Around::FIGURE,
        r"(^|-)(gallery|galleria|galerie|slideshow|carousel|slider|swiper|slick|lightbox|video-?(player|container|wrapper|js|embed|box)|player|jwplayer|brightcove|photo-?(gallery|set)|bildergalerie|image-?gallery|diaporama|vjs|audio-?player|podcast-?player|mediaplayer|poll|quiz|fotostrecke|infogram|datawrapper)(-|$)",
    ),
    (
        Around::NAV,
        r"(^|-)(nav|navbar|navigation|menu|menus|submenu|megamenu|topbar|top-?bar|mainmenu|main-?nav|site-?nav|skip-?(link|to|nav)|offcanvas|hamburger|toolbar|mobile-?menu|languages?|lang-?switcher|toc|table-of-contents|ez-toc[a-z-]*|jump-?(links?|nav))(-|$)",
    ),
    (
        Around::TAGS,
        r"(^|-)(tags|tag-?(list|links?|cloud|s)|taglist|keywords|topics|breadcrumbs?|bread-?crumbs?|categories|category|cat-?links|ariane|labels|post-?tags|entry-?tags|article-?tags|schlagworte|etiquetas|themen|themes|kicker|eyebrow|overline|rubric|rubrik|rubrique|tagcloud|posted-in|filed-under|hashtags?)(-|$)",
    ),
    (
        Around::FOOTER,
        r"(^|-)(footer|site-?footer|page-?footer|global-?footer|bottom-?bar|colophon|copyrights?|legal|disclaimer|impressum)(-|$)",
    ),
    (
        Around::ASIDE,
        r"(^|-)(sidebar|side-?bar|aside|widgets?|widget-?area|rail|right-?rail|left-?rail|right-?(col|column)|left-?(col|column)|secondary|side-?(col|column|content|box)|col-?right|rightcol|marginal|marginalspalte|randspalte|complementary|rechte-?spalte|extra-?content)(-|$)",
    ),
    (
        Around::DIALOG,
        r"(^|-)(modal|modals|dialog|popup|pop-?up|overlay|cookie|cookies|cookie-?(notice|banner|bar|consent|law)|consent|gdpr|cmp|lightbox-?overlay|ui-dialog|interstitial|toast|tooltip|onetrust[a-z-]*|adblock|privacy|noscript|browser-?(warning|update)|outdated|flash-?message|alert|alerts|notification|notifications)(-|$)",
    ),
    (
        Around::MOST_READ,
        r"(^|-)(most-?(read|popular|viewed|shared|commented|clicked)|mostread|mostpopular|popular(-?(posts|articles|news|stories))?|trending|top-?(stories|news|articles|posts|read|viewed)|meistgelesen(e)?|plus-?lus|mas-?(leidas?|leidos?|vistas?|visto)|aktharqiraa|bestseller|top10|top5)(-|$)",
    ),
    (
        Around::TICKER,
        r"(^|-)(ticker|tickers|news-?ticker|newsticker|marquee|breaking-?(news|bar|ticker)|breakingnews|flash-?news|news-?flash|newsbar|news-?bar|live-?ticker|urgent|ajel|headlines-?ticker|bn-?news|bn-?bar|scrolling-?news|running-?text)(-|$)",
    ),
    (
        Around::SUBTITLE,
        r"(^|-)(sub-?title|sub-?titles|sub-?headline|sub-?heading|subhead|sub-?head|dek|deck|standfirst|stand-first|lead|lede|leadin|lead-?(text|paragraph)|intro|introduction|chapo|chapeau|teaser-?text|article-?(summary|intro|lead|description|subtitle|excerpt|dek|deck|standfirst|abstract|teaser|sapo)|summary|excerpt|entradilla|bajada|sommario|occhiello|vorspann|anreisser|untertitel|ingress|manchet|strapline|sapo|sumario|copete|abstract|catenaccio|kurztext|hook|tagline|lid|perex|resumo|excert|volanta|nadpis|underrubrik|underrubrik|preamble|description|headline-?sub|post-?excerpt)(-|$)",
    ),
    (
        Around::BODY_CLASS,
        r"(^|-)(article-?(body|content|text|main|copy|detail|page-body|paragraphs?|fulltext|story)|articlebody|articlecontent|articletext|story-?(body|content|text|copy)|storybody|storycontent|storytext|post-?(body|content|text|entry)|postcontent|postbody|entry-?(content|body|text)|entrycontent|news-?(body|content|text|detail|desc)|newsbody|newstext|newscontent|content-?(body|text|article|detail)|contentbody|body-?(text|content|copy)|bodytext|bodycopy|text-?(body|content|detail)|main-?(text|content-body)|paywall-?content|wysiwyg|rich-?text|richtext|field-name-body|field--name-body|detail-?(text|content|body)|single-?content|td-?post-?content|cuerpo|cuerpo-?(noticia|texto)|texto|texto-?(noticia|contenido)|artikel-?(text|body|inhalt)|artikeltext|artikelbody|article__?body|node-?content|cms-?content|fulltext|main-?article|cikk-?(torzs|body)|corps-?(article|texte)|texte|itemfulltext|item-?fulltext|the-?content|blog-?(content|post-content|body)|clanek|vijest-?text|article-?section|copy|prose)(-|$)",
    ),
    (
        Around::TITLE,
        r"(^|-)(title|headline|head-?line|article-?(title|headline)|post-?title|entry-?title|story-?(title|headline)|news-?title|page-?title|single-?title|titulo|titel|titre|articletitle|main-?title|storyheadline|posttitle|newstitle)(-|$)",
    ),
    (
        Around::AUTHOR,
        r"(^|-)(author|authors|author-?(name|names|link)|byline|by-?line|bylines|by|writer|writers|reporter|journalist|contributor|contributors|autor|autoren|auteur|auteurs|autore|firma|signature|post-?author|article-?author|articleauthor|entry-?author|story-?author|news-?author|authorname|vcard|fn|redakteur|skribent|creator|posted-?by|written-?by|kateb|redactor|nombre-?autor|columnist|art-author|authored-by|writtenby|submitted)(-|$)",
    ),
    (
        Around::DATE,
        r"(^|-)(date|dates|datetime|date-?time|time|timestamp|published|pubdate|pub-?date|publish-?(date|time|ed)?|post-?date|entry-?date|article-?(date|time|published)|created|updated|updates|posted|posted-on|publication-?(date|time)|datum|fecha|dateline|modified|last-?(update|updated|modified)|day|news-?date|story-?date|articledate|newsdate|tarih|data|horario|uhrzeit|metadata-?date|written-on|timeago|release-?date|dt-published|dtstamp)(-|$)",
    ),
    (
        Around::META_BAR,
        r"(^|-)(tools|article-?tools|utility|utilities|actions?|action-?bar|toolbar|print|bookmark|save|font-?size|rating|ratings|stars|votes?|likes?|counter|views|reading-?time|read-?time|listen|audio|text-?to-?speech|report|errors?|post-?actions|translate)(-|$)",
    ),
    (
        Around::CARD,
        r"(^|-)(card|cards|teaser|teasers|promo-?(item|card)|story-?card|article-?(card|item|teaser|preview)|news-?(item|card|block)|list-?item|thumb|thumbnail|thumbnails|grid-?item|tile|tiles|media-?object|post-?(item|card|preview)|headlines|feed-?item|item)(-|$)",
    ),
    (
        Around::UNLIKELY,
        r"(^|-)(login|log-?in|search|breadcrumb|cookie|masthead|site-?header|page-?header-nav|topnav|hidden|visually-?hidden|sr-?only|screen-?reader(-text)?|a11y|skip|weather|stocks?|quotes?-ticker|calendar|sitemap|jumbotron-ad|embed-?promo|games?|crossword|horoscope|wetter|boerse|tv-?guide|traffic|print-?only|printonly|no-?print-show|assistive|audio-?native|lottery|edition)(-|$)",
    ),
    (
        Around::PAYWALL,
        r"(^|-)(paywall|pay-?wall|piano|regwall|premium-?(box|teaser|wall)|subscriber-?(wall|only-box)|metered|meter|barrier|login-?wall|offer|offers|abo-wall|gate|gated)(-|$)",
    ),
    (
        Around::SECTION_NAME,
        r"(^|-)(section-?(name|title|label|link)|article-?(section|category)|post-?(category|categories|cat)|kicker|rubrik|rubrique|channel|ressort|entry-?category|cat-?(name|title)|category-?(name|title|link))(-|$)",
    ),
    (
        Around::FACTBOX,
        r"(^|-)(fact-?box|factbox|info-?box|infobox|pull-?quote|pullquote|inset|sidebar-?box|box-?info|zitat|call-?out|callout|highlight-?box|explainer|timeline)(-|$)",
    ),
    (
        Around::SUMMARY,
        r"(^|-)(key-?(points|takeaways|facts|highlights)|takeaways|at-a-glance|bullets|tl-?dr|highlights|summary-?(list|box|points)|article-?summary|story-?highlights)(-|$)",
    ),
    (Around::CORRECTION, r"(^|-)(correction|corrections|editors?-?note|clarification|update-?note)(-|$)"),
];

static CLASSES: LazyLock<RegexSet> = LazyLock::new(|| {
    RegexSet::new(VOCABULARY.iter().map(|(_, pattern)| *pattern))
        .expect("constant patterns, checked by every test here")
});

/// Marks on an element itself (not on what lies in it).
const OWN: Around = Around::TITLE
    .with(Around::AUTHOR)
    .with(Around::DATE)
    .with(Around::SUBTITLE)
    .with(Around::BYLINE)
    .with(Around::SECTION_NAME)
    .with(Around::BODY_CLASS);

/// What kind of block a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BlockKind {
    /// A paragraph element.
    Paragraph,
    /// A heading of this level.
    Heading(u8),
    /// A list item.
    Item,
    /// Part of a quotation.
    Quote,
    /// A table cell.
    Cell,
    /// Text directly in a div, section or table cell.
    Loose,
    /// Preformatted text.
    Pre,
}

/// A run of text between two block borders.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    /// Its place in the page's text.
    pub(crate) range: Range<usize>,
    /// The nearest block element.
    pub(crate) node: NodeId,
    /// What stands around it.
    pub(crate) around: Around,
    /// Its kind.
    pub(crate) kind: BlockKind,
    /// Characters without blanks; letters of scripts without blanks count twice.
    pub(crate) chars: u32,
    /// Of these, in anchors.
    pub(crate) link_chars: u32,
    /// Its first and its last text; what lies between them is the block.
    pub(crate) texts: (NodeId, NodeId),
    /// Numbers of these.
    first: u32,
    last: u32,
}

/// An anchor.
#[derive(Debug, Clone)]
pub(crate) struct RawAnchor {
    /// The element.
    pub(crate) node: NodeId,
    /// Its text's place.
    pub(crate) range: Range<usize>,
    /// What stands around it, and what it holds (`HEADING`).
    pub(crate) around: Around,
    /// A picture lies in it.
    pub(crate) picture: bool,
    /// Its number.
    number: u32,
}

/// An element that some extractor may ask for.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    /// The element.
    pub(crate) node: NodeId,
    /// Its text's place.
    pub(crate) range: Range<usize>,
    /// What its own class, id or name says.
    pub(crate) own: Around,
    /// What stands around it.
    pub(crate) around: Around,
    /// It has an `itemprop`.
    pub(crate) property: bool,
    /// Its number.
    number: u32,
}

/// A picture.
#[derive(Debug, Clone)]
pub(crate) struct Picture {
    /// The element.
    pub(crate) node: NodeId,
    /// The place in the text before which it stands.
    pub(crate) at: usize,
    /// What stands around it.
    pub(crate) around: Around,
    /// Its number.
    number: u32,
}

/// An element that says something of all that lies in it.
#[derive(Debug, Clone)]
struct Region {
    facts: Around,
    first: u32,
    last: u32,
    range: Range<usize>,
}

/// Everything one walk gathered.
pub(crate) struct Scan<'t> {
    /// The tree.
    pub(crate) tree: &'t Tree,
    /// The page's text.
    pub(crate) text: String,
    /// Its blocks, in order.
    pub(crate) blocks: Vec<Block>,
    /// Its anchors, in order, at most [`MAX_ANCHORS`].
    pub(crate) anchors: Vec<RawAnchor>,
    /// Marked elements, in the order of their start tags.
    pub(crate) marks: Vec<Mark>,
    /// Pictures, in order, with the place where they stand.
    pub(crate) images: Vec<Picture>,
    /// `<meta>` elements.
    pub(crate) metas: Vec<NodeId>,
    /// `<link>` elements.
    pub(crate) links: Vec<NodeId>,
    /// JSON-LD scripts.
    pub(crate) scripts: Vec<NodeId>,
    /// The first `<title>` outside SVG.
    pub(crate) title: Option<NodeId>,
    /// The first `<base href>`.
    pub(crate) base: Option<NodeId>,
    /// The root element.
    pub(crate) html: Option<NodeId>,
    /// The body element.
    pub(crate) body: Option<NodeId>,
    /// Links beyond the bound were dropped.
    pub(crate) too_many_links: bool,
    regions: Vec<Region>,
}

struct Frame {
    link: bool,
    hidden: bool,
    block: NodeId,
    kind: BlockKind,
    anchor: Option<usize>,
    mark: Option<usize>,
    region: Option<usize>,
    is_block: bool,
}

struct Walker<'t> {
    scan: Scan<'t>,
    stack: Vec<Frame>,
    classes: HashMap<String, Around>,
    name: String,
    /// Start of the open block in the text.
    start: usize,
    pending_blank: bool,
    chars: u32,
    link_chars: u32,
    block_first: u32,
    block_last: u32,
    block_texts: (NodeId, NodeId),
    block_node: NodeId,
    block_kind: BlockKind,
    /// Number of the element or text at hand; they are numbered in reading order.
    number: u32,
}

/// Walks a tree once.
pub(crate) fn scan(tree: &Tree) -> Scan<'_> {
    let root = Tree::root();
    let mut walker = Walker {
        scan: Scan {
            tree,
            text: String::with_capacity(16 << 10),
            blocks: Vec::new(),
            anchors: Vec::new(),
            marks: Vec::new(),
            images: Vec::new(),
            metas: Vec::new(),
            links: Vec::new(),
            scripts: Vec::new(),
            title: None,
            base: None,
            html: None,
            body: None,
            too_many_links: false,
            regions: Vec::new(),
        },
        stack: Vec::new(),
        classes: HashMap::new(),
        name: String::new(),
        start: 0,
        pending_blank: false,
        chars: 0,
        link_chars: 0,
        block_first: 0,
        block_last: 0,
        block_texts: (root, root),
        block_node: root,
        block_kind: BlockKind::Loose,
        number: 0,
    };
    walker.walk(root);
    let mut scan = walker.scan;
    scan.settle();
    scan
}

impl<'t> Walker<'t> {
    fn walk(&mut self, root: NodeId) {
        let tree = self.scan.tree;
        let mut at = root;
        loop {
            self.number += 1;
            let descend = match tree.data(at) {
                Data::Void => at == root,
                Data::Text(text) => {
                    self.text(at, text);
                    false
                }
                Data::Element(element) => self.enter(at, element),
            };
            if descend && let Some(child) = tree.first_child(at) {
                at = child;
                continue;
            }
            if descend && at != root {
                self.leave();
            }
            loop {
                if at == root {
                    self.flush();
                    return;
                }
                if let Some(next) = tree.next_sibling(at) {
                    at = next;
                    break;
                }
                let Some(parent) = tree.parent(at) else { return };
                at = parent;
                if at != root {
                    self.leave();
                }
            }
        }
    }

    /// Looks at an element; true if what lies in it is to be walked (then [`Walker::leave`] follows).
    fn enter(&mut self, id: NodeId, element: &'t Element) -> bool {
        match element.tag {
            Tag::Script => {
                let kind = element.attribute(&local_name!("type")).unwrap_or_default();
                if kind.trim().to_ascii_lowercase().starts_with("application/ld+json") {
                    self.scan.scripts.push(id);
                }
                return false;
            }
            Tag::Style | Tag::Template | Tag::Noscript | Tag::Object | Tag::Textarea | Tag::Select | Tag::Math => {
                return false;
            }
            Tag::Svg => return false,
            Tag::Meta => self.scan.metas.push(id),
            Tag::Link => self.scan.links.push(id),
            Tag::Title => {
                if self.scan.title.is_none() && element.name.ns == ns!(html) {
                    self.scan.title = Some(id);
                }
                return false;
            }
            Tag::Base if element.attribute(&local_name!("href")).is_some() => {
                self.scan.base = self.scan.base.or(Some(id));
            }
            Tag::Br | Tag::Hr => {
                self.flush();
                return false;
            }
            Tag::Html => self.scan.html = self.scan.html.or(Some(id)),
            Tag::Body => self.scan.body = self.scan.body.or(Some(id)),
            _ => {}
        }
        if element.tag == Tag::Img {
            self.image(id);
            return false;
        }
        self.open(id, element);
        true
    }

    fn image(&mut self, id: NodeId) {
        if self.scan.images.len() < 1000 {
            let at = self.scan.text.len();
            self.scan.images.push(Picture { node: id, at, around: Around::NONE, number: self.number });
        }
        if let Some(anchor) = self.stack.iter().rev().take(8).find_map(|frame| frame.anchor) {
            self.scan.anchors[anchor].picture = true;
        }
    }

    fn open(&mut self, id: NodeId, element: &'t Element) {
        let (mut link, mut hidden, mut block, mut kind) = match self.stack.last() {
            Some(frame) => (frame.link, frame.hidden, frame.block, frame.kind),
            None => (false, false, id, BlockKind::Loose),
        };
        let own = self.facts(element);
        let is_block = is_block(element.tag);
        if is_block {
            self.flush();
            block = id;
            kind = block_kind(element.tag, kind);
        }
        if element.tag == Tag::A {
            link = true;
        }
        hidden |= !is_block && own.has(Around::HIDDEN);
        let anchor = self.open_anchor(id, element);
        let heading = own.has(Around::HEADING);
        if heading && let Some(anchor) = self.stack.iter().rev().take(6).find_map(|frame| frame.anchor) {
            let seen = &mut self.scan.anchors[anchor].around;
            *seen = seen.with(Around::HEADING);
        }
        let mark = self.open_mark(id, element, own);
        let region = (own != Around::NONE).then(|| {
            self.scan.regions.push(Region {
                facts: own,
                first: self.number,
                last: u32::MAX,
                range: self.here()..usize::MAX,
            });
            self.scan.regions.len() - 1
        });
        self.stack.push(Frame { link, hidden, block, kind, anchor, mark, region, is_block });
    }

    fn open_mark(&mut self, id: NodeId, element: &Element, own: Around) -> Option<usize> {
        let property = element.attribute(&local_name!("itemprop")).is_some()
            || element.attribute(&local_name!("property")).is_some();
        let wanted = property
            || own.has(OWN.with(Around::HEADING).with(Around::ARTICLE).with(Around::MAIN).with(Around::TAGS))
            || matches!(element.tag, Tag::Time | Tag::Address)
            || element.attribute(&local_name!("rel")).is_some_and(|rel| rel.contains("author"));
        if !wanted || self.scan.marks.len() >= MAX_MARKS {
            return None;
        }
        self.scan.marks.push(Mark {
            node: id,
            range: self.here()..usize::MAX,
            own,
            around: Around::NONE,
            property,
            number: self.number,
        });
        Some(self.scan.marks.len() - 1)
    }

    fn open_anchor(&mut self, id: NodeId, element: &Element) -> Option<usize> {
        if element.tag != Tag::A || element.attribute(&local_name!("href")).is_none() {
            return None;
        }
        if self.scan.anchors.len() >= MAX_ANCHORS {
            self.scan.too_many_links = true;
            return None;
        }
        self.scan.anchors.push(RawAnchor {
            node: id,
            range: self.here()..usize::MAX,
            around: Around::NONE,
            picture: false,
            number: self.number,
        });
        Some(self.scan.anchors.len() - 1)
    }

    /// Where the next character will stand, the blank before it not counted.
    fn here(&self) -> usize {
        self.scan.text.len() + usize::from(self.pending_blank && self.scan.text.len() > self.start)
    }

    fn leave(&mut self) {
        let Some(frame) = self.stack.pop() else { return };
        if frame.is_block {
            self.flush();
        }
        let end = self.scan.text.len();
        if let Some(anchor) = frame.anchor {
            let range = &mut self.scan.anchors[anchor].range;
            *range = range.start.min(end)..end;
        }
        if let Some(mark) = frame.mark {
            let range = &mut self.scan.marks[mark].range;
            *range = range.start.min(end)..end;
        }
        if let Some(region) = frame.region {
            let region = &mut self.scan.regions[region];
            region.last = self.number;
            region.range = region.range.start.min(end)..end;
        }
    }

    fn text(&mut self, id: NodeId, text: &str) {
        let Some(frame) = self.stack.last() else { return };
        if frame.hidden {
            return;
        }
        let (block, kind, link) = (frame.block, frame.kind, frame.link);
        for c in text.chars() {
            if is_blank(c) {
                self.pending_blank = true;
                continue;
            }
            let out = &mut self.scan.text;
            if out.len() == self.start {
                self.block_first = self.number;
                self.block_texts.0 = id;
                self.block_node = block;
                self.block_kind = kind;
            } else if self.pending_blank {
                out.push(' ');
            }
            self.pending_blank = false;
            self.block_last = self.number;
            self.block_texts.1 = id;
            out.push(c);
            let weight = weight(c);
            self.chars += weight;
            if link {
                self.link_chars += weight;
            }
        }
    }

    fn flush(&mut self) {
        let end = self.scan.text.len();
        if end > self.start {
            self.scan.blocks.push(Block {
                range: self.start..end,
                node: self.block_node,
                around: Around::NONE,
                kind: self.block_kind,
                chars: self.chars,
                link_chars: self.link_chars,
                texts: self.block_texts,
                first: self.block_first,
                last: self.block_last,
            });
            self.scan.text.push('\n');
        }
        self.start = self.scan.text.len();
        self.pending_blank = false;
        self.chars = 0;
        self.link_chars = 0;
    }

    /// What an element's own name, role, class and id say.
    fn facts(&mut self, element: &Element) -> Around {
        let mut own = tag_facts(element.tag);
        let mut class = None;
        let mut id = None;
        for attribute in &element.attributes {
            let value = &*attribute.value;
            match attribute.name.local {
                local_name!("class") => class = Some(value),
                local_name!("id") => id = Some(value),
                local_name!("hidden") if value != "until-found" => own = own.with(Around::HIDDEN),
                local_name!("style") if hides(value) => own = own.with(Around::HIDDEN),
                local_name!("aria-hidden")
                    if value == "true" && matches!(element.tag, Tag::Span | Tag::I | Tag::A | Tag::Button) =>
                {
                    own = own.with(Around::HIDDEN);
                }
                local_name!("role") => own = own.with(role_facts(value)),
                local_name!("itemprop")
                    if value.split_ascii_whitespace().any(|p| matches!(p, "articleBody" | "reviewBody")) =>
                {
                    own = own.with(Around::BODY_PROP);
                }
                local_name!("itemprop") if value.contains("caption") || value.contains("copyrightHolder") => {
                    own = own.with(Around::CAPTION);
                }
                local_name!("itemprop") if value == "comment" => own = own.with(Around::COMMENTS),
                local_name!("itemtype") if value.ends_with("Comment") || value.ends_with("UserComments") => {
                    own = own.with(Around::COMMENTS);
                }
                local_name!("itemtype")
                    if value.ends_with("WPSideBar")
                        || value.ends_with("WPFooter")
                        || value.ends_with("SiteNavigationElement") =>
                {
                    own = own.with(Around::ASIDE);
                }
                _ => {}
            }
        }
        if matches!(element.tag, Tag::Html | Tag::Body | Tag::Head) {
            return own.without(Around::HIDDEN);
        }
        if class.is_some() || id.is_some() {
            own = own.with(self.words(class.unwrap_or_default(), id.unwrap_or_default()));
        }
        own
    }

    fn words(&mut self, class: &str, id: &str) -> Around {
        self.name.clear();
        normal_name(class, &mut self.name);
        // An id that numbers its element says nothing, but it would defeat the cache.
        if id.len() <= 40 {
            self.name.push_str("--");
            normal_name(id, &mut self.name);
        }
        if let Some(known) = self.classes.get(&self.name) {
            return *known;
        }
        let around = CLASSES.matches(&self.name).iter().fold(Around::NONE, |all, at| all.with(VOCABULARY[at].0));
        if self.classes.len() < 5_000 {
            self.classes.insert(self.name.clone(), around);
        }
        around
    }
}

/// Class or id in lower case with `-` for every other separator, blanks, and borders of camel case; digits end words.
fn normal_name(text: &str, out: &mut String) {
    let mut previous_lower = false;
    for c in text.chars().take(400) {
        if c.is_ascii_alphanumeric() {
            if c.is_ascii_uppercase() && previous_lower {
                out.push('-');
            }
            previous_lower = c.is_ascii_lowercase();
            out.push(c.to_ascii_lowercase());
        } else {
            previous_lower = false;
            if c.is_ascii() {
                out.push('-');
                if c == ' ' {
                    out.push('-');
                }
            } else {
                out.push(c);
            }
        }
    }
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
        Tag::Dialog => Around::DIALOG,
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

fn block_kind(tag: Tag, outer: BlockKind) -> BlockKind {
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

/// How much a character says: ideographs and kana stand for about three letters.
fn weight(c: char) -> u32 {
    match u32::from(c) {
        0x3040..=0x30ff
        | 0x3400..=0x4dbf
        | 0x4e00..=0x9fff
        | 0xac00..=0xd7af
        | 0xf900..=0xfaff
        | 0x2_0000..=0x2_ffff => 3,
        _ => 1,
    }
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}' | '\0')
}

/// Whether an element's text is never read: not prose, or not shown.
pub(crate) fn is_unread(element: &Element) -> bool {
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

/// Facts that take text out of the body, unless most of the page's text lies in the element that states them.
pub(crate) const FURNITURE: Around = Around::HIDDEN
    .with(Around::NAV)
    .with(Around::HEADER)
    .with(Around::FOOTER)
    .with(Around::ASIDE)
    .with(Around::FORM)
    .with(Around::FIGURE)
    .with(Around::CAPTION)
    .with(Around::COMMENTS)
    .with(Around::RELATED)
    .with(Around::SHARE)
    .with(Around::NEWSLETTER)
    .with(Around::AUTHOR_BOX)
    .with(Around::ADVERT)
    .with(Around::BYLINE)
    .with(Around::BUTTON)
    .with(Around::TICKER)
    .with(Around::MOST_READ)
    .with(Around::DIALOG)
    .with(Around::TAGS)
    .with(Around::SUBTITLE)
    .with(Around::DATE)
    .with(Around::META_BAR)
    .with(Around::TITLE)
    .with(Around::AUTHOR)
    .with(Around::CARD)
    .with(Around::UNLIKELY)
    .with(Around::PAYWALL)
    .with(Around::SECTION_NAME)
    .with(Around::FACTBOX)
    .with(Around::SUMMARY)
    .with(Around::CORRECTION);

impl Scan<'_> {
    /// Gives every block, anchor, mark and picture the facts of the elements around it.
    fn settle(&mut self) {
        self.void_wrappers();
        let regions = std::mem::take(&mut self.regions);
        let mut sweep = Sweep::new(&regions);
        for block in &mut self.blocks {
            block.around = sweep.at(block.first, block.last);
            if block.chars >= 160 && block.link_chars * 4 < block.chars {
                block.around = block.around.without(SHORTER);
            }
        }
        let mut sweep = Sweep::new(&regions);
        for anchor in &mut self.anchors {
            anchor.around = anchor.around.with(sweep.at(anchor.number, anchor.number));
        }
        let mut sweep = Sweep::new(&regions);
        for mark in &mut self.marks {
            mark.around = sweep.at(mark.number, mark.number);
        }
        let mut sweep = Sweep::new(&regions);
        for picture in &mut self.images {
            picture.around = sweep.at(picture.number, picture.number);
        }
    }

    /// A class on an element that holds most of the page's prose is no word about that prose.
    fn void_wrappers(&mut self) {
        let is_prose = |block: &Block| {
            block.chars >= 60 && block.link_chars * 3 < block.chars && !matches!(block.kind, BlockKind::Heading(_))
        };
        let counted = |sums: &mut dyn FnMut(&Block) -> bool, blocks: &[Block]| {
            let mut out = Vec::with_capacity(blocks.len() + 1);
            let mut sum = 0_u64;
            out.push(0);
            for block in blocks {
                if sums(block) {
                    sum += u64::from(block.chars);
                }
                out.push(sum);
            }
            out
        };
        let prose = counted(&mut |block| is_prose(block), &self.blocks);
        let headings: Vec<u32> =
            self.marks.iter().filter(|mark| self.tree.tag(mark.node) == Tag::H1).map(|mark| mark.number).collect();
        let mut regions = std::mem::take(&mut self.regions);
        // First what is apart for sure; then, without the text that is, all else.
        void(&mut regions, &self.blocks, &prose, &headings, |region| region.facts.has(APART));
        let mut sweep = Sweep::new(&regions);
        let own = counted(&mut |block| !sweep.at(block.first, block.last).has(APART) && is_prose(block), &self.blocks);
        void(&mut regions, &self.blocks, &own, &headings, |region| !region.facts.has(APART));
        let common = self.common_facts(&regions, is_prose);
        for region in &mut regions {
            region.facts = region.facts.without(common);
        }
        self.regions = regions;
    }
}

impl Scan<'_> {
    /// Facts that hold for most of the prose, in however many elements: a site's own use of a word.
    fn common_facts(&self, regions: &[Region], is_prose: impl Fn(&Block) -> bool) -> Around {
        let mut sweep = Sweep::new(regions);
        let mut sums = [0_u64; 64];
        let mut total = 0;
        for block in &self.blocks {
            let around = sweep.at(block.first, block.last);
            if !is_prose(block) || around.has(APART) {
                continue;
            }
            total += u64::from(block.chars);
            for (bit, sum) in sums.iter_mut().enumerate() {
                if around.0 & (1 << bit) != 0 {
                    *sum += u64::from(block.chars);
                }
            }
        }
        let common = sums.iter().enumerate().filter(|(_, sum)| total >= 400 && **sum * 100 > total * 55);
        let common = common.fold(Around::NONE, |all, (bit, _)| all.with(Around(1 << bit)));
        Around(common.0 & FURNITURE.0)
    }
}

/// Takes facts from the elements for which `asked` holds and whose share of the prose refutes them.
fn void(regions: &mut [Region], blocks: &[Block], prose: &[u64], headings: &[u32], asked: impl Fn(&Region) -> bool) {
    let total = prose.last().copied().unwrap_or_default();
    for region in regions {
        if !region.facts.has(FURNITURE) || !asked(region) {
            continue;
        }
        let first = blocks.partition_point(|block| block.range.end <= region.range.start);
        let last = blocks.partition_point(|block| block.range.start < region.range.end).max(first);
        let inside = prose[last] - prose[first];
        if inside > 400 {
            region.facts = region.facts.without(SHORT);
        }
        let titled = headings.iter().any(|at| (region.first..=region.last).contains(at));
        let share = match (titled, region.facts.has(Around::COMMENTS)) {
            (true, _) => 35,
            (false, true) => 90,
            (false, false) => 50,
        };
        if total >= 200 && inside * 100 > total * share {
            region.facts = region.facts.without(FURNITURE);
        }
    }
}

/// Facts of text that is no part of the article for sure.
const APART: Around = Around::HIDDEN.with(Around::COMMENTS).with(Around::DIALOG).with(Around::FOOTER).with(Around::NAV);
/// Facts of elements that hold little text; more than two paragraphs of prose show that the class meant another thing.
pub(crate) const SHORT: Around = Around::NAV
    .with(Around::FIGURE)
    .with(Around::CAPTION)
    .with(Around::SHARE)
    .with(Around::BYLINE)
    .with(Around::BUTTON)
    .with(Around::TICKER)
    .with(Around::TAGS)
    .with(Around::DATE)
    .with(Around::META_BAR)
    .with(Around::TITLE)
    .with(Around::AUTHOR)
    .with(Around::CARD)
    .with(Around::UNLIKELY)
    .with(Around::PAYWALL)
    .with(Around::SECTION_NAME);
/// Facts that a long paragraph refutes.
const SHORTER: Around = Around::BYLINE
    .with(Around::TAGS)
    .with(Around::DATE)
    .with(Around::META_BAR)
    .with(Around::TITLE)
    .with(Around::AUTHOR)
    .with(Around::UNLIKELY)
    .with(Around::SECTION_NAME);

/// Finds the facts around ascending places, by a stack of open regions.
struct Sweep<'r> {
    regions: &'r [Region],
    next: usize,
    open: Vec<usize>,
}

impl<'r> Sweep<'r> {
    fn new(regions: &'r [Region]) -> Sweep<'r> {
        Sweep { regions, next: 0, open: Vec::new() }
    }

    /// Facts of all regions that hold the whole stretch.
    fn at(&mut self, first: u32, last: u32) -> Around {
        while let Some(region) = self.regions.get(self.next).filter(|region| region.first <= first) {
            while self.open.last().is_some_and(|open| self.regions[*open].last < region.first) {
                self.open.pop();
            }
            self.open.push(self.next);
            self.next += 1;
        }
        while self.open.last().is_some_and(|open| self.regions[*open].last < first) {
            self.open.pop();
        }
        self.open
            .iter()
            .map(|open| &self.regions[*open])
            .filter(|region| region.last >= last)
            .fold(Around::NONE, |all, region| all.with(region.facts))
    }
}

impl Scan<'_> {
    /// A range of the text as one line, without what is not shown.
    pub(crate) fn line(&self, range: &Range<usize>) -> String {
        let mut out = String::new();
        for block in self.blocks_in(range) {
            let part = block.range.start.max(range.start)..block.range.end.min(range.end);
            let text = self.text.get(part).unwrap_or_default().trim();
            if text.is_empty() || block.around.has(Around::HIDDEN) {
                continue;
            }
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(text);
        }
        out
    }

    /// A range of the text as one line, also what is not shown yet: slides wait for their turn.
    pub(crate) fn whole_line(&self, range: &Range<usize>) -> String {
        let text = self.text.get(range.clone()).unwrap_or_default();
        if text.contains('\n') { collapse(text) } else { text.trim().to_owned() }
    }

    /// The blocks within a range of the text.
    pub(crate) fn blocks_in(&self, range: &Range<usize>) -> &[Block] {
        let first = self.blocks.partition_point(|block| block.range.end <= range.start);
        let last = self.blocks.partition_point(|block| block.range.start < range.end);
        self.blocks.get(first..last.max(first)).unwrap_or_default()
    }

    /// An attribute of a node.
    pub(crate) fn attribute(&self, id: NodeId, name: &str) -> Option<&str> {
        self.tree.element(id).and_then(|element| element.attribute_named(name))
    }

    /// The text below a node whatever stands around it, blanks collapsed.
    pub(crate) fn raw_text(&self, id: NodeId) -> String {
        let mut out = String::new();
        for node in self.tree.descendants(id) {
            if let Data::Text(text) = self.tree.data(node) {
                if out.len() > MAX_SCRIPT {
                    break;
                }
                out.push_str(text);
            }
        }
        out
    }
}

/// Collapses blanks; the form in which every short text leaves the module.
pub(crate) fn collapse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(is_blank).filter(|w| !w.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}
