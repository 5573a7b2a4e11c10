package access

import "portal.example/internal-site/internal/kept"

// KeptKinds are what is kept for a time of signing in. A network counts as one from which a login signed in for as long as that sign-in
// is kept; the limits of guessing look back a quarter of an hour.
func KeptKinds() []kept.Kind {
	attempts := func(where string) kept.Rows {
		return kept.Rows{Table: "access.sign_in_attempts", Key: "id", At: "at", Where: where, Size: "pg_column_size(r.*)"}
	}
	return []kept.Kind{
		{Name: "failed_sign_ins", Default: 7, Least: 1, Most: 365, Owner: kept.Site, Data: attempts("not successful")},
		{Name: "sign_ins", Default: 30, Least: 1, Most: 365, Owner: kept.Site, Data: attempts("successful")},
		{Name: "sessions", Default: 1, Least: 1, Most: 90, Owner: kept.Site, Data: kept.Rows{
			Table: "access.sessions", Key: "token_hash", At: "expires_at", Where: "true", Size: "pg_column_size(r.*)",
		}},
	}
}
