package documents

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/locale"
	"portal.example/shared/pg"
)

// Store reads the register of files. It has no way to write.
type Store struct{ db pg.Queryer }

// NewStore makes a store over db.
func NewStore(db pg.Queryer) *Store { return &Store{db: db} }

const selectFile = `
	select id, title, title_en, file_name, media_type, size, sha256, object_key
	from documents.files where published and purpose in ('template', 'sample', 'act')`

// File returns a public file, NotFound when there is none.
func (s *Store) File(ctx context.Context, id uuid.UUID) (File, error) {
	rows, err := s.db.Query(ctx, selectFile+` and id = $1`, id)
	if err != nil {
		return File{}, pg.Fault("file", err)
	}
	f, err := pgx.CollectExactlyOneRow(rows, scanFile)
	if err != nil {
		return File{}, pg.Fault("file", err)
	}
	list := []File{f}
	err = s.addState(ctx, list)
	return list[0], err
}

// Files returns those of the files that are public, by id.
func (s *Store) Files(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]File, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := s.db.Query(ctx, selectFile+` and id = any($1)`, ids)
	if err != nil {
		return nil, pg.Fault("files", err)
	}
	list, err := pgx.CollectRows(rows, scanFile)
	if err != nil {
		return nil, pg.Fault("files", err)
	}
	if err := s.addState(ctx, list); err != nil {
		return nil, err
	}
	byID := make(map[uuid.UUID]File, len(list))
	for _, f := range list {
		byID[f.ID] = f
	}
	return byID, nil
}

// Samples returns the filled samples of a service, by title.
func (s *Store) Samples(ctx context.Context, service uuid.UUID) ([]Sample, error) {
	rows, err := s.db.Query(ctx, `
		select f.id, f.title, f.title_en, f.file_name, f.media_type, f.size, f.sha256, f.object_key, s.alt, s.alt_en
		from catalogue.samples s join documents.files f on f.id = s.id and f.published and f.purpose = 'sample'
		where s.published and s.service_id = $1
		order by f.title collate "uk-x-icu", f.id limit $2`, service, maxSamples)
	if err != nil {
		return nil, pg.Fault("samples", err)
	}
	var alts []locale.Text
	files, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (f File, err error) {
		var alt locale.Text
		err = row.Scan(&f.ID, &f.Title.UK, &f.Title.EN, &f.FileName, &f.MediaType, &f.Size, &f.SHA256, &f.key, &alt.UK, &alt.EN)
		alts = append(alts, alt)
		return f, err
	})
	if err != nil || len(files) == 0 {
		return nil, pg.Fault("samples", err)
	}
	if err := s.addState(ctx, files); err != nil {
		return nil, err
	}
	samples := make([]Sample, len(files))
	for i, f := range files {
		samples[i] = Sample{File: f, Alt: alts[i]}
	}
	return samples, nil
}

// maxSamples is how many samples a page shows; staff can publish no more of a service.
const maxSamples = 10

func scanFile(row pgx.CollectableRow) (File, error) {
	var f File
	err := row.Scan(&f.ID, &f.Title.UK, &f.Title.EN, &f.FileName, &f.MediaType, &f.Size, &f.SHA256, &f.key)
	return f, err
}

// addState marks the files whose bytes the syncer has brought and checked.
func (s *Store) addState(ctx context.Context, files []File) error {
	keys := make([]string, len(files))
	for i, f := range files {
		keys[i] = f.key
	}
	ready, err := Ready(ctx, s.db, keys)
	for i, f := range files {
		files[i].Ready = ready[f.key] == f.SHA256 // an older object under the same key is not this file
	}
	return err
}

// Ready returns the hashes of those of the objects that the syncer has brought and checked. Before `syncer init` there
// is no register of them, and nothing is ready.
func Ready(ctx context.Context, db pg.Queryer, keys []string) (map[string]string, error) {
	ready := map[string]string{}
	var exists bool
	if err := db.QueryRow(ctx, `select to_regclass('sync.objects') is not null`).Scan(&exists); err != nil || !exists {
		return ready, pg.Fault("register of objects", err)
	}
	rows, err := db.Query(ctx, `select key, sha256 from sync.objects where state = 'ready' and key = any($1)`, keys)
	if err != nil {
		return ready, pg.Fault("state of objects", err)
	}
	var key, sum string
	_, err = pgx.ForEachRow(rows, []any{&key, &sum}, func() error {
		ready[key] = sum
		return nil
	})
	return ready, pg.Fault("state of objects", err)
}
