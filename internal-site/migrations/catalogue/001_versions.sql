-- Versions of both kinds of cards tell the same of themselves: who handed in, approved and published them, and what they
-- change.

alter table catalogue.cards
  add column submitted_at timestamptz,
  add column submitted_by uuid;

alter table catalogue.tech_cards
  add column change_note  text not null default '',
  add column submitted_at timestamptz,
  add column submitted_by uuid,
  add column approved_at  timestamptz,
  add column approved_by  uuid,
  add column published_by uuid;
