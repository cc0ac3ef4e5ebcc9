//! Rules of the article's short fields, each on a page of our own that shows nothing else.

use murasil::config::Config;
use murasil::crawl::extract::{self, PageFile};
use murasil::model::{Article, PageKind, PageUrl};
use murasil::parse::Parser;

const PROSE: &str = "<p>The council of the town met on Monday evening and spoke for three hours about the new bridge, \
    its cost and the road that leads to it, and then put the matter off until the autumn.</p>\
    <p>Several members said that they had hoped for a vote, others that the figures on the table were two years old \
    and that nobody could decide anything on such a ground; the mayor promised new ones.</p>\
    <p>The bridge was built a hundred and ten years ago, carries some four thousand cars a day and has been closed to \
    heavy lorries since the winter before last, when an inspection found rust in both of its bearings.</p>";

/// The article of a page at this address: what stands in its head, around its headline, and the text.
fn page(url: &str, head: &str, above: &str) -> Article {
    let html =
        format!("<html lang=en><head>{head}</head><body><main><article>{above}{PROSE}</article></main></body></html>");
    let page = PageFile { body: html.into_bytes(), url: PageUrl::parse(url).ok(), ..PageFile::default() };
    let config = Config::default();
    let parser = Parser::new(&config).expect("built-in profiles compile");
    let now = "2027-01-01T00:00:00Z".parse().expect("a timestamp");
    extract::extract(&parser, &config, &page, PageKind::Article, now).article.expect("an article")
}

const URL: &str = "https://paper.example/town/bridge-put-off";

fn day(article: &Article) -> Option<String> {
    article.published.as_ref().map(|found| found.value.day.to_string())
}

fn authors(article: &Article) -> Vec<String> {
    article.authors.as_ref().map(|found| found.value.clone()).unwrap_or_default()
}

fn value(found: Option<&murasil::model::Found<String>>) -> Option<&str> {
    found.map(|found| found.value.as_str())
}

#[test]
fn a_heading_in_two_parts_gives_kicker_and_title() {
    let article = page(
        URL,
        "<meta property=og:title content='Council puts the bridge off'>",
        "<h1><span>Town hall</span> <span class=headline>Council puts the bridge off</span></h1>",
    );
    assert_eq!(value(article.title.as_ref()), Some("Council puts the bridge off"));
    assert_eq!(value(article.kicker.as_ref()), Some("Town hall"));
}

#[test]
fn a_line_of_a_kicker_class_above_the_headline_is_the_kicker() {
    let article = page(URL, "", "<p class=article-kicker>Town hall</p><h1>Council puts the bridge off</h1>");
    assert_eq!(value(article.kicker.as_ref()), Some("Town hall"));
    assert_eq!(value(article.title.as_ref()), Some("Council puts the bridge off"));
}

#[test]
fn an_agency_beside_a_person_is_no_author_and_alone_it_is() {
    let ld = |authors: &str| {
        format!("<script type='application/ld+json'>{{\"@type\":\"NewsArticle\",\"author\":{authors}}}</script>")
    };
    let person = r#"{"@type":"Person","name":"Ann Lee"}"#;
    let wire = r#"{"@type":"Organization","name":"The Associated Press"}"#;
    let both = page(URL, &ld(&format!("[{person},{wire}]")), "<h1>Council puts the bridge off</h1>");
    assert_eq!(authors(&both), ["Ann Lee"]);
    assert_eq!(value(both.agency.as_ref()), Some("AP"));
    let alone = page(URL, &ld(wire), "<h1>Council puts the bridge off</h1>");
    assert_eq!(authors(&alone), ["The Associated Press"]);
    assert_eq!(value(alone.agency.as_ref()), Some("AP"));
}

#[test]
fn the_head_of_the_text_names_place_and_agency() {
    let article = page(
        URL,
        "",
        "<h1>Council puts the bridge off</h1><p>OSLO (Reuters) - The council of the town met on Monday evening and spoke \
         for three hours about the new bridge and its cost.</p>",
    );
    assert_eq!(value(article.dateline.as_ref()), Some("OSLO"));
    assert_eq!(value(article.agency.as_ref()), Some("Reuters"));
}

#[test]
fn a_link_to_an_authors_page_names_the_author() {
    let article = page(
        URL,
        "",
        "<h1>Council puts the bridge off</h1><div><a href='/authors/ann-lee'>Ann Lee</a> | <a href='/topics/bridges'>Bridges</a></div>",
    );
    assert_eq!(authors(&article), ["Ann Lee"]);
}

