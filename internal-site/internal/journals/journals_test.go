package journals_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/journals"
	"portal.example/shared/pg"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

type desk struct {
	*fixture.Region
	t        *testing.T
	at       time.Time
	cases    *cases.Store
	journals *journals.Store
}

func open(t *testing.T) *desk {
	r := fixture.New(t)
	d := &desk{Region: r, t: t, at: fixture.Now}
	d.cases, d.journals = cases.NewStore(r.DB.PoolAs("internal_site")).At(d.now), journals.NewStore(r.DB.PoolAs("internal_site")).At(d.now)
	return d
}

func (d *desk) now() time.Time { return d.at }

// register registers an application of somebody with that surname.
func (d *desk) register(surname string) (c cases.Case) {
	d.t.Helper()
	message := fixture.NewID()
	err := pg.InTx(d.t.Context(), d.DB.PoolAs("intake"), func(tx pgx.Tx) (err error) {
		c, err = cases.NewStore(nil).At(d.now).Register(d.t.Context(), tx, cases.Filing{
			MessageID: &message, Channel: cases.Online, ReceiptNumber: message.String()[20:], ServiceID: d.Service, CentreID: d.Centre, FiledAt: d.at,
			Applicant: cases.Applicant{Kind: "person", Surname: surname, GivenName: "Їжак"},
		}, audit.System("intake"))
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return c
}

type step struct {
	who access.Actor
	cmd cases.Command
}

// do does the steps, an hour after one another.
func (d *desk) do(id uuid.UUID, steps ...step) {
	d.t.Helper()
	for _, st := range steps {
		d.at = d.at.Add(time.Hour)
		w, err := d.cases.Work(d.t.Context(), st.who, id)
		if err == nil {
			err = d.cases.Do(d.t.Context(), st.who, id, w.Case.Version, st.cmd)
		}
		if err != nil {
			d.t.Fatalf("%s: %v", st.cmd.Act, err)
		}
	}
}

// decided are the steps up to a refusal, after which the centre can tell the applicant.
func (d *desk) decided() []step {
	admin := d.Users[access.Administrator]
	return []step{
		{admin, cases.Command{Act: cases.Take}}, {admin, cases.Command{Act: cases.FinishStage}}, {d.OtherUsers[access.Officer], cases.Command{Act: cases.FinishStage}}, d.decision(),
	}
}

func (d *desk) decision() step {
	return step{d.Users[access.Officer], cases.Command{Act: cases.Decide, Outcome: cases.Refused, Grounds: []string{"incomplete"}, Text: "Немає довідки"}}
}

func (d *desk) handing() step {
	return step{d.Users[access.Administrator], cases.Command{Act: cases.Issue, Paper: "№ 5", Handed: cases.Handover{Recipient: cases.HandedRepresentative, Name: "Малина Ганна", Basis: "довіреність", Document: "passport", Number: "000123456"}}}
}

// lines are the entries of a journal for the actor, the oldest first: number, case, and whether it was taken back.
func (d *desk) lines(actor access.Actor, f journals.Filter) (list []string) {
	d.t.Helper()
	if err := d.journals.Each(d.t.Context(), actor, f, func(e journals.Entry) error {
		line := fmt.Sprintf("%d %s", e.Number, e.Case)
		if e.TakenBackAt != nil {
			line += " taken back"
		}
		list = append(list, line)
		return nil
	}); err != nil {
		d.t.Fatal(err)
	}
	return list
}

func (d *desk) wants(j journals.Journal, want ...string) {
	d.t.Helper()
	if got := d.lines(d.Users[access.CentreHead], journals.Filter{Journal: j}); !slices.Equal(got, want) {
		d.t.Errorf("%s: %v, want %v", j, got, want)
	}
}

func (d *desk) count(sql string) (n int) {
	d.t.Helper()
	if err := d.DB.Pool.QueryRow(context.Background(), sql).Scan(&n); err != nil {
		d.t.Fatal(err)
	}
	return n
}
