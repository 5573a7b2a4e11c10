-- A case that was opened again can have its result handed over again; each is kept.
alter table cases.handovers drop constraint handovers_pkey, add primary key (case_id, at);