#[test]
fn the_date_beside_the_headline_goes_before_a_meta_that_says_only_date() {
    let article = page(
        URL,
        "<meta name=date content='2020-02-12'>",
        "<h1>Council puts the bridge off</h1><time datetime='2020-02-05'>5 February 2020</time>",
    );
    assert_eq!(day(&article).as_deref(), Some("2020-02-05"));
}

#[test]
fn a_line_that_says_published_is_found_in_whatever_box_it_lies() {
    let article =
        page(URL, "", "<h1>Council puts the bridge off</h1><div class=tooltip>Published on March 2, 2025</div>");
    assert_eq!(day(&article).as_deref(), Some("2025-03-02"));
}

#[test]
fn midnight_of_the_papers_country_is_a_day() {
    let head = "<meta property='article:published_time' content='2022-11-06T23:00:00.000Z'>";
    let heading = "<h1>Council puts the bridge off</h1>";
    assert_eq!(day(&page("https://paper.de/town/bridge", head, heading)).as_deref(), Some("2022-11-07"));
    assert_eq!(day(&page("https://paper.example/town/bridge", head, heading)).as_deref(), Some("2022-11-06"));
}

#[test]
fn day_and_month_are_told_apart_by_evidence_and_never_guessed() {
    let date = "<h1>Council puts the bridge off</h1><p class=date>03/04/2020</p>";
    assert_eq!(day(&page(URL, "", date)), None);
    assert_eq!(day(&page("https://paper.co.uk/town/bridge", "", date)).as_deref(), Some("2020-04-03"));
    assert_eq!(day(&page(URL, "<meta property=og:locale content=en_US>", date)).as_deref(), Some("2020-03-04"));
    let other = format!("{date}<aside><span class=date>25/03/2020</span></aside>");
    assert_eq!(day(&page(URL, "", &other)).as_deref(), Some("2020-04-03"));
}

#[test]
fn a_date_in_the_title_by_itself_is_the_articles() {
    let article = page(
        URL,
        "<title>Council puts the bridge off | Paper | 23.05.2011</title>",
        "<h1>Council puts the bridge off</h1>",
    );
    assert_eq!(day(&article).as_deref(), Some("2011-05-23"));
}

#[test]
fn of_two_boxes_below_the_headline_the_one_of_its_own_kind_is_the_standfirst() {
    let article = page(
        URL,
        "<meta name=description content='All that you need to know of the old bridge and of what it costs'>",
        "<h1>Council puts the bridge off</h1><div class='c1'><p class=x>Three hours of talk, no vote, and a mayor who \
         promises new figures for the autumn.</p></div>",
    );
    let found = value(article.subtitle.as_ref());
    assert_eq!(found, Some("Three hours of talk, no vote, and a mayor who promises new figures for the autumn."));
}

#[test]
fn of_statements_days_apart_the_shown_one_is_believed_and_no_change() {
    let head = "<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"datePublished\":\"2021-03-02T09:00:00\"}\
        </script><meta property='article:published_time' content='2021-08-15T10:00:00'>";
    let shown = page(URL, head, "<h1>Council puts the bridge off</h1><p class=date>15 August 2021</p>");
    assert_eq!(day(&shown).as_deref(), Some("2021-08-15"));
    let changed = page(URL, head, "<h1>Council puts the bridge off</h1><p class=date>Updated 15 August 2021</p>");
    assert_eq!(day(&changed).as_deref(), Some("2021-03-02"));
}

#[test]
fn a_time_that_says_published_on_another_day_than_its_attribute_is_read() {
    let article = page(
        URL,
        "",
        "<h1>Council puts the bridge off</h1><time datetime='2021-08-15T10:00:00Z'>Published on 2 March 2021</time>",
    );
    assert_eq!(day(&article).as_deref(), Some("2021-03-02"));
}

#[test]
fn a_date_in_a_quotation_is_not_the_day_of_a_stated_instant() {
    let head = "<meta property='article:published_time' content='2021-03-02T09:30:00+00:00'>";
    let article = page(
        URL,
        head,
        "<h1>Council puts the bridge off</h1><blockquote><p>So it is.</p><p>Ann, March 1, 2021</p></blockquote>",
    );
    assert_eq!(day(&article).as_deref(), Some("2021-03-02"));
}

#[test]
fn sentences_below_the_text_tell_when_it_was_posted() {
    let below = format!(
        "<h1>Council puts the bridge off</h1>{PROSE}<p class=postmetadata>This entry was posted on Tuesday, March 2nd, 2021 \
         at 5:12 pm and is filed under Town. You can follow any responses to this entry through the feed.</p>"
    );
    assert_eq!(day(&page(URL, "", &below)).as_deref(), Some("2021-03-02"));
}

