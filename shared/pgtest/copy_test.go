package pgtest_test

import (
	"testing"

	"portal.example/shared/pgtest"
)

// Copies begin as the mold was filled, know what filling it returned, and know nothing of each other.
func TestMoldIsFilledOnceAndCopied(t *testing.T) {
	var mold pgtest.Mold[string]
	times := 0
	next := func(t *testing.T) (*pgtest.Database, string) {
		t.Helper()
		return mold.Copy(t, pgtest.Empty, func(db *pgtest.Database) string {
			times++
			db.Exec(`create table made (n int); insert into made values (1)`)
			return "filled"
		})
	}
	for _, name := range []string{"first", "second"} {
		t.Run(name, func(t *testing.T) {
			db, said := next(t)
			db.Exec(`insert into made values (2)`)
			var rows int
			if err := db.Pool.QueryRow(t.Context(), `select count(*) from made`).Scan(&rows); err != nil || rows != 2 || said != "filled" {
				t.Errorf("%d rows, %q, %v", rows, said, err)
			}
		})
	}
	if times != 1 {
		t.Errorf("filled %d times", times)
	}
}
