-- Wishes beyond robots.txt, as pages state them: who asked for what, and since when. Kept whether or not the
-- configuration acts on them (`politeness.opt_out`), so that a later decision can be applied to what is stored.
create table opt_outs (
  page_id integer not null references pages (id),
  -- tdm-reservation, noai, noimageai.
  kind text not null,
  -- As the page states it.
  value text not null,
  first_seen_at text not null,
  -- The last visit that found it.
  last_seen_at text not null,
  primary key (page_id, kind)
) strict, without rowid;