#[test]
fn a_page_without_an_article_object_has_the_date_of_its_only_film() {
    let film = |day: &str| format!("{{\"@type\":\"VideoObject\",\"uploadDate\":\"{day}\"}}");
    let head = |films: &str| format!("<script type='application/ld+json'>[{films}]</script>");
    let headline = "<h1>Council puts the bridge off</h1>";
    assert_eq!(day(&page(URL, &head(&film("2021-03-02")), headline)).as_deref(), Some("2021-03-02"));
    let two = format!("{},{}", film("2021-03-02"), film("2021-03-03"));
    assert_eq!(day(&page(URL, &head(&two), headline)), None);
}

#[test]
fn the_only_line_that_is_a_date_before_the_text_is_its_date_and_one_of_two_is_none() {
    let line = |lines: &str| day(&page(URL, "<title>paper.example</title>", lines));
    assert_eq!(line("<div>Apr 7, 2009</div>").as_deref(), Some("2009-04-07"));
    assert_eq!(line("<div>Apr 7, 2009</div><div>Apr 9, 2009</div>"), None);
}

#[test]
fn a_birthday_is_no_date_of_publication() {
    let article = page(URL, "", "<h1>Ann Lee</h1><p class=date>28 January 1975</p>");
    assert_eq!(day(&article), None);
}

#[test]
fn a_name_behind_a_label_or_posted_by_is_the_author() {
    let after = |line: &str| authors(&page(URL, "", &format!("<h1>Council puts the bridge off</h1>{line}")));
    assert_eq!(after("<h4>Autor</h4><p>Nina Berg,</p>"), ["Nina Berg"]);
    assert_eq!(after("<p>بقلم</p><p>سارة الطالبي</p>"), ["سارة الطالبي"]);
    assert_eq!(after("<p><span>Posted by Nina</span></p>"), ["Nina"]);
    assert_eq!(after("<p>Section</p><p>Town Hall</p>"), Vec::<String>::new());
}

#[test]
fn a_section_that_the_page_lies_under_is_no_author() {
    let url = "https://paper.example/people/real-life/bridge-put-off-12";
    let article = page(url, "", "<p><a href='/people/real-life'>Real Life</a></p><h1>Council puts the bridge off</h1>");
    assert_eq!(authors(&article), Vec::<String>::new());
}

#[test]
fn a_newsroom_that_is_stated_goes_before_an_agency_that_is_shown() {
    let head = "<meta name=author content='Paper Redaktion'>";
    let article = page(URL, head, "<h1>Council puts the bridge off</h1><p class=author>dpa</p>");
    assert_eq!(authors(&article), ["Paper Redaktion"]);
    assert_eq!(value(article.agency.as_ref()), Some("dpa"));
}

/// The headline of most pages here.
const HEADING: &str = "<h1>Council puts the bridge off</h1>";

fn title(head: &str, above: &str) -> String {
    page(URL, head, above).title.map(|found| found.value).unwrap_or_default()
}

#[test]
fn the_sites_name_leaves_a_title_and_a_part_that_another_candidate_proves_stays() {
    let site = "<meta property=og:site_name content='The Paper'>";
    let element = |text: &str| format!("{site}<title>{text}</title>");
    assert_eq!(title(&element("Council puts the bridge off | The Paper"), ""), "Council puts the bridge off");
    let og = "<meta property=og:title content='Council puts the bridge off'>";
    let longer = format!("<title>Council puts the bridge off - Town - Local news</title>{og}");
    assert_eq!(title(&longer, ""), "Council puts the bridge off");
    assert_eq!(title("<title>Council - a history of delay</title>", ""), "Council - a history of delay");
}

#[test]
fn the_only_heading_outweighs_what_is_stated_for_search_engines_unless_it_shortens_one_word() {
    let stated = |text: &str| {
        format!(
            "<title>{text}</title><meta property=og:title content='{text}'><meta name=twitter:title content='{text}'>\
             <script type='application/ld+json'>{{\"@type\":\"NewsArticle\",\"headline\":\"{text}\"}}</script>"
        )
    };
    let heading = "<h1>Council puts Joburg bridge off until the autumn</h1>";
    assert_eq!(
        title(&stated("Bridge delay: why the council could not decide on Monday"), heading),
        "Council puts Joburg bridge off until the autumn"
    );
    let whole = "Council puts Johannesburg bridge off until the autumn";
    assert_eq!(title(&stated(whole), heading), whole);
    let ticker = "<h1>Council puts the bridge off +++ Mayor promises figures</h1>";
    assert_eq!(title(&stated("The bridge: all news of the day"), ticker), "The bridge: all news of the day");
}

