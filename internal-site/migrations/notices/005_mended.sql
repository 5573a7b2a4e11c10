-- What was mended is told as what it is, and not as a message that waits. The new constraint admits all that the old one did.
alter table notices.outbox drop constraint outbox_kind_check;
alter table notices.outbox add constraint outbox_kind_check
  check (kind in ('registered', 'suspended', 'message', 'decided', 'result_ready', 'decision_corrected', 'decision_withdrawn', 'result_withdrawn', 'extended'));
