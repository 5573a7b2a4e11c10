package cases

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/fault"
)

// Receive takes a case that was just registered at the counter into work, and ends its reception, in the caller's transaction:
// the clerk has done both while the visitor stood there. Whatever comes after the first stage of the centre, such as handing
// the papers over, begins. A case whose first stage cannot be ended so is only taken. handOver ends the handing over as well, where the
// centre has such a stage before an authority's.
func (s *Store) Receive(ctx context.Context, tx pgx.Tx, actor access.Actor, id uuid.UUID, handOver bool) error {
	w, err := s.load(ctx, tx, actor, id, true)
	if err != nil {
		return err
	}
	before := append([]Stage{}, w.Stages...)
	if err := w.apply(Command{Act: Take}); err != nil {
		return err
	}
	last := 1
	if handOver && w.handsOver() {
		last = 2
	}
	for position := 1; position <= last; position++ {
		stage := w.StageOf(actor)
		if stage == nil || stage.Position != position || stage.AuthorityID != nil || len(w.Stages) == 1 || len(stage.Outcomes()) > 0 {
			break
		}
		if err := w.apply(Command{Act: FinishStage}); err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return s.write(ctx, tx, w, before)
}

// handsOver says whether the centre's second stage hands the case over to an authority.
func (w *Work) handsOver() bool {
	return len(w.Stages) > 2 && w.Stages[0].AuthorityID == nil && w.Stages[1].AuthorityID == nil && w.Stages[2].AuthorityID != nil
}
