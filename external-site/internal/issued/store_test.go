package issued_test

import (
	"strings"
	"testing"

	"portal.example/external-site/internal/issued"
	"portal.example/shared/fault"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestDocumentsAreFoundByNumberAndByHash(t *testing.T) {
	db := pgtest.External(t)
	same, other := strings.Repeat("a", 64), strings.Repeat("b", 64)
	db.Exec(`insert into documents.issued (id, number, authority_id, issued_on, sha256, withdrawn_on) values
		(gen_random_uuid(), 'D-1', gen_random_uuid(), '2026-11-20', $1, '2026-11-21'), (gen_random_uuid(), 'D-2', gen_random_uuid(), '2026-11-19', $1, null),
		(gen_random_uuid(), 'D-3', gen_random_uuid(), '2026-11-18', $1, null), (gen_random_uuid(), 'D-4', gen_random_uuid(), '2026-11-20', $2, '2026-11-22')`, same, other)
	store := issued.NewStore(db.PoolAs("external_site"))
	d, err := store.ByNumber(t.Context(), "D-1")
	if err != nil || d.SHA256 != same || d.Withdrawn == nil || d.On.Day() != 20 {
		t.Errorf("%+v, %v", d, err)
	}
	if d, err = store.ByHash(t.Context(), same); err != nil || d.Number != "D-2" {
		t.Errorf("of several with one file %s is shown, want the newest valid one: %v", d.Number, err)
	}
	if d, err = store.ByHash(t.Context(), other); err != nil || d.Number != "D-4" || d.Withdrawn == nil {
		t.Errorf("%+v, %v", d, err)
	}
	for _, number := range []string{"", "D-5"} {
		if _, err := store.ByNumber(t.Context(), number); !fault.Is(err, fault.NotFound) {
			t.Errorf("%q: %v", number, err)
		}
	}
}
