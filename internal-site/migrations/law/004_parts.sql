-- after: documents/011
-- What leaves of an act for everybody: its editions that count, and their texts cut into the parts that pages show. Triggers keep both, whichever
-- way an edition comes, so that what leaves follows from what is published and nobody has to think of it.

alter table law.editions add column published boolean not null default false; -- it counts, and its act is published
alter table law.editions add check (not published or withdrawn_at is null);
create unique index editions_published on law.editions (id, published);
alter table law.editions replica identity using index editions_published;

create table law.parts (
  edition_id uuid not null references law.editions,
  number     integer not null check (number > 0), -- of the part, from 1
  body       text not null,                       -- whole paragraphs
  headings   jsonb not null default '[]',         -- of its articles and chapters: which paragraph, from 0, how deep, and its words
  published  boolean not null default false,      -- as its edition is
  primary key (edition_id, number)
);
create unique index parts_published on law.parts (edition_id, number, published);
alter table law.parts replica identity using index parts_published;
grant select, insert, update on law.parts to internal_site;

-- How deep the heading stands that a paragraph is, 1 for a book, 5 for an article; 0 when it is none: «Стаття 7. Строки», «Розділ II», «ГЛАВА 3».
create function law.heading_depth(paragraph text) returns integer
  language sql immutable strict parallel safe
  return case lower(substring(left(paragraph, 200) from
      '^(Книга|КНИГА|Розділ|РОЗДІЛ|Підрозділ|ПІДРОЗДІЛ|Глава|ГЛАВА|§|Стаття|СТАТТЯ|Додаток|ДОДАТОК)\s*(?:(?:[0-9]+(?:-[0-9]+)*|[IVXLІХ]+(?:-[0-9]+)?)(?:\s*$|\s*[.:]|\s+[А-ЯҐЄІЇ«])|[А-Яа-яҐґЄєІіЇї]+(?:а|ий|ій)\s*$|\s*$)'))
    when 'книга' then 1
    when 'розділ' then 2
    when 'додаток' then 2
    when 'підрозділ' then 3
    when 'глава' then 3
    when '§' then 4
    when 'стаття' then 5
    else 0
  end;

-- A text in parts of at most 50 000 bytes, since a page shows one. A part of more than 30 000 ends before the next heading, and none within a paragraph.
-- A heading that is no more than its number has the paragraph after it for its name.
create function law.parts_of(body text) returns table (number integer, part text, headings jsonb)
  language plpgsql immutable strict parallel safe
as $$
declare
  paragraph text;
  depth     int;
  size      int := 0;
  lines     text[] := '{}';
  unnamed   boolean := false;
begin
  number := 0;
  headings := '[]';
  foreach paragraph in array string_to_array($1, e'\n') loop
    depth := law.heading_depth(paragraph);
    if size > 0 and (size + octet_length(paragraph) > 50000 or depth > 0 and size > 30000) then
      number := number + 1;
      part := array_to_string(lines, e'\n');
      return next;
      lines := '{}';
      headings := '[]';
      size := 0;
      unnamed := false;
    end if;
    if depth > 0 then
      headings := headings || jsonb_build_object('at', cardinality(lines), 'depth', depth, 'text', law.beginning(paragraph));
      unnamed := depth < 5 and paragraph ~ '^\S+\s*\S*\s*$';
    elsif unnamed then
      headings := jsonb_set(headings, '{-1,text}', to_jsonb(rtrim(headings #>> '{-1,text}', ' .') || '. ' || law.beginning(paragraph)));
      unnamed := false;
    end if;
    lines := lines || paragraph;
    size := size + octet_length(paragraph) + 1;
  end loop;
  if size > 1 then -- an edition that is only a file has no text and no part
    number := number + 1;
    part := array_to_string(lines, e'\n');
    return next;
  end if;
end $$;

-- What a list of contents shows of a paragraph: up to 160 letters, cut behind a word.
create function law.beginning(paragraph text) returns text
  language sql immutable strict parallel safe
  return case when length(paragraph) <= 160 then paragraph else regexp_replace(left(paragraph, 160), '\s+\S*$', '') || '…' end;

update law.editions e set published = true from law.acts a where a.id = e.act_id and a.published and e.withdrawn_at is null;
insert into law.parts (edition_id, number, body, headings, published)
  select e.id, p.number, p.part, p.headings, e.published from law.editions e, law.parts_of(e.body) p;
update documents.files f set published = true from law.editions e where e.published and f.id = e.file_id and f.purpose = 'act' and not f.published;

create function law.edition_leaves() returns trigger language plpgsql as $$
begin
  -- Held, so that the act is not published or taken back meanwhile.
  select a.published and new.withdrawn_at is null into new.published from law.acts a where a.id = new.act_id for share;
  new.published := coalesce(new.published, false); -- there is no such act: the reference says so
  return new;
end $$;
create trigger edition_leaves before insert or update of withdrawn_at on law.editions for each row execute function law.edition_leaves();

create function law.edition_left() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into law.parts (edition_id, number, body, headings, published)
      select new.id, p.number, p.part, p.headings, new.published from law.parts_of(new.body) p;
  elsif new.published <> old.published then
    update law.parts set published = new.published where edition_id = new.id;
  end if;
  update documents.files set published = new.published where id = new.file_id and purpose = 'act' and published <> new.published;
  return null;
end $$;
create trigger edition_left after insert or update on law.editions for each row execute function law.edition_left();

create function law.act_leaves() returns trigger language plpgsql as $$
begin
  update law.editions set published = new.published where act_id = new.id and withdrawn_at is null and published <> new.published;
  return null;
end $$;
create trigger act_leaves after update of published on law.acts for each row when (new.published <> old.published) execute function law.act_leaves();
