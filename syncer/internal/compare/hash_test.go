package compare

import (
	"crypto/sha256"
	"encoding/binary"
	"net/url"
	"testing"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/pgtest"
	"portal.example/syncer/internal/link"
)

// Servers that hash differently, here because of another encoding, compare by SHA-256 of UTF-8.
func TestHashOfServersThatDiffer(t *testing.T) {
	ctx := t.Context()
	db := pgtest.Empty(t)
	connect := func(dsn string) *pgx.Conn {
		conn, err := link.Open(ctx, dsn, link.Options{Name: "test", Application: "test"})
		if err != nil {
			t.Fatal(err)
		}
		return conn
	}
	here := connect(db.DSN)
	defer link.Close(here)
	admin := connect(db.AdminDSN())
	defer link.Close(admin)
	other := db.Name + "_1251"
	if _, err := admin.Exec(ctx, "CREATE DATABASE "+other+" TEMPLATE template0 ENCODING 'WIN1251' LC_COLLATE 'C' LC_CTYPE 'C'"); err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(db.AdminDSN())
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + other
	there := connect(u.String())
	defer func() {
		link.Close(there)
		if _, err := admin.Exec(ctx, "DROP DATABASE "+other); err != nil {
			t.Error(err)
		}
	}()

	again := connect(db.DSN)
	defer link.Close(again)
	if h, err := chooseHash(ctx, here, again); err != nil || h.portable {
		t.Errorf("the same server: %+v %v", h, err)
	}
	h, err := chooseHash(ctx, here, there)
	if err != nil || !h.portable {
		t.Fatalf("servers with different encodings: %+v %v", h, err)
	}
	const text = "Їжак і ґава"
	sum := sha256.Sum256([]byte(text))
	for name, conn := range map[string]*pgx.Conn{"UTF8": here, "WIN1251": there} {
		var h1, h2 int64
		if err := conn.QueryRow(ctx, "SELECT h1, h2 FROM ("+h.sumOver("SELECT '"+text+"'::text AS r")+") AS q").Scan(&h1, &h2); err != nil {
			t.Fatal(err)
		}
		if uint64(h1) != binary.BigEndian.Uint64(sum[:8]) || uint64(h2) != binary.BigEndian.Uint64(sum[8:16]) {
			t.Errorf("%s: %x %x, want %x", name, uint64(h1), uint64(h2), sum[:16])
		}
	}
}

func TestKeysAreToldApart(t *testing.T) {
	s := func(v string) *string { return &v }
	keys := []key{{s("a"), s("b")}, {s("a;1:b")}, {s("ab"), s("")}, {s(""), s("ab")}, {nil, s("a")}, {s("a"), nil}, {s("-")}, {nil}}
	seen := map[string]int{}
	for i, k := range keys {
		if j, ok := seen[k.id()]; ok {
			t.Errorf("keys %d and %d are the same: %q", i, j, k.id())
		}
		seen[k.id()] = i
	}
}
