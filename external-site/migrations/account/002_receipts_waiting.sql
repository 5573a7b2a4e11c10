-- How many submissions have not been fetched yet, and since when, is asked every few seconds.
create index receipts_waiting on account.receipts (sent_at) where delivered_at is null;
