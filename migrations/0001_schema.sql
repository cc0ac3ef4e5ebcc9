-- The results file of murasil. `docs/SCHEMA.md` shows it from the reader's side; this file says why each column exists.
--
-- Columns named `*_at` are UTC text of fixed width, `YYYY-MM-DDTHH:MM:SSZ`: they sort and compare as text.
-- Columns named `*_ms` are integers in milliseconds; `*_at_ms` count from 1970-01-01T00:00:00Z and belong to the
-- scheduler (views show them readable). `null` means "not known" or "does not apply", never zero or "".

-- One row a fact about the file itself.
create table meta (
  key text primary key,
  value text not null
) strict;

insert into meta (key, value) values
  ('program', 'murasil'),
  ('created_at', strftime('%Y-%m-%dT%H:%M:%SZ', 'now'));

-- One row a start of the daemon.
create table runs (
  id integer primary key,
  started_at text not null,
  -- Null while it runs and for ever after a crash: then every host first waits its own delay.
  ended_at text
) strict;

-- What the operator configured, by name.
create table sites (
  id integer primary key,
  name text not null unique,
  -- 0: no longer configured; its pages rest as 'out-of-scope' until it comes back.
  active integer not null default 1 check (active in (0, 1))
) strict;

-- A host name plus a port that is not the scheme's own: whose patience is spent.
create table hosts (
  id integer primary key,
  name text not null unique,
  -- Not asked before this instant.
  next_at_ms integer not null,
  -- Spacing in force between two request starts; 0 before the first visit.
  delay_ms integer not null default 0,
  -- What its robots.txt asks for; null if it states none.
  crawl_delay_ms integer,
  -- Present back-off; 0 in good times.
  backoff_ms integer not null default 0,
  -- Failures of the host itself in a row.
  failures integer not null default 0,
  -- The UTC day that the next two columns count.
  day text not null,
  pages_today integer not null default 0,
  -- Of these, visits to articles that were stored before.
  revisits_today integer not null default 0,
  -- Requests sent to it, robots.txt included, since the first run.
  requests integer not null default 0,
  -- Why it is not asked at the moment, for people; null in good times.
  note text,
  -- The first instant at which a page of it is due and the host may be asked; null: nothing will ever be due.
  wake_at_ms integer
) strict;

-- Claim, step one: hosts that have something to do, the longest waiting first.
create index hosts_wake on hosts (wake_at_ms) where wake_at_ms is not null;

-- The frontier: one row a page, whatever its spelling.
create table pages (
  id integer primary key,
  -- Identity: the address without scheme and one leading `www.`, query sorted.
  key text not null unique,
  -- The spelling to request: the one that last answered 200, or the first that was found.
  url text not null,
  site_id integer not null references sites (id),
  host_id integer not null references hosts (id),
  kind text not null check (kind in ('unknown', 'front', 'section', 'feed', 'sitemap', 'article', 'other')),
  -- Links between a seed and it.
  depth integer not null,
  -- Redirects that led to it.
  hops integer not null default 0,
  -- 'new' (never visited), 'scheduled' (visited, comes again), or why it is not visited again.
  state text not null default 'new' check (state in (
    'new', 'scheduled', 'done', 'redirected', 'alias', 'gone', 'refused', 'gave-up', 'quarantined', 'out-of-scope')),
  -- Which queue of its host it waits in: 'source' (due ones first: lists, and first visits that failed and are tried
  -- again), then 'new', then 'revisit' (due ones); null: none.
  lane text default 'new' check (lane in ('source', 'new', 'revisit')),
  -- When it is due; null in lane 'new' and outside the lanes.
  due_at_ms integer,
  -- Order within lane 'new': lower goes first.
  priority integer not null,
  -- The page that is kept in place of this one; null unless the state is 'alias' or 'redirected' (and the target known).
  alias_of integer references pages (id),
  -- How it was found: 'seed', 'redirect', 'robots', 'well-known', or the place of the link.
  found_by text not null,
  -- The page that named it; null for seeds.
  found_on integer references pages (id),
  found_at text not null,
  -- Start of the last visit; null before the first.
  visited_at_ms integer,
  -- Visits that ended with 200 or 304.
  successes integer not null default 0,
  -- Failures in a row since the last success.
  failures integer not null default 0,
  -- Successes in a row that changed nothing.
  unchanged integer not null default 0,
  -- Validators of the last 200, byte for byte.
  etag text,
  last_modified text,
  -- Last HTTP status; null before the first answer and if the last visit got none.
  status integer,
  -- Outcome of the last visit and its reason in one word each, and in a sentence.
  outcome text check (outcome in ('page', 'not-modified', 'redirect', 'refused', 'failed')),
  reason text,
  detail text,
  check ((lane is null) = (state not in ('new', 'scheduled'))),
  check ((due_at_ms is null) = (lane is null or lane = 'new'))
) strict;

