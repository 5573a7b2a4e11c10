-- Questions are found by their number as people type it: without case, blanks and dashes, with a Latin or a Cyrillic К.
create index threads_number_typed on questions.threads (translate(upper(number), 'K -./_№', 'К'));
