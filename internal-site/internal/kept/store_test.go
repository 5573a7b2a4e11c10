package kept_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/kept"
	"portal.example/shared/awaittest"
	"portal.example/shared/pg"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// shelves is a kind with a key of two columns, of which some rows are never old.
var shelves = kept.Rows{Table: "public.shelves", Key: "a, b", At: "at", Where: "not wanted", Size: "length(r.text)"}

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

// nineShelves are of one day ago, of two, and so on; the oldest is wanted.
func nineShelves(t *testing.T) *pgtest.Database {
	t.Helper()
	db := pgtest.Internal(t)
	db.Exec(`create table public.shelves (a int, b int, at timestamptz not null, wanted boolean not null, text text not null, primary key (a, b))`)
	db.Exec(`insert into public.shelves select 1, i, $1::timestamptz - i * interval '1 day', i = 9, repeat('x', i) from generate_series(1, 9) i`, noon)
	return db
}

// What somebody is typing while it is removed is not old any more.
func TestARowThatIsMadeNewerStays(t *testing.T) {
	db, ended := nineShelves(t), make(chan error, 1)
	var gone kept.Gone
	err := pg.InTx(t.Context(), db.Pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(t.Context(), `update public.shelves set at = case b when 8 then $1 else at end, wanted = b = 7 where b in (7, 8)`, noon); err != nil {
			return err
		}
		go func() {
			ended <- pg.InTx(t.Context(), db.Pool, func(tx pgx.Tx) (err error) {
				gone, err = shelves.Remove(t.Context(), tx, noon.AddDate(0, 0, -3), 3)
				return err
			})
		}()
		awaittest.Until(t, "it waits for the rows", func() bool {
			var n int
			err := db.Pool.QueryRow(t.Context(), `select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`).Scan(&n)
			return err == nil && n == 1
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := awaittest.Receive(t, "the removal ends", ended); err != nil {
		t.Fatal(err)
	}
	var left int
	if err := db.Pool.QueryRow(t.Context(), `select count(*) from public.shelves where b in (7, 8)`).Scan(&left); err != nil || left != 2 || gone != (kept.Gone{Rows: 1, Bytes: 6}) {
		t.Errorf("%d of 2 are left, gone %+v, %v", left, gone, err)
	}
}

func TestRowsAreFoundAndGoOldestFirst(t *testing.T) {
	db := nineShelves(t)
	before := noon.AddDate(0, 0, -3)
	found, err := shelves.Look(t.Context(), db.Pool, before, 100)
	if err != nil || found.Rows != 5 || found.Bytes != 4+5+6+7+8 || found.More || !found.Oldest.Equal(noon.AddDate(0, 0, -8)) || !found.Newest.Equal(noon.AddDate(0, 0, -4)) {
		t.Errorf("%+v, %v", found, err)
	}
	if some, err := shelves.Look(t.Context(), db.Pool, before, 2); err != nil || some.Rows != 2 || !some.More || !some.Oldest.Equal(found.Oldest) || !some.Newest.Equal(found.Newest) {
		t.Errorf("%+v, %v", some, err)
	}
	for _, want := range []kept.Gone{{Rows: 3, Bytes: 8 + 7 + 6}, {Rows: 2, Bytes: 5 + 4}, {}} {
		err := pg.InTx(t.Context(), db.Pool, func(tx pgx.Tx) error {
			gone, err := shelves.Remove(t.Context(), tx, before, 3)
			if gone != want {
				t.Errorf("gone %+v, not %+v", gone, want)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var left int
	if err := db.Pool.QueryRow(t.Context(), `select count(*) from public.shelves`).Scan(&left); err != nil || left != 4 {
		t.Errorf("%d are left, %v", left, err)
	}
	if none, err := shelves.Look(t.Context(), db.Pool, before, 2); err != nil || none.Rows != 0 || !none.Oldest.IsZero() {
		t.Errorf("%+v, %v", none, err)
	}
}
