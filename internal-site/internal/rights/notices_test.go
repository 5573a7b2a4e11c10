package rights_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/notices"
)

func init() { known["notices"] = objects{"cases.cases c", notices.ScopeSQL, someNotices} }

// someNotices are cases of both centres: a notice belongs where its case does, and to no authority.
func someNotices(t *testing.T, r *fixture.Region) map[uuid.UUID]access.Object {
	t.Helper()
	if belong := noticesByCase(t, r); len(belong) > 0 {
		return belong // of another domain here
	}
	someCases(t, r)
	return noticesByCase(t, r)
}

func noticesByCase(t *testing.T, r *fixture.Region) map[uuid.UUID]access.Object {
	t.Helper()
	belong := map[uuid.UUID]access.Object{}
	rows, _ := r.DB.Pool.Query(t.Context(), `select id, centre_id from cases.cases`)
	var id, centre uuid.UUID
	if _, err := pgx.ForEachRow(rows, []any{&id, &centre}, func() error {
		belong[id] = notices.Object(centre)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return belong
}
