-- Whoever prepared a decision is told that it was returned to them.
create index cases_sent_back on cases.cases ((proposal->>'by')) where proposal ? 'returned_at';
