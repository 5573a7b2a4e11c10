-- after: access/001 requests/003
-- The letter of the morning counts the requests to an authority that nobody there has taken, for all who work on cases in it.
grant select (user_id, role, authority_id) on access.roles to notices;
grant select (group_code, action) on access.group_rights to notices;
grant select (authority_id) on requests.requests to notices;
