-- Applicants are reminded of a result that waits for them, and told when it was not collected in time. The letter says until when.
-- after: cases/029
alter table notices.outbox drop constraint outbox_kind_check;
alter table notices.outbox add constraint outbox_kind_check
  check (kind in ('registered', 'suspended', 'message', 'decided', 'result_ready', 'decision_corrected', 'decision_withdrawn', 'result_withdrawn', 'extended',
    'result_waits', 'uncollected'));
grant select (stored_until) on cases.cases to notices;
