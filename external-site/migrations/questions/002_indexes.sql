-- The tracking page reads a thread's messages in their order.
create index messages_thread on questions.messages (thread_id, at);
