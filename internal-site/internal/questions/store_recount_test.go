package questions_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/questions"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// A day off on the last day moves the question that waits for its answer, and leaves one that was answered; the question and the
// trail say so. Without write nothing moves.
func TestTheCalendarMovesQuestions(t *testing.T) {
	p := newPlace(t)
	clerk := p.Users[access.Administrator]
	first, _ := p.ask(t, nil)
	second, _ := p.ask(t, nil)
	was := p.only(t, clerk, first.MessageID)
	must(t, p.store.Do(t.Context(), clerk, p.only(t, clerk, second.MessageID).ID, 1, questions.Command{Act: questions.DoAnswer, Text: "Так"}))
	calendar := workdays.NewCalendar([]workdays.Day{{Date: was.DueOn}})
	for _, write := range []bool{false, true} {
		err := pg.InTx(t.Context(), p.DB.PoolAs("internal_site"), func(tx pgx.Tx) error {
			moved, err := p.store.Recount(t.Context(), tx, calendar, write)
			if moved != 1 {
				t.Errorf("%d questions move", moved)
			}
			return err
		})
		must(t, err)
		is := p.only(t, clerk, first.MessageID)
		if moved := is.DueOn.After(was.DueOn) && is.DueWas != nil && is.DueWas.Equal(was.DueOn) && calendar.Working(is.DueOn); moved != write || is.Version != was.Version {
			t.Errorf("write %t: due %s, before %v", write, is.DueOn, is.DueWas)
		}
	}
	if other := p.only(t, clerk, second.MessageID); other.DueWas != nil {
		t.Errorf("what was answered has moved from %s", other.DueWas)
	}
	var trail int
	must(t, p.DB.Pool.QueryRow(t.Context(), `select count(*) from audit.events where action = 'questions.thread.recount'`).Scan(&trail))
	if trail != 1 {
		t.Errorf("%d records in the trail", trail)
	}
}
