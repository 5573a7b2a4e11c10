package intake_test

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/intake"
	sitepages "portal.example/internal-site/internal/web"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/intake"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/seal"
)

func TestMain(m *testing.M) { webtest.Main(m) }

var centre, entryID = uuid.MustParse("018f0000-0000-7000-8000-000000000001"), uuid.MustParse("018f0000-0000-7000-8000-000000000002")

// path is the address of the entry.
const path = "/intake/018f0000-0000-7000-8000-000000000002"

// queue is a queue that is in no database: pages are shown what a test says. What it says nothing of is a nil pointer, and
// asking for it fails the test.
type queue struct {
	intake.Queue
	list    domain.List
	filter  domain.Filter // with which the list was asked for
	waiting int
	why     string
	entry   domain.Entry
	others  int
	err     error // of decisions
	verdict domain.Verdict
	version int
	decided int // how often
}

// as is a browser of somebody in the group in the centre, or in the region.
func (q *queue) as(t *testing.T, group access.GroupCode) webtest.Client {
	t.Helper()
	return webtest.Alone(t, webtest.Member(group, access.In(group.Place(), centre)), intake.Area(intake.Deps{Queue: q}))
}

// head is a browser of somebody who decides.
func (q *queue) head(t *testing.T) webtest.Client {
	t.Helper()
	return q.as(t, access.CentreHead)
}

func (*queue) Object(context.Context, uuid.UUID) (access.Object, error) {
	return access.Object{Own: []access.Place{access.InCentre(centre)}}, nil
}

func (q *queue) List(_ context.Context, _ access.Actor, f domain.Filter) (domain.List, error) {
	q.filter = f
	return q.list, nil
}

func (q *queue) Get(context.Context, access.Actor, uuid.UUID) (domain.Entry, error) {
	return q.entry, nil
}

func (q *queue) Others(context.Context, domain.Entry) (int, error) { return q.others, nil }

func (q *queue) Waiting(context.Context, access.Actor) (int, string, error) {
	return q.waiting, q.why, nil
}

func (*queue) Places(context.Context, access.Actor) ([]domain.Place, error) {
	return []domain.Place{{ID: centre, Name: locale.Text{UK: "ЦНАП Вишневої громади", EN: "Vyshneve Centre"}}}, nil
}

func (q *queue) Decide(_ context.Context, _ access.Actor, _ uuid.UUID, version int, v domain.Verdict) error {
	q.version, q.verdict = version, v
	q.decided++
	return q.err
}

// waits is an entry that waits for a decision.
func waits() domain.Entry {
	return domain.Entry{
		ID: entryID, Source: domain.SourceRefused, MessageID: uuid.Max, ReceiptNumber: "R-1111-2222-3333", Kind: "application",
		Reason: domain.ReasonMalware, Detail: "papers: <b>паспорт</b>.pdf", Place: locale.Text{UK: "ЦНАП Вишневої громади"},
		Recipient: "somebody", SubmittedAt: webtest.Now(), CreatedAt: webtest.Now(), State: "open", Version: 1,
	}
}

// closed is an entry about which a colleague has decided.
func closed() domain.Entry {
	e, at := waits(), webtest.Now()
	e.State, e.DecidedAt, e.DecidedBy, e.Note, e.Version = "closed", &at, "head", "зателефонували", 2
	return e
}

func errDecided() error { return fault.New(fault.Conflict, "intake.decided_already") }

// form is a decision as a page sends it.
func form(decision string, pairs ...string) url.Values {
	values := url.Values{"decision": {decision}, "version": {"1"}}
	for i := 0; i < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return values
}

func TestRoutes(t *testing.T) {
	s := withEntry(t, "")
	webtest.Walk(t, s, strings.NewReplacer(":id", entryID.String()).Replace, map[string]access.Object{"entry": {Own: []access.Place{access.InCentre(s.Centre)}}})
}

