package cases

import (
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/offices"
	"portal.example/shared/fault"
	"portal.example/shared/workdays"
)

// receiverDesk is what the stages of whoever receives a case are ended by.
type receiverDesk struct {
	offices        offices.Desk
	separateDuties bool
}

// queue reads it in a batch.
func (d *receiverDesk) queue(b *pgx.Batch, user uuid.UUID, now time.Time) {
	offices.QueueDesk(b, user, workdays.DateOf(now), &d.offices)
	b.Queue(`select coalesce((select separate_duties from region.profile), false)`).QueryRow(func(row pgx.Row) error { return row.Scan(&d.separateDuties) })
}

// receive puts a case that begins into the hands of the clerk who receives it.
func receive(w *Work, by Receiver, desk receiverDesk) error {
	if !access.Can(by.Actor, View, w.Case.Object(w.Stages)) {
		return fault.New(fault.NotFound, "")
	}
	w.by, w.Desk, w.SeparateDuties = by.Actor, desk.offices, desk.separateDuties
	return w.receive(by.HandOver)
}

// receive takes a case that was just registered at the counter into work, and ends its reception:
// the clerk has done both while the visitor stood there. Whatever comes after the first stage of the centre, such as handing
// the papers over, begins. A case whose first stage cannot be ended so is only taken. handOver ends the handing over as well, where the
// centre has such a stage before an authority's.
func (w *Work) receive(handOver bool) error {
	if err := w.apply(Command{Act: Take}); err != nil {
		return err
	}
	last := 1
	if handOver && w.handsOver() {
		last = 2
	}
	for position := 1; position <= last; position++ {
		stage := w.StageOf(w.by)
		if stage == nil || stage.Position != position || stage.AuthorityID != nil || len(w.Stages) == 1 || len(stage.Outcomes()) > 0 {
			break
		}
		if err := w.apply(Command{Act: FinishStage}); err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return nil
}

// handsOver says whether the centre's second stage hands the case over to an authority.
func (w *Work) handsOver() bool {
	return len(w.Stages) > 2 && w.Stages[0].AuthorityID == nil && w.Stages[1].AuthorityID == nil && w.Stages[2].AuthorityID != nil
}
