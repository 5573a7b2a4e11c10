-- after: kept/001 search/001
-- How the pages of acts are read, and how an act is found.

create index editions_act on law.editions (act_id, in_force_on desc);
-- The list of acts by kind and level, in the order of the alphabet.
create index acts_listed on law.acts (title collate "uk-x-icu", id);
call public.watch_replica('law.editions');
call public.watch_replica('law.parts');

-- A number is compared as the staff site compares it: both functions are those of its migration law/001, and a test holds them to be the same.
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

-- The number by which the address of the official text names an act: «5203-17», «280/97-вр».
create function law.address_key(url text) returns text
  language sql immutable strict parallel safe
  return coalesce(
    substring(lower(left(url, 2000)) from '/laws/show/([^/?#]+(?:/[0-9]{2}-[^/?#]+)?)'),
    substring(lower(left(url, 2000)) from '([^/?#]+)/?([?#].*)?$'), '');

alter table law.acts
  drop column number_key,
  add column number_key text not null generated always as (law.number_key(number)) stored,
  add column address_key text not null generated always as (law.address_key(url)) stored,
  add column found_by text not null generated always as (law.found_by(title, title_en, kind, number, issuer)) stored;
create index acts_number on law.acts (number_key text_pattern_ops);
create index acts_address on law.acts (address_key) where address_key <> '';
drop function public.portal_act_number(text);
