-- What an official finds, for whoever decides. And what is typed to be read by somebody has one field, whoever that is: texts that wait
-- in the fields of before wait there, and stay where they are for the release before.
insert into cases.event_kinds values ('opinion');
insert into cases.drafts (case_id, person, field, text, at)
select case_id, person, 'say_text', left(string_agg(text, E'\n\n' order by field), 4000), max(at) from cases.drafts
where field in ('message_text', 'note_text') group by case_id, person
on conflict do nothing;
