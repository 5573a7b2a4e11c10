package requests_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/requests"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
	"portal.example/shared/pgtest"
	"portal.example/shared/workdays"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// desk is a case in work at the centre, about which an authority that has no stage in it is asked.
type desk struct {
	*fixture.Region
	store        *requests.Store
	cases        *cases.Store
	kase         cases.Case
	clerk        access.Actor
	asked        uuid.UUID // the authority
	official     access.Actor
	carried, not uuid.UUID // files of the case
}

func clock() time.Time { return fixture.Now }

func newDesk(t *testing.T) *desk {
	t.Helper()
	r := fixture.New(t)
	pool := r.DB.PoolAs("internal_site")
	work := cases.NewStore(pool).At(clock)
	d := &desk{Region: r, cases: work, store: requests.NewStore(pool, work).At(clock), clerk: r.Users[access.Administrator], asked: fixture.NewID()}
	r.DB.Exec(`insert into org.authorities (id, code, name) values ($1, 'tax', 'Податкова інспекція')`, d.asked)
	d.official = r.AddUser("tax-officer", access.Grant{Group: access.Officer, Place: access.InAuthority(d.asked)})
	d.carried, d.not = fixture.NewID(), fixture.NewID()
	file := func(id uuid.UUID, name string) documents.File {
		return documents.File{ID: id, FileName: name, MediaType: "application/pdf", Size: 1, SHA256: strings.Repeat("0", 64), ObjectKey: id.String()}
	}
	err := pg.InTx(t.Context(), pool, func(tx pgx.Tx) (err error) {
		d.kase, err = work.Register(t.Context(), tx, cases.Filing{
			Channel: cases.Counter, ServiceID: r.Service, CentreID: r.Centre, FiledAt: fixture.Now, CodeHash: make([]byte, 32),
			Applicant: cases.Applicant{Kind: "person", Surname: "Криницевод", GivenName: "Клим", TaxNumber: "1234567899", Phone: "+380509998877", Address: "Тиха вулиця, 5"},
			Received:  []documents.File{file(d.carried, "договір.pdf"), file(d.not, "таємниця.pdf")},
		}, audit.System("test"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for version, cmd := range []cases.Command{{Act: cases.Take}, {Act: cases.Note, Text: "нотатка для своїх"}} {
		if err := work.Do(t.Context(), d.clerk, d.kase.ID, version+1, cmd); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func (d *desk) draft() requests.Draft {
	return requests.Draft{Authority: d.asked, Asked: "Довідка про доходи", Days: 5, Facts: []string{"tax_number"}, Files: []uuid.UUID{d.carried}}
}

func (d *desk) ask(t *testing.T) uuid.UUID {
	t.Helper()
	id, err := d.store.Ask(t.Context(), d.clerk, d.kase.ID, d.draft())
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// secrets are what the case holds and the request does not carry.
func (d *desk) secrets() []string {
	return []string{"Криницевод", "Клим", "380509998877", "Тиха вулиця", "таємниця", "нотатка для своїх", "допомоги при народженні", d.not.String()}
}

// leaks looks for the secrets in anything that the store has given.
func (d *desk) leaks(t *testing.T, what string, given any) {
	t.Helper()
	b, err := json.Marshal(given)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range d.secrets() {
		if strings.Contains(string(b), secret) {
			t.Errorf("%s tells %q: %s", what, secret, b)
		}
	}
}

// The authority that is asked sees what the request carries, and by no way anything else of the case: not by its own request,
// not by the case, its files, its history, the list, the search, the counts, nor by what is written on the case later.
func TestTheAskedSeeOnlyWhatTheRequestCarries(t *testing.T) {
	d := newDesk(t)
	ctx, id := t.Context(), d.ask(t)
	r, err := d.store.Get(ctx, d.official, id)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Facts) != 1 || r.Facts[0].Value.UK != "1234567899" || len(r.Files) != 1 || r.Files[0].ID != d.carried || r.Asked != "Довідка про доходи" {
		t.Errorf("what was to be handed on: %+v", r)
	}
	d.leaks(t, "the request", r)
	list, n, err := d.store.List(ctx, d.official, requests.Filter{Side: requests.ToUs})
	if err != nil || n != 1 {
		t.Fatalf("%d in the list, %v", n, err)
	}
	d.leaks(t, "the list", list)
	if f, err := d.store.File(ctx, d.official, id, d.carried); err != nil || f.FileName != "договір.pdf" {
		t.Errorf("the file that goes along: %v", err)
	}
	if _, err := d.store.File(ctx, d.official, id, d.not); !fault.Is(err, fault.NotFound) {
		t.Errorf("another file of the case: %v", err)
	}
	for name, err := range d.waysIntoTheCase(t) {
		if !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, q := range []string{"", "Криницевод", d.kase.Number, "1234567899"} {
		rows, n, err := d.cases.List(ctx, d.official, cases.Filter{Q: q, State: "all", Size: 20})
		if err != nil || n != 0 || len(rows) != 0 {
			t.Errorf("searching %q: %d, %v", q, n, err)
		}
	}
	counts, err := d.cases.Count(ctx, d.official, cases.Filter{State: "all"}, cases.Filter{View: cases.ViewMine}, cases.Filter{View: cases.ViewPool})
	if err != nil || !slices.Equal(counts, []int{0, 0, 0}) {
		t.Errorf("counts of cases: %v, %v", counts, err)
	}
}

// waysIntoTheCase are all that the store of cases offers to somebody who knows the ids.
func (d *desk) waysIntoTheCase(t *testing.T) map[string]error {
	t.Helper()
	ctx, ways := t.Context(), map[string]error{}
	_, ways["the case"] = d.cases.Work(ctx, d.official, d.kase.ID)
	for _, file := range []uuid.UUID{d.carried, d.not} {
		_, ways["file of the case "+file.String()] = d.cases.File(ctx, d.official, d.kase.ID, file)
	}
	for _, act := range cases.Acts {
		ways[string(act)] = d.cases.Do(ctx, d.official, d.kase.ID, 3, cases.Command{Act: act, Text: "бо", Outcome: cases.Granted})
	}
	_, ways["asking on"] = d.store.Ask(ctx, d.official, d.kase.ID, d.draft())
	_, ways["what may be asked"] = d.store.Offer(ctx, d.official, d.kase.ID)
	return ways
}

// A fact that is corrected in the case later does not travel after the request, and one that was never ticked does not come
// by naming it in the form of another case.
func TestARequestCarriesOnlyWhatTheCaseHas(t *testing.T) {
	d := newDesk(t)
	for name, change := range map[string]func(*requests.Draft){
		"a fact that there is not": func(r *requests.Draft) { r.Facts = []string{"tax_number", "secret"} },
		"a file of another case":   func(r *requests.Draft) { r.Files = []uuid.UUID{fixture.NewID()} },
		"nobody":                   func(r *requests.Draft) { r.Authority = uuid.Nil },
		"a centre":                 func(r *requests.Draft) { r.Authority = d.OtherCentre },
		"nothing":                  func(r *requests.Draft) { r.Asked = " \n" },
		"no term":                  func(r *requests.Draft) { r.Days = 0 },
		"a term too long":          func(r *requests.Draft) { r.Days = 31 },
		"an unknown document":      func(r *requests.Draft) { r.Document = "nonsense" },
		"a text too long":          func(r *requests.Draft) { r.Asked = strings.Repeat("ї", 4001) },
	} {
		draft := d.draft()
		change(&draft)
		if _, err := d.store.Ask(t.Context(), d.clerk, d.kase.ID, draft); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	id := d.ask(t)
	d.DB.Exec(`update cases.applicants set tax_number = '1111111111'`)
	if r, err := d.store.Get(t.Context(), d.official, id); err != nil || r.Facts[0].Value.UK != "1234567899" {
		t.Errorf("%+v, %v", r.Facts, err)
	}
	if _, err := d.store.Ask(t.Context(), d.clerk, d.kase.ID, d.draft()); !fault.Is(err, fault.Conflict) {
		t.Errorf("the same question again while it waits: %v", err)
	}
}

// The term is counted in working days from the day after: a request of Wednesday the 18th with five days is due on the 25th.
func TestTheTermIsInWorkingDays(t *testing.T) {
	d := newDesk(t)
	r, err := d.store.Get(t.Context(), d.clerk, d.ask(t))
	if err != nil || r.DueOn.Format(time.DateOnly) != "2026-11-25" || r.Number() != d.kase.Number+"/1" {
		t.Fatalf("%s due %s, %v", r.Number(), r.DueOn, err)
	}
	late := d.store.At(func() time.Time { return fixture.Now.AddDate(0, 0, 8) })
	for side, who := range map[string]access.Actor{requests.ToUs: d.official, requests.FromUs: d.clerk} {
		f := requests.Filter{Side: side, Late: true}
		list, n, err := late.List(t.Context(), who, f)
		counts, errCount := late.Count(t.Context(), who, f)
		if err != nil || errCount != nil || n != 1 || len(list) != 1 || counts[0] != 1 {
			t.Errorf("%s: %d late, %v, %v", side, n, err, errCount)
		}
		if n, err := d.store.Count(t.Context(), who, f); err != nil || n[0] != 0 {
			t.Errorf("%s: %v late on the day itself, %v", side, n, err)
		}
	}
}

// A request says in which days its term runs. Five calendar days from Wednesday the 18th end on Monday the 23rd.
func TestATermInCalendarDays(t *testing.T) {
	d := newDesk(t)
	draft := d.draft()
	draft.DaysIn = workdays.InCalendar
	id, err := d.store.Ask(t.Context(), d.clerk, d.kase.ID, draft)
	if err != nil {
		t.Fatal(err)
	}
	r, err := d.store.Get(t.Context(), d.clerk, id)
	if err != nil || r.DueOn.Format(time.DateOnly) != "2026-11-23" || r.DaysIn != workdays.InCalendar {
		t.Fatalf("due %s, %v", r.DueOn, err)
	}
	draft.DaysIn = "lunar"
	if _, err := d.store.Ask(t.Context(), d.clerk, d.kase.ID, draft); !fault.Is(err, fault.Invalid) {
		t.Errorf("days of another kind: %v", err)
	}
}

// An answer ends the request, its document becomes a file of the case for those who see all of it, and the applicant reads
// that it came.
func TestAnAnswerIsAFileOfTheCase(t *testing.T) {
	d := newDesk(t)
	ctx, id := t.Context(), d.ask(t)
	if err := d.store.Answer(ctx, d.official, id, 1, requests.Answer{}); !fault.Is(err, fault.Invalid) {
		t.Errorf("an empty answer: %v", err)
	}
	file := documents.File{ID: fixture.NewID(), FileName: "довідка.pdf", MediaType: "application/pdf", Size: 1, SHA256: strings.Repeat("1", 64), ObjectKey: "answers/1"}
	if err := d.store.Answer(ctx, d.official, id, 1, requests.Answer{File: &file}); err != nil {
		t.Fatal(err)
	}
	if err := d.store.Refuse(ctx, d.official, id, 2, requests.Answer{Text: "бо", Ground: "no_data"}); !fault.Is(err, fault.Conflict) {
		t.Errorf("a refusal after the answer: %v", err)
	}
	for name, err := range map[string]error{
		"the clerk, by the case":       fileOf(d.cases.File(ctx, d.clerk, d.kase.ID, file.ID)),
		"the clerk, by the request":    fileOf(d.store.File(ctx, d.clerk, id, file.ID)),
		"the official, by the request": fileOf(d.store.File(ctx, d.official, id, file.ID)),
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	w, err := d.cases.Work(ctx, d.clerk, d.kase.ID)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, e := range w.Events {
		if e.Published {
			told = append(told, e.Text.UK)
		}
	}
	if last := told[len(told)-2:]; !slices.Equal(last, []string{"Надіслано запит: Податкова інспекція.", "Надійшла відповідь на запит: Податкова інспекція."}) {
		t.Errorf("the applicant reads %q", last)
	}
	if last := w.Events[len(w.Events)-1]; last.Actor != d.official.Name {
		t.Errorf("colleagues read that %q answered", last.Actor)
	}
	if w.Case.Version != 3 {
		t.Errorf("the request has made forms of the case stale: version %d", w.Case.Version)
	}
}

func fileOf(_ documents.File, err error) error { return err }

// Who may do what with a request, in each of its states: the asker withdraws and reminds, the asked take, answer and refuse,
// and those who have no part in it do not learn that it exists.
func TestWhoMayDoWhatWithARequest(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	acts := map[string]func(who access.Actor, id uuid.UUID, version int) error{
		"take": func(who access.Actor, id uuid.UUID, v int) error { return d.store.Take(ctx, who, id, v, uuid.Nil) },
		"answer": func(who access.Actor, id uuid.UUID, v int) error {
			return d.store.Answer(ctx, who, id, v, requests.Answer{Text: "так"})
		},
		"refuse": func(who access.Actor, id uuid.UUID, v int) error {
			return d.store.Refuse(ctx, who, id, v, requests.Answer{Text: "бо", Ground: "card:no-right"})
		},
		"remind": func(who access.Actor, id uuid.UUID, v int) error { return d.store.Remind(ctx, who, id, v, uuid.Nil) },
		"withdraw": func(who access.Actor, id uuid.UUID, v int) error {
			return d.store.Withdraw(ctx, who, id, v, "знайшли самі", uuid.Nil)
		},
	}
	people := map[string]access.Actor{
		"asker": d.clerk, "asked": d.official, "decider": d.Users[access.Officer], "partner": d.OtherUsers[access.Officer], "manager": d.Users[access.RegionalManager],
	}
	sees := map[string]bool{"asker": true, "asked": true, "manager": true}
	for _, state := range requests.States {
		for act, do := range acts {
			for who, actor := range people {
				id := d.stand(t, state)
				want := state == requests.Asked && (who == "asked" && slices.Contains([]string{"take", "answer", "refuse"}, act) || who == "asker" && slices.Contains([]string{"remind", "withdraw"}, act))
				err := do(actor, id, 1)
				if (err == nil) != want {
					t.Errorf("%s of a request that is %s by the %s: %v, allowed: %t", act, state, who, err, want)
				}
				if kind := fault.KindOf(err); err != nil && (kind == fault.NotFound) == sees[who] {
					t.Errorf("%s by the %s: %v", act, who, err)
				}
				if _, err := d.store.Get(ctx, actor, id); (err == nil) != sees[who] {
					t.Errorf("the %s looks: %v", who, err)
				}
			}
		}
	}
}

// stand makes a request that stands there.
func (d *desk) stand(t *testing.T, state requests.State) uuid.UUID {
	t.Helper()
	d.DB.Exec(`delete from requests.files`)
	d.DB.Exec(`delete from requests.requests`)
	id := d.ask(t)
	if state != requests.Asked {
		d.DB.Exec(`update requests.requests set state = $1, answer = 'так', ground = 'no_data', ended_at = now(), ended_by = asked_by`, state)
	}
	return id
}

// An authority reminds and is reminded once a day; a page that a colleague has overtaken changes nothing.
func TestRemindersAndStalePages(t *testing.T) {
	d := newDesk(t)
	id := d.ask(t)
	if err := d.store.Remind(t.Context(), d.clerk, id, 1, uuid.Nil); err != nil {
		t.Fatal(err)
	}
	if err := d.store.Remind(t.Context(), d.clerk, id, 2, uuid.Nil); !fault.Is(err, fault.Conflict) {
		t.Errorf("twice a day: %v", err)
	}
	if err := d.store.Answer(t.Context(), d.official, id, 1, requests.Answer{Text: "так"}); !fault.Is(err, fault.Conflict) {
		t.Errorf("a stale page: %v", err)
	}
	tomorrow := d.store.At(func() time.Time { return fixture.Now.AddDate(0, 0, 1) })
	if err := tomorrow.Remind(t.Context(), d.clerk, id, 2, uuid.Nil); err != nil {
		t.Errorf("the next day: %v", err)
	}
}

// A refusal cites a ground that the card had when the request was made, or one of the portal's, and says why.
func TestARefusalHasAGround(t *testing.T) {
	d := newDesk(t)
	for ground, fine := range map[string]bool{"card:incomplete": true, "no_data": true, "other": true, "": false, "card:": false, "incomplete_": false, "no-right": false} {
		id := d.stand(t, requests.Asked)
		if err := d.store.Refuse(t.Context(), d.official, id, 1, requests.Answer{Text: "бо", Ground: ground}); (err == nil) != fine {
			t.Errorf("%q: %v", ground, err)
		}
	}
	id := d.stand(t, requests.Asked)
	if err := d.store.Refuse(t.Context(), d.official, id, 1, requests.Answer{Ground: "no_data"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("without a reason: %v", err)
	}
}

// Lists and counts agree, for everybody and every filter.
func TestCountsAreTheirLists(t *testing.T) {
	d := newDesk(t)
	for i := range 3 {
		draft := d.draft()
		draft.Asked = fmt.Sprint("Довідка ", i)
		if _, err := d.store.Ask(t.Context(), d.clerk, d.kase.ID, draft); err != nil {
			t.Fatal(err)
		}
	}
	d.DB.Exec(`update requests.requests set person = $1 where position = 2`, d.official.UserID)
	d.DB.Exec(`update requests.requests set state = 'answered', answer = 'так', ended_at = now(), ended_by = asked_by where position = 3`)
	got := map[string]int{}
	for name, who := range map[string]access.Actor{"clerk": d.clerk, "official": d.official, "decider": d.Users[access.Officer], "manager": d.Users[access.RegionalManager]} {
		for _, side := range []string{"", requests.ToUs, requests.FromUs} {
			for _, state := range []string{"", "all", "answered"} {
				for _, mine := range []bool{false, true} {
					f := requests.Filter{Side: side, State: state, Mine: mine}
					list, n, err := d.store.List(t.Context(), who, f)
					counts, errCount := d.store.Count(t.Context(), who, f)
					if err != nil || errCount != nil || n != len(list) || counts[0] != n {
						t.Errorf("%s %+v: %d lines of %d, counted %v; %v, %v", name, f, len(list), n, counts, err, errCount)
					}
					if state == "" {
						got[fmt.Sprintf("%s %s %t", name, side, mine)] = n
					}
				}
			}
		}
	}
	want := map[string]int{
		"clerk  false": 2, "clerk in false": 0, "clerk out false": 2, "official  false": 2, "official in false": 2, "official out false": 0,
		"decider  false": 0, "decider in false": 0, "decider out false": 0, "manager  false": 2, "manager in false": 2, "manager out false": 2,
		"clerk  true": 2, "clerk in true": 0, "clerk out true": 2, "official  true": 1, "official in true": 1, "official out true": 0,
		"decider  true": 0, "decider in true": 0, "decider out true": 0, "manager  true": 0, "manager in true": 0, "manager out true": 0,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
}
