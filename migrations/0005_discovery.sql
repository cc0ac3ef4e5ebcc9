-- What a source is, by its own visits: the interval follows from these numbers.

-- Mean time between two items that it was the first to bring; null before the second success.
alter table sources add column gap_ms integer;
-- Items that it listed and that were found since its visit before, whoever found them first.
alter table sources add column listed integer not null default 0;
-- Of these, those that others had found, in its present run of visits that brought nothing.
alter table sources add column echoes integer not null default 0;
-- How it does: 'new', 'good', 'repeats' (what others bring first), 'silent', 'failing', 'dead'.
alter table sources add column health text not null default 'new'
  check (health in ('new', 'good', 'repeats', 'silent', 'failing', 'dead'));
-- What a feed asks about the times of visits: how long to be left alone (null: it does not say), hours of the day
-- (UTC; bit 0 is midnight to one) and days (bit 0 is Sunday) in which not to be read.
alter table sources add column ttl_ms integer;
alter table sources add column skip_hours integer not null default 0;
alter table sources add column skip_days integer not null default 0;
-- WebSub: hubs that a feed names, one a line, and its own address at them; null if it names none.
alter table sources add column hubs text;
alter table sources add column topic_url text;
-- What a sitemap's lastmod dates proved worth: pages that had changed since the visit before when it said so, pages
-- that had not, and whether the dates of its last text were all the same or all the time of the request (1: yes).
alter table sources add column lastmod_right integer not null default 0;
alter table sources add column lastmod_wrong integer not null default 0;
alter table sources add column lastmod_uniform integer not null default 0 check (lastmod_uniform in (0, 1));

-- A sitemap's word that a stored article has changed since its last visit; one row a page, until its next visit tells.
create table lastmods (
  page_id integer primary key references pages (id),
  -- The sitemap that says so.
  sitemap_id integer not null references pages (id),
  lastmod_ms integer not null
) strict;

-- Hosts whose robots.txt names a sitemap, or the index above it: only for them may a sitemap of another host speak.
create table vouchers (
  sitemap_id integer not null references pages (id),
  host_id integer not null references hosts (id),
  primary key (sitemap_id, host_id)
) strict, without rowid;

create index vouchers_host on vouchers (host_id);

-- What first visits of a site's pages turned out to be, by the shape of their addresses; at most 200 shapes a site.
create table learnt (
  site_id integer not null references sites (id),
  -- The path with numbers as '#', slugs as '*' and other last words as '+'.
  shape text not null,
  kind text not null,
  times integer not null,
  last_at text not null,
  primary key (site_id, shape, kind)
) strict, without rowid;

-- Full texts of feed entries, for pages that show only the beginning.
create table feed_texts (
  page_id integer primary key references pages (id),
  -- The feed that brought it.
  feed_id integer not null references pages (id),
  seen_at text not null,
  -- Paragraphs parted by a blank line.
  text text not null
) strict;

drop view v_sources_health;

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
  o.error,
  o.health,
  o.gap_ms / 1000 as gap_seconds,
  o.listed,
  o.hubs,
  p.found_by
from sources o
join pages p on p.id = o.page_id
join sites s on s.id = p.site_id;
