-- A title has up to 2000 letters, and a row of an index at most 2704 bytes: what is too long for it would never arrive. So the list of acts is
-- ordered by how titles begin.
drop index law.acts_listed;
create index acts_listed on law.acts (left(title, 300) collate "uk-x-icu", id);
