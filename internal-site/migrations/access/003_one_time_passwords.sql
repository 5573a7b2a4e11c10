-- A password that the portal made is shown once, to whoever hands it over, and has an end: until then it has to be
-- changed. Nobody chooses a password for somebody else, so that no proposal holds one any more.
alter table access.users
  add column password_expires_at timestamptz,  -- null: chosen by its owner, or of before
  add column last_sign_in_at     timestamptz;
update access.proposals set password_hash = null where password_hash is not null;
update access.users u set last_sign_in_at = a.at
from (select login, max(at) as at from access.sign_in_attempts where successful group by login) a where a.login = u.login;
