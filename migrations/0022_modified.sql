-- A modified time has what a published one has; and the view has all of both.

-- The day as the page prints it, in the page's own zone. This and the columns below are null where the page states no
-- modified time, and for articles that no visit has read since there are these columns.
alter table articles add column modified_day text;
alter table articles add column modified_precision text check (modified_precision in ('day', 'minute', 'second'));
-- The page's zone; null if it states none.
alter table articles add column modified_offset_minutes integer;
-- The text it was read from, and the kind of evidence.
alter table articles add column modified_raw text;
alter table articles add column modified_source text;

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
    '') as body_html,
  a.published_offset_minutes,
  a.published_raw,
  a.published_source,
  a.modified_at,
  a.modified_day,
  a.modified_precision,
  a.modified_offset_minutes,
  a.modified_raw,
  a.modified_source
from articles a
join sites s on s.id = a.site_id
join pages p on p.id = a.page_id;
