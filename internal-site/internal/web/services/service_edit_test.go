package services_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/catalogue"
)

// Two people edit one service: the second reads what changed in words and chooses field by field.
func TestStaleServiceIsComparedByMeaning(t *testing.T) {
	s := newSite(t)
	manager, path := s.As(s.Users[access.RegionalManager]), "/services/"+s.Service.String()
	form := url.Values{
		"version": {"1"}, "code": {"00034"}, "name.uk": {"Назва першого"}, "applicant_types": {"person", "entity"},
		"authority_id": {s.OtherAuthority.String()}, "centres": {s.Centre.String(), s.OtherCentre.String()}, "published": {"true"}, "do": {"save"},
	}
	if w := manager.Post(path+"/edit", form); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	form.Set("name.uk", "Назва другого")
	form.Set("authority_id", s.Authority.String())
	form["centres"], form["applicant_types"] = []string{s.OtherCentre.String()}, []string{"entity", "person"}
	form.Del("published")
	w := manager.Post(path+"/edit", form)
	page := w.Body.String()
	for _, want := range []string{
		"Управління земельних ресурсів", "Управління соціального захисту", "прибрано: ЦНАП Вишневої громади", "Останні зміни зберегли: ",
		s.Users[access.RegionalManager].Name, `name="pick:authority_id"`, "Що залишити в полі «Оприлюднення»", ">ні</td>",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
	main := page[strings.Index(page, "<table"):strings.Index(page, "</table>")]
	if w.Code != http.StatusConflict || strings.Contains(main, s.Authority.String()) || strings.Contains(main, "Хто може звернутися") {
		t.Errorf("%d, with raw ids or a set whose order alone differs: %s", w.Code, main)
	}
	form.Set("version", "2")
	form.Set("pick:authority_id", "theirs")
	form.Set("pick:centres", "theirs")
	form.Set("pick:name.uk", "mine")
	form.Set("sure", "yes")
	if w := manager.Post(path+"/edit", form); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	got, err := catalogue.NewStore(s.DB.Pool).Get(t.Context(), s.Service)
	if err != nil || got.Name.UK != "Назва другого" || *got.AuthorityID != s.OtherAuthority || len(got.Centres) != 2 || got.Published {
		t.Errorf("%+v, %v", got, err)
	}
}

// What a form offered may be gone when it comes back, and forms can be tampered with.
func TestChoiceThatIsNoMoreIsAFieldError(t *testing.T) {
	s := newSite(t)
	manager, gone := s.As(s.Users[access.RegionalManager]), uuid.NewString()
	for _, field := range []string{"category_id", "authority_id", "centres", "situations"} {
		form := url.Values{"version": {"1"}, "code": {"00034"}, "name.uk": {"Назва"}, "applicant_types": {"person"}, "internal_notes": {"Набране"}, "sure": {"yes"}, field: {gone}}
		w := manager.Post("/services/"+s.Service.String()+"/edit", form)
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `href="#`+field+`"`) || !strings.Contains(w.Body.String(), "Набране") {
			t.Errorf("%s: %d", field, w.Code)
		}
	}
}
