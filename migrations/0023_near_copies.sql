-- Which articles have nearly the same text (docs/decisions/0023-near-copies.md).

-- Of `body`, 64 bits as a signed number; null: the text has less than fifty words, or no visit has read it since there is this column.
alter table articles add column simhash integer;

-- The newest by number, when the writer fills its memory; and one by its number, apart from its long row.
create index articles_simhash on articles (id, simhash) where simhash is not null;

-- Pairs of articles whose simhashes differ in at most seven bits. An article brings at most twenty when its text is stored.
create table near_copies (
  -- The one that was stored first.
  article_id integer not null references articles (id) on delete cascade,
  other_id integer not null references articles (id) on delete cascade,
  -- Bits in which they differ.
  distance integer not null,
  primary key (article_id, other_id),
  check (article_id < other_id)
) strict, without rowid;

create index near_copies_other on near_copies (other_id);

drop view v_duplicates;

create view v_duplicates as
select
  a.id as article_id,
  b.id as other_id,
  case when a.source_url = b.source_url then 'source_url' else 'title' end as same,
  a.title,
  pa.url,
  pb.url as other_url,
  n.distance
from articles a
join articles b on b.id > a.id and b.title = a.title
join pages pa on pa.id = a.page_id
join pages pb on pb.id = b.page_id
left join near_copies n on n.article_id = a.id and n.other_id = b.id
union all
select n.article_id, n.other_id, 'text', a.title, pa.url, pb.url, n.distance
from near_copies n
join articles a on a.id = n.article_id
join articles b on b.id = n.other_id
join pages pa on pa.id = a.page_id
join pages pb on pb.id = b.page_id
where a.title is not b.title or a.title is null;
