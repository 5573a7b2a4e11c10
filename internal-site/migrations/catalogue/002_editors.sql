-- after: region/003
-- Who changed a draft, besides whoever began it: where duties are kept apart none of them approves it.
alter table catalogue.cards add column editors uuid[] not null default '{}';
alter table catalogue.tech_cards add column editors uuid[] not null default '{}';
