-- A case that goes back to an earlier stage.
insert into cases.event_kinds values ('stage_returned');
