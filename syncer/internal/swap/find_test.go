package swap_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/swap"
)

// A role without another connection compares a large table in one session.
func TestSwapOfALargeTableWithoutAnotherConnection(t *testing.T) {
	x := newShadowed(t, "large", "CREATE TABLE large (k int PRIMARY KEY); INSERT INTO large SELECT generate_series(1, 100500)", "k")
	x.exec("INSERT INTO SHADOW SELECT generate_series(2, 100501)")
	admin, err := pgx.Connect(t.Context(), x.db.AdminDSN())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = admin.Close(context.Background()) }()
	if _, err := admin.Exec(t.Context(), `ALTER DATABASE "`+x.conn.Config().Database+`" CONNECTION LIMIT 0`); err != nil {
		t.Fatal(err)
	}
	if _, err := pgx.Connect(t.Context(), x.db.DSN); err == nil {
		t.Fatal("the role still gets connections")
	}
	if changed := x.swap(true, ""); changed != (swap.Changed{Deleted: 1, Inserted: 1}) {
		t.Errorf("changed %+v", changed)
	}
}

// Two sessions find everything in a large table, whatever its key is: rows of either side alone, and rows that differ, below, at and
// above the value at which they share it.
func TestSwapOfALargeTable(t *testing.T) {
	for _, c := range []struct {
		ddl, key string
		whole    bool // the first column of the key does not divide the table
	}{
		{"k bigint, PRIMARY KEY (k)", "n", false},
		{`k text COLLATE "C", PRIMARY KEY (k)`, `'it''s "' || n`, false},
		{"k varchar(40), PRIMARY KEY (k, n)", `'\' || n`, false},
		{"k text, PRIMARY KEY (k, n)", "'same'", true},
	} {
		x := newShadowed(t, "large", "CREATE TABLE large (n int, v int, "+c.ddl+"); INSERT INTO large (k, n, v) SELECT "+c.key+", n, 0 FROM generate_series(1, 101000) n", "k", "n", "v")
		x.exec("INSERT INTO SHADOW (k, n, v) SELECT " + c.key + ", n, CASE WHEN n % 1000 = 7 THEN 1 ELSE 0 END FROM generate_series(501, 101500) n")
		if err := x.shadow.Index(t.Context(), x.conn); err != nil {
			t.Fatal(err)
		}
		middle, err := x.shadow.Middle(t.Context(), x.conn)
		if err != nil || (middle == "") != c.whole {
			t.Errorf("%s: shared at %q, %v", c.ddl, middle, err)
		}
		if changed := x.swap(true, ""); changed != (swap.Changed{Deleted: 500, Updated: 100, Inserted: 500}) {
			t.Errorf("%s: changed %+v", c.ddl, changed)
		}
		var differ int
		if err := x.conn.QueryRow(t.Context(), "SELECT count(*) FROM (SELECT k, n, v FROM "+x.shadow.SQL()+" EXCEPT SELECT k, n, v FROM public.large) x").Scan(&differ); err != nil || differ != 0 {
			t.Errorf("%s: %d rows differ, %v", c.ddl, differ, err)
		}
	}
}
