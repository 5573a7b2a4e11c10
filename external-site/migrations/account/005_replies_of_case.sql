-- What was sent about a case is shown on its page, and asked for every few seconds while somebody looks.
create index receipts_replies on account.receipts (code_hash, sent_at) where kind = 'reply';
