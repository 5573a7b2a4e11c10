package home_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/web/area"
	"portal.example/external-site/internal/web/areatest"
	"portal.example/external-site/internal/web/home"
	"portal.example/external-site/internal/web/webtest"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/hours"
	"portal.example/shared/locale"
)

func TestMain(m *testing.M) { webtest.Main(m) }

func TestHome(t *testing.T) {
	s := webtest.New(t)
	webtest.Golden(t, "home.uk", s.Page("/"))
	webtest.Golden(t, "home.en", s.PageIn("/", "en"))
}

// Five cases make a service one of those that most people come for; four say too much of single ones.
func TestMostUsedServicesAreCounted(t *testing.T) {
	s := webtest.New(t)
	for service, n := range map[string]int{"301": 5, "302": 4} {
		s.DB.Exec(`insert into cases.cases (id, number, receipt_number, centre_id, authority_id, service_id, channel, state, outcome, filed_at, registered_at, due_on, tracked)
			select gen_random_uuid(), n::text, '', gen_random_uuid(), gen_random_uuid(), ('00000000-0000-7000-8000-000000000' || $1)::uuid, 'counter', 'open', '', $3, $3, '2026-12-01', true
			from generate_series(1, $2) n`, service, n, s.Now().AddDate(0, 0, -30))
	}
	page := s.Page("/")
	webtest.Contains(t, page, "Найчастіше звертаються", `href="/services/00034"`)
	webtest.Lacks(t, page, `href="/services/01-01~07"`)
}

// What the hint of the search proposes is in this catalogue and finds its service.
func TestSearchHintIsFound(t *testing.T) {
	s := webtest.New(t)
	webtest.Contains(t, s.Page("/"), "Наприклад, «комуналка» чи 00034")
	webtest.Contains(t, s.PageIn("/", "en"), "For example, “housing subsidy” or 00034")
	for _, typed := range []string{"комуналка", "00034", "housing+subsidy"} {
		webtest.Contains(t, s.Page("/services?q="+typed), `href="/services/00034"`)
	}
	s.DB.Exec(`update catalogue.services set keywords = ''`)
	webtest.Lacks(t, s.Page("/"), "Наприклад")
}

// catalog is a catalogue of so many life situations.
type catalog struct {
	replica.Catalogue
	situations int
	counted    *[]time.Time // since when the most used services were counted
	uncounted  error
}

func (c catalog) MostUsed(_ context.Context, since time.Time, _ int) ([]string, error) {
	if c.counted != nil {
		*c.counted = append(*c.counted, since)
	}
	return []string{"a/1"}, c.uncounted
}

func (c catalog) Named(context.Context, []string) ([]catalogue.Named, error) {
	return []catalogue.Named{{Code: "a/1", Name: locale.Text{UK: "Найчастіша <послуга>"}}}, nil
}

func (c catalog) Count(context.Context) (int, error) { return 3, nil }

func (c catalog) Example(context.Context) (catalogue.Example, error) {
	return catalogue.Example{}, fault.New(fault.NotFound, "")
}

func (c catalog) Categories(context.Context) ([]catalogue.Category, error) {
	return []catalogue.Category{
		{Ref: catalogue.Ref{Code: "social", Name: locale.Text{UK: "Соціальна підтримка"}}, Services: 3},
		{Ref: catalogue.Ref{Code: "bare", Name: locale.Text{UK: "Порожня сфера"}}},
	}, nil
}

func (c catalog) Situations(context.Context) ([]catalogue.Situation, error) {
	all := []catalogue.Situation{{Ref: catalogue.Ref{Code: "none", Name: locale.Text{UK: "Ситуація без послуг"}}}}
	for i := range c.situations {
		all = append(all, catalogue.Situation{Ref: catalogue.Ref{Code: fmt.Sprint(i), Name: locale.Text{UK: fmt.Sprintf("Ситуація %d", i)}}, Services: 1})
	}
	return all, nil
}

// places are centres that are open on Mondays and Tuesdays, from an hour on.
type places struct {
	replica.Org
	opens map[string]string
}

