//! The text: which element holds it, and which of that element's blocks belong to it.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::scan::{Around, Block, BlockKind, Scan};
use super::super::tree::{Data, NodeId, Tag, Tree};
use super::Context;
use super::text::{fold, may_fold_to};
use crate::model::{Extractor, Found};

/// A text with its place.
#[derive(Debug, Clone)]
pub(crate) struct Body {
    /// Paragraphs in order, none blank.
    pub(crate) paragraphs: Vec<String>,
    /// The blocks of the page they were taken from, one a paragraph; empty if a profile gave the text.
    pub(crate) blocks: Vec<usize>,
    /// Who found it.
    pub(crate) by: Extractor,
    /// The rule.
    pub(crate) rule: String,
    /// The stretch of the page's text in which it lies.
    pub(crate) range: Range<usize>,
}

/// What is never text.
const NEVER: Around = Around::HIDDEN
    .with(Around::NAV)
    .with(Around::FOOTER)
    .with(Around::ASIDE)
    .with(Around::COMMENTS)
    .with(Around::RELATED)
    .with(Around::SHARE)
    .with(Around::NEWSLETTER)
    .with(Around::AUTHOR_BOX)
    .with(Around::ADVERT)
    .with(Around::BUTTON)
    .with(Around::TICKER)
    .with(Around::MOST_READ)
    .with(Around::DIALOG)
    .with(Around::TAGS)
    .with(Around::CAPTION)
    .with(Around::META_BAR)
    .with(Around::UNLIKELY)
    .with(Around::BYLINE)
    .with(Around::DATE)
    .with(Around::AUTHOR)
    .with(Around::SECTION_NAME);
/// What is no text unless it stands in a paragraph of its own.
const SELDOM: Around = Around::FORM.with(Around::FIGURE).with(Around::HEADER).with(Around::TITLE);

/// Surroundings in which a picture is not the story's.
pub(crate) const REMOVED_FOR_IMAGES: Around = Around::HIDDEN
    .with(Around::NAV)
    .with(Around::FOOTER)
    .with(Around::ASIDE)
    .with(Around::COMMENTS)
    .with(Around::RELATED)
    .with(Around::SHARE)
    .with(Around::AUTHOR_BOX)
    .with(Around::ADVERT)
    .with(Around::AUTHOR)
    .with(Around::MOST_READ);

/// The text of the page's article.
pub(crate) fn body(ctx: &Context, title: Option<&Found<String>>, subtitle: Option<&Found<String>>) -> Option<Body> {
    if let Some(answer) = ctx.answer("body") {
        ctx.note("body", &answer.values.join(" ¶ "), Extractor::Profile, &answer.rule, true, "profile");
        return Some(Body {
            paragraphs: answer.values.clone(),
            blocks: Vec::new(),
            by: Extractor::Profile,
            rule: answer.rule.clone(),
            range: 0..ctx.scan.text.len(),
        });
    }
    let scan = ctx.scan;
    let title = title.map(|found| fold(&found.value)).unwrap_or_default();
    let title_end = title_place(scan, &title);
    let mut scores: Vec<f32> = scan.blocks.iter().map(score).collect();
    for (score, teaser) in scores.iter_mut().zip(teasers(scan)) {
        if teaser {
            *score *= 0.1;
        }
    }
    prefer_marked(scan, &mut scores);
    let Some(top) = container(scan, &scores) else {
        note_blocks(ctx, &[]);
        return None;
    };
    let range = range_of(scan, top)?;
    let judged = judged(scan, scan.blocks_in(&range), &title, title_end);
    if ctx.trace.is_some() {
        note_blocks(ctx, &judged);
    }
    let kept: Vec<&Block> =
        judged.iter().filter(|(_, objection)| objection.is_none()).map(|(block, _)| *block).collect();
    let mut paragraphs: Vec<String> = Vec::new();
    let mut blocks: Vec<usize> = Vec::new();
    for block in lead_in(scan, &kept, title_end, &title, subtitle).into_iter().chain(kept) {
        let text = scan.text.get(block.range.clone()).unwrap_or_default();
        paragraphs.push(text.to_owned());
        blocks.push(scan.blocks.partition_point(|other| other.range.start < block.range.start));
    }
    if paragraphs.is_empty() {
        return None;
    }
    let rule = describe(scan.tree, top);
    ctx.note("body", &paragraphs.join(" ¶ "), Extractor::Html, &rule, true, "most prose");
    Some(Body { paragraphs, blocks, by: Extractor::Html, rule, range })
}

