package cases_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/fixture"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
	"portal.example/shared/seal"
)

func now() time.Time { return fixture.Now }

// applicant is the code that whoever files holds.
var applicant = func() seal.Code {
	code, err := seal.ParseCode("00000000000000000000" + "0")
	if err != nil {
		panic(err)
	}
	return code
}()

func filing(r *fixture.Region) cases.Filing {
	message := fixture.NewID()
	return cases.Filing{
		MessageID: &message, ReceiptNumber: "7K2M-9QXD", Channel: cases.Online, ServiceID: r.Service, CentreID: r.Centre,
		Applicant: cases.Applicant{Kind: "person", Surname: "Ґалаґан", GivenName: "Їжак", TaxNumber: "1234567899"},
		FiledAt:   fixture.Now, CodeHash: bytes.Repeat([]byte{7}, 32), Recipient: applicant.Recipient(),
	}
}

// register runs Register the way the intake worker does: as its role, in a transaction of its own.
func register(ctx context.Context, pool *pgxpool.Pool, f cases.Filing) (c cases.Case, err error) {
	err = pg.InTx(ctx, pool, func(tx pgx.Tx) error {
		c, err = cases.NewStore(nil).At(now).Register(ctx, tx, f, audit.System("intake"))
		return err
	})
	return c, err
}

func TestRegister(t *testing.T) {
	r := fixture.New(t)
	f := filing(r)
	f.Received = []documents.File{{
		FileName: "паспорт.pdf", Title: "Паспорт", MediaType: "application/pdf", Size: 4,
		SHA256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", ObjectKey: "received/1",
	}}
	c, err := register(t.Context(), r.DB.PoolAs("intake"), f)
	if err != nil {
		t.Fatal(err)
	}
	if c.Number != "01-2026-000001" {
		t.Errorf("number %s", c.Number)
	}
	if got := c.DueOn.Format(time.DateOnly); got != "2026-11-30" { // ten days end on Saturday the 28th
		t.Errorf("due %s", got)
	}
	var stages, public, files, trail int
	var activeDue string
	err = r.DB.Pool.QueryRow(t.Context(), `
		select (select count(*) from cases.stages where case_id = $1 and tracked),
		       (select due_on::text from cases.stages where case_id = $1 and state = 'active'),
		       (select count(*) from cases.events where case_id = $1 and published and kind in ('registered', 'stage_started')),
		       (select count(*) from documents.files where case_id = $1 and purpose = 'received' and not published),
		       (select count(*) from audit.events where object_id = $1::text and action = 'cases.case.register')`,
		c.ID).Scan(&stages, &activeDue, &public, &files, &trail)
	if err != nil {
		t.Fatal(err)
	}
	if stages != 3 || public != 2 || files != 1 || trail != 1 || activeDue != "2026-11-19" {
		t.Errorf("stages %d, public events %d, files %d, trail %d, first stage due %s", stages, public, files, trail, activeDue)
	}
}

func TestRegisterWithoutCodeIsNotTracked(t *testing.T) {
	r := fixture.New(t)
	f := filing(r)
	f.Channel, f.MessageID, f.CodeHash, f.Recipient = cases.Counter, nil, nil, ""
	c, err := register(t.Context(), r.DB.PoolAs("intake"), f)
	if err != nil {
		t.Fatal(err)
	}
	var leaves int
	if err := r.DB.Pool.QueryRow(t.Context(), `select (select count(*) from cases.events where published)
		+ (select count(*) from cases.stages where tracked)`).Scan(&leaves); err != nil {
		t.Fatal(err)
	}
	if c.Tracked || leaves != 0 {
		t.Errorf("tracked %t, %d rows would leave", c.Tracked, leaves)
	}
}

func TestRegisterRefuses(t *testing.T) {
	for key, breakIt := range map[string]func(r *fixture.Region, f *cases.Filing){
		"cases.service_not_in_centre": func(r *fixture.Region, f *cases.Filing) { f.CentreID = r.OtherCentre },
		"cases.service_not_quick": func(r *fixture.Region, _ *cases.Filing) {
			r.DB.Exec(`update catalogue.services set quick = false`)
		},
		"cases.service_not_published": func(r *fixture.Region, _ *cases.Filing) {
			r.DB.Exec(`update catalogue.cards set state = 'withdrawn', published = false`)
		},
		"cases.service_without_authority": func(r *fixture.Region, _ *cases.Filing) {
			r.DB.Exec(`update catalogue.services set authority_id = null`)
		},
		"cases.form_not_of_service": func(_ *fixture.Region, f *cases.Filing) {
			id := uuid.New()
			f.FormID = &id
		},
		"cases.applicant_without_name": func(_ *fixture.Region, f *cases.Filing) { f.Applicant = cases.Applicant{Kind: "person"} },
	} {
		t.Run(key, func(t *testing.T) {
			r := fixture.New(t)
			f := filing(r)
			breakIt(r, &f)
			_, err := register(t.Context(), r.DB.PoolAs("intake"), f)
			if !fault.Is(err, fault.Invalid) || fault.MessageKey(err) != key {
				t.Errorf("got %v", err)
			}
		})
	}
}

