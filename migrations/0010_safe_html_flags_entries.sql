-- What an article has beside its fields. None of it makes a version: it follows from the text, or from the page around it.

-- The body as HTML: p, h2 to h4, ul, ol, li, blockquote, table, tr, th, td, figure, figcaption, a with an absolute
-- http(s) href, strong, em; nothing else. Null without a body, and for articles stored before this column.
alter table articles add column body_html text;
-- In which direction most letters of the text are read: ltr or rtl; null without letters.
alter table articles add column direction text check (direction in ('ltr', 'rtl'));

-- rel=amphtml, as claimed.
alter table articles add column amp_url text;

-- What a reader should know of an article: paywalled, truncated, live, opinion, sponsored, correction, video, gallery,
-- multi-page.
create table article_flags (
  article_id integer not null references articles (id),
  flag text not null,
  -- The evidence, for people; for multi-page the address of the next page.
  reason text not null,
  primary key (article_id, flag)
) strict, without rowid;

create index article_flags_flag on article_flags (flag);

-- Entries of live blogs, as the last version had them.
create table live_entries (
  id integer primary key,
  article_id integer not null references articles (id),
  -- From 1, in the page's order: most pages show the newest first.
  position integer not null,
  -- When it was written; null if the page does not say the day and the time.
  at text,
  -- The time as it is shown.
  at_raw text not null,
  title text,
  text text not null,
  unique (article_id, position)
) strict;

drop view v_articles;

create view v_articles as
select
  a.id,
  s.name as site,
  p.url,
  a.title,
  a.subtitle,
  (
    select group_concat(name, ', ')
    from (
      select au.name
      from article_authors aa
      join authors au on au.id = aa.author_id
      where aa.article_id = a.id
      order by aa.position
    )
  ) as authors,
  a.publisher,
  a.published_at,
  a.published_day,
  a.published_precision,
  a.language,
  a.section,
  a.body,
  a.word_count,
  a.source_url,
  a.image_url,
  a.first_seen_at,
  a.fetched_at,
  a.changed_at,
  a.version,
  a.removed_at,
  a.kicker,
  a.agency,
  a.dateline,
  a.direction,
  (
    select group_concat(flag, ',')
    from (
      select f.flag
      from article_flags f
      where f.article_id = a.id
      order by f.flag
    )
  ) as flags,
  a.body_html
from articles a
join sites s on s.id = a.site_id
join pages p on p.id = a.page_id;
