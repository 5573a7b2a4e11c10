package demo

import (
	"strings"
	"sync"
	"testing"
	"time"

	"portal.example/internal-site/internal/access/accesstest"
	"portal.example/shared/blobtest"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) {
	accesstest.QuickPasswords()
	pgtest.Main(m, blobtest.Stop)
}

// today is the day on which the tests load the region: a Sunday, when no centre works.
var today = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// built is the region as builder left it, worked out once for all tests that only look at it.
var built = sync.OnceValues(func() (*builder, error) { return buildFor(today) })

// quick makes neither hashes nor pictures.
var quick = makers{
	hash: func(string) string { return "no password" },
	draw: func(paragraphs []string) ([]byte, error) { return []byte(strings.Join(paragraphs, "\n")), nil },
}

func buildFor(day time.Time) (*builder, error) {
	c, err := readContent()
	if err != nil {
		return nil, err
	}
	b := &builder{content: c, makers: quick, today: day}
	b.all()
	return b, b.err
}

func mustBuild(t *testing.T) *builder {
	t.Helper()
	b, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// column returns one column of a table, by row.
func column[T any](t *testing.T, d *dataset, name, col string) []T {
	t.Helper()
	for _, tb := range d.tables {
		if tb.name != name {
			continue
		}
		for i, c := range tb.columns {
			if c != col {
				continue
			}
			out := make([]T, len(tb.rows))
			for j, row := range tb.rows {
				out[j] = row[i].(T)
			}
			return out
		}
	}
	t.Fatalf("there is no column %s.%s", name, col)
	return nil
}
