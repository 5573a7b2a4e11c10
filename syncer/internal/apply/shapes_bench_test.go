package apply_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/replica"
)

// BenchmarkShapes compares ways to bring many rows to the target at once, by what each row costs the server. It is
// how the limits in script.go were found: run it with -benchtime 1x on a quiet machine.
func BenchmarkShapes(b *testing.B) {
	const table = 200000
	for _, n := range []int{1, 3, 8, 20, 100, 500, 2000, 8000} {
		for _, shape := range []string{"update counted one", "update one", "insert one", "upsert one", "update counted", "update", "update stage", "insert", "insert copy", "upsert", "upsert stage"} {
			if n > 20 && strings.HasSuffix(shape, "one") {
				continue
			}
			b.Run(fmt.Sprintf("%s/%d", strings.ReplaceAll(shape, " ", "_"), n), func(b *testing.B) {
				f := newFeed(b, wide+fmt.Sprintf(`; INSERT INTO items (id, title, body) SELECT n, 'name', repeat('x', 128) FROM generate_series(1, %d) n`, table))
				f.db.Exec("VACUUM ANALYZE items")
				conn, err := replica.Connect(b.Context(), f.db.DSN, "shape")
				if err != nil {
					b.Fatal(err)
				}
				defer closeConn(conn)
				s := &shapes{f: f, conn: conn, n: n, table: table}
				s.prepare(shape)
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

// wide is a table as they are: a key, numbers, moments and text.
const wide = `CREATE TABLE items (id bigint PRIMARY KEY, code uuid, title text, body text, amount numeric(12,2), published boolean,
	version integer, created_at timestamptz, updated_at timestamptz)`

var wideTypes = []string{"bigint", "uuid", "text", "text", "numeric(12,2)", "boolean", "integer", "timestamptz", "timestamptz"}

var wideNames = []string{"id", "code", "title", "body", "amount", "published", "version", "created_at", "updated_at"}

// shapeSQL composes the statement of a shape.
func shapeSQL(shape string) string {
	var params, casts, sets, staged, excluded, single, typed []string
	for i, name := range wideNames {
		params = append(params, fmt.Sprintf("$%d::text[]", i+1))
		typed = append(typed, fmt.Sprintf("$%d::%s", i+1, wideTypes[i]))
		single = append(single, name+" = "+typed[i])
		casts = append(casts, "u."+name+"::"+wideTypes[i])
		if i > 0 {
			sets = append(sets, name+" = u."+name+"::"+wideTypes[i])
			staged = append(staged, name+" = u."+name)
			excluded = append(excluded, name+" = EXCLUDED."+name)
		}
	}
	unnest := "unnest(" + strings.Join(params, ", ") + ") AS u(" + strings.Join(wideNames, ", ") + ")"
	one := "UPDATE public.items t SET " + strings.Join(single[1:], ", ") + " WHERE t.id = $1::bigint"
	values := "INSERT INTO public.items VALUES (" + strings.Join(typed, ", ") + ")"
	update := "UPDATE public.items t SET " + strings.Join(sets, ", ") + " FROM " + unnest + " WHERE t.id = u.id::bigint"
	upsert := " ON CONFLICT (id) DO UPDATE SET " + strings.Join(excluded, ", ")
	return map[string]string{
		"update counted one": "WITH done AS (" + one + " RETURNING 1) SELECT sync.expect(count(*), 1) FROM done",
		"update one":         one,
		"insert one":         values,
		"upsert one":         values + upsert,
		"update counted":     "WITH done AS (" + update + " RETURNING 1) SELECT sync.expect(count(*), $10::bigint) FROM done",
		"update":             update,
		"update stage":       "UPDATE public.items t SET " + strings.Join(staged, ", ") + " FROM pg_temp.stage u WHERE t.id = u.id",
		"insert":             "INSERT INTO public.items SELECT " + strings.Join(casts, ", ") + " FROM " + unnest,
		"upsert":             "INSERT INTO public.items SELECT " + strings.Join(casts, ", ") + " FROM " + unnest + upsert,
		"upsert stage":       "INSERT INTO public.items SELECT * FROM pg_temp.stage" + upsert,
	}[shape]
}

func (s *shapes) prepare(shape string) {
	s.exec(`SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_hashjoin = off;
		SET enable_mergejoin = off; SET enable_indexscan = off; SET enable_indexonlyscan = off; SET enable_material = off; SET enable_memoize = off; SET jit = off;
		CREATE TEMP TABLE stage (LIKE public.items) ON COMMIT DELETE ROWS`)
	if sql := shapeSQL(shape); sql != "" {
		if _, err := s.conn.Prepare(context.Background(), "shape", sql); err != nil {
			s.f.tb.Fatal(err)
		}
	}
}

func (s *shapes) exec(sql string) {
	if _, err := s.conn.Exec(context.Background(), sql, pgx.QueryExecModeSimpleProtocol); err != nil {
		s.f.tb.Fatal(err)
	}
}

func (s *shapes) run(shape string) {
	columns := make([][]string, len(wideNames))
	text := &strings.Builder{}
	for range s.n {
		s.next++
		id := 1 + (s.next*7919)%s.table
		if strings.HasPrefix(shape, "insert") {
			id = s.table + s.next
		}
		for i, v := range []string{
			fmt.Sprint(id), fmt.Sprintf("00000000-0000-4000-8000-%012d", id), fmt.Sprintf("Service number %d, change %d", id, s.next),
			strings.Repeat("0123456789abcdef", 8), fmt.Sprintf("%d.25", id), "t", fmt.Sprint(s.next), "2026-01-01 10:11:12.131415+00", "2026-01-01 10:11:12.131415+00",
		} {
			columns[i] = append(columns[i], v)
			if i > 0 {
				text.WriteByte('\t')
			}
			text.WriteString(v)
		}
		text.WriteByte('\n')
	}
	ctx := context.Background()
	s.exec("BEGIN")
	if strings.HasSuffix(shape, "stage") || strings.HasSuffix(shape, "copy") {
		into := "COPY pg_temp.stage FROM STDIN"
		if shape == "insert copy" {
			into = "COPY public.items FROM STDIN"
		}
		if _, err := s.conn.PgConn().CopyFrom(ctx, strings.NewReader(text.String()), into); err != nil {
			s.f.tb.Fatal(err)
		}
	}
	if strings.HasSuffix(shape, "one") {
		s.batch(columns)
		s.exec("COMMIT")
		return
	}
	var args []any
	if !strings.HasSuffix(shape, "stage") {
		for _, c := range columns {
			args = append(args, c)
		}
	}
	if shape == "update counted" {
		args = append(args, s.n)
	}
	if shape != "insert copy" {
		if _, err := s.conn.Exec(ctx, "shape", args...); err != nil {
			s.f.tb.Fatal(err)
		}
	}
	s.exec("COMMIT")
}

// batch executes the shape once for each row, in one go.
func (s *shapes) batch(columns [][]string) {
	p := s.conn.PgConn().StartPipeline(context.Background())
	for n := range s.n {
		values := make([][]byte, len(columns))
		for c := range columns {
			values[c] = []byte(columns[c][n])
		}
		p.SendQueryPrepared("shape", values, nil, nil)
	}
	if err := p.Sync(); err != nil {
		s.f.tb.Fatal(err)
	}
	if err := p.Close(); err != nil {
		s.f.tb.Fatal(err)
	}
}
