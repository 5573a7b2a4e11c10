-- A decision that somebody has worded and handed to its signatory, with the remark with which it was returned. It is for staff alone.
alter table cases.cases add column proposal jsonb;
insert into cases.event_kinds values ('decision_proposed'), ('decision_sent_back');
