package intake_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/intake"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/intake"
	"portal.example/internal-site/internal/web/webtest"
)

// flooded is the queue after a flood: 30 over the allowance, 60 with a bad file, 25 that cannot be opened.
func flooded(t *testing.T) *webtest.Site {
	t.Helper()
	s := webtest.New(t, func(d webtest.Stores) []area.Area { return []area.Area{intake.Area(intake.Deps{Queue: d.Queue})} })
	for reason, n := range map[string]int{domain.ReasonAllowance: 30, domain.ReasonFileType: 60, domain.ReasonCannotOpen: 25} {
		s.DB.Exec(`insert into intake.refusals (source, message_id, receipt_number, kind, reason, detail, centre_id, submitted_at, created_at)
			select 'refused', gen_random_uuid(), 'R-0000-0000-' || lpad(n::text, 4, '0'), 'application', $1, '', $2, now(), now() - (100 - n) * interval '1 s' from generate_series(1, $3) n`,
			reason, s.Centre, n)
	}
	return s
}

func TestAFloodHidesNobody(t *testing.T) {
	s := flooded(t)
	manager := s.As(s.Users[access.RegionalManager])
	list := manager.Get("/intake").Body.String()
	for _, words := range []string{"Понад норму", ">30<", "Знайдено 60 записів", "page=2", "reason=intake.reason.allowance", "ЦНАП Вишневої громади", ">25<"} {
		if !strings.Contains(list, words) {
			t.Errorf("the queue does not show %q", words)
		}
	}
	if page := manager.Get("/intake?q=0059").Body.String(); !strings.Contains(page, "Знайдено 1 запис") {
		t.Error("a number is not found")
	}
	if page := manager.Get("/intake?page=99").Body.String(); !strings.Contains(page, "R-0000-0000-0060") {
		t.Error("a page beyond the last is empty")
	}
	if list := s.As(s.OtherUsers[access.CentreHead]).Get("/intake").Body.String(); strings.Contains(list, "Понад норму</a>") || strings.Contains(list, "R-0000") {
		t.Error("another centre sees the flood")
	}
}

// A line of many leads to its own entries: a decision about what belongs to no known centre reaches no centre's.
func TestALineLeadsToItsOwnEntries(t *testing.T) {
	s := flooded(t)
	s.DB.Exec(`insert into intake.refusals (source, message_id, receipt_number, kind, reason, detail, submitted_at)
		select 'refused', gen_random_uuid(), 'R-0000-0001-' || lpad(n::text, 4, '0'), '', $1, '', now() from generate_series(1, 7) n`, domain.ReasonAllowance)
	manager := s.As(s.Users[access.RegionalManager])
	const query = "place=none&amp;reason=intake.reason.allowance"
	if list := manager.Get("/intake").Body.String(); !strings.Contains(list, query) {
		t.Error("no line leads to what belongs to no centre")
	}
	page := manager.Get("/intake?place=none&reason=intake.reason.allowance").Body.String()
	if !strings.Contains(page, "Знайдено 7 записів") || !strings.Contains(page, "R-0000-0001-0007") || strings.Contains(page, "R-0000-0000") {
		t.Error("the line does not lead to its seven entries")
	}
	page = manager.Get("/intake/many?decision=close&place=none&reason=intake.reason.allowance").Body.String()
	until := untilField.FindStringSubmatch(page)
	if !strings.Contains(page, "Рішення стосується 7 записів") || !strings.Contains(page, `name="place" value="none"`) || until == nil {
		t.Fatalf("the page that asks:\n%s", page)
	}
	form := url.Values{
		"decision": {"close"}, "reason": {domain.ReasonAllowance}, "place": {"none"}, "note": {"підробки"},
		"until": {strings.ReplaceAll(until[1], "&#43;", "+")}, "sure": {"yes"},
	}
	if w := manager.Post("/intake/many", form); w.Code != http.StatusSeeOther {
		t.Fatalf("closing: %d", w.Code)
	}
	if n := s.Count("select count(*) from intake.refusals where state = 'closed'"); n != 7 {
		t.Errorf("%d were closed", n)
	}
}

var untilField = regexp.MustCompile(`name="until" value="([^"]+)"`)

