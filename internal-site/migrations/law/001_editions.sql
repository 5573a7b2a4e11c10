-- after: catalogue/006 documents/009
-- The library of legal acts: how an act is found, and its editions with their texts.

-- The number of an act as it is compared: «№ 5203-VI», «5203-vi» and «5203-06» are one, and so are letters that look alike in both alphabets.
create function law.number_key(text) returns text
  language plpgsql immutable strict parallel safe
as $$
declare
  number text := translate(regexp_replace(lower(left($1, 100)), '[\s№]+', '', 'g'), 'abcehikmoptxy–—', 'авсенікмортху--');
  series text := translate(substring(number from '-([іvх]{1,6})$'), 'іх', 'ix');
  place  int := array_position('{i,ii,iii,iv,v,vi,vii,viii,ix,x,xi,xii,xiii,xiv,xv,xvi,xvii,xviii,xix,xx}'::text[], series);
begin
  if place is null then
    return number;
  end if;
  return regexp_replace(number, '-[^-]*$', '-' || lpad(place::text, 2, '0'));
end $$;

-- What an act is found by: besides its own words those that people say around a number, «закону», «від», and the first letters of who issued
-- it, «КМУ».
create function law.found_by(title text, title_en text, kind text, number text, issuer text) returns text
  language sql immutable parallel safe
  return translate(lower(
    title || ' ' || title_en || ' ' || number || ' ' || issuer || ' ' || regexp_replace(issuer, '(\S)\S*\s*', '\1', 'g') || ' ' ||
    case kind
      when 'constitution' then 'конституція конституції'
      when 'code'         then 'кодекс кодексу'
      when 'law'          then 'закон закону закони'
      when 'resolution'   then 'постанова постанови постанову'
      when 'order'        then 'наказ наказу розпорядження'
      when 'decision'     then 'рішення'
      else 'акт акта'
    end || ' від р. року n no no.'), '''’ʼ`', '');

alter table law.acts
  add column number_key text not null generated always as (law.number_key(number)) stored,
  add column found_by   text not null generated always as (law.found_by(title, title_en, kind, number, issuer)) stored;
create index acts_number on law.acts (number_key);

-- An edition never changes: what was wrong in it is put right by another of the same day, which takes its place.
create table law.editions (
  id            uuid primary key,
  act_id        uuid not null references law.acts,
  in_force_on   date not null,
  note          text not null default '' check (length(note) <= 1000), -- what it came with
  body          text not null default '' check (octet_length(body) <= 8388608),
  letters       integer not null generated always as (length(body)) stored, -- so that lists need not read the text
  file_id       uuid references documents.files,
  added_at      timestamptz not null default now(),
  withdrawn_at  timestamptz,
  withdrawn_why text not null default '' check (length(withdrawn_why) <= 1000),
  check (body <> '' or file_id is not null)
);
create unique index editions_in_force on law.editions (act_id, in_force_on) where withdrawn_at is null;
create index editions_act on law.editions (act_id);
grant select, insert, update on law.editions to internal_site;

-- Cards are found by the acts that they rest on.
create index cards_acts on catalogue.cards using gin ((content -> 'acts') jsonb_path_ops);
