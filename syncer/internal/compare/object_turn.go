package compare

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
)

// objectTurn is the part of the schedule that reads objects.
type objectTurn struct{ *Schedule }

// nextObject reads the object behind the last one and compares its SHA-256 with its row's.
func (o *objectTurn) nextObject(ctx context.Context) error {
	var name string
	var all int64
	err := o.conn.QueryRow(ctx, `
		SELECT key, (SELECT count(*) FROM sync.objects WHERE state = 'ready') FROM sync.objects
		 WHERE state = 'ready' AND key COLLATE "C" > $1 ORDER BY key COLLATE "C" LIMIT 1`, o.at.object).Scan(&name, &all)
	switch {
	case errors.Is(err, pgx.ErrNoRows): // all are read, or there is none
		o.at.object, o.at.objectsEnded = "", true
		o.at.nextObject = time.Now().Add(min(o.ObjectsEvery, max(o.ObjectsEvery/1000, time.Second)))
		return o.book.saveRecord(ctx)
	case err != nil:
		return link.Fail("target: objects", err)
	}
	if err := o.compareObject(ctx, name); err != nil {
		return err
	}
	o.at.object = name
	o.at.objects++
	o.at.nextObject = time.Now().Add(o.ObjectsEvery / time.Duration(max(all, 1)))
	return o.book.saveRecord(ctx)
}

// openObject compares once more the object that differed and was not looked at for longest.
func (o *objectTurn) openObject(ctx context.Context) error {
	d, ok, err := o.book.oldestDifference(ctx, "object")
	if err != nil || !ok {
		return err
	}
	return o.compareObject(ctx, d.Name)
}

// compareObject reads one object. Rows do not wait for their objects, so one that seems wrong is judged a second time by what its row says
// then.
func (o *objectTurn) compareObject(ctx context.Context, name string) error {
	state := ObjectReady
	for range 2 {
		e, ok, err := o.readEntry(ctx, name)
		if err != nil {
			return err
		}
		if !ok {
			state = ObjectReady // no row names it any more
			break
		}
		check := objectCheck{deep: true, store: o.Store}
		if state, err = check.judgeEntry(ctx, e); err != nil {
			return err
		}
		if state != ObjectMissing && state != ObjectChanged {
			break
		}
	}
	if o.OnObject != nil {
		o.OnObject()
	}
	switch state {
	case ObjectMissing, ObjectChanged:
		if err := o.book.noteDifference(ctx, difference{What: "object", Name: name, Reason: string(state)}); err != nil || !o.Repair || o.at.mended >= o.MostRepaired {
			return err
		}
		return o.copyAgain(ctx, name)
	case ObjectReady:
		return o.book.forgetSettled(ctx, true, name, nil)
	}
	return nil
}

// readEntry reads what the rows and sync.objects say of one object; ok is false if no row names it.
func (o *objectTurn) readEntry(ctx context.Context, name string) (e entry, ok bool, err error) {
	all, err := namedKeysSQL(ctx, o.conn, o.List.Documents)
	if err != nil {
		return e, false, err
	}
	err = o.conn.QueryRow(ctx, "SELECT "+entryColumns+" FROM ("+all+") AS n LEFT JOIN sync.objects o USING (key) WHERE key = $1", name).
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
func (o *objectTurn) copyAgain(ctx context.Context, name string) error {
	tag, err := o.conn.Exec(ctx, copyAgain, []string{name})
	if err != nil {
		return link.Fail("target: have an object copied again", err)
	}
	if n := tag.RowsAffected(); n > 0 {
		o.at.mended += n
		o.Log.Warn("an object that was not what its row says is copied again", "key", name)
		if o.OnObjects != nil {
			o.OnObjects()
		}
	}
	return nil
}
