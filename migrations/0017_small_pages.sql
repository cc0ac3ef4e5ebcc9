-- A row of `pages` without what can be computed: an address is stored once instead of three times, and found by a number
-- (docs/decisions/0012-pages-by-hash.md). Every column that was there is still there, with the same contents.
--
-- SQLite cannot compute the number, so the program leaves it here for every row before it starts this migration
-- (`src/store/keys.rs`): in `temp.page_hashes (id, key_hash)`. A table is rebuilt as SQLite's documentation of ALTER TABLE
-- says; foreign keys are off meanwhile, and no other statement that names `pages` is changed.

create table new_pages (
  id integer primary key,
  -- Where to look for a key: 12 bits of SHA-256 over its host, then 35 bits of SHA-256 over it whole. Different keys may
  -- share a number, so it is always compared together with `key`; no two rows share a key, by the statements that write.
  key_hash integer not null,
  -- Identity: the address without scheme and one leading `www.`, query sorted.
  key text generated always as (coalesce(
    own_key,
    substr(url, instr(url, '://') + 3 + 4 * (substr(url, instr(url, '://') + 3, 4) = 'www.')))) virtual,
  -- The key where it is not simply the rest of the address: a query in another order, an `index.html`; null elsewhere.
  own_key text,
  -- The spelling to request: the one that last answered 200, or the first that was found.
  url text not null,
  site_id integer not null references sites (id),
  host_id integer not null references hosts (id),
  kind text not null check (kind in (
    'unknown', 'front', 'section', 'tag', 'author', 'feed', 'sitemap', 'article', 'other')),
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
  -- When it was found, in seconds since 1970, and as text.
  found_at_s integer not null,
  found_at text generated always as (strftime('%Y-%m-%dT%H:%M:%SZ', found_at_s, 'unixepoch')) virtual,
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
  -- Why `kind` is what it is: words of docs/EXTRACTION.md, comma-separated; null: never judged.
  kind_reasons text,
  check ((lane is null) = (state not in ('new', 'scheduled'))),
  check ((due_at_ms is null) = (lane is null or lane = 'new'))
) strict;

insert into new_pages (
  id, key_hash, own_key, url, site_id, host_id, kind, depth, hops, state, lane, due_at_ms, priority, alias_of, found_by,
  found_on, found_at_s, visited_at_ms, successes, failures, unchanged, etag, last_modified, status, outcome, reason, detail,
  kind_reasons)
select
  p.id,
  -- Null, which ends the migration, if the program left none.
  h.key_hash,
  nullif(
    p.key,
    substr(p.url, instr(p.url, '://') + 3 + 4 * (substr(p.url, instr(p.url, '://') + 3, 4) = 'www.'))),
  p.url, p.site_id, p.host_id, p.kind, p.depth, p.hops, p.state, p.lane, p.due_at_ms, p.priority, p.alias_of, p.found_by,
  p.found_on, coalesce(unixepoch(p.found_at), 0), p.visited_at_ms, p.successes, p.failures, p.unchanged, p.etag,
  p.last_modified, p.status, p.outcome, p.reason, p.detail, p.kind_reasons
from pages p
left join temp.page_hashes h on h.id = p.id
order by p.id;

drop table temp.page_hashes;

-- Without it the renaming would look into the views, which name a table that is not there at this moment.
pragma legacy_alter_table = on;

drop table pages;

alter table new_pages rename to pages;

pragma legacy_alter_table = off;

create index pages_key on pages (key_hash);

-- Claim, step two: the next page of a host, one index a lane. Nothing is sorted or scanned.
create index pages_source on pages (host_id, due_at_ms) where lane = 'source';
-- Equal priorities go by `id`, with which every entry of an index ends.
create index pages_new on pages (host_id, priority) where lane = 'new';
create index pages_revisit on pages (host_id, due_at_ms) where lane = 'revisit';

-- What `why` asks: the other addresses of a page.
create index pages_alias on pages (alias_of) where alias_of is not null;
