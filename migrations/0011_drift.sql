-- What a site's articles usually have, and alerts when that stops.

-- One row a site and field: how many of its new articles had it.
create table profile_health (
  site_id integer not null references sites (id),
  -- 'title', 'body' …; 'profile:title': given by the site's profile; 'article': a page that looked like an article
  -- turned out to be one.
  field text not null,
  -- New articles that were looked at.
  articles integer not null,
  -- Share of them that had the field, newer ones weighing more.
  usual real not null,
  -- Usual length in characters, of 'body' only.
  usual_length real,
  -- Finds (positive) or misses (negative) in a row.
  streak integer not null,
  -- 1: an alert is open.
  drifting integer not null default 0 check (drifting in (0, 1)),
  primary key (site_id, field)
) strict, without rowid;

create table alerts (
  id integer primary key,
  site_id integer not null references sites (id),
  -- 'drift': a field that used to be found is not found any more.
  kind text not null check (kind in ('drift')),
  field text not null,
  raised_at text not null,
  -- A page on which it was missed.
  page_id integer not null references pages (id),
  -- Share of the site's articles that had it before.
  usual real not null,
  -- A selector that finds it on that page; null if none could be proposed.
  suggestion text,
  -- When it was found again, or its absence had become usual; null: open.
  ended_at text
) strict;

create index alerts_open on alerts (site_id, field) where ended_at is null;

create view v_alerts as
select
  a.id,
  s.name as site,
  a.kind,
  a.field,
  a.raised_at,
  substr(a.raised_at, 1, 10) as raised_day,
  p.url as example_url,
  round(a.usual, 2) as usual,
  a.suggestion,
  a.ended_at
from alerts a
join sites s on s.id = a.site_id
join pages p on p.id = a.page_id;