-- Claim, step two: the next page of a host, one index a lane. Nothing is sorted or scanned.
create index pages_source on pages (host_id, due_at_ms) where lane = 'source';
create index pages_new on pages (host_id, priority, id) where lane = 'new';
create index pages_revisit on pages (host_id, due_at_ms) where lane = 'revisit';

-- Where the operator told us to begin.
create table seeds (
  id integer primary key,
  site_id integer not null references sites (id),
  page_id integer not null unique references pages (id),
  -- As it was configured.
  url text not null
) strict;

-- Front pages, sections, feeds and sitemaps: pages that are watched because they list others.
create table sources (
  page_id integer primary key references pages (id),
  -- The interval by which it was scheduled last; null before the first success.
  interval_ms integer,
  -- Visits with an answer (200 or 304).
  visits integer not null default 0,
  -- Pages and headlines, new to this file, that it brought in all.
  brought integer not null default 0,
  -- When it last brought one.
  brought_at text,
  -- Failures in a row.
  failures integer not null default 0,
  -- What went wrong last; null if the last visit was fine.
  error text
) strict;

-- robots.txt: one row an authority, meaning and text.
create table robots (
  id integer primary key,
  -- Scheme, host and port.
  authority text not null,
  -- 'rules': the text holds; 'absent': 4xx, all is allowed; 'unreachable': all is forbidden.
  status text not null check (status in ('rules', 'absent', 'unreachable')),
  -- First half of the SHA-256 of the text: with authority and status the row's identity.
  text_hash blob not null,
  -- zstd of the text.
  body blob not null,
  body_bytes integer not null,
  -- When this text was first and last read.
  first_fetched_at text not null,
  fetched_at text not null,
  -- fetched_at plus 24 hours (RFC 9309 §2.4).
  expires_at text not null,
  -- When an attempt to read it anew failed; null if the last attempt succeeded.
  failed_at text,
  -- Counts up within an authority: its row with the highest number is in force.
  decided integer not null,
  unique (authority, status, text_hash)
) strict;

create index robots_in_force on robots (authority, decided);

-- The log: one row a request, and one a page that was refused without a request.
create table fetches (
  id integer primary key,
  page_id integer not null references pages (id),
  kind text not null check (kind in ('robots', 'page')),
  url text not null,
  started_at text not null,
  -- The same instant exactly: gaps between requests are a promise.
  started_at_ms integer not null,
  -- 0: refused before it was sent.
  sent integer not null check (sent in (0, 1)),
  elapsed_ms integer not null,
  -- HTTP status; null without an answer.
  status integer,
  -- Body as it came, and decoded.
  wire_bytes integer not null,
  body_bytes integer not null,
  -- The address that was dialled.
  remote text,
  -- What the visit came to, on its page request only.
  outcome text check (outcome in ('page', 'not-modified', 'redirect', 'refused', 'failed')),
  reason text,
  -- What went wrong with this request, in words.
  error text,
  -- The copy that allowed or refused it; null if none was needed or could be had.
  robots_id integer references robots (id)
) strict;

create index fetches_page on fetches (page_id);
-- Retention and "the last 24 hours".
create index fetches_started on fetches (started_at);

-- Articles as they are now: at most one a page.
create table articles (
  id integer primary key,
  page_id integer not null unique references pages (id),
  site_id integer not null references sites (id),
  title text,
  subtitle text,
  -- Who published it first, as the page says: the newspaper.
  publisher text,
  -- UTC; with day precision that day at T00:00:00Z by convention.
  published_at text,
  -- The day as the page prints it, in the page's own zone.
  published_day text,
  published_precision text check (published_precision in ('day', 'minute', 'second')),
  -- The text it was read from, and the kind of evidence.
  published_raw text,
  published_source text,
  -- The page's zone; null if it states none.
  published_offset_minutes integer,
  -- When it was changed, as the page says; UTC.
  modified_at text,
  -- BCP 47 primary language.
  language text,
  section text,
  -- Paragraphs parted by a blank line.
  body text,
  word_count integer not null,
  -- Lead picture.
  image_url text,
  -- rel=canonical or og:url, as claimed.
  canonical_url text,
  -- The original that an aggregator points to.
  source_url text,
  -- The site's own number for it.
  source_id text,
  -- JSON object: field → "extractor rule".
  found_by text not null,
  -- Fingerprint of the fields that make a version.
  hash blob not null,
  -- Number of the current version, from 1.
  version integer not null,
  first_seen_at text not null,
  -- Last visit that found it there (200 or 304).
  fetched_at text not null,
  -- When the current version was first seen.
  changed_at text not null,
  -- When the page was first gone (404, 410, 451); null while it is there.
  removed_at text
) strict;

