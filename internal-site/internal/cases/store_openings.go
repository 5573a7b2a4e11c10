package cases

import (
	"context"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/documents"
)

// RecordOpening writes down that the actor opens a file, if it is a result.
func (s *Store) RecordOpening(ctx context.Context, actor access.Actor, f documents.File, saved bool) error {
	return documents.RecordOpening(ctx, s.pool, f, actor.UserID, saved, s.now())
}

// Openings returns who opened the results of a case, for those who may take one back; for everybody else there are none.
func (s *Store) Openings(ctx context.Context, actor access.Actor, w *Work) ([]documents.Opening, error) {
	if !w.SeesAll(actor) || !w.May(actor, WithdrawResult) && !w.May(actor, WithdrawDecision) {
		return nil, nil
	}
	return documents.OpeningsOf(ctx, s.pool, w.Case.ID)
}