func (p places) Centres(context.Context) (all []org.Centre, err error) {
	for _, name := range slices.Sorted(maps.Keys(p.opens)) {
		var week []hours.Day
		for day := 1; day <= 2; day++ {
			week = append(week, hours.Day{Weekday: day, Opens: p.opens[name], Closes: "17:00"})
		}
		all = append(all, org.Centre{Body: org.Body{Code: name, Name: locale.Text{UK: name}, Schedule: hours.Schedule{Week: week}}})
	}
	return all, nil
}

// alone is the first page without a database.
func alone(t *testing.T, c catalog, p places, switches area.Switches) *areatest.Site {
	t.Helper()
	held := areatest.Replica{View: replica.View{Catalogue: c, Org: p}}
	return areatest.New(t, home.Area(home.Deps{Replica: held, Switches: switches, BaseURL: areatest.BaseURL}))
}

func TestHomeShowsCentresThatAreOpen(t *testing.T) {
	s := alone(t, catalog{}, places{opens: map[string]string{"ЦНАП міста Зоря": "08:00", "ЦНАП селища Ґрунь": "11:00"}}, areatest.AllOn)
	page := s.Page("/") // Monday, ten o'clock
	webtest.Contains(t, page, "ЦНАП міста Зоря", "Зараз відчинено, до\u00a017:00")
	webtest.Lacks(t, page, "ЦНАП селища Ґрунь")
	s.Now = s.Now.Add(8 * time.Hour)
	closed := s.Page("/")
	webtest.Contains(t, closed, "Зараз жоден центр не приймає відвідувачів.", "ЦНАП міста Зоря", "Зачинено, відчиниться завтра")
	webtest.Lacks(t, closed, "portal-open--yes", "Зараз відчинено")
}

// A long list of life situations unfolds; what has no service is not there.
func TestHomeStaysShort(t *testing.T) {
	short := alone(t, catalog{situations: 18}, places{}, areatest.AllOn).Page("/")
	webtest.Contains(t, short, "Ситуація 17", "Соціальна підтримка")
	webtest.Lacks(t, short, "govuk-details", "Ситуація без послуг", "Порожня сфера")
	long := alone(t, catalog{situations: 21}, places{}, areatest.AllOn).Page("/")
	shown, unfolds, found := strings.Cut(long, "govuk-details")
	if !found || strings.Contains(shown, "Ситуація 18") || !strings.Contains(unfolds, "Ситуація 20") {
		t.Error("the rest of the situations does not unfold")
	}
}

// The search comes first, then what most people come for, which is counted once an hour, then situations, and categories after them.
func TestHomeOrder(t *testing.T) {
	var counted []time.Time
	s := alone(t, catalog{situations: 1, counted: &counted}, places{}, areatest.AllOn)
	page, at := s.Page("/"), -1
	for _, part := range []string{`id="q"`, "Найчастіша &lt;послуга&gt;", "Ситуація 0", "Соціальна підтримка"} {
		next := strings.Index(page, part)
		if next <= at {
			t.Errorf("%s stands out of order", part)
		}
		at = next
	}
	s.Page("/")
	if len(counted) != 1 || counted[0] != s.Now.AddDate(0, 0, -90) {
		t.Errorf("counted %v", counted)
	}
	s.Now = s.Now.Add(61 * time.Minute)
	s.Page("/")
	if len(counted) != 2 {
		t.Errorf("counted %d times after an hour", len(counted))
	}
	broken := alone(t, catalog{uncounted: fault.New(fault.Unavailable, "")}, places{}, areatest.AllOn)
	webtest.Lacks(t, broken.Page("/"), "Найчастіш")
}

// While nothing can be sent there is nothing to follow.
func TestHomeWithoutTracking(t *testing.T) {
	webtest.Contains(t, alone(t, catalog{}, places{}, areatest.Off("questions")).Page("/"), `href="/track"`)
	webtest.Lacks(t, alone(t, catalog{}, places{}, areatest.Off(contract.ModulesOfKinds()...)).Page("/"), `href="/track"`)
}

// Before replication is set up the site works and says that it has nothing yet.
func TestHomeBeforeReplication(t *testing.T) {
	s := webtest.Empty(t)
	w := s.Get("/")
	if w.Code != http.StatusOK {
		t.Fatalf("%d\n%s", w.Code, s.Log)
	}
	webtest.Contains(t, w.Body.String(), "Каталог послуг ще не надійшов", "Внутрішня система ще не передала даних")
}
