//! Facts about where a piece of a page stands.

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
    FAQ = 45, "A question with its answer, folded up.";
    BEHIND = 46, "A list of other articles behind the text.";
    OTHER_STORIES = 47, "Links to other articles, and no pager.";
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