/// Where the headline ends in the page's text; 0 if it is not shown.
fn title_place(scan: &Scan, title: &str) -> usize {
    if title.is_empty() {
        return 0;
    }
    let hit = |block: &&Block| {
        block.chars < 400
            && !block.around.has(Around::HIDDEN.with(Around::NAV).with(Around::TICKER))
            && block.link_chars * 2 <= block.chars
            && may_fold_to(&scan.text[block.range.clone()], title)
            && fold(scan.text.get(block.range.clone()).unwrap_or_default()) == title
    };
    let heading = scan.blocks.iter().filter(|block| matches!(block.kind, BlockKind::Heading(_))).find(hit);
    heading.or_else(|| scan.blocks.iter().find(hit)).map_or(0, |block| block.range.end)
}

/// How much prose a block is.
fn score(block: &Block) -> f32 {
    if block.around.has(NEVER) || matches!(block.kind, BlockKind::Heading(_)) || block.chars == 0 {
        return 0.0;
    }
    let linked = block.link_chars as f32 / block.chars as f32;
    if linked > 0.5 {
        return 0.0;
    }
    let mut score = block.chars.min(1_500) as f32 * (1.0 - linked) * (1.0 - linked);
    score *= match block.chars {
        0..25 => 0.1,
        25..60 => 0.4,
        60..100 => 0.8,
        _ => 1.0,
    };
    score *= match block.kind {
        BlockKind::Paragraph | BlockKind::Quote => 1.0,
        BlockKind::Loose | BlockKind::Pre => 0.8,
        BlockKind::Item => 0.6,
        BlockKind::Cell => 0.5,
        BlockKind::Heading(_) => 0.0,
    };
    if block.around.has(SELDOM) {
        score *= 0.4;
    }
    if block.around.has(Around::CARD) {
        score *= 0.5;
    }
    if block.around.has(Around::BODY_PROP.with(Around::BODY_CLASS)) {
        score *= 1.5;
    }
    if block.around.has(Around::ARTICLE.with(Around::MAIN)) {
        score *= 1.2;
    }
    score
}

/// Where the page itself marks its text and the marked part holds enough prose, other prose does not count.
fn prefer_marked(scan: &Scan, scores: &mut [f32]) {
    let sum = |fact: Around| -> f32 {
        scan.blocks.iter().zip(scores.iter()).filter(|(block, _)| block.around.has(fact)).map(|(_, score)| *score).sum()
    };
    let all: f32 = scores.iter().sum();
    let (by_property, by_class) = (sum(Around::BODY_PROP), sum(Around::BODY_CLASS));
    for (block, score) in scan.blocks.iter().zip(scores.iter_mut()) {
        if by_property > all * 0.35 && by_property > 400.0 && !block.around.has(Around::BODY_PROP) {
            *score = 0.0;
        } else if by_class > all * 0.6 && !block.around.has(Around::BODY_CLASS) {
            *score *= 0.6;
        }
    }
}

/// The element that holds the text: from the root down, as long as one child holds nearly all prose.
fn container(scan: &Scan, scores: &[f32]) -> Option<NodeId> {
    let tree = scan.tree;
    let mut sums = vec![0.0_f32; tree.len()];
    for (block, score) in scan.blocks.iter().zip(scores) {
        if *score > 0.0 {
            sums[block.node.index()] += score;
            for above in tree.ancestors(block.node) {
                sums[above.index()] += score;
            }
        }
    }
    let mut at = scan.body.or(scan.html)?;
    if sums[at.index()] <= 0.0 {
        return None;
    }
    // Sums of paragraphs that are certainly prose.
    let mut prose = vec![0.0_f32; tree.len()];
    for (block, score) in scan.blocks.iter().zip(scores) {
        if *score > 40.0 && is_prose(block) {
            prose[block.node.index()] += score;
            for above in tree.ancestors(block.node) {
                prose[above.index()] += score;
            }
        }
    }
    loop {
        let total = sums[at.index()];
        let Some(best) = tree.children(at).max_by(|a, b| sums[a.index()].total_cmp(&sums[b.index()])) else {
            return Some(at);
        };
        let share = sums[best.index()] / total;
        let beside = prose[at.index()] - prose[best.index()];
        if is_leaf(tree.tag(best)) || share < 0.55 || beside > prose[at.index()] * 0.06 {
            return Some(at);
        }
        at = best;
    }
}

