package prepare_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/awaittest"
)

// app is an application that runs the statements again and again until stop; none may fail. stop returns how long the
// longest of them took.
func (p *pair) app(statements ...string) (stop func() time.Duration) {
	p.Helper()
	ctx, cancel := context.WithCancel(p.Context())
	longest := make(chan time.Duration, 1)
	conn := p.session(p.source)
	go func() {
		var most time.Duration
		defer func() { longest <- most }()
		for range awaittest.Rounds(ctx, time.Millisecond) {
			for _, sql := range statements {
				began := time.Now()
				if _, err := conn.Exec(context.WithoutCancel(ctx), sql); err != nil {
					p.Errorf("the application's %s: %v", sql, err)
					return
				}
				most = max(most, time.Since(began))
			}
		}
	}()
	return func() time.Duration { cancel(); return <-longest }
}

// asSuperuser runs SQL on the source as one who may do everything.
func (p *pair) asSuperuser(sql string) {
	p.Helper()
	conn, err := pgx.Connect(p.Context(), p.source.AdminDSN())
	if err == nil {
		_, err = conn.Exec(p.Context(), sql)
		_ = conn.Close(p.Context())
	}
	if err != nil {
		p.Fatalf("%s: %v", sql, err)
	}
}

func pgConfig(t *testing.T, dsn string) *pgx.ConnConfig {
	t.Helper()
	c, err := pgx.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func portOf(c *pgx.ConnConfig) string { return strconv.Itoa(int(c.Port)) }
