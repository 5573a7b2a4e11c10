-- after: kept/001
-- A table that came after kept/001 was installed; see catalogue/006.
call public.watch_replica('documents.issued');
