-- What a host prints in article after article is no part of their texts; and what stands beside a text follows the page.

-- In how many of a host's articles each paragraph of their bodies stood, for those seen last; see SCHEMA.md for the
-- bytes. Only articles that are stored for the first time are counted.
create table paragraph_counts (
  host_id integer primary key references hosts (id),
  counts blob not null
) strict;

-- Paragraphs that are left out of the bodies of a host's new articles, because of these counts.
create table boilerplate (
  host_id integer not null references hosts (id),
  -- 64 bits over the text's letters, digits and signs that are not ASCII.
  fingerprint integer not null,
  text text not null,
  learnt_at text not null,
  primary key (host_id, fingerprint)
) strict, without rowid;

-- Fingerprints of the paragraphs that were left out of the body, as a list of JSON; null: none. They stay out, whatever
-- is learnt later: versions show what the publisher changed and nothing else.
alter table articles add column left_out text;

-- Over pictures, flags and live entries as they are stored, to see that they changed; null: stored before this column.
alter table articles add column details_hash blob;
