-- What the link says of its target, of the words of `rel` that matter (docs/SCHEMA.md), parted by blanks; null: none.
alter table links add column rel text;
