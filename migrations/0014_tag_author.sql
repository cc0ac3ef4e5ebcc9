-- Pages of tags and authors are kinds of their own: 'tag', 'author' (before: 'section'). A page that is stored as a section
-- stays one until its next visit. Only the list of allowed words changes, so no row is touched and no table rebuilt: the way
-- that SQLite's documentation of ALTER TABLE gives for constraints.
pragma writable_schema = on;

update sqlite_schema
set sql = replace(sql, '''section'', ''feed''', '''section'', ''tag'', ''author'', ''feed''')
where type = 'table'
  and name = 'pages';

pragma writable_schema = reset;

-- What each list shows: its headlines as of the last time that it was read.
drop view v_front_page_now;

create view v_front_page_now as
select
  s.name as site,
  p.url as source_url,
  g.role,
  g.last_position as position,
  h.text,
  h.target_url,
  g.first_seen_at,
  g.last_seen_at
from headline_sightings g
join headlines h on h.id = g.headline_id
join pages p on p.id = g.page_id
join sites s on s.id = p.site_id
where p.kind in ('front', 'section', 'tag', 'author')
  and g.last_seen_at = (
    select max(latest.last_seen_at)
    from headline_sightings latest
    where latest.page_id = g.page_id
      and latest.role = g.role
  );
