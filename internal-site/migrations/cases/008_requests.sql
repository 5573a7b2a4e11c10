-- What a case tells of its requests to authorities.
insert into cases.event_kinds values ('request_sent'), ('request_answered'), ('request_withdrawn');
