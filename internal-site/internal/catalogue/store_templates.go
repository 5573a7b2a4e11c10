package catalogue

import (
	"context"

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
// published.
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
