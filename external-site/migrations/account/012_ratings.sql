-- Whether a case was rated is asked whenever its page is shown.
create index receipts_ratings on account.receipts (code_hash) where kind = 'rating';
