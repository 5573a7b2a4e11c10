package target_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/target"
)

// BenchmarkShapes compares ways to bring many rows to the target at once, by what each row costs the server. It is
// how the limits in script.go were found: run it with -benchtime 1x on a quiet machine.
func BenchmarkShapes(b *testing.B) {
	const table = 200000
	for _, n := range []int{1, 10, 50, 200, 1000, 5000} {
		for _, shape := range []string{"update counted", "update", "update typed", "update stage", "insert", "insert copy", "upsert", "upsert stage"} {
			b.Run(fmt.Sprintf("%s/%d", strings.ReplaceAll(shape, " ", "_"), n), func(b *testing.B) {
				f := newFeed(b, items+fmt.Sprintf(`; INSERT INTO items SELECT n, 'name', repeat('x', 40) FROM generate_series(1, %d) n`, table))
				f.db.Exec("VACUUM ANALYZE items")
				conn, err := target.Connect(b.Context(), f.db.DSN, "shape")
				if err != nil {
					b.Fatal(err)
				}
				defer closeConn(conn)
				s := &shapes{f: f, conn: conn, n: n, table: table}
				s.prepare()
				_, before := f.cpu("syncer shape")
				rounds := max(1, 60000/n)
				if n < 50 {
					rounds = 3000
				}
				for range rounds {
					s.run(shape)
				}
				_, after := f.cpu("syncer shape")
				b.ReportMetric(float64((after-before).Nanoseconds())/float64(rounds*n), "server-ns/row")
				b.ReportMetric(float64((after-before).Microseconds())/float64(rounds), "server-us/batch")
			})
		}
	}
}

type shapes struct {
	f     *feed
	conn  *pgx.Conn
	n     int
	table int
	next  int
}

const (
	castAll = `u.id::integer, u.name::text, u.big::text`
	unnest3 = `unnest($1::text[], $2::text[], $3::text[]) AS u(id, name, big)`
)

var shapeSQL = map[string]string{
	"update counted": `WITH done AS (UPDATE public.items t SET name = u.name::text, big = u.big::text FROM ` + unnest3 + ` WHERE t.id = u.id::integer RETURNING 1) SELECT sync.expect(count(*), $4::bigint) FROM done`,
	"update":         `UPDATE public.items t SET name = u.name::text, big = u.big::text FROM ` + unnest3 + ` WHERE t.id = u.id::integer`,
	"update typed":   `UPDATE public.items t SET name = u.name, big = u.big FROM unnest($1::integer[], $2::text[], $3::text[]) AS u(id, name, big) WHERE t.id = u.id`,
	"update stage":   `UPDATE public.items t SET name = u.name, big = u.big FROM pg_temp.stage u WHERE t.id = u.id`,
	"insert":         `INSERT INTO public.items SELECT ` + castAll + ` FROM ` + unnest3,
	"insert copy":    `COPY public.items FROM STDIN`,
	"upsert":         `INSERT INTO public.items SELECT ` + castAll + ` FROM ` + unnest3 + ` ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, big = EXCLUDED.big`,
	"upsert stage":   `INSERT INTO public.items SELECT * FROM pg_temp.stage ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, big = EXCLUDED.big`,
}

func (s *shapes) prepare() {
	s.exec(`SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_hashjoin = off;
		SET enable_mergejoin = off; SET enable_bitmapscan = off; SET enable_material = off; SET enable_memoize = off; SET jit = off;
		CREATE TEMP TABLE stage (id integer, name text, big text) ON COMMIT DELETE ROWS`)
	for name, sql := range shapeSQL {
		if !strings.HasPrefix(sql, "COPY") {
			if _, err := s.conn.Prepare(context.Background(), name, sql); err != nil {
				s.f.tb.Fatal(err)
			}
		}
	}
}

func (s *shapes) exec(sql string) {
	if _, err := s.conn.Exec(context.Background(), sql, pgx.QueryExecModeSimpleProtocol); err != nil {
		s.f.tb.Fatal(err)
	}
}

func (s *shapes) run(shape string) {
	ids, names, bigs := make([]string, s.n), make([]string, s.n), make([]string, s.n)
	numbers := make([]int32, s.n)
	text := &strings.Builder{}
	for i := range s.n {
		s.next++
		id := 1 + (s.next*7919)%s.table
		if strings.HasPrefix(shape, "insert") {
			id = s.table + s.next
		}
		ids[i], names[i], bigs[i], numbers[i] = fmt.Sprint(id), fmt.Sprintf("n%d", s.next), fmt.Sprintf("%040d", s.next), int32(id)
		fmt.Fprintf(text, "%s\t%s\t%s\n", ids[i], names[i], bigs[i])
	}
	ctx := context.Background()
	s.exec("BEGIN")
	copyTo := "COPY pg_temp.stage FROM STDIN"
	if shape == "insert copy" {
		copyTo = shapeSQL[shape]
	}
	if strings.HasSuffix(shape, "stage") || strings.HasSuffix(shape, "copy") {
		if _, err := s.conn.PgConn().CopyFrom(ctx, strings.NewReader(text.String()), copyTo); err != nil {
			s.f.tb.Fatal(err)
		}
	}
	var err error
	switch shape {
	case "update stage", "upsert stage":
		_, err = s.conn.Exec(ctx, shape)
	case "update typed":
		_, err = s.conn.Exec(ctx, shape, numbers, names, bigs)
	case "update counted":
		_, err = s.conn.Exec(ctx, shape, ids, names, bigs, s.n)
	case "insert copy":
	default:
		_, err = s.conn.Exec(ctx, shape, ids, names, bigs)
	}
	if err != nil {
		s.f.tb.Fatal(err)
	}
	s.exec("COMMIT")
}
