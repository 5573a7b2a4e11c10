call public.watch_replica('reception.loads');
call public.watch_replica('reception.usual');
