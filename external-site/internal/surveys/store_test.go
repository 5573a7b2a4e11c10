package surveys

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/submission/submissiontest"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// What is offered is about the case, runs today, and is switched on; figures with too few answers are nobody's to read.
func TestOfferedAndFigures(t *testing.T) {
	region, now := submissiontest.New(t), time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	store := NewStore(region.DB.PoolAs("external_site"), func() time.Time { return now })
	add := func(title string, service, centre any, first, last, state string) uuid.UUID {
		id := uuid.Must(uuid.NewV7())
		region.DB.Exec(`insert into surveys.surveys (id, title, title_en, about, about_en, service_id, centre_id, questions, first_day, last_day, state, published)
			values ($1, $2, $2, '', '', $3, $4, '[{"key": "q1", "kind": "scale", "text": {"uk": "Оцініть", "en": "Rate"}}]', $5, nullif($6, '')::date, $7, true)`,
			id, title, service, centre, first, last, state)
		return id
	}
	offered := func(code string, centre uuid.UUID, days int) string {
		t.Helper()
		v, err := store.Offered(t.Context(), code, centre, now.AddDate(0, 0, -days))
		if fault.Is(err, fault.NotFound) {
			return ""
		}
		if err != nil {
			t.Fatal(err)
		}
		return v.Title.UK
	}
	if got := offered(submissiontest.Code, region.Centre, 1); got != "" {
		t.Errorf("without surveys %q", got)
	}
	all := add("усі", nil, nil, "2026-11-01", "", "published")
	add("послуга", region.Service, nil, "2026-11-23", "2026-11-23", "published")
	add("завтра", region.Service, region.Centre, "2026-11-24", "", "published")
	add("закрите", region.Service, region.Centre, "2026-11-01", "", "closed")
	add("інший центр", region.Service, uuid.New(), "2026-11-01", "", "published")
	for _, one := range []struct {
		code string
		days int
		want string
	}{{submissiontest.Code, 1, "послуга"}, {"інша", 1, "усі"}, {submissiontest.Code, contract.RatingDays, "послуга"}, {submissiontest.Code, contract.RatingDays + 1, ""}} {
		if got := offered(one.code, region.Centre, one.days); got != one.want {
			t.Errorf("%s, %d days ago: %q, not %q", one.code, one.days, got, one.want)
		}
	}
	figures := func(answered int, service, centre any) {
		region.DB.Exec(`insert into surveys.figures (id, survey_id, service_id, centre_id, answered, tallies, day, published)
			values ($1, $2, $3, $4, $5, '{"q1": {"4": 3}}', '2026-11-20', true)`, uuid.New(), all, service, centre, answered)
	}
	figures(6, nil, nil)
	figures(5, region.Service, nil)
	figures(4, nil, region.Centre)
	for f, want := range map[Filter]int{{}: 6, {Service: submissiontest.Code}: 5, {Centre: "01"}: 0} {
		list, err := store.Figures(t.Context(), f)
		got := 0
		if len(list) > 0 {
			got = list[0].Answered
		}
		if err != nil || got != want || got > 0 && list[0].Tallies["q1"]["4"] != 3 {
			t.Errorf("%+v: %+v, %v", f, list, err)
		}
	}
	of, err := store.Of(t.Context())
	if err != nil || len(of) != 1 || of[0].Href != "/services/"+submissiontest.Code {
		t.Errorf("%+v, %v", of, err)
	}
	region.DB.Exec("insert into modules.switches (id, module, enabled) values (gen_random_uuid(), 'surveys', false)")
	if got := offered(submissiontest.Code, region.Centre, 1); got != "" {
		t.Errorf("switched off: %q", got)
	}
}
