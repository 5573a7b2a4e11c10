package surveys_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/intake/intaketest"
	"portal.example/internal-site/internal/surveys"
	"portal.example/shared/blobtest"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m, blobtest.Stop) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func both(s string) locale.Text { return locale.Text{UK: s, EN: s} }

// place is a node whose intake takes ratings. Its clock is the machine's.
type place struct {
	*intaketest.Node
	store    *surveys.Store
	manager  access.Actor
	onTheWay time.Duration // how long ago what arrives was sent
}

func newPlace(t *testing.T) *place {
	t.Helper()
	node := intaketest.New(t, surveys.NewIntake())
	return &place{Node: node, store: surveys.NewStore(node.DB.PoolAs("internal_site")), manager: node.Users[access.RegionalManager]}
}

// today is the day by the machine's clock; answers count by it.
func today() time.Time { return time.Now().UTC().Truncate(24 * time.Hour) }

// survey publishes one with a scale and a text.
func (p *place) survey(t *testing.T, service uuid.UUID, after bool) surveys.Survey {
	t.Helper()
	id, err := p.store.Create(t.Context(), p.manager, service, uuid.Nil, surveys.Settings{Title: both("Як ми працювали"), FirstDay: today().AddDate(0, 0, -2), ResultsAfter: after})
	must(t, err)
	for _, a := range []surveys.Asked{
		{Kind: contract.AskScale, Text: both("Оцініть"), Required: true},
		{Kind: contract.AskText, Text: both("Що поліпшити?"), LimitTyped: "20"},
	} {
		must(t, p.store.Change(t.Context(), p.manager, id, p.get(t, id).Version, "change", func(s *surveys.Survey) error { return s.Put("", a) }))
	}
	must(t, p.store.Change(t.Context(), p.manager, id, p.get(t, id).Version, "publish", func(s *surveys.Survey) error { return s.Publish() }))
	return p.get(t, id)
}

func (p *place) get(t *testing.T, id uuid.UUID) surveys.Survey {
	t.Helper()
	s, err := p.store.Get(t.Context(), p.manager, id)
	must(t, err)
	return s
}

// ended registers a case of the centre that was decided so many days ago, and returns who holds its code.
func (p *place) ended(t *testing.T, days int) (uuid.UUID, intaketest.Sender) {
	t.Helper()
	by := intaketest.NewSender(t)
	hash := by.Code.Hash()
	c, applicant := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	p.DB.Exec(`insert into cases.applicants (id, kind, surname, given_name) values ($1, 'person', 'Тест', 'Тест')`, applicant)
	p.DB.Exec(`
		insert into cases.cases (id, number, centre_id, authority_id, service_id, card_id, applicant_id, channel, state, outcome, filed_at, due_on, decided_at, code_hash, tracked)
		values ($1::uuid, $1::uuid::text, $2, $3, $4, $5, $6, 'counter', 'decided', 'granted', now() - interval '90 days', '2026-01-01', $7, $8, true)`,
		c, p.Centre, p.Authority, p.Service, p.Card, applicant, time.Now().AddDate(0, 0, -days), hash[:])
	return c, by
}

func (p *place) rate(t *testing.T, survey, about uuid.UUID, by intaketest.Sender, answers map[string]string) (said string) {
	t.Helper()
	by.MessageID = uuid.Must(uuid.NewV7())
	number, err := contract.NewReceiptNumber(nil)
	must(t, err)
	by.Number = number
	p.Send(t, by, &contract.Rating{
		Version: 1, MessageID: by.MessageID, ReceiptNumber: number, SurveyID: survey, CaseID: about, Code: by.Code.Reveal(), Answers: answers,
		Language: locale.UK, CodeHash: by.CodeHash, Recipient: by.Code.Recipient(), SubmittedAt: time.Now().Add(-p.onTheWay).UTC(),
	}, nil)
	must(t, p.DB.Pool.QueryRow(t.Context(), "select subject_number from submission.answers where message_id = $1", by.MessageID).Scan(&said))
	return said
}

func (p *place) count(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	must(t, p.DB.Pool.QueryRow(t.Context(), query, args...).Scan(&n))
	return n
}

// A case is rated once, by whoever holds its code, after it has ended and not long after; nothing joins the answer to it.
func TestACaseIsRatedOnce(t *testing.T) {
	p := newPlace(t)
	s := p.survey(t, p.Service, false)
	about, by := p.ended(t, 3)
	good := map[string]string{"q1": "4", "q2": "Усе добре"}
	other, _ := p.ended(t, 3)
	old, holder := p.ended(t, contract.RatingDays+2)
	for name, said := range map[string]string{
		"another's code":       p.rate(t, s.ID, other, by, good),
		"long ago":             p.rate(t, s.ID, old, holder, good),
		"no such survey":       p.rate(t, uuid.New(), about, by, good),
		"no such mark":         p.rate(t, s.ID, about, by, map[string]string{"q1": "6"}),
		"without what must be": p.rate(t, s.ID, about, by, map[string]string{"q2": "слова"}),
		"too long":             p.rate(t, s.ID, about, by, map[string]string{"q1": "4", "q2": strings.Repeat("а", 21)}),
		"no such question":     p.rate(t, s.ID, about, by, map[string]string{"q1": "4", "q9": "4"}),
	} {
		if said != "late" {
			t.Errorf("%s: %q", name, said)
		}
	}
	if n := p.count(t, "select count(*) from surveys.answers"); n != 0 {
		t.Fatalf("%d answers", n)
	}
	if said := p.rate(t, s.ID, about, by, good); said != "taken" {
		t.Errorf("the first: %q", said)
	}
	if said := p.rate(t, s.ID, about, by, map[string]string{"q1": "1"}); said != "twice" {
		t.Errorf("the second: %q", said)
	}
	r, err := p.store.Results(t.Context(), p.manager, s.ID, surveys.Filter{})
	must(t, err)
	if r.Answered != 1 || r.Tallies["q1"]["4"] != 1 {
		t.Errorf("%+v", r)
	}
	words, total, err := p.store.Words(t.Context(), p.manager, s.ID, surveys.Filter{Q: "ДОБРЕ"}, 1, 20)
	must(t, err)
	if total != 1 || words[0].Text != "Усе добре" {
		t.Errorf("%+v", words)
	}
	if n := p.count(t, "select count(*) from audit.events where object_type = 'survey' and at > now() - interval '1 hour' and detail::text like '%' || $1 || '%'", about.String()); n != 0 {
		t.Error("the trail joins answer and case")
	}
	if n := p.count(t, "select count(*) from intake.refusals"); n != 0 {
		t.Errorf("%d in the queue of staff", n)
	}
	p.DB.Exec("update surveys.surveys set first_day = first_day - 10 where id = $1", s.ID)
	p.onTheWay = 4 * 24 * time.Hour // the link was down
	late, lateHolder := p.ended(t, contract.RatingDays+2)
	if said := p.rate(t, s.ID, late, lateHolder, map[string]string{"q1": "4"}); said != "taken" {
		t.Errorf("sent in time, arrived late: %q", said)
	}
}

