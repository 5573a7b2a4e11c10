-- after: cases/036
-- What somebody has looked at lately is read whole with their bell; what is older than news hides nothing.
create index seen_lately on notices.seen (user_id, at) include (subject);
