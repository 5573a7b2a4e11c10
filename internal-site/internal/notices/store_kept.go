package notices

import "portal.example/internal-site/internal/kept"

// KeptKinds are what is kept for a time beside the outbox, which tells what an applicant was told and belongs to the case. What waits
// to be sent is never old. Limits count letters by the day, so no term is below two.
func KeptKinds() []kept.Kind {
	receipts := func(where string) kept.Rows {
		return kept.Rows{Table: "notices.receipts", Key: "message_id", At: "at", Where: where, Size: "pg_column_size(r.*)"}
	}
	return []kept.Kind{
		{Name: "copies", Default: 60, Least: 2, Most: 1095, Owner: kept.Notices, Data: kept.Rows{
			Table: "notices.copies", Key: "id", At: "at", Where: "state not in ('waiting', 'sending')",
			Size: "pg_column_size(row(r.id, r.follower_id, r.event_id, r.at, r.state, r.reason, r.detail, r.sent_at, r.person))",
		}},
		{Name: "receipts", Least: 30, Most: 1095, Owner: kept.Notices, Data: receipts("event_id is not null")},
		{Name: "stray_receipts", Default: 30, Least: 2, Most: 365, Owner: kept.Notices, Data: receipts("event_id is null")},
		{Name: "digests", Default: 60, Least: 2, Most: 365, Owner: kept.Notices, Data: kept.Rows{
			Table: "notices.digests", Key: "user_id, day", At: "at", Where: "true", Size: "pg_column_size(r.*)",
		}},
	}
}
