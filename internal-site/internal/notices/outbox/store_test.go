package outbox_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/notices/outbox"
	"portal.example/shared/pg"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// register files a case as the intake worker does, in a transaction that ends with after.
func register(t *testing.T, r *fixture.Region, pool *pgxpool.Pool, told outbox.Choice, after error) (c cases.Case, err error) {
	t.Helper()
	err = pg.InTx(t.Context(), pool, func(tx pgx.Tx) error {
		c, err = cases.NewStore(nil).Register(t.Context(), tx, cases.Filing{
			Channel: cases.Counter, ServiceID: r.Service, CentreID: r.Centre, FiledAt: fixture.Now, Told: told,
			Applicant: cases.Applicant{Kind: "person", Surname: "Ґалаґан", GivenName: "Їжак", Phone: "+380501234567"},
		}, audit.System("test"))
		return errors.Join(err, after)
	})
	return c, err
}

func kinds(t *testing.T, r *fixture.Region) (got []string) {
	t.Helper()
	rows, _ := r.DB.Pool.Query(t.Context(), `select kind from notices.outbox where state = 'waiting' order by at, event_id`)
	got, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// A notice is in the outbox exactly when the act that causes it is done, whichever role does the act.
func TestNoticesAreWrittenWithTheAct(t *testing.T) {
	r := fixture.New(t)
	for _, role := range []string{"intake", "internal_site"} {
		if _, err := register(t, r, r.DB.PoolAs(role), outbox.Choice{}, errors.New("the act fails")); err == nil {
			t.Fatal("the act did not fail")
		}
	}
	if got := kinds(t, r); len(got) > 0 {
		t.Fatalf("notices of acts that were undone: %v", got)
	}
	c, err := register(t, r, r.DB.PoolAs("intake"), outbox.Choice{Channel: "sms", Language: "en"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	store, admin := cases.NewStore(r.DB.PoolAs("internal_site")), r.Users[access.Administrator]
	for version, cmd := range []cases.Command{{Act: cases.Take}, {Act: cases.Note, Text: "між нами"}, {Act: cases.Suspend, Text: "немає довідки"}, {Act: cases.Resume}} {
		if err := store.Do(t.Context(), admin, c.ID, version+1, cmd); err != nil {
			t.Fatalf("%s: %v", cmd.Act, err)
		}
	}
	if got := kinds(t, r); !slices.Equal(got, []string{"registered", "suspended"}) {
		t.Errorf("notices: %v", got)
	}
	var channel, language string
	if err := r.DB.Pool.QueryRow(t.Context(), `select channel, language from notices.choices where case_id = $1`, c.ID).Scan(&channel, &language); err != nil || channel != "sms" || language != "en" {
		t.Errorf("choice: %s, %s, %v", channel, language, err)
	}
}

// An event cannot be told twice, and roles that cause notices cannot pretend that one was sent.
func TestWhatCausesNoticesCannotChangeThem(t *testing.T) {
	r := fixture.New(t)
	if _, err := register(t, r, r.DB.PoolAs("intake"), outbox.Choice{}, nil); err != nil {
		t.Fatal(err)
	}
	for role, sql := range map[string]string{
		"intake":        `update notices.outbox set state = 'sent'`,
		"internal_site": `update notices.outbox set state = 'sent'`,
		"notices":       `insert into notices.outbox select gen_random_uuid(), case_id, kind, at from notices.outbox`,
	} {
		if _, err := r.DB.PoolAs(role).Exec(t.Context(), sql); pg.Code(err) != pg.CodeInsufficientRights {
			t.Errorf("%s: %v", role, err)
		}
	}
	if _, err := r.DB.Pool.Exec(t.Context(), `insert into notices.outbox (event_id, case_id, kind, at) select event_id, case_id, kind, at from notices.outbox`); pg.Code(err) != pg.CodeUniqueViolation {
		t.Errorf("an event was told twice: %v", err)
	}
}
