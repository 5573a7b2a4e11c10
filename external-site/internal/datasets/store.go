package datasets

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/external-site/internal/documents"
	"portal.example/shared/fault"
	"portal.example/shared/opendata"
	"portal.example/shared/pg"
)

// folder is where the objects of the files lie, called after them.
const folder = "open-data/"

// Store finds editions in the replica and opens their files.
type Store struct {
	db      pg.Queryer
	objects Objects

	mu   sync.Mutex
	last map[uuid.UUID]opendata.Edition // by their index; an index never changes
}

// NewStore makes a store over the replica and the store of objects.
func NewStore(db pg.Queryer, objects Objects) *Store {
	return &Store{db: db, objects: objects}
}

// Latest returns the newest edition whose files are all here; while a newer one is on its way, or its index cannot be read, that is the one
// before. NotThere when there is none, Unavailable when there is one whose index cannot be read and none before it.
func (s *Store) Latest(ctx context.Context) (e opendata.Edition, err error) {
	type index struct {
		ID          uuid.UUID
		Key, SHA256 string
	}
	rows, _ := s.db.Query(ctx, `select id, object_key, sha256 from documents.files where purpose = 'dataset' and published and file_name = $1 order by uploaded_at desc, id limit 3`, opendata.IndexName)
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[index])
	if err != nil {
		return e, pg.Fault("find open data", err)
	}
	read := map[uuid.UUID]opendata.Edition{}
	defer func() { s.remember(read) }()
	none := NotThere()
	for _, one := range list {
		e, known := s.remembered(one.ID)
		if !known {
			ready, err := documents.Ready(ctx, s.db, []string{one.Key})
			if err != nil {
				return e, err
			}
			if ready[one.Key] != one.SHA256 {
				continue
			}
			if e, err = s.index(ctx, one.Key, one.SHA256); err != nil {
				if ctx.Err() != nil {
					return e, err
				}
				slog.ErrorContext(ctx, "an index of open data cannot be read; the edition before is shown", "index", one.ID, "error", err)
				none = err
				continue
			}
		}
		read[one.ID] = e
		whole, err := s.arrived(ctx, e)
		if err != nil || whole {
			return e, err
		}
	}
	return opendata.Edition{}, none
}

// index reads what an edition says of itself; Unavailable when that cannot be read.
func (s *Store) index(ctx context.Context, key, sum string) (opendata.Edition, error) {
	raw, err := s.objects.ReadAll(ctx, key, sum, maxIndex)
	if err != nil {
		return opendata.Edition{}, fault.Wrap(fault.Unavailable, err, "")
	}
	e, err := opendata.Decode(raw)
	if err != nil {
		return e, fault.Wrap(fault.Unavailable, fmt.Errorf("index of open data: %w", err), "")
	}
	return e, nil
}

func (s *Store) remembered(id uuid.UUID) (opendata.Edition, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, known := s.last[id]
	return e, known
}

// remember keeps the editions that are published now, and forgets the others.
func (s *Store) remember(read map[uuid.UUID]opendata.Edition) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = read
}

// arrived says whether all files of the edition are published and here.
func (s *Store) arrived(ctx context.Context, e opendata.Edition) (bool, error) {
	sums, ids, keys := map[string]string{}, []uuid.UUID{}, []string{}
	for _, f := range e.Files() {
		key := folder + f.ID.String()
		sums[key], ids, keys = f.SHA256, append(ids, f.ID), append(keys, key)
	}
	var published int
	err := s.db.QueryRow(ctx, `select count(*) from documents.files where purpose = 'dataset' and published and id = any($1)`, ids).Scan(&published)
	if err != nil || published != len(ids) {
		return false, pg.Fault("files of open data", err)
	}
	ready, err := documents.Ready(ctx, s.db, keys)
	for key, sum := range sums {
		if ready[key] != sum {
			return false, err
		}
	}
	return true, err
}

// Open opens a file of the edition. Reading fails at its end when the bytes are not those that were published.
func (s *Store) Open(ctx context.Context, f opendata.File) (io.ReadCloser, error) {
	r, _, err := s.objects.Get(ctx, folder+f.ID.String(), f.SHA256)
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "")
	}
	return r, nil
}
