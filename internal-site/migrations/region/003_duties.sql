-- Whether the installation keeps duties apart: whoever prepared a card or a decision does not approve it.
alter table region.profile add column separate_duties boolean not null default false;
