-- after: kept/001
-- Figures of one survey, and of a service or a centre.
create index figures_survey on surveys.figures (survey_id);
create index figures_service on surveys.figures (service_id) where service_id is not null;
create index figures_centre on surveys.figures (centre_id) where centre_id is not null;

-- Pages say what they are made of.
call public.watch_replica('surveys.surveys');
call public.watch_replica('surveys.figures');
