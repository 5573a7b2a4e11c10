package work

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/pg"
)

// claimed is work that a runner has taken.
type claimed struct {
	id, runner uuid.UUID
	kind       string
	by         uuid.UUID
	asked      json.RawMessage
	language   string
	begun      int
}

// reachOf are the places in which the actor may do what a kind needs, as JSON in one order whatever the order of their groups.
func reachOf(actor access.Actor, needs access.Action) []byte {
	scope := access.ScopeOf(actor, needs)
	of := func(places []access.Place) map[string]bool {
		set := map[string]bool{}
		for _, p := range places {
			set[string(p.Kind)+" "+p.ID.String()] = true
		}
		return set
	}
	raw, _ := json.Marshal(map[string]any{"all": scope.All, "own": of(scope.Own), "part": of(scope.Part)}) // nothing in it that JSON has no form for
	return raw
}

// claim takes the work that waits longest, or whose runner has not been heard of; found is false when there is none.
func (s *Store) claim(ctx context.Context) (c claimed, found bool, err error) {
	c.runner = uuid.New()
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `update work.jobs set state = 'running', runner = $1, began_at = $2, beat_at = $2, begun = begun + 1, done = 0, total = 0
			where id = (select id from work.jobs where ended_at is null and (state = 'waiting' or beat_at < $3) order by asked_at, id limit 1 for update skip locked)
			returning id, kind, asked_by, asked, language, begun`, c.runner, s.now(), s.now().Add(-silence)).Scan(&c.id, &c.kind, &c.by, &c.asked, &c.language, &c.begun)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return c, false, nil
	}
	return c, err == nil, pg.Fault("begin work", err)
}

// change changes the row of work that is still its runner's; mine is false when it is not.
func (s *Store) change(ctx context.Context, op string, c claimed, set string, args map[string]any) (mine bool, err error) {
	args["id"], args["runner"], args["now"] = c.id, c.runner, s.now()
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `update work.jobs set `+set+` where id = @id and runner = @runner`, pgx.NamedArgs(args))
		mine = tag.RowsAffected() > 0
		return pg.Fault(op, err)
	})
	return mine && err == nil, err
}

// hear writes down how far it is.
func (s *Store) hear(ctx context.Context, c claimed, done, total int64) (mine bool, err error) {
	return s.change(ctx, "hear of work", c, `beat_at = @now, done = @done, total = @total`, map[string]any{"done": done, "total": total})
}

// giveBack lets another runner begin it: the process ends, and nothing has failed.
func (s *Store) giveBack(ctx context.Context, c claimed) error {
	_, err := s.change(ctx, "give work back", c, `state = 'waiting', runner = null, begun = begun - 1`, map[string]any{})
	return err
}

func (s *Store) fail(ctx context.Context, c claimed, reason string) error {
	_, err := s.change(ctx, "end work that failed", c, `state = 'failed', runner = null, asked = '{}', ended_at = @now, reason = @reason`, map[string]any{"reason": reason})
	return err
}

// finish names the file that was made for somebody of that reach.
func (s *Store) finish(ctx context.Context, c claimed, f File, reach []byte, done, total int64) (mine bool, err error) {
	return s.change(ctx, "end work", c, `state = 'done', runner = null, asked = '{}', ended_at = @now, object_key = @key, file_name = @name, media_type = @type, size = @size, sha256 = @sum,
		kept_until = @until, reach = @reach, done = @done, total = @total`, map[string]any{
		"done": done, "total": total,
		"key": f.key, "name": f.FileName, "type": f.MediaType, "size": f.Size, "sum": f.SHA256, "until": s.now().Add(kept), "reach": reach,
	})
}

// past returns the keys of up to most files whose time is over.
func (s *Store) past(ctx context.Context, most int) ([]string, error) {
	rows, _ := s.pool.Query(ctx, `select object_key from work.jobs where object_key is not null and kept_until < $1 order by kept_until limit $2`, s.now(), most)
	keys, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return keys, pg.Fault("files of work that are past", err)
}

// unname forgets a file whose object is removed.
func (s *Store) unname(ctx context.Context, key string) error {
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `update work.jobs set object_key = null where object_key = $1`, key)
		return pg.Fault("forget a file of work", err)
	})
}

// named says whether a row names the object.
func (s *Store) named(ctx context.Context, key string) (named bool, err error) {
	err = s.pool.QueryRow(ctx, `select exists (select from work.jobs where object_key = $1)`, key).Scan(&named)
	return named, pg.Fault("look for a file of work", err)
}

// forget drops what is remembered of work of long ago.
func (s *Store) forget(ctx context.Context) error {
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `delete from work.jobs where object_key is null and ended_at < $1`, s.now().Add(-remembered))
		return pg.Fault("forget work", err)
	})
}
