package webtest

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/jackc/pgx/v5"

	"portal.example/external-site/internal/kept"
)

// Query is one that a page asked.
type Query struct {
	SQL  string
	Args []any
}

// tracer tells of queries what the site's own does, and the test what it asked to be told.
type tracer struct{ site *Site }

func (t tracer) TraceQueryStart(ctx context.Context, conn *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	if t.site.Asked != nil {
		t.site.Asked(Query{q.SQL, q.Args})
	}
	return kept.Tracer{}.TraceQueryStart(ctx, conn, q)
}

func (tracer) TraceQueryEnd(ctx context.Context, conn *pgx.Conn, q pgx.TraceQueryEndData) {
	kept.Tracer{}.TraceQueryEnd(ctx, conn, q)
}

// Buffers asks a query again over conn and returns how many pages of tables and indexes it read, in memory or not.
func (q Query) Buffers(tb testing.TB, conn *pgx.Conn) int {
	tb.Helper()
	var raw []byte
	if err := conn.QueryRow(tb.Context(), "explain (analyze, buffers, format json) "+q.SQL, q.Args...).Scan(&raw); err != nil {
		tb.Fatalf("%v: %s", err, q.SQL)
	}
	var plans []struct {
		Plan struct {
			Hit  int `json:"Shared Hit Blocks"`
			Read int `json:"Shared Read Blocks"`
		}
	}
	if err := json.Unmarshal(raw, &plans); err != nil {
		tb.Fatal(err)
	}
	return plans[0].Plan.Hit + plans[0].Plan.Read
}
