package organisations_test

import (
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/web"
)

func centreForm(pairs ...string) url.Values {
	form := url.Values{
		"code": {"01"}, "name.uk": {"ЦНАП"}, "case_pattern": {"{centre}-{year}-{number:6}"}, "phones": {"+380 44 123 45 67"},
		"version": {"1"}, "do": {"save"}, "week.0.opens": {"09:00"}, "week.0.closes": {"18:00"}, "week.0.break_from": {"13:00"}, "week.0.break_to": {"13:45"},
		"week.2.opens": {"10:00"}, "week.2.closes": {"20:00"}, "exceptions.0.date": {"2026-12-24"}, "exceptions.0.closed": {"true"},
		"people.0.name": {"Коваль Олена"}, "people.0.position.uk": {"Начальниця"},
	}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

func TestOrganisationIsSaved(t *testing.T) {
	s := newSite(t)
	c := s.As(s.Users[access.RegionalManager])
	path := "/organisations/centres/" + s.Centre.String()
	if w := c.Multipart(path+"/edit", centreForm(), "", "", nil); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	o, err := org.NewStore(s.DB.Pool, nil).Get(t.Context(), org.Centre, s.Centre)
	if err != nil {
		t.Fatal(err)
	}
	if len(o.Schedule.Week) != 2 || o.Schedule.Week[1].Weekday != 3 || o.Schedule.Week[0].Breaks[0].To != "13:45" ||
		len(o.Schedule.Exceptions) != 1 || len(o.People) != 1 || o.Version != 2 {
		t.Errorf("%+v", o)
	}
	page := c.Get(path).Body.String()
	for _, want := range []string{"09:00–18:00", "13:00–13:45", "24.12.2026", "Начальниця"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	w := c.Multipart(path+"/edit", centreForm("name.uk", "Інша назва"), "", "", nil)
	if w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "Інша назва") || !strings.Contains(w.Body.String(), `name="version" value="2"`) {
		t.Errorf("a stale save: %d", w.Code)
	}
}

func TestOrganisationThatIsWrong(t *testing.T) {
	s := newSite(t)
	c := s.As(s.Users[access.RegionalManager])
	for field, pairs := range map[string][]string{
		"name.uk":           {"name.uk", " "},
		"code":              {"code", "A1"},
		"case_pattern":      {"case_pattern", "{number}"},
		"phones":            {"phones", "нема"},
		"email":             {"email", "a@b@c"},
		"site":              {"site", "javascript:alert(1)"},
		"unit_code":         {"unit_code", "UA00000000000000000"},
		"week.0.opens":      {"week.0.closes", "08:00"},
		"week.0.break_from": {"week.0.break_to", "19:00"},
		"exceptions.0.date": {"exceptions.0.date", "24 грудня"},
		"exceptions.1.date": {"exceptions.1.date", "2019-01-07", "exceptions.1.closed", "true"},
		"people.0.name":     {"people.0.name", ""},
		"people.0.phone":    {"people.0.phone", "запитайте в приймальні"},
		"latitude":          {"latitude", "північ", "longitude", "30,5"},
		"longitude":         {"latitude", "50.4"},
	} {
		w := c.Multipart("/organisations/centres/"+s.Centre.String()+"/edit", centreForm(pairs...), "", "", nil)
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `href="#`+field+`"`) {
			t.Errorf("%s: %d", field, w.Code)
		}
	}
	if n := s.Count(`select count(*) from org.centres where version > 1`); n != 0 {
		t.Error("something wrong was saved")
	}
}

func TestNewAuthority(t *testing.T) {
	s := newSite(t)
	c := s.As(s.Users[access.RegionalManager])
	form := url.Values{"code": {"culture"}, "name.uk": {"Управління культури"}, "level": {"local"}, "do": {"save"}}
	w := c.Multipart("/organisations/authorities/new", form, "", "", nil)
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if w := c.Multipart("/organisations/authorities/new", form, "", "", nil); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("the same code again: %d", w.Code)
	}
}

// hiddenBase is what the form of the page says it began with.
func hiddenBase(t *testing.T, page string) string {
	t.Helper()
	found := regexp.MustCompile(`name="base" value="([^"]+)"`).FindStringSubmatch(page)
	if found == nil {
		t.Fatal("the form does not say what it began with")
	}
	return html.UnescapeString(found[1])
}

