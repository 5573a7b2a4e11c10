package cases

import "portal.example/internal-site/internal/kept"

// KeptKinds is what somebody typed at a case and never sent. It belongs to nobody's case until it is sent.
func KeptKinds() []kept.Kind {
	return []kept.Kind{{Name: "case_drafts", Least: 7, Most: 365, Owner: kept.Site, Data: kept.Rows{
		Table: "cases.drafts", Key: "case_id, person, field", At: "at", Where: "true", Size: "pg_column_size(r.*)",
	}}}
}
