package cases

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/decisions"
	"portal.example/internal-site/internal/offices"
	"portal.example/shared/fault"
	"portal.example/shared/workdays"
)

// ProposedDecision words the document of a decision that waits for its signature, as it will be: with the name of its signatory, where
// one person alone can be meant. NotFound when there is none, or when the actor does not see the applicant's data.
func (s *Store) ProposedDecision(ctx context.Context, actor access.Actor, id uuid.UUID) (doc decisions.Document, err error) {
	w, err := s.Work(ctx, actor, id)
	if err != nil {
		return doc, err
	}
	if w.Case.Proposal == nil || !w.SeesAll(actor) {
		return doc, fault.New(fault.NotFound, "")
	}
	who, err := s.signatory(ctx, w, actor)
	if err != nil {
		return doc, err
	}
	return s.word(ctx, w, decidedBy(w.Case.Proposal.decides(), w), who)
}

// signatory is who would sign the decision: the actor, if they may; the holder of the office, if it is one; else nobody yet.
func (s *Store) signatory(ctx context.Context, w *Work, actor access.Actor) (official, error) {
	if w.permits(actor, Sign) == nil {
		return official{actor.UserID, actor.Name, w.decidesFor()}, nil
	}
	holders, err := s.Signatories(ctx, w)
	if err != nil || len(holders) != 1 {
		return official{}, err
	}
	return official{id: holders[0].User, name: holders[0].Name}, nil
}

// Signatories are the people who hold the office that signs the decision.
func (s *Store) Signatories(ctx context.Context, w *Work) ([]offices.Holder, error) {
	stage := w.deciding()
	if stage == nil || stage.office() == "" {
		return nil, nil
	}
	list, err := offices.HoldersOf(ctx, s.pool, offices.Office{Place: w.Case.AuthorityID, Key: stage.office()}, workdays.DateOf(s.now()))
	return slices.DeleteFunc(list, func(h offices.Holder) bool { return h.Gone }), err
}