fn is_prose(block: &Block) -> bool {
    matches!(block.kind, BlockKind::Paragraph | BlockKind::Quote | BlockKind::Loose | BlockKind::Pre)
        && block.chars >= 90
        && block.link_chars * 4 < block.chars
        && !block.around.has(Around::CARD)
}

fn is_leaf(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::P
            | Tag::Li
            | Tag::Blockquote
            | Tag::Ul
            | Tag::Ol
            | Tag::Pre
            | Tag::H1
            | Tag::H2
            | Tag::H3
            | Tag::H4
            | Tag::Span
            | Tag::Tr
    )
}

fn range_of(scan: &Scan, top: NodeId) -> Option<Range<usize>> {
    let below: HashSet<NodeId> = scan.tree.descendants(top).collect();
    let first = scan.blocks.iter().find(|block| below.contains(&block.node))?;
    let last = scan.blocks.iter().rev().find(|block| below.contains(&block.node))?;
    Some(first.range.start..last.range.end)
}

/// The blocks of a stretch with the objections to them.
fn judged<'b>(
    scan: &Scan,
    blocks: &'b [Block],
    title: &str,
    title_end: usize,
) -> Vec<(&'b Block, Option<&'static str>)> {
    let mut all: Vec<(&Block, Option<&'static str>)> =
        blocks.iter().map(|block| (block, objection(scan, block, title))).collect();
    for (block, objection) in &mut all {
        if *objection == Some(SHORT_ELSEWHERE) && heads_entry(scan, block, title_end) {
            *objection = None;
        }
    }
    drop_repeated(scan, &mut all);
    let total: u32 = all.iter().filter(|(_, objection)| objection.is_none()).map(|(block, _)| block.chars).sum();
    // Text that follows in the place where most of the text stands shows that a line was no end.
    let mut by_home: HashMap<NodeId, u32> = HashMap::new();
    for (block, _) in all.iter().filter(|(block, objection)| objection.is_none() && is_prose(block)) {
        *by_home.entry(home(scan.tree, block.node)).or_default() += block.chars;
    }
    let main = by_home.into_iter().max_by_key(|(node, chars)| (*chars, std::cmp::Reverse(*node))).map(|(node, _)| node);
    let mut rest: u32 = all
        .iter()
        .filter(|(block, objection)| {
            objection.is_none() && is_prose(block) && Some(home(scan.tree, block.node)) == main
        })
        .map(|(block, _)| block.chars)
        .sum();
    let mut before = 0;
    let mut over = false;
    for (block, objection) in all.iter_mut().filter(|(_, objection)| objection.is_none()) {
        over |= before * 2 > total
            && rest * 100 <= total * 15
            && ends_text(scan.text.get(block.range.clone()).unwrap_or_default(), block);
        before += block.chars;
        if is_prose(block) && Some(home(scan.tree, block.node)) == main {
            rest = rest.saturating_sub(block.chars);
        }
        if over {
            *objection = Some("after the end");
        }
    }
    let places: Vec<usize> = (0..all.len()).filter(|at| all[*at].1.is_none()).collect();
    let kept: Vec<&Block> = places.iter().map(|at| all[*at].0).collect();
    let core = core(scan, &kept, title_end);
    for (nth, at) in places.iter().enumerate() {
        if !core.contains(&nth) {
            all[*at].1 = Some("beside the main text");
        }
    }
    for (block, objection) in all.iter_mut().rev().filter(|(_, objection)| objection.is_none()) {
        if !matches!(block.kind, BlockKind::Heading(_)) {
            break;
        }
        *objection = Some("heading of nothing");
    }
    all
}

/// A sentence that stands three times and more is a notice; of two, the first is kept.
fn drop_repeated(scan: &Scan, all: &mut [(&Block, Option<&'static str>)]) {
    let mut counts: HashMap<&str, u32> = HashMap::new();
    for (block, _) in all.iter().filter(|(block, objection)| objection.is_none() && block.chars >= 40) {
        *counts.entry(&scan.text[block.range.clone()]).or_default() += 1;
    }
    let total: usize =
        all.iter().filter(|(_, objection)| objection.is_none()).map(|(block, _)| block.range.len()).sum();
    let repeated: usize =
        counts.iter().filter(|(_, count)| **count > 1).map(|(text, count)| text.len() * *count as usize).sum();
    if repeated * 3 > total {
        return;
    }
    let mut seen: HashSet<&str> = HashSet::new();
    for (block, objection) in all.iter_mut().filter(|(block, objection)| objection.is_none() && block.chars >= 40) {
        let text = &scan.text[block.range.clone()];
        let count = counts.get(text).copied().unwrap_or_default();
        if count >= 3 || (count == 2 && !seen.insert(text)) {
            *objection = Some("repeated");
        }
    }
}

/// The stretch of the blocks that stand where most of the text stands, with what leads into it.
fn core(scan: &Scan, kept: &[&Block], title_end: usize) -> Range<usize> {
    let mut by_node: HashMap<NodeId, u32> = HashMap::new();
    let mut by_class: HashMap<Signature, u32> = HashMap::new();
    let mut total = 0;
    let homes: Vec<NodeId> = kept.iter().map(|block| home(scan.tree, block.node)).collect();
    for (block, home) in kept.iter().zip(&homes) {
        if matches!(block.kind, BlockKind::Heading(_)) || block.around.has(Around::CARD) {
            continue;
        }
        let chars = block.chars - block.link_chars.min(block.chars);
        *by_node.entry(*home).or_default() += chars;
        *by_class.entry(signature(scan, *home)).or_default() += chars;
        total += chars;
    }
    let Some(main) = by_class.iter().max_by_key(|(_, chars)| **chars).map(|(signature, _)| *signature) else {
        return 0..kept.len();
    };
    let is_main = |at: usize| {
        if kept[at].around.has(Around::CARD) {
            return false;
        }
        signature(scan, homes[at]) == main || by_node.get(&homes[at]).is_some_and(|chars| chars * 100 >= total * 30)
    };
    let Some(first) = (0..kept.len()).find(|at| is_main(*at)) else { return 0..kept.len() };
    let mut last = (0..kept.len()).rev().find(|at| is_main(*at)).unwrap_or(first);
    // A long tail is a part of the text; a short one is about the author, the paper or the law.
    let around = kept[last].around;
    let marked = Around::BODY_PROP.with(Around::BODY_CLASS);
    let nearby: Vec<NodeId> = scan.tree.ancestors(homes[last]).take(2).collect();
    let belongs = |at: usize| {
        let block = kept[at];
        is_prose(block)
            && !block.around.has(Around::CARD.with(Around::LI))
            && Around(block.around.0 & marked.0) == Around(around.0 & marked.0)
            && scan.tree.ancestors(homes[at]).take(3).any(|above| nearby.contains(&above))
    };
    let tail: Vec<usize> = (last + 1..kept.len()).filter(|at| belongs(*at)).collect();
    let tail_chars: u32 = tail.iter().map(|at| kept[*at].chars).sum();
    if tail.len() >= 2 && tail_chars * 100 > total * 15 {
        last = tail.last().copied().unwrap_or(last);
    }
    // What leads into the text stands between headline and text.
    let lead = (0..first).find(|at| {
        kept[*at].range.start >= title_end && (is_prose(kept[*at]) || kept[*at].around.has(Around::SUBTITLE))
    });
    lead.unwrap_or(first)..last + 1
}

/// The element in which a paragraph stands, lists, quotations and tables not counted.
fn home(tree: &Tree, node: NodeId) -> NodeId {
    let mut at = node;
    while let Some(parent) = tree.parent(at) {
        let inner = matches!(
            tree.tag(at),
            Tag::P
                | Tag::Li
                | Tag::Ul
                | Tag::Ol
                | Tag::Dl
                | Tag::Dd
                | Tag::Dt
                | Tag::Blockquote
                | Tag::Pre
                | Tag::Span
                | Tag::H1
                | Tag::H2
                | Tag::H3
                | Tag::H4
                | Tag::H5
                | Tag::H6
                | Tag::Figure
        );
        if !inner {
            break;
        }
        at = parent;
    }
    at
}

type Signature<'s> = (Tag, &'s str, Option<NodeId>);

/// What elements of one kind have in common: name and class, or name and parent where they have no class.
fn signature<'s>(scan: &'s Scan, node: NodeId) -> Signature<'s> {
    let class = scan.attribute(node, "class").map(str::trim).unwrap_or_default();
    (scan.tree.tag(node), class, if class.is_empty() { scan.tree.parent(node) } else { None })
}