#[test]
fn a_heading_of_any_level_that_says_what_is_stated_is_the_headline() {
    let head = "<meta property=og:title content='Council puts the bridge off'>";
    assert_eq!(title(head, "<h2>Town hall</h2><h3>Council puts the bridge off</h3>"), "Council puts the bridge off");
}

#[test]
fn statements_of_authors_are_weighed_against_each_other_and_the_page() {
    let of = |head: &str, line: &str| authors(&page(URL, head, &format!("{HEADING}{line}")));
    let meta = |names: &str| format!("<meta name=author content='{names}'>");
    let ld = |names: &str| {
        format!("<script type='application/ld+json'>{{\"@type\":\"NewsArticle\",\"author\":[{names}]}}</script>")
    };
    let ann = "{\"@type\":\"Person\",\"name\":\"Ann Lee\"}";
    assert_eq!(of(&format!("{}{}", ld(ann), meta("Ann Lee, Bob Ray")), ""), ["Ann Lee", "Bob Ray"], "the longer");
    let shown = "<p class=author>Bob Ray</p>";
    assert_eq!(of(&format!("{}{}", ld(ann), meta("Bob Ray")), shown), ["Bob Ray"], "the one that is shown");
    assert_eq!(
        of("<script type='application/ld+json'>{\"@type\":\"Person\",\"name\":\"Ann Lee\"}</script>", ""),
        ["Ann Lee"]
    );
    let card = "<meta name=twitter:label1 content='Written by'><meta name=twitter:data1 content='Ann Lee'>";
    assert_eq!(of(card, ""), ["Ann Lee"]);
    assert_eq!(of("<meta name=twitter:creator content='Ann Lee'>", ""), ["Ann Lee"]);
    assert_eq!(of("<meta name=twitter:creator content='@annlee'>", ""), Vec::<String>::new());
    let address = "<meta property=article:author content='https://paper.example/profile/ann-lee'>";
    assert_eq!(of(address, ""), ["Ann Lee"]);
    let network = "<meta property=article:author content='https://www.facebook.com/ann-lee'>";
    assert_eq!(of(network, ""), Vec::<String>::new());
}

#[test]
fn bylines_are_read_in_the_forms_that_pages_have() {
    let of = |line: &str| authors(&page(URL, "", &format!("{HEADING}{line}")));
    assert_eq!(of("<p>11.12.2019 - Ann Lee</p>"), ["Ann Lee"], "a name beside the date");
    assert_eq!(of("<p>von <a href='/redaktion/ulrike'>Ulrike</a></p>"), ["Ulrike"], "a word and a link");
    assert_eq!(of("<p>about <a href='/topics/bridges'>Bridges</a></p>"), Vec::<String>::new());
    assert_eq!(
        of("<div><span>3 May</span> <span>By Ann Lee</span> <span>Oslo</span></div>"),
        ["Ann Lee"],
        "a part of a line"
    );
    assert_eq!(of("<div><span>By Ann Lee</span> and <span>Bob Ray</span></div>"), ["Ann Lee", "Bob Ray"]);
    let below = format!("<html lang=en><body><article>{HEADING}{PROSE}<p>Ann Lee</p></article></body></html>");
    let read = |html: String| {
        let page = PageFile { body: html.into_bytes(), url: PageUrl::parse(URL).ok(), ..PageFile::default() };
        let config = Config::default();
        let parser = Parser::new(&config).expect("built-in profiles compile");
        let now = "2027-01-01T00:00:00Z".parse().expect("a timestamp");
        authors(&extract::extract(&parser, &config, &page, PageKind::Article, now).article.expect("an article"))
    };
    assert_eq!(read(below), ["Ann Lee"], "a name below the text");
    let footer = format!(
        "<html lang=en><body><article>{HEADING}{PROSE}</article><footer><span itemprop=author>Ann Lee</span></footer></body></html>"
    );
    assert_eq!(read(footer), ["Ann Lee"], "a property in the footer");
}

#[test]
fn where_nobody_is_named_the_agency_at_the_head_of_the_text_signs() {
    let text = "<p>Hamburg (dpa/lno) - The council of the town met on Monday evening and spoke for three hours about the bridge.</p>";
    assert_eq!(authors(&page(URL, "", &format!("{HEADING}{text}"))), ["dpa/lno"]);
    assert_eq!(authors(&page(URL, "", &format!("{HEADING}<p class=author>Ann Lee</p>{text}"))), ["Ann Lee"]);
}

