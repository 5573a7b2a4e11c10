package compare

import (
	"context"
	"fmt"
	"strings"

	"portal.example/syncer/internal/relation"
)

// hashing writes SQL that turns text into 64-bit numbers. PostgreSQL's own hash with two seeds costs next to
// nothing beside making the text (md5 doubles the time, and is forbidden on servers in FIPS mode), but is promised
// to be the same only for servers of one architecture and encoding. Where a probe shows that it is not, parts of
// SHA-256 over UTF-8 are used. Neither has to withstand a forger: who can choose what the target's server answers
// can answer anything.
type hashing struct{ portable bool }

// probe hashes texts of every length class of the hash, and tells the encoding that texts have on the server.
const probe = `SELECT current_setting('server_encoding') || string_agg(hashtextextended(t COLLATE "C", 0)::text || ' ' || hashtextextended(t COLLATE "C", 8191)::text, ' ')
	FROM (VALUES (''), ('a'), ('portal'), ('0123456789ab'), (repeat('0123456789abcdef', 9))) AS v(t)`

func chooseHash(ctx context.Context, source, target relation.Queryer) (hashing, error) {
	var here, there string
	err := onBothSides(
		func() error { return source.QueryRow(ctx, probe).Scan(&here) },
		func() error { return target.QueryRow(ctx, probe).Scan(&there) })
	return hashing{portable: here != there}, err
}

// hashPart is the first or second number (0, 1) of the text expression.
func (h hashing) hashPart(expression string, n int) string {
	if h.portable {
		return fmt.Sprintf("('x' || encode(substr(sha256(convert_to(%s, 'UTF8')), %d, 8), 'hex'))::bit(64)::bigint", expression, 1+8*n)
	}
	return fmt.Sprintf(`hashtextextended(%s COLLATE "C", %d)`, expression, 8191*n)
}

// sumOver adds both numbers of column r to the rows of a query. OFFSET 0 keeps the planner from making r twice.
func (h hashing) sumOver(query string) string {
	return "SELECT s.*, " + h.hashPart("s.r", 0) + " AS h1, " + h.hashPart("s.r", 1) + " AS h2 FROM (" + query + " OFFSET 0) AS s"
}

// sums of a block of rows. No row is like another, so nothing cancels out, and no order is needed.
type sums struct{ rows, h1, h2 int64 }

const sumColumns = "count(*), coalesce(bit_xor(h1), 0), coalesce(bit_xor(h2), 0)"

func (s sums) plus(o sums) sums { return sums{s.rows + o.rows, s.h1 ^ o.h1, s.h2 ^ o.h2} }

// key is the text of each key column; nil is NULL.
type key []*string

// id makes keys comparable.
func (k key) id() string {
	var b strings.Builder
	for _, v := range k {
		if v == nil {
			b.WriteString("-;")
			continue
		}
		fmt.Fprintf(&b, "%d:%s;", len(*v), *v)
	}
	return b.String()
}

// args are the key's values as arguments of a query.
func (k key) args() []any {
	all := make([]any, len(k))
	for i, v := range k {
		all[i] = v
	}
	return all
}