/// Marks the blocks that are teasers: a little prose in one small element with a link to where it goes on.
fn teasers(scan: &Scan) -> Vec<bool> {
    let blocks = &scan.blocks;
    let mut out = vec![false; blocks.len()];
    for at in 0..blocks.len() {
        let block = &blocks[at];
        if block.chars < 30
            || block.chars > 600
            || block.link_chars * 2 > block.chars
            || matches!(block.kind, BlockKind::Heading(_))
        {
            continue;
        }
        let neighbours = [at.checked_sub(1), Some(at + 1)];
        out[at] = neighbours.into_iter().flatten().filter_map(|n| blocks.get(n)).any(|link| {
            link.chars >= 12 && link.link_chars * 5 >= link.chars * 4 && shares_card(scan, block.node, link.node)
        });
    }
    out
}

/// Whether the lowest element around both nodes is small: at most six blocks, at most two of them prose.
fn shares_card(scan: &Scan, one: NodeId, other: NodeId) -> bool {
    let tree = scan.tree;
    let mut above: Vec<NodeId> = vec![one];
    above.extend(tree.ancestors(one).take(4));
    let common = std::iter::once(other).chain(tree.ancestors(other).take(4)).find(|node| above.contains(node));
    let Some(common) = common else { return false };
    let mut blocks = 0;
    let mut texts = 0;
    let mut prose = 0;
    for node in tree.descendants(common) {
        match tree.tag(node) {
            Tag::P | Tag::Li | Tag::H1 | Tag::H2 | Tag::H3 | Tag::H4 | Tag::Br => blocks += 1,
            _ => {}
        }
        if let Data::Text(text) = tree.data(node) {
            prose += usize::from(text.len() >= 120);
        }
        texts += 1;
        if blocks > 6 || texts > 60 || prose > 2 {
            return false;
        }
    }
    true
}

