-- What a clerk who sends somebody on tells whoever takes over. It is kept for the day.
alter table reception.tickets
  add column note        text not null default '' check (length(note) <= 200),
  add column note_window uuid references reception.windows; -- where it was written; null: by a clerk without a window
create index tickets_noted on reception.tickets (centre_id, day) where note <> '';
