-- The archive file of murasil: pages as they came, so that articles can be extracted anew.
-- `article_versions.raw_page_id` of the results file names a row here. A row that nothing names is harmless.

create table raw_pages (
  -- Autoincrement: versions go on naming rows that were deleted, so a number is never used again.
  id integer primary key autoincrement,
  -- Identity of the page, as `pages.key`.
  key text not null,
  -- The address that answered.
  url text not null,
  fetched_at text not null,
  status integer not null,
  -- As received; null if it was missing.
  content_type text,
  -- X-Robots-Tag values, one a line.
  robots_tags text,
  -- zstd of the body after transfer and content decoding, charset untouched.
  body blob not null,
  body_bytes integer not null
) strict;

create index raw_pages_key on raw_pages (key);
-- Retention.
create index raw_pages_fetched on raw_pages (fetched_at);