/// Lines after which the text is over, in lower case, without marks around them.
static ENDINGS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^(?:related(?: (?:articles?|stor(?:y|ies)|posts?|links?|content|reading|news|topics|coverage))?|read (?:more|next|also)|more (?:from|on|in|stories|news|like this|articles|posts)(?: .{0,40})?|",
        r"you (?:may|might) also (?:like|enjoy|be interested in)|recommended(?: for you| reading| articles| stories)?|see also|further reading|most (?:read|popular|viewed)|trending(?: now)?|",
        r"latest (?:news|stories|posts|articles)|recent (?:posts|articles|news)|popular (?:posts|articles|now)|what to read next|don.t miss|up next|also on .{2,30}|",
        r"(?:[0-9]+ )?(?:comments?|replies|responses|reactions|kommentare?|commentaires?|comentarios?|reacties|kommentarer)(?: \([0-9]+)?|leave a (?:comment|reply)|post a comment|join the (?:conversation|discussion)|add (?:a|your) comment|write a comment|",
        r"about the authors?|about author|über den autor|share this(?: (?:article|story|post|page|entry))?|share(?: on)?|filed under|tags|keywords|topics|categories|",
        r"sign up (?:for|to) .{0,60}|subscribe(?: to .{0,60}| now)?|newsletter|get (?:the|our) .{0,30}newsletter|follow us(?: on .{0,40})?|connect with us|",
        r"lesen sie auch|mehr zum thema|das könnte (?:sie|dich) auch interessieren|weitere (?:artikel|themen|nachrichten|meldungen|beiträge)|ähnliche (?:artikel|beiträge)|auch interessant|meistgelesen|themen|schlagworte|schlagwörter|",
        r"à lire aussi|lire aussi|voir aussi|sur le même (?:sujet|thème)|articles (?:similaires|liés)|à découvrir|les plus lus|vous aimerez aussi|",
        r"leer más|lea también|te puede interesar|también te puede interesar|noticias relacionadas|artículos relacionados|relacionados|más (?:noticias|información|leído|sobre)|temas|etiquetas|",
        r"leggi anche|articoli correlati|potrebbe interessarti(?: anche)?|leia (?:também|mais)|notícias relacionadas|veja também|saiba mais|lees ook|lees meer|gerelateerde? .{0,20}|läs (?:mer|också|även)|les også|læs også|lue myös|",
        r"czytaj (?:też|także|więcej)|zobacz (?:też|także|również)|przeczytaj (?:też|także|również)|powiązane|читайте (?:также|ещё|еще)|по теме|смотрите также|материалы по теме|другие новости|комментарии|читайте по теме|",
        r"διαβάστε (?:επίσης|ακόμα|περισσότερα)|σχετικά (?:άρθρα|θέματα)|δείτε (?:επίσης|ακόμα)|ilgili haberler|benzer haberler|",
        r"(?:اقرأ|إقرأ) أيضا?ً?|اقرأ المزيد|مواضيع ذات صلة|أخبار ذات صلة|مقالات ذات صلة|موضوعات متعلقة|قد يعجبك أيضا?ً?|شاهد أيضا?ً?|ذات صلة|التعليقات|الأكثر قراءة|كلمات مفتاحية|الكلمات الدلالية|وسوم|تعليقات|بیشتر بخوانید|مطالب مرتبط|اخبار مرتبط|برچسب.?ها|نظرات|",
        r"相关(?:新闻|阅读|报道|文章|链接)|延伸阅读|推荐阅读|关联记事|関連記事|関連ニュース|おすすめ記事|관련 ?기사)$",
    ))
    .expect("a constant pattern, checked by every test here")
});

