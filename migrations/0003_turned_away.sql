-- Addresses that were found but did not enter the frontier, by site and reason: scope, denied, nofollow, depth, traps.
-- One row a reason keeps it small however many addresses a trap makes up.
create table turned_away (
  site_id integer not null references sites (id),
  reason text not null,
  -- How often; an address that stands on many pages counts each time.
  times integer not null,
  -- The last one.
  example_url text not null,
  last_at text not null,
  primary key (site_id, reason)
) strict, without rowid;
