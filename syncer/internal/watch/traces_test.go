package watch

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/pgtest"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/publisher"
)

// Columns that an identity's index only includes are none of the identity: PostgreSQL lets an UPDATE through although
// they are not published, so nobody is told that it does not.
func TestIncludedColumnsAreNoneOfTheIdentity(t *testing.T) {
	db := pgtest.Empty(t)
	for name, identity := range map[string]string{
		"of an index":       `ALTER TABLE t ADD PRIMARY KEY (id); CREATE UNIQUE INDEX i ON t (id, pub) INCLUDE (v); ALTER TABLE t REPLICA IDENTITY USING INDEX i`,
		"of a primary key":  `ALTER TABLE t ADD PRIMARY KEY (id, pub) INCLUDE (v)`,
		"in another order":  `CREATE UNIQUE INDEX i ON t (pub, id) INCLUDE (v); ALTER TABLE t REPLICA IDENTITY USING INDEX i`,
		"of key and filter": `CREATE UNIQUE INDEX i ON t (pub, id); ALTER TABLE t REPLICA IDENTITY USING INDEX i`,
	} {
		t.Run(name, func(t *testing.T) {
			db.Exec(`DROP TABLE IF EXISTS t; CREATE TABLE t (v text, pub bool NOT NULL, id int NOT NULL); ` + identity +
				`; INSERT INTO t VALUES ('v', true, 1); DROP PUBLICATION IF EXISTS p; CREATE PUBLICATION p FOR TABLE t (id, pub) WHERE (pub)`)
			db.Exec(`UPDATE t SET v = 'x'`)
			conn, err := pgx.Connect(t.Context(), db.DSN)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close(t.Context()) }()
			list := &whitelist.List{Tables: []whitelist.Table{{Schema: "public", Name: "t", Columns: []string{"id", "pub"}, Where: "pub"}}}
			tables, err := publisher.Tables(t.Context(), conn, list)
			if err != nil {
				t.Fatal(err)
			}
			sights, err := readSights(t.Context(), conn, tables)
			if err != nil {
				t.Fatal(err)
			}
			if why := tables[0].Harm(sights[0].identity, sights[0].key, nil); why != "" {
				t.Errorf("the application works, but: %s", why)
			}
		})
	}
}