/// Beginnings of paragraphs that only lead to another article.
static ASIDES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^(?:read more|read also|also read|see also|related(?: (?:article|story|video|coverage))?|more|watch(?: more| now| the)?|listen|don.t miss|in pictures|recommended|",
        r"lire aussi|à lire aussi|lire également|voir aussi|à lire|lesen sie (?:auch|mehr)|lesen sie hier|mehr zum thema|mehr dazu|auch interessant|siehe auch|lea también|lee también|leer más|te puede interesar|también te puede|ver también|",
        r"leggi anche|guarda anche|leia (?:também|mais)|veja também|saiba mais|lees ook|läs också|läs även|les også|læs også|lue myös|czytaj (?:też|także|więcej)|zobacz (?:też|także)|przeczytaj (?:też|także)|читайте также|читайте ещё|смотрите также|",
        r"διαβάστε (?:επίσης|ακόμα|ακόμη)|δείτε (?:επίσης|ακόμα)|(?:اقرأ|إقرأ) أيضا?ً?|اقرأ المزيد|شاهد أيضا?ً?|بیشتر بخوانید|ilgili haber|相关阅读|延伸阅读|関連記事) ?(?:[:：—–|…-]|$|[^ ]+ ?:)",
    ))
    .expect("a constant pattern, checked by every test here")
});