// Staff see the results of their own centre; a head of another sees none of it.
func TestResultsByCentre(t *testing.T) {
	p := newPlace(t)
	s := p.survey(t, uuid.Nil, false)
	about, by := p.ended(t, 0)
	p.rate(t, s.ID, about, by, map[string]string{"q1": "5"})
	for who, want := range map[*access.Actor]int{ref(p.Users[access.CentreHead]): 1, ref(p.OtherUsers[access.CentreHead]): 0, &p.manager: 1} {
		r, err := p.store.Results(t.Context(), *who, s.ID, surveys.Filter{Centre: p.Centre})
		must(t, err)
		list, err := p.store.List(t.Context(), *who)
		must(t, err)
		if r.Answered != want || list[0].Answered != want {
			t.Errorf("%s: %d, in the list %d, want %d", who.Name, r.Answered, list[0].Answered, want)
		}
	}
	if _, err := p.store.Results(t.Context(), p.Users[access.Officer], s.ID, surveys.Filter{}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("without the right: %v", err)
	}
	if err := p.store.Close(t.Context(), p.Users[access.CentreHead], s.ID, s.Version); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a head closes it: %v", err)
	}
}

func ref(a access.Actor) *access.Actor { return &a }

// Figures leave in steps of enough answers, without words; those of a survey whose results wait leave when it is closed, and nobody sees
// them before.
func TestFigures(t *testing.T) {
	p := newPlace(t)
	s, waits := p.survey(t, p.Service, false), p.survey(t, uuid.Nil, true)
	figures := func(of uuid.UUID) (n int) {
		t.Helper()
		must(t, p.store.Count(t.Context()))
		return p.count(t, "select coalesce(max(answered), 0) from surveys.figures where survey_id = $1 and published and service_id is null and centre_id is null", of)
	}
	for i := range 2*contract.FewestAnswers - 1 {
		for _, survey := range []surveys.Survey{s, waits} {
			about, by := p.ended(t, 1)
			p.rate(t, survey.ID, about, by, map[string]string{"q1": "4", "q2": "Канарейка"})
		}
		want := 0
		if i+1 >= contract.FewestAnswers {
			want = contract.FewestAnswers
		}
		if got := figures(s.ID); got != want {
			t.Errorf("after %d answers figures of %d", i+1, got)
		}
	}
	if n := p.count(t, "select count(*) from surveys.figures where survey_id = $1", s.ID); n != 3 {
		t.Errorf("%d figures: of all, of the service and of the centre", n)
	}
	if n := p.count(t, "select count(*) from surveys.figures where tallies::text like '%Канарейка%'"); n != 0 {
		t.Error("words leave")
	}
	r, err := p.store.Results(t.Context(), p.manager, waits.ID, surveys.Filter{})
	must(t, err)
	if _, _, err := p.store.Words(t.Context(), p.manager, waits.ID, surveys.Filter{}, 1, 20); !r.Hidden || r.Tallies != nil || r.Answered != 9 || !fault.Is(err, fault.Conflict) {
		t.Errorf("before its end %+v, %v", r, err)
	}
	if n := figures(waits.ID); n != 0 {
		t.Errorf("before its end figures of %d", n)
	}
	must(t, p.store.Close(t.Context(), p.manager, waits.ID, waits.Version))
	if n := figures(waits.ID); n != 9 {
		t.Errorf("after its end figures of %d", n)
	}
	if said := func() string {
		about, by := p.ended(t, 1)
		return p.rate(t, waits.ID, about, by, map[string]string{"q1": "4"})
	}(); said != "late" {
		t.Errorf("an answer after the end: %q", said)
	}
}

// That a case was rated is forgotten when it can be rated no more.
func TestRatedIsForgotten(t *testing.T) {
	p := newPlace(t)
	s := p.survey(t, uuid.Nil, false)
	about, by := p.ended(t, 1)
	p.rate(t, s.ID, about, by, map[string]string{"q1": "4"})
	must(t, p.store.Count(t.Context()))
	if n := p.count(t, "select count(*) from surveys.rated"); n != 1 {
		t.Errorf("%d while it could be rated again", n)
	}
	later := func() time.Time { return time.Now().AddDate(0, 0, contract.RatingDays+3) }
	must(t, p.store.At(later).Count(t.Context()))
	if n := p.count(t, "select count(*) from surveys.rated"); n != 0 {
		t.Errorf("%d afterwards", n)
	}
}
