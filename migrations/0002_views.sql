-- The stable face: columns never change meaning, new ones come at the end.

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
  a.removed_at
from articles a
join sites s on s.id = a.site_id
join pages p on p.id = a.page_id;

-- Published today by their own calendar, or first seen today and without a date.
create view v_articles_today as
select *
from v_articles
where published_day = date('now')
  or (published_day is null and first_seen_at >= strftime('%Y-%m-%dT00:00:00Z', 'now'));

-- Addresses that were announced under more than one text, each text with the one before it.
create view v_headline_changes as
with seen as (
  select
    h.id,
    h.target_url,
    h.text,
    min(g.first_seen_at) as first_seen_at,
    max(g.last_seen_at) as last_seen_at
  from headlines h
  join headline_sightings g on g.headline_id = h.id
  group by h.id
),
ordered as (
  select
    target_url,
    text,
    lag(text) over (partition by target_url order by first_seen_at, id) as text_before,
    first_seen_at,
    last_seen_at
  from seen
)
select target_url, text_before, text, first_seen_at, last_seen_at
from ordered
where text_before is not null;

-- What each list shows: its headlines as of the last time that it was read.
create view v_front_page_now as
select
  s.name as site,
  p.url as source_url,
  g.role,
  g.last_position as position,
  h.text,
  h.target_url,
  g.first_seen_at,
  g.last_seen_at
from headline_sightings g
join headlines h on h.id = g.headline_id
join pages p on p.id = g.page_id
join sites s on s.id = p.site_id
where p.kind in ('front', 'section')
  and g.last_seen_at = (
    select max(latest.last_seen_at)
    from headline_sightings latest
    where latest.page_id = g.page_id
      and latest.role = g.role
  );

create view v_sources_health as
select
  s.name as site,
  p.url,
  p.kind,
  p.state,
  o.interval_ms / 1000 as interval_seconds,
  strftime('%Y-%m-%dT%H:%M:%SZ', p.due_at_ms / 1000, 'unixepoch') as due_at,
  strftime('%Y-%m-%dT%H:%M:%SZ', p.visited_at_ms / 1000, 'unixepoch') as visited_at,
  coalesce(o.visits, 0) as visits,
  coalesce(o.brought, 0) as brought,
  o.brought_at,
  coalesce(o.failures, 0) as failures,
  o.error
from sources o
join pages p on p.id = o.page_id
join sites s on s.id = p.site_id;

create view v_errors_24h as
select
  s.name as site,
  f.url,
  f.started_at,
  f.outcome,
  f.reason,
  f.status,
  coalesce(f.error, p.detail) as error
from fetches f
join pages p on p.id = f.page_id
join sites s on s.id = p.site_id
where f.started_at >= strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-1 day')
  and f.outcome in ('failed', 'refused');

-- Share of the articles first seen in the last seven days that have each field, per site.
create view v_field_fill_7d as
select
  s.name as site,
  count(*) as articles,
  round(avg(a.title is not null), 3) as title,
  round(avg(a.subtitle is not null), 3) as subtitle,
  round(avg(exists (select 1 from article_authors aa where aa.article_id = a.id)), 3) as authors,
  round(avg(a.publisher is not null), 3) as publisher,
  round(avg(a.published_at is not null), 3) as published,
  round(avg(a.section is not null), 3) as section,
  round(avg(a.body is not null), 3) as body,
  round(avg(a.image_url is not null), 3) as image,
  cast(avg(length(a.body)) as integer) as body_length
from articles a
join sites s on s.id = a.site_id
where a.first_seen_at >= strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-7 days')
group by a.site_id;

-- Minutes between publication and our first sight of it, where the page tells the time.
create view v_publication_lag as
select
  s.name as site,
  a.id as article_id,
  a.published_at,
  a.first_seen_at,
  round((julianday(a.first_seen_at) - julianday(a.published_at)) * 1440, 1) as lag_minutes
from articles a
join sites s on s.id = a.site_id
where a.published_precision in ('minute', 'second');

-- Pairs of articles with one headline; `same` is 'source_url' where they also name one original.
create view v_duplicates as
select
  a.id as article_id,
  b.id as other_id,
  case when a.source_url = b.source_url then 'source_url' else 'title' end as same,
  a.title,
  pa.url,
  pb.url as other_url
from articles a
join articles b on b.id > a.id and b.title = a.title
join pages pa on pa.id = a.page_id
join pages pb on pb.id = b.page_id;

-- The scheduler's state of each page, readable.
create view v_pages as
select
  p.id,
  s.name as site,
  h.name as host,
  p.url,
  p.kind,
  p.state,
  p.depth,
  p.found_by,
  on_page.url as found_on_url,
  p.found_at,
  strftime('%Y-%m-%dT%H:%M:%SZ', p.visited_at_ms / 1000, 'unixepoch') as visited_at,
  strftime('%Y-%m-%dT%H:%M:%SZ', p.due_at_ms / 1000, 'unixepoch') as due_at,
  p.status,
  p.outcome,
  p.reason,
  p.detail,
  kept.url as alias_of_url
from pages p
join sites s on s.id = p.site_id
join hosts h on h.id = p.host_id
left join pages on_page on on_page.id = p.found_on
left join pages kept on kept.id = p.alias_of;