/// Short lines about the page itself, whole or by their beginning.
static LINES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^(?:(?:advertisement|advertising|anzeige|werbung|publicité|publicidad|pubblicità|reklama?|реклама|إعلان|広告|广告|sponsored|loading|close|caption|hide caption|toggle caption|enlarge(?: this image)?|view comments|print|share|copy link|copied|",
        r"video|foto|photo|image|gallery|play video|skip(?: ad| advertisement)?|story continues below(?: advertisement)?|article continues (?:below|after)(?: ad| advertisement| this ad)?|continue reading(?: the main story)?|(?:advertisement - )?scroll to continue.*|",
        r"wird geladen.*|externer inhalt|empfohlener (?:externer|redaktioneller) inhalt.*|back to top|nach oben|انتهای پیام|پایان پیام|انتهى|انتهى الخبر|next|previous|save|follow|subscribe(?: now)?|sign up|log ?in|register|contact us|getty images|reuters|afp|ap photo|dpa)$|",
        r"(?:photo|foto|bild|fotó|picture|image|photos|video|credit|credits|photograph|fotos|immagine|crédito|zdjęcie|zdj\.|fot\.|фото|صورة|عکس)(?: by| credit| courtesy(?: of)?)? ?[:/©]|(?:photo|foto|image|picture) (?:by|credit|courtesy) |",
        r"(?:subscribe|sign up|register|log in|follow us|click here to|join our|download (?:the|our)|get (?:our|the|unlimited) .{0,40}(?:newsletter|app|email|access)|like us on|abonnieren sie|jetzt abonnieren|inscrivez-vous|abonnez-vous|suscríbete|iscriviti|assine|подпис(?:ывайтесь|аться)|تابعونا|اشترك) .{0,200}$)",
    ))
    .expect("a constant pattern, checked by every test here")
});

/// Words that only notices hold: consent, script, subscription, rights.
static NOTICES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"enable javascript|activate javascript|turn on javascript|browser does not support|browser doesn.t support|refresh the page or navigate|einwilligung in die übermittlung|einwilligung in die verarbeitung|um eingebettete inhalte|privatsphäre-einstellungen|datenschutzeinstellungen|",
        r"réservé aux abonnés|réservée aux abonnés|il vous reste [0-9.,]+ ?%|déjà abonné|already a subscriber|already have an account|to continue reading|schon abonnent|bereits abonnent|contenido exclusivo para suscriptores|",
        r"all rights reserved|alle rechte vorbehalten|tous droits réservés|todos los derechos reservados|todos os direitos reservados|tutti i diritti riservati|wszelkie prawa zastrzeżone|все права защищены|με επιφύλαξη παντός δικαιώματος|جميع الحقوق محفوظة|版权所有|material may not be published, broadcast|",
        r"we use cookies|uses cookies|verwendet cookies|utilise des cookies|utiliza cookies|uso de cookies|cookie policy",
    ))
    .expect("a constant pattern, checked by every test here")
});

/// The beginning of a text in lower case, without marks around it.
fn plain_line(text: &str) -> String {
    let text: String = text.chars().take(320).flat_map(char::to_lowercase).collect();
    text.trim_matches(|c: char| !c.is_alphanumeric()).to_owned()
}

/// Whether a text speaks of the page, of rights, of other articles.
fn is_notice(text: &str, block: &Block) -> bool {
    if block.chars > 700 {
        return false;
    }
    let line = plain_line(text);
    (block.chars <= 250 && block.link_chars * 3 > block.chars && ASIDES.is_match(&line))
        || (block.chars <= 300 && (LINES.is_match(&line) || text.starts_with('©')))
        || NOTICES.is_match(&line)
}

fn ends_text(text: &str, block: &Block) -> bool {
    block.chars <= 80 && ENDINGS.is_match(&plain_line(text))
}

/// The objection to short texts in places that seldom hold text.
const SHORT_ELSEWHERE: &str = "short text in a form, figure or header";

/// Whether a heading in a `<header>` heads an entry of the text (of a live blog, of a list) and not the page.
fn heads_entry(scan: &Scan, block: &Block, title_end: usize) -> bool {
    if !matches!(block.kind, BlockKind::Heading(2..=4))
        || block.link_chars > 0
        || title_end == 0
        || block.range.start < title_end
        || block.around.has(Around::FORM.with(Around::FIGURE).with(Around::CARD))
    {
        return false;
    }
    let entry = scan.tree.ancestors(block.node).take(4).find(|above| scan.tree.tag(*above) == Tag::Article);
    let mark = entry.and_then(|entry| scan.marks.iter().find(|mark| mark.node == entry));
    mark.is_some_and(|mark| mark.range.start >= title_end)
}

