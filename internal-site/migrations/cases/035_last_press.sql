-- The form that did the last act, by its hash: pressed twice it is known, and shows what it has done instead of a conflict with itself.
alter table cases.cases add column last_press uuid;
