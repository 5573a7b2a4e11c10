-- after: requests/001
-- The letter of the morning counts requests that a person answers or has asked.
grant usage on schema requests to notices;
grant select (id, state, person, asked_by, due_on) on requests.requests to notices;
