package cases_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/fixture"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// counted gives the terms of the region's cards a kind of days: of the service, and of its first stage with so many days.
func counted(t *testing.T, r *fixture.Region, service, stage workdays.Span) {
	t.Helper()
	err := pg.InTx(t.Context(), r.DB.Pool, func(tx pgx.Tx) error {
		batch := &pgx.Batch{}
		batch.Queue(`alter table catalogue.cards disable trigger user`) // published versions do not change otherwise
		batch.Queue(`alter table catalogue.tech_cards disable trigger user`)
		batch.Queue(`update catalogue.cards set content = jsonb_set(jsonb_set(content, '{term,days}', to_jsonb($1::int)), '{term,days_in}', to_jsonb($2::text))`,
			service.Days, string(service.In))
		batch.Queue(`update catalogue.tech_cards set content = jsonb_set(jsonb_set(content, '{stages,0,days}', to_jsonb($1::int)), '{stages,0,days_in}', to_jsonb($2::text))`,
			stage.Days, string(stage.In))
		return tx.SendBatch(t.Context(), batch).Close()
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Each row says in which days its term runs. Filed on Wednesday 18 November: fifteen working days end on Wednesday 9 December, and
// three calendar days, which would be working ones if the row said nothing, on Saturday the 21st and so on Monday the 23rd.
func TestEachRowSaysInWhichDaysItsTermRuns(t *testing.T) {
	r := fixture.New(t)
	counted(t, r, workdays.Span{Days: 15, In: workdays.InWorking}, workdays.Span{Days: 3, In: workdays.InCalendar})
	c, err := register(t.Context(), r.DB.PoolAs("intake"), filing(r))
	if err != nil {
		t.Fatal(err)
	}
	s := cases.NewStore(r.DB.PoolAs("internal_site")).At(now)
	clerk := r.Users[access.Administrator]
	w, err := s.Work(t.Context(), clerk, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	if !c.DueOn.Equal(day(t, "2026-12-09")) || !w.Stages[0].DueOn.Equal(day(t, "2026-11-23")) || w.Stages[0].Rule() != workdays.CalendarDays {
		t.Errorf("case until %s, stage until %s by %s", c.DueOn.Format(time.DateOnly), w.Stages[0].DueOn.Format(time.DateOnly), w.Stages[0].Rule())
	}
	for i, cmd := range []cases.Command{{Act: cases.Take}, {Act: cases.Suspend, Text: "Чекаємо довідку"}} {
		if err := s.Do(t.Context(), clerk, c.ID, i+1, cmd); err != nil {
			t.Fatal(err)
		}
	}
	list, _, err := s.At(func() time.Time { return fixture.Now.AddDate(0, 0, 30) }).List(t.Context(), clerk, cases.Filter{Size: 5})
	if err != nil || len(list) != 1 || list[0].Standing == nil {
		t.Fatalf("%+v, %v", list, err)
	}
	if left := list[0].Standing.Left; len(left) != 1 || left[0] != (workdays.Span{Days: 15, In: workdays.InWorking}) {
		t.Errorf("left %+v", left)
	}
}
