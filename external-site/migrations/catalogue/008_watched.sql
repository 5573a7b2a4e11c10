-- after: kept/001
-- A table that came after kept/001 was installed; where it was made at once it is watched already, and nothing changes there.
call public.watch_replica('catalogue.situation_steps');
