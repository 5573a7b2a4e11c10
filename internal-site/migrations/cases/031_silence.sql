-- An official records that consent came by silence.
insert into cases.event_kinds values ('silence_recorded') on conflict do nothing;
