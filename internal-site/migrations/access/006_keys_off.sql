-- Whether letters and digits alone press buttons for somebody: who speaks to their computer may not want that (WCAG 2.1.4).
alter table access.users add column keys_off boolean not null default false;
