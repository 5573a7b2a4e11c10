-- What lists know of cards and forms is read without their contents.
create index cards_times on catalogue.cards (service_id, effective_from, published_at) where published;
create index forms_times on catalogue.forms (service_id, effective_from) where published;
