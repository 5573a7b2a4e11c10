-- What the windows of a centre can do together is read without reading their free times: by one step in this index for each different answer.
create index slots_able on reception.slots (centre_id, group_id, serves, begins_at) where free;