#[test]
fn the_head_of_a_chinese_text_names_agency_place_and_reporters() {
    let text = "<p>新华社北京3月12日电（记者张伟、李娜）经过六个月的施工，城北的旧粮仓昨天以社区图书馆的身份重新开放，许多居民一早就来排队。</p>";
    let article = page(URL, "", &format!("{HEADING}{text}"));
    assert_eq!(authors(&article), ["张伟", "李娜"]);
    assert_eq!(value(article.agency.as_ref()), Some("Xinhua"));
    assert_eq!(value(article.dateline.as_ref()), Some("北京"));
}

#[test]
fn stated_dates_have_many_keys_and_forms() {
    let of = |meta: &str| day(&page(URL, meta, HEADING));
    for meta in [
        "<meta property=og:regDate content=20210820030646>",
        "<meta property=OG:DatePublished content=2021-08-20>",
        "<meta name=DC.Issued content=2021-08-20>",
        "<meta itemprop=datecreated datetime=2021-08-20>",
        "<meta pubdate=pubDate content=2021-08-20>",
        "<link rel=canonical href='https://paper.example/2021/08/20/bridge'>",
    ] {
        assert_eq!(of(meta).as_deref(), Some("2021-08-20"), "{meta}");
    }
    let both =
        "<meta property=og:regDate content=20210820030646><meta property=article:published_time content=2021-08-19>";
    assert_eq!(of(both).as_deref(), Some("2021-08-19"));
}

#[test]
fn a_day_that_the_headline_names_is_not_its_date() {
    let above = "<div class=post-date><h1>Results of the race of 19.5.2007</h1><p class=date>20 May 2007</p></div>";
    assert_eq!(day(&page(URL, "", above)).as_deref(), Some("2007-05-20"));
}

#[test]
fn a_change_is_stated_marked_or_shown_and_never_earlier_than_the_publication() {
    let of = |lines: &str| {
        let article = page(URL, "", &format!("{HEADING}{lines}"));
        article.modified.map(|found| found.value.day.to_string())
    };
    let published = "<p class=date>Published: May 3, 2020</p>";
    assert_eq!(of(&format!("{published}<p>Updated: May 5, 2020</p>")).as_deref(), Some("2020-05-05"));
    assert_eq!(of("<p>Published: May 3, 2020 | Updated: May 5, 2020</p>").as_deref(), Some("2020-05-05"));
    let marked = format!("{published}<meta itemprop=dateModified content=2020-05-05>");
    assert_eq!(of(&marked).as_deref(), Some("2020-05-05"));
    let time = format!("{published}<time class=updated datetime=2020-05-05></time>");
    assert_eq!(of(&time).as_deref(), Some("2020-05-05"));
    assert_eq!(of(&format!("{published}<p>Updated: May 1, 2020</p>")), None);
    assert_eq!(of(published), None);
}

#[test]
fn an_agency_is_named_by_an_element_of_the_byline() {
    let of = |line: &str| page(URL, "", &format!("{HEADING}{line}")).agency.map(|found| found.value);
    assert_eq!(of("<div><span>By Ann Lee</span> <span>Reuters</span></div>").as_deref(), Some("Reuters"));
    assert_eq!(of("<div><span>3 May</span> <span>Source: AFP</span></div>").as_deref(), Some("AFP"));
    assert_eq!(of("<div><span>By Ann Lee</span> <span>writes of Reuters and its clients</span></div>"), None);
}

#[test]
fn what_was_announced_at_an_articles_address_is_one_without_a_text_among_many_links() {
    let links: Vec<String> = (0..60)
        .map(|n| format!("<li><a href='/2024/05/{n:02}/a-story-of-the-town-{n}'>A story of the town {n}</a></li>"))
        .collect();
    let html = format!(
        "<html lang=en><body><h1>Results of the race</h1><p class=date>20 May 2007</p><ul>{}</ul></body></html>",
        links.concat()
    );
    let read = |url: &str, kind| {
        let page = PageFile { body: html.clone().into_bytes(), url: PageUrl::parse(url).ok(), ..PageFile::default() };
        let config = Config::default();
        let parser = Parser::new(&config).expect("built-in profiles compile");
        extract::extract(&parser, &config, &page, kind, "2027-01-01T00:00:00Z".parse().expect("a timestamp")).kind
    };
    let dated = "https://paper.example/2007/05/20/results-of-the-race-of-the-town";
    assert_eq!(read(dated, PageKind::Article), PageKind::Article);
    assert_eq!(read(dated, PageKind::Unknown), PageKind::Section);
    assert_eq!(read("https://paper.example/town", PageKind::Article), PageKind::Section);
}