/// Why a block does not belong to the text; `None` if it does.
fn objection(scan: &Scan, block: &Block, title: &str) -> Option<&'static str> {
    if block.around.has(NEVER) || block.chars == 0 {
        return Some("furniture");
    }
    let text = scan.text.get(block.range.clone()).unwrap_or_default();
    let linked = block.link_chars as f32 / block.chars as f32;
    let seldom = if matches!(block.kind, BlockKind::Heading(_)) { SELDOM.without(Around::TITLE) } else { SELDOM };
    if block.around.has(seldom) && block.chars < 60 {
        return Some(SHORT_ELSEWHERE);
    }
    if linked > 0.8 {
        return Some("links");
    }
    if matches!(block.kind, BlockKind::Heading(1))
        || (block.chars < 400 && may_fold_to(text, title) && fold(text) == title)
    {
        return Some("headline");
    }
    if matches!(block.kind, BlockKind::Heading(_)) && linked >= 0.5 {
        return Some("linked heading");
    }
    if is_notice(text, block) {
        return Some("notice");
    }
    if text.contains('©') && block.chars < 250 && !text.ends_with(['.', '!', '?']) {
        return Some("credit");
    }
    (!text.chars().any(char::is_alphanumeric)).then_some("no letters")
}

fn note_blocks(ctx: &Context, judged: &[(&Block, Option<&'static str>)]) {
    let verdicts: HashMap<usize, Option<&'static str>> =
        judged.iter().map(|(block, objection)| (block.range.start, *objection)).collect();
    for block in ctx.scan.blocks.iter().take(2_000) {
        let text = ctx.scan.text.get(block.range.clone()).unwrap_or_default();
        let verdict = verdicts.get(&block.range.start).copied();
        let rule = format!("{:?} {}/{} {}", block.kind, block.link_chars, block.chars, block.around.names());
        let chosen = verdict.is_some_and(|objection| objection.is_none());
        ctx.note("block", text, Extractor::Html, &rule, chosen, verdict.unwrap_or(Some("outside")).unwrap_or_default());
    }
}

/// Standfirst and key points that stand between headline and text but outside of the text's element.
fn lead_in<'s>(
    scan: &'s Scan,
    kept: &[&Block],
    title_end: usize,
    title: &str,
    subtitle: Option<&Found<String>>,
) -> Vec<&'s Block> {
    let Some(first) = kept.first() else { return Vec::new() };
    if title_end == 0 || title_end >= first.range.start {
        return Vec::new();
    }
    let subtitle = subtitle.map(|found| fold(&found.value)).unwrap_or_default();
    let start: String = kept.iter().take(3).map(|block| fold(&scan.text[block.range.clone()])).collect();
    scan.blocks_in(&(title_end..first.range.start))
        .iter()
        .filter(|block| {
            let away = Around::HIDDEN
                .with(Around::NAV)
                .with(Around::CAPTION)
                .with(Around::RELATED)
                .with(Around::FORM)
                .with(Around::ADVERT)
                .with(Around::DIALOG);
            if block.chars < 30 || block.chars > 900 || block.link_chars * 2 > block.chars || block.around.has(away) {
                return false;
            }
            let text = fold(&scan.text[block.range.clone()]);
            let is_subtitle = !subtitle.is_empty()
                && (text == subtitle || (subtitle.chars().count() > 40 && text.starts_with(&subtitle)));
            let is_summary =
                block.around.has(Around::SUMMARY) && matches!(block.kind, BlockKind::Item | BlockKind::Paragraph);
            (is_subtitle || is_summary) && text != title && !start.contains(&text)
        })
        .collect()
}

/// An element in the form of a selector.
fn describe(tree: &Tree, id: NodeId) -> String {
    let Some(element) = tree.element(id) else { return "page".into() };
    let mut out = element.name.local.to_string();
    if let Some(id) = element.attribute_named("id").filter(|id| id.len() <= 60) {
        out.push('#');
        out.push_str(id);
    } else if let Some(class) = element
        .attribute_named("class")
        .and_then(|class| class.split_ascii_whitespace().next())
        .filter(|c| c.len() <= 60)
    {
        out.push('.');
        out.push_str(class);
    }
    out
}
