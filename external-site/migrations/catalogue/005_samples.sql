-- Samples are read by their service.
create index samples_service on catalogue.samples (service_id);
