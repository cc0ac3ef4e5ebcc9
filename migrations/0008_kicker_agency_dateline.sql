-- Short facts beside the headline and at the head of the text.
-- They are no part of a version: an edition adds and drops them without anybody calling the article another.

-- The line above the headline.
alter table articles add column kicker text;
-- News agencies that sign the article, parted by commas.
alter table articles add column agency text;
-- The place with which the text begins.
alter table articles add column dateline text;

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
  a.dateline
from articles a
join sites s on s.id = a.site_id
join pages p on p.id = a.page_id;
