-- Words in the texts of acts. Ukrainian endings are cut off by whoever asks, which finds words by how they begin: the server inside needs no dictionary.

-- A text as its words are compared: lower case, apostrophes of any shape and stress marks left out, and blanks for what would make an address, a
-- version or a compound of several words: «ст.12», «5/2».
create function law.searched(body text) returns tsvector
  language sql immutable strict parallel safe
  return to_tsvector('pg_catalog.simple', translate(lower(left(body, 200000)),
    U&'\2010\2011\2012\2013\2014\2212\002d\002e\002f\0040\003a\005f\0027\2018\2019\02bc\0060\00b4\2032\00ad\0301', repeat(' ', 12)));
create index parts_words on law.parts using gin (law.searched(body));
