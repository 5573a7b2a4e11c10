-- after: kept/001
-- Tables that came after kept/001 was installed; one that was made at once watched them already, and nothing changes there.
call public.watch_replica('catalogue.elsewhere');
call public.watch_replica('catalogue.samples');
