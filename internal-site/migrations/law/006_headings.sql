-- An act of nothing but headings took its square of time to be cut.

-- A text in parts of at most 50 000 bytes, since a page shows one. A part of more than 30 000 ends before the next heading, and none within a paragraph.
-- A heading that is no more than its number has the paragraph after it for its name.
create or replace function law.parts_of(body text) returns table (number integer, part text, headings jsonb)
  language plpgsql immutable strict parallel safe
as $$
declare
  paragraph text;
  depth     int;
  size      int := 0;
  lines     text[] := '{}';
  unnamed   boolean := false;
  found     jsonb[] := '{}'; -- the headings; an array grows in place, which a jsonb does not
begin
  number := 0;
  foreach paragraph in array string_to_array($1, e'\n') loop
    depth := law.heading_depth(paragraph);
    if size > 0 and (size + octet_length(paragraph) > 50000 or depth > 0 and size > 30000) then
      number := number + 1;
      part := array_to_string(lines, e'\n');
      headings := to_jsonb(found);
      return next;
      lines := '{}';
      found := '{}';
      size := 0;
      unnamed := false;
    end if;
    if depth > 0 then
      found := found || jsonb_build_object('at', cardinality(lines), 'depth', depth, 'text', law.beginning(paragraph));
      unnamed := depth < 5 and paragraph ~ '^\S+\s*\S*\s*$';
    elsif unnamed then
      found[cardinality(found)] := jsonb_set(found[cardinality(found)], '{text}',
        to_jsonb(rtrim(found[cardinality(found)] ->> 'text', ' .') || '. ' || law.beginning(paragraph)));
      unnamed := false;
    end if;
    lines := lines || paragraph;
    size := size + octet_length(paragraph) + 1;
  end loop;
  if size > 1 then -- an edition that is only a file has no text and no part
    number := number + 1;
    part := array_to_string(lines, e'\n');
    headings := to_jsonb(found);
    return next;
  end if;
end $$;