// withEntry is the area over the real queue, in which one entry waits.
func withEntry(t *testing.T, recipient string) *webtest.Site {
	t.Helper()
	s := webtest.New(t, func(d webtest.Stores) []area.Area { return []area.Area{intake.Area(intake.Deps{Queue: d.Queue})} })
	s.DB.Exec(`insert into intake.messages (id, kind, receipt_number, key_id, envelope, envelope_sha256, attachments, submitted_at, state)
		values ($1, 'application', 'R-1111-2222-3333', '', 'x', sha256('x'), '[]', now(), 'held')`, uuid.Max)
	s.DB.Exec(`insert into intake.refusals (id, source, message_id, receipt_number, kind, reason, detail, service_id, centre_id, submitted_at, recipient)
		values ($1, 'refused', $2, 'R-1111-2222-3333', 'application', $3, '', $4, $5, now(), $6)`,
		entryID, uuid.Max, domain.ReasonMalware, s.Service, s.Centre, recipient)
	return s
}

// The first page counts the queue, however long it is.
func TestTileCountsTheWholeQueue(t *testing.T) {
	var queue area.Area
	s := webtest.New(t, func(d webtest.Stores) []area.Area {
		queue = intake.Area(intake.Deps{Queue: d.Queue})
		return []area.Area{queue}
	})
	s.DB.Exec(`insert into intake.refusals (id, source, message_id, receipt_number, kind, reason, detail, centre_id, submitted_at)
		select gen_random_uuid(), 'refused', gen_random_uuid(), 'R', 'application', $1, '', $2, now() from generate_series(1, 501)`,
		domain.ReasonMalware, s.Centre)
	tiles, err := queue.Tiles(t.Context(), s.Users[access.CentreHead])
	if err != nil || len(tiles) != 1 || tiles[0].Count != 501 {
		t.Errorf("%+v, %v", tiles, err)
	}
	if tiles, err := queue.Tiles(t.Context(), s.OtherUsers[access.CentreHead]); err != nil || tiles[0].Count != 0 {
		t.Errorf("another centre: %+v, %v", tiles, err)
	}
}

// What staff write reaches the citizen's page sealed, and the entry is in the list of those that were decided.
func TestRefusingTellsTheCitizen(t *testing.T) {
	code, err := seal.NewCode(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s := withEntry(t, code.Recipient())
	manager := s.As(s.Users[access.RegionalManager])
	webtest.Shows(t, manager.Post(path, form("refuse", "sure", "yes", "reason_en", "typed already")), http.StatusUnprocessableEntity, "Напишіть заявникові", "typed already")
	webtest.Shows(t, manager.Post(path, form("refuse", "sure", "yes", "reason", "Перевірте пристрій")), http.StatusSeeOther)
	var outcome, reason string
	if err := s.DB.Pool.QueryRow(t.Context(), "select outcome, reason from submission.answers where message_id = $1", uuid.Max).Scan(&outcome, &reason); err != nil || outcome != "refused" || reason != "" {
		t.Errorf("the citizen is told %q %q (%v)", outcome, reason, err)
	}
	webtest.Shows(t, manager.Post(path, form("retry")), http.StatusConflict, "уже вирішив")
	webtest.Shows(t, manager.Get("/intake?view=decided"), http.StatusOK, "не прийнято")
}

// Where nobody's code is known, the portal's own answer leaves.
func TestWithoutACodeAnAnswerIsChosen(t *testing.T) {
	s := withEntry(t, "")
	manager := s.As(s.Users[access.RegionalManager])
	webtest.Shows(t, manager.Post(path, form("refuse", "sure", "yes", "note", "typed already")), http.StatusUnprocessableEntity, "Виберіть, що сказати заявникові", "typed already")
	webtest.Shows(t, manager.Post(path, form("refuse", "sure", "yes", "saying", "intake.answer.resend")), http.StatusSeeOther)
	var reason string
	if err := s.DB.Pool.QueryRow(t.Context(), "select reason from submission.answers where message_id = $1", uuid.Max).Scan(&reason); err != nil || !strings.HasPrefix(reason, "Звернення надійшло неповним") {
		t.Errorf("the citizen is told %q (%v)", reason, err)
	}
}

func TestEveryReasonHasWords(t *testing.T) {
	words, err := sitepages.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	for _, reason := range domain.Reasons {
		if !words.Has(reason) || !words.Has(reason+"_advice") {
			t.Errorf("%s has no words", reason)
		}
	}
}

func (q *queue) CountOpen(_ context.Context, _ access.Actor, f domain.Filter, _ domain.Decision) (int, time.Time, error) {
	q.filter = f
	return q.list.Total, webtest.Now(), nil
}
