package catalogue

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/documents"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// Templates returns the forms and samples of a service, those of drafts as well.
func (s *Store) Templates(ctx context.Context, actor access.Actor, service uuid.UUID) ([]documents.File, error) {
	object, err := s.Object(ctx, service)
	if err != nil {
		return nil, err
	}
	if err := access.Require(actor, View, object); err != nil {
		return nil, err
	}
	return documents.TemplatesOf(ctx, s.pool, service)
}

// AddTemplate registers a form or sample that lies in the object store. It stays inside until a card that names it is
// published, and goes with the draft when none does.
func (s *Store) AddTemplate(ctx context.Context, actor access.Actor, f documents.File) error {
	if f.ServiceID == nil || f.Purpose != documents.Template {
		return fault.New(fault.Invalid, "")
	}
	object, err := s.Object(ctx, *f.ServiceID)
	if err != nil {
		return err
	}
	if err := access.Require(actor, EditCard, object); err != nil {
		return err
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := documents.Insert(ctx, tx, f); err != nil {
			return err
		}
		return audit.Record(ctx, tx, actor.Audit(), audit.Entry{
			Action: "documents.template.add", ObjectType: "file", ObjectID: f.ID.String(), Detail: map[string]string{"service": f.ServiceID.String()},
		})
	})
}

// unnamedSQL finds the templates of the service $1 that no version names. While a draft of the information card is open there
// are none: a file that was just uploaded is named only by a form that has not been saved yet.
const unnamedSQL = `
	select f.id from documents.files f
	where f.service_id = $1 and f.purpose = 'template' and not f.published
	  and not exists (select from catalogue.cards where service_id = $1 and state in ('draft', 'approved'))
	  and not exists (select from (select content from catalogue.cards where service_id = $1
	                               union all select content from catalogue.tech_cards where service_id = $1) v
	                  where jsonb_path_exists(v.content, '$.** ? (@ == $id)', jsonb_build_object('id', f.id::text)))`

// dropTemplates takes out of the register what was uploaded to drafts of the service and is named by no version now that
// they are published or gone. The caller holds the lock of the service.
func dropTemplates(ctx context.Context, tx pgx.Tx, by audit.Actor, service uuid.UUID) error {
	rows, _ := tx.Query(ctx, unnamedSQL, service)
	unnamed, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return pg.Fault("find templates that nothing names", err)
	}
	dropped, err := documents.DropTemplates(ctx, tx, unnamed)
	if err != nil {
		return err
	}
	for _, id := range dropped {
		err := audit.Record(ctx, tx, by, audit.Entry{
			Action: "documents.template.drop", ObjectType: "file", ObjectID: id.String(), Detail: map[string]string{"service": service.String()},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// unnamedAfter is how long an upload is left alone that nothing names: its draft may have ended while it was on its way.
const unnamedAfter = 24 * time.Hour

// DropTemplates takes out of the register what the end of a draft left behind: files whose upload was still on its way, and
// those of drafts that ended before drafts took their files with them.
func (s *Store) DropTemplates(ctx context.Context, by audit.Actor) error {
	rows, _ := s.pool.Query(ctx, `select distinct service_id from documents.files
		where purpose = 'template' and not published and service_id is not null and uploaded_at < $1`, s.now().Add(-unnamedAfter))
	services, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return pg.Fault("find services with unpublished templates", err)
	}
	var failed error
	for _, service := range services {
		failed = errors.Join(failed, pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, `select from catalogue.services where id = $1 for update`, service); err != nil {
				return pg.Fault("lock service", err)
			}
			return dropTemplates(ctx, tx, by, service)
		}))
	}
	return failed
}
