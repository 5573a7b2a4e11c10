package compare

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
)

// nextObject reads the object behind the last one and compares its SHA-256 with its row's.
func (s *Schedule) nextObject(ctx context.Context) error {
	var name string
	var all int64
	err := s.conn.QueryRow(ctx, `
		SELECT key, (SELECT count(*) FROM sync.objects WHERE state = 'ready') FROM sync.objects
		 WHERE state = 'ready' AND key COLLATE "C" > $1 ORDER BY key COLLATE "C" LIMIT 1`, s.at.object).Scan(&name, &all)
	switch {
	case errors.Is(err, pgx.ErrNoRows): // all are read, or there is none
		s.at.object, s.at.objectsEnded = "", true
		s.at.nextObject = time.Now().Add(min(s.ObjectsEvery, max(s.ObjectsEvery/1000, time.Second)))
		return s.saveRecord(ctx)
	case err != nil:
		return link.Fail("target: objects", err)
	}
	if err := s.compareObject(ctx, name); err != nil {
		return err
	}
	s.at.object = name
	s.at.objects++
	s.at.nextObject = time.Now().Add(s.ObjectsEvery / time.Duration(max(all, 1)))
	return s.saveRecord(ctx)
}

// openObject looks again at the object that was not what it should be and was not looked at for longest.
func (s *Schedule) openObject(ctx context.Context) error {
	d, ok, err := s.oldestDifference(ctx, "object")
	if err != nil || !ok {
		return err
	}
	return s.compareObject(ctx, d.Name)
}

// compareObject reads one object. Rows are replicated without waiting for objects, so one that seems wrong is judged again by what
// its row says by then.
func (s *Schedule) compareObject(ctx context.Context, name string) error {
	state := ObjectReady
	for range 2 {
		e, ok, err := s.readEntry(ctx, name)
		if err != nil {
			return err
		}
		if !ok {
			state = ObjectReady // no row names it any more
			break
		}
		check := objectCheck{deep: true, store: s.Store}
		if state, err = check.judgeEntry(ctx, e); err != nil {
			return err
		}
		if state != ObjectMissing && state != ObjectChanged {
			break
		}
	}
	if s.OnObject != nil {
		s.OnObject()
	}
	switch state {
	case ObjectMissing, ObjectChanged:
		if err := s.noteDifference(ctx, difference{What: "object", Name: name, Reason: string(state)}); err != nil || !s.Repair || s.at.mended >= s.MostRepaired {
			return err
		}
		return s.copyAgain(ctx, name)
	case ObjectReady:
		return s.forgetSettled(ctx, true, name, nil)
	}
	return nil
}

// readEntry is what the rows and sync.objects say of one object; false when no row names it.
func (s *Schedule) readEntry(ctx context.Context, name string) (e entry, ok bool, err error) {
	all, err := namedKeysSQL(ctx, s.conn, s.List.Documents)
	if err != nil {
		return e, false, err
	}
	err = s.conn.QueryRow(ctx, "SELECT "+entryColumns+" FROM ("+all+") AS n LEFT JOIN sync.objects o USING (key) WHERE key = $1", name).
		Scan(&e.Key, &e.SHA256, &e.State, &e.Kept, &e.Size)
	if errors.Is(err, pgx.ErrNoRows) {
		return e, false, nil
	}
	if err != nil {
		return e, false, link.Fail("target: objects", err)
	}
	return e, true, nil
}

// copyAgain asks the syncer to copy an object once more.
func (s *Schedule) copyAgain(ctx context.Context, name string) error {
	tag, err := s.conn.Exec(ctx, copyAgain, []string{name})
	if err != nil {
		return link.Fail("target: have an object copied again", err)
	}
	if n := tag.RowsAffected(); n > 0 {
		s.at.mended += n
		s.Log.Warn("an object that was not what its row says is copied again", "key", name)
		if s.OnObjects != nil {
			s.OnObjects()
		}
	}
	return nil
}
