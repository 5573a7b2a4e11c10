-- Documents that were issued, for anybody who holds one to check: number, date, authority, hash, whether it was withdrawn, and nothing of
-- the case or of people. The row is written with the document; only its withdrawal changes it. file_id stays inside.
create table documents.issued (
  id           uuid primary key,
  file_id      uuid not null unique references documents.files,
  number       text not null unique check (number ~ '^D-[0-9]{4}(-[0-9]{4}){3}$'),   -- random, with two check digits (shared/contract)
  authority_id uuid not null references org.authorities,
  issued_on    date not null,
  sha256       text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  withdrawn_on date
);

-- Documents of before get numbers too: their paper does not bear them, and their files can be checked.
with drawn as (
  select f.id, f.uploaded_at, f.sha256, f.withdrawn_at, c.authority_id,
    ('x' || substr(replace(gen_random_uuid()::text, '-', ''), 1, 12))::bit(48)::bigint % 100000000000000 as n
  from documents.files f join cases.cases c on c.id = f.case_id where f.purpose = 'result' and f.signs_id is null
), digits as (
  select drawn.*, lpad(n::text, 14, '0') || lpad((98 - n * 100 % 97)::text, 2, '0') as d from drawn
)
insert into documents.issued (id, file_id, number, authority_id, issued_on, sha256, withdrawn_on)
select gen_random_uuid(), id, 'D-' || substr(d, 1, 4) || '-' || substr(d, 5, 4) || '-' || substr(d, 9, 4) || '-' || substr(d, 13, 4), authority_id,
  (uploaded_at at time zone 'Europe/Kyiv')::date, sha256, (withdrawn_at at time zone 'Europe/Kyiv')::date
from digits;

grant select, insert, update (withdrawn_on) on documents.issued to internal_site;
