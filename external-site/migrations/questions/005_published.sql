-- Published questions are listed the newest first, of one addressee or about one service.
create index published_newest on questions.published (published_at desc, id);
create index published_service on questions.published (service_id, published_at desc);