// One takes a special day out while another corrects a name: the second is told of one day by its date, and keeping what
// is offered does not bring it back.
func TestSpecialDayThatAColleagueTookOutStaysOut(t *testing.T) {
	s := newSite(t)
	c, path := s.As(s.Users[access.RegionalManager]), "/organisations/centres/"+s.Centre.String()+"/edit"
	days := []string{"exceptions.0.date", "2026-12-24", "exceptions.0.closed", "true", "exceptions.1.date", "2026-12-25", "exceptions.1.closed", "true"}
	if w := c.Multipart(path, centreForm(days...), "", "", nil); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	opened := hiddenBase(t, c.Get(path).Body.String())
	first := centreForm("version", "2", "exceptions.0.date", "2026-12-25", "base", opened)
	if w := c.Multipart(path, first, "", "", nil); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	second := centreForm(append(days, "version", "2", "name.uk", "ЦНАП «Центр»", "base", opened)...)
	page := c.Multipart(path, second, "", "", nil).Body.String()
	for _, want := range []string{"додано: ", "24.12.2026", "Ви цього не змінювали", `value="theirs" checked`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of both versions has no %q", want)
		}
	}
	if strings.Contains(page, "25.12.2026") || strings.Contains(page, "exceptions.0") && strings.Contains(page, "Особливий день 1") {
		t.Error("a day that both have is shown as a difference")
	}
	second.Set("version", "3")
	second.Set("pick:exceptions", "theirs")
	second.Set("pick:name.uk", "mine")
	if w := c.Multipart(path, second, "", "", nil); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	o, err := org.NewStore(s.DB.Pool, nil).Get(t.Context(), org.Centre, s.Centre)
	if err != nil || o.Name.UK != "ЦНАП «Центр»" || len(o.Schedule.Exceptions) != 1 || o.Schedule.Exceptions[0].Date != "2026-12-25" {
		t.Errorf("%q, %+v, %v", o.Name.UK, o.Schedule.Exceptions, err)
	}
}

// Days that are over may stay in the list when something else is changed.
func TestSpecialDayThatIsOverMayStay(t *testing.T) {
	s := newSite(t)
	s.DB.Exec(`update org.centres set schedule = jsonb_set(schedule, '{exceptions}', '[{"date": "2025-01-07", "closed": true, "reason": {"uk": ""}}]') where id = $1`, s.Centre)
	c := s.As(s.Users[access.RegionalManager])
	w := c.Multipart("/organisations/centres/"+s.Centre.String()+"/edit", centreForm("exceptions.0.date", "2025-01-07"), "", "", nil)
	if w.Code != http.StatusSeeOther {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// Buttons that only show the form again say what is wrong to nobody who has not asked, and go on saying it to those who have.
func TestButtonsOfRowsAskForNoMistakes(t *testing.T) {
	s := newSite(t)
	c := s.As(s.Users[access.RegionalManager])
	edit := "/organisations/centres/" + s.Centre.String() + "/edit"
	send := func(address string, pairs ...string) *httptest.ResponseRecorder {
		return c.Multipart(address, centreForm(append(pairs, "name.uk", "", "email", "a@b@c")...), "", "", nil)
	}
	for do, address := range map[string]string{"add people": edit, "remove exceptions 0": edit, "": web.ShowUnaskedPath(edit)} {
		w := send(address, "do", do)
		webtest.Shows(t, w, http.StatusOK, "a@b@c")
		webtest.Lacks(t, w, "govuk-error", `name="judged"`)
	}
	for do, address := range map[string]string{"add people": edit, "": web.ShowPath(edit)} {
		w := send(address, "do", do, "judged", "yes")
		webtest.Shows(t, w, http.StatusUnprocessableEntity, `href="#name.uk"`, `href="#email"`, `name="judged" value="yes"`)
		webtest.Lacks(t, w, `href="#people.1`) // nothing has been typed into the new row
	}
	if n := s.Count(`select count(*) from org.centres where version > 1`); n != 0 {
		t.Error("a button for rows saved the centre")
	}
}