// An application that was on its way when another form took the place of its own is registered; one on a form that was withdrawn is not.
func TestAnApplicationOnTheFormBeforeIsTaken(t *testing.T) {
	for name, c := range map[string]struct {
		replaced string // as SQL
		taken    bool
	}{
		"replaced yesterday": {`timestamptz '2026-11-17 12:00+02'`, true},
		"replaced long ago":  {`timestamptz '2026-01-02 12:00+02'`, false},
		"withdrawn":          {`null`, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := fixture.New(t)
			form := r.AddForm(r.Service)
			r.DB.Exec(`update catalogue.forms set state = 'withdrawn', published = false, replaced_at = ` + c.replaced)
			f := filing(r)
			f.FormID, f.Answers = &form, json.RawMessage(`{"purpose": "birth", "children": 1, "truth": true}`)
			_, err := register(t.Context(), r.DB.PoolAs("intake"), f)
			if taken := err == nil; taken != c.taken || !taken && fault.MessageKey(err) != "cases.form_not_of_service" {
				t.Errorf("got %v", err)
			}
		})
	}
}

// Numbers have no gaps and no doubles, though many register at once and some of them fail.
func TestNumbersHaveNoGaps(t *testing.T) {
	r := fixture.New(t)
	pool := r.DB.PoolAs("intake")
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			f := filing(r)
			err := pg.InTx(t.Context(), pool, func(tx pgx.Tx) error {
				if _, err := cases.NewStore(nil).At(now).Register(t.Context(), tx, f, audit.System("intake")); err != nil {
					return err
				}
				if i%4 == 0 {
					return errors.New("the caller changed its mind")
				}
				return nil
			})
			if err != nil && i%4 != 0 {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	var numbers []string
	if err := r.DB.Pool.QueryRow(t.Context(), `select array_agg(number order by number) from cases.cases`).Scan(&numbers); err != nil {
		t.Fatal(err)
	}
	if len(numbers) != 15 || numbers[0] != "01-2026-000001" || numbers[14] != "01-2026-000015" {
		t.Errorf("numbers %v", numbers)
	}
}

// The server spells a number as the rules do, and the history and the trail say it.
func TestTheNumberIsSpelledByThePattern(t *testing.T) {
	r := fixture.New(t)
	for i, tt := range []struct {
		pattern string
		last    int
	}{
		{"{centre}-{year}-{number:6}", 41}, {"{number}/{year}/{centre}", 99}, {"Ц{centre}.{year}.{number:3}", 4321}, {"{number:2}{centre}{year}-{number:4}", 6}, {"{year}{number:9}{centre}", 123_456_788},
	} {
		r.DB.Exec(`update org.centres set case_pattern = $2 where id = $1`, r.Centre, tt.pattern)
		r.DB.Exec(`insert into cases.counters (centre_id, year, last) values ($1, 2026, $2) on conflict (centre_id, year) do update set last = excluded.last`, r.Centre, tt.last)
		f := filing(r)
		f.ReceiptNumber = fmt.Sprintf("S%03d", i)
		c, err := register(t.Context(), r.DB.PoolAs("intake"), f)
		if err != nil {
			t.Fatal(err)
		}
		want := cases.Number(tt.pattern, "01", 2026, tt.last+1)
		var number, text, trail string
		err = r.DB.Pool.QueryRow(t.Context(), `select c.number, e.text, a.detail->>'number' || ' ' || (a.detail->>'channel') from cases.cases c
			join cases.events e on e.case_id = c.id and e.kind = 'registered' join audit.events a on a.object_id = c.id::text and a.action = 'cases.case.register'
			where c.id = $1`, c.ID).Scan(&number, &text, &trail)
		if err != nil || c.Number != want || number != want || !strings.Contains(text, want) || strings.Contains(text, c.ID.String()) || trail != want+" "+f.Channel {
			t.Errorf("%s: %q, %q, %q, %q, %v; want %q", tt.pattern, c.Number, number, text, trail, err, want)
		}
	}
}

func TestRegisterSameMessageTwice(t *testing.T) {
	r := fixture.New(t)
	f := filing(r)
	pool := r.DB.PoolAs("intake")
	if _, err := register(t.Context(), pool, f); err != nil {
		t.Fatal(err)
	}
	if _, err := register(t.Context(), pool, f); !fault.Is(err, fault.Conflict) {
		t.Errorf("got %v, want a conflict", err)
	}
}