-- Lists, newest first.
create index articles_newest on articles (coalesce(published_at, first_seen_at), id);
create index articles_day on articles (published_day);
create index articles_title on articles (title);

-- Every state of every article.
create table article_versions (
  id integer primary key,
  article_id integer not null references articles (id),
  version integer not null,
  seen_at text not null,
  -- Fields that differ from the version before, comma-separated; '' for the first.
  changed text not null,
  title text,
  subtitle text,
  -- Names, one a line.
  authors text,
  publisher text,
  -- As the page tells it: the day, or the local time with its offset.
  published text,
  section text,
  body text,
  source_url text,
  -- Row of `raw_pages` in the archive file; null if the page was not kept.
  raw_page_id integer,
  unique (article_id, version)
) strict;

create table authors (
  id integer primary key,
  name text not null unique
) strict;

create table article_authors (
  article_id integer not null references articles (id),
  -- From 1, in the page's order.
  position integer not null,
  author_id integer not null references authors (id),
  primary key (article_id, position)
) strict, without rowid;

create index article_authors_author on article_authors (author_id);

create table tags (
  id integer primary key,
  name text not null unique
) strict;

create table article_tags (
  article_id integer not null references articles (id),
  position integer not null,
  tag_id integer not null references tags (id),
  primary key (article_id, position)
) strict, without rowid;

create index article_tags_tag on article_tags (tag_id);

-- Pictures of articles; the lead picture is position 1.
create table images (
  id integer primary key,
  article_id integer not null references articles (id),
  position integer not null,
  url text not null,
  caption text,
  credit text,
  unique (article_id, position)
) strict;

-- A text that leads somewhere.
create table headlines (
  id integer primary key,
  -- First 64 bits of SHA-256 over text and target: identity.
  fingerprint integer not null unique,
  text text not null,
  target_url text not null,
  first_seen_at text not null
) strict;

create index headlines_target on headlines (target_url);

-- Where and when a headline stood: one row a headline, source page and role.
create table headline_sightings (
  -- The page that showed it; for a ticker that a site prints on all its pages, the site's front page.
  page_id integer not null references pages (id),
  role text not null check (role in ('ticker', 'front', 'related', 'most-read')),
  headline_id integer not null references headlines (id),
  first_seen_at text not null,
  last_seen_at text not null,
  -- Place within the role, from 1.
  first_position integer not null,
  last_position integer not null,
  times_seen integer not null default 1,
  primary key (page_id, role, headline_id)
) strict, without rowid;

-- Which article links to which page, from its text or the boxes beside it.
create table links (
  from_page_id integer not null references pages (id),
  to_page_id integer not null references pages (id),
  place text not null check (place in ('main', 'aside')),
  primary key (from_page_id, to_page_id)
) strict, without rowid;

create index links_to on links (to_page_id);

-- Text as it is searched: vowel marks and tatweel dropped, letter forms and digits unified.
create table article_search (
  article_id integer primary key references articles (id),
  title text not null,
  subtitle text not null,
  body text not null
) strict;

create virtual table article_fts using fts5 (
  title,
  subtitle,
  body,
  content = 'article_search',
  content_rowid = 'article_id',
  tokenize = "unicode61 categories 'L* N* Co Mn'"
);

create trigger article_search_insert after insert on article_search begin
  insert into article_fts (rowid, title, subtitle, body)
  values (new.article_id, new.title, new.subtitle, new.body);
end;

create trigger article_search_delete after delete on article_search begin
  insert into article_fts (article_fts, rowid, title, subtitle, body)
  values ('delete', old.article_id, old.title, old.subtitle, old.body);
end;

create trigger article_search_update after update on article_search begin
  insert into article_fts (article_fts, rowid, title, subtitle, body)
  values ('delete', old.article_id, old.title, old.subtitle, old.body);
  insert into article_fts (rowid, title, subtitle, body)
  values (new.article_id, new.title, new.subtitle, new.body);
end;