func TestClosingAllOfThese(t *testing.T) {
	s := flooded(t)
	manager := s.As(s.Users[access.RegionalManager])
	const path = "/intake/many?decision=close&reason=intake.reason.allowance"
	page := manager.Get(path)
	until := untilField.FindStringSubmatch(page.Body.String())
	if page.Code != http.StatusOK || !strings.Contains(page.Body.String(), "Рішення стосується 30 записів") || until == nil {
		t.Fatalf("the page that asks: %d\n%s", page.Code, page.Body)
	}
	form := url.Values{"decision": {"close"}, "reason": {domain.ReasonAllowance}, "until": {strings.ReplaceAll(until[1], "&#43;", "+")}}
	if w := manager.Post("/intake/many", form); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `name="sure"`) {
		t.Errorf("a decision that nobody was asked about: %d", w.Code)
	}
	form.Set("sure", "yes")
	if w := manager.Post("/intake/many", form); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Напишіть, що зроблено") {
		t.Errorf("without a note: %d", w.Code)
	}
	s.DB.Exec(`insert into intake.refusals (source, message_id, receipt_number, kind, reason, detail, centre_id, submitted_at, created_at)
		values ('refused', gen_random_uuid(), 'R-9999', 'application', $1, '', $2, now(), now() + interval '1 s')`, domain.ReasonAllowance, s.Centre)
	form.Set("note", "підробки")
	if w := manager.Post("/intake/many", form); w.Code != http.StatusSeeOther {
		t.Fatalf("closing: %d", w.Code)
	}
	if n := s.Count("select count(*) from intake.refusals where state = 'closed' and note = 'підробки'"); n != 30 {
		t.Errorf("%d were closed", n)
	}
	if n := s.Count("select count(*) from intake.refusals where state = 'open'"); n != 60+25+1 {
		t.Errorf("%d are left", n)
	}
	if w := s.As(s.Users[access.Officer]).Post("/intake/many", form); w.Code != http.StatusForbidden {
		t.Errorf("an officer: %d", w.Code)
	}
}

// What arrives while the page is open is reached neither at once nor after a mistake. Somebody who comes after a colleague is
// not told that it is done.
func TestClosingReachesWhatWasSeen(t *testing.T) {
	s := flooded(t)
	manager := s.As(s.Users[access.RegionalManager])
	until := untilField.FindStringSubmatch(manager.Get("/intake/many?decision=close&reason=intake.reason.allowance").Body.String())
	s.DB.Exec(`insert into intake.refusals (source, message_id, receipt_number, kind, reason, detail, centre_id, submitted_at)
		values ('refused', gen_random_uuid(), 'R-9999', 'application', $1, '', $2, now())`, domain.ReasonAllowance, s.Centre)
	form := url.Values{"decision": {"close"}, "reason": {domain.ReasonAllowance}, "until": {strings.ReplaceAll(until[1], "&#43;", "+")}, "sure": {"yes"}}
	mistaken := manager.Post("/intake/many", form)
	webtest.Shows(t, mistaken, http.StatusUnprocessableEntity, "Рішення стосується 30 записів", until[0])
	form.Set("note", "підробки")
	webtest.Shows(t, manager.Post("/intake/many", form), http.StatusSeeOther)
	if n := s.Count("select count(*) from intake.refusals where state = 'open' and receipt_number = 'R-9999'"); n != 1 {
		t.Error("an entry was closed that nobody had seen")
	}
	form.Set("note", "Телефонували\nвсім")
	webtest.Shows(t, s.As(s.Users[access.CentreHead]).Post("/intake/many", form), http.StatusConflict, "вже вирішив хтось із колег", "Телефонували\nвсім")
}

func TestLettingAllOfTheseThrough(t *testing.T) {
	s := flooded(t)
	head := s.As(s.Users[access.CentreHead])
	page := head.Get("/intake/many?decision=retry&reason=intake.reason.allowance").Body.String()
	until := untilField.FindStringSubmatch(page)
	if until == nil || !strings.Contains(page, "Прийняти 30 звернень") {
		t.Fatalf("the page that asks:\n%s", page)
	}
	w := head.Post("/intake/many", url.Values{"decision": {"retry"}, "reason": {domain.ReasonAllowance}, "until": {until[1]}, "sure": {"yes"}})
	if w.Code != http.StatusSeeOther || s.Count("select count(*) from intake.refusals where state = 'retried'") != 30 {
		t.Errorf("%d", w.Code)
	}
}
