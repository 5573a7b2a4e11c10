-- Text processors write the hyphen of a number as one that ends no line, or as a minus: «12‑3/2025». Such a number was another one than «12-3/2025».
-- The function is that of the staff site's migration law/007, and a test holds both to be the same.
create or replace function law.number_key(text) returns text
  language plpgsql immutable strict parallel safe
as $$
declare
  number text := translate(regexp_replace(lower(left($1, 100)), '[\s№]+', '', 'g'), e'abcehikmoptxy–—−\u2010\u2011', 'авсенікмортху-----');
  series text := translate(substring(number from '-([іvх]{1,6})$'), 'іх', 'ix');
  place  int := array_position('{i,ii,iii,iv,v,vi,vii,viii,ix,x,xi,xii,xiii,xiv,xv,xvi,xvii,xviii,xix,xx}'::text[], series);
begin
  if place is null then
    return number;
  end if;
  return regexp_replace(number, '-[^-]*$', '-' || lpad(place::text, 2, '0'));
end $$;

-- What is stored is counted anew only when the column is.
alter table law.acts
  drop column number_key,
  add column number_key text not null generated always as (law.number_key(number)) stored;
create index acts_number on law.acts (number_key text_pattern_ops);
