-- Cases are found by their number as people type it: without case, blanks and dashes, with a Latin or a Cyrillic К.
create index cases_number_typed on cases.cases (translate(upper(number), 'K -./_№', 'К'));
