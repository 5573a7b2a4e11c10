-- A password that somebody else chooses opens the account to them. Where the account has sensitive rights that they
-- lack, a second person confirms it, as with giving them such rights.
alter table access.proposals
  alter column group_code drop not null,
  alter column group_version drop not null,
  drop constraint proposals_kind_check,
  drop constraint proposals_check,
  add constraint proposals_kind check (kind in ('give', 'widen', 'password')),
  add constraint proposals_parts check (
    case kind when 'give' then user_id is not null and group_code is not null and group_version is not null
              when 'widen' then user_id is null and group_code is not null and group_version is not null
              else user_id is not null and group_code is null end);
alter table access.proposals add column password_hash text; -- password; gone once it is decided or its time is over
