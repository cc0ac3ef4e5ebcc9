-- Texts on several pages.

-- The pages on which an article's text goes on. `articles` has the text of its first page, `v_articles` all of it.
create table article_parts (
  article_id integer not null references articles (id),
  -- From 2: the article's own page is the first.
  number integer not null check (number >= 2),
  page_id integer not null unique references pages (id),
  -- Null until it was read.
  body text,
  body_html text,
  word_count integer not null default 0,
  -- When its text was first seen as it is.
  changed_at text,
  primary key (article_id, number)
) strict, without rowid;

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
  a.body || coalesce(
    (
      select group_concat(char(10) || char(10) || body, '')
      from (
        select t.body
        from article_parts t
        where t.article_id = a.id and t.body is not null
        order by t.number
      )
    ),
    '') as body,
  a.word_count + coalesce((select sum(t.word_count) from article_parts t where t.article_id = a.id), 0) as word_count,
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
  a.body_html || coalesce(
    (
      select group_concat(char(10) || body_html, '')
      from (
        select t.body_html
        from article_parts t
        where t.article_id = a.id and t.body_html is not null
        order by t.number
      )
    ),
    '') as body_html
from articles a
join sites s on s.id = a.site_id
join pages p on p.id = a.page_id;
