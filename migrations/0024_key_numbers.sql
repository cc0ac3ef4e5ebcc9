-- Pages that a site numbered or dated alike are neighbours in the index of keys: the new links of a page change one or two
-- leaves of it instead of one each (docs/decisions/0024-neighbours-by-the-sites-count.md). Only `key_hash` changes.
--
-- SQLite cannot compute the number, so the program leaves it here for every row of an older file before it starts this
-- migration (`src/store/keys.rs`): in `temp.page_numbers (id, key_hash)`.

drop index pages_key;

update pages
set key_hash = n.key_hash
from temp.page_numbers n
where n.id = pages.id;

drop table temp.page_numbers;

create index pages_key on pages (key_hash);
