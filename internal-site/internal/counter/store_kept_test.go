package counter_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/counter"
	"portal.example/internal-site/internal/fixture"
	"portal.example/shared/pg"
)

// shelf remembers what was removed from it.
type shelf struct {
	gone []string
	away error
}

func (s *shelf) Remove(_ context.Context, key string) error {
	if s.away == nil {
		s.gone = append(s.gone, key)
	}
	return s.away
}

// A visit that nobody ended for long ends as one whose visitor left, without what was taken down and without the copies; one that was
// saved lately stays. While the copies cannot be removed, it keeps them.
func TestVisitsThatNobodyEnded(t *testing.T) {
	r := fixture.New(t)
	clerk, now := r.Users[access.Administrator], time.Now()
	old, lately := fixture.NewID(), fixture.NewID()
	for id, at := range map[uuid.UUID]time.Time{old: now.AddDate(0, 0, -40), lately: now.AddDate(0, 0, -2)} {
		r.DB.Exec(`insert into counter.visits (id, centre_id, opened_by, opened_at, saved_at, content) values ($1, $2, $3, $4, $4, '{"note": "x"}')`, id, r.Centre, clerk.UserID, at)
		r.DB.Exec(`insert into counter.scans (id, visit_id, line, file_name, media_type, size, sha256, object_key, uploaded_by, uploaded_at)
			values ($1, $2, '', 'x.pdf', 'application/pdf', 5000, repeat('0', 64), $5, $3, $4)`,
			fixture.NewID(), id, clerk.UserID, at, "scans/"+id.String())
	}
	pool, before := r.DB.PoolAs("internal_site"), now.AddDate(0, 0, -30)
	remove := func(s *shelf) error {
		return pg.InTx(t.Context(), pool, func(tx pgx.Tx) error {
			gone, err := counter.KeptKinds(s)[0].Remove(t.Context(), tx, before, 100)
			if err == nil && (gone.Rows != 1 || gone.Bytes < 5000) {
				t.Errorf("gone %+v", gone)
			}
			return err
		})
	}
	stays := func() (n int) {
		if err := r.DB.Pool.QueryRow(t.Context(), `select count(*) from counter.visits v join counter.scans s on s.visit_id = v.id
			where v.state = 'open' and v.content <> '{}'`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	found, err := counter.KeptKinds(nil)[0].Look(t.Context(), pool, before, 100)
	if err != nil || found.Rows != 1 || found.Bytes < 5000 {
		t.Errorf("there is %+v, %v", found, err)
	}
	away := errors.New("away")
	if err := remove(&shelf{away: away}); !errors.Is(err, away) || stays() != 2 {
		t.Errorf("%d stay, %v", stays(), err)
	}
	s := &shelf{}
	if err := remove(s); err != nil || stays() != 1 || !slices.Equal(s.gone, []string{"scans/" + old.String()}) {
		t.Errorf("%d stay, gone %v, %v", stays(), s.gone, err)
	}
	v, err := counter.NewStore(pool, nil).Get(t.Context(), clerk, old)
	if err != nil || v.State != counter.Left {
		t.Errorf("the visit is %s, %v", v.State, err)
	}
}
