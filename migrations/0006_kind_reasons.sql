-- Why `kind` is what it is: the words of docs/EXTRACTION.md ("Kinds"), comma-separated, in the order in which they were
-- weighed at the last visit that brought a document; null: no visit brought one yet.
alter table pages add column kind_reasons text;
