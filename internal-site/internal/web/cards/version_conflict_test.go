package cards_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
)

// Both kinds of cards show a stale save by meaning; what the person only saw is taken from what is saved.
func TestStaleStagesAreComparedInWords(t *testing.T) {
	s := newShelf()
	c, path := s.head(t), s.tech.path("tech-cards")
	base := regexp.MustCompile(`name="base" value="([^"]+)"`).FindStringSubmatch(c.Get(path + "/edit").Body.String())
	form := s.tech.form()
	form.Set("base", base[1])
	form.Set("change_note", "Скорочено строк")
	s.tech.draft.Version, s.tech.draft.Content.StatutoryDays = 2, 30
	w := c.Multipart(path+"/edit", form, "", "", nil)
	page := w.Body.String()
	for _, want := range []string{"Установлений законом строк", "30 календарних днів", "14 календарних днів", "Скорочено строк", "Ви цього не змінювали"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
	if w.Code != http.StatusConflict || strings.Count(page, `value="theirs" checked`) != 1 {
		t.Errorf("%d, %d fields begin with what is saved", w.Code, strings.Count(page, `value="theirs" checked`))
	}
}

func TestStaleCardShowsBothAndLosesNothing(t *testing.T) {
	s := newSite(t)
	path, form := draft(t, s)
	first, second := s.As(s.Users[access.Administrator]), s.As(s.Users[access.Officer])
	if w := first.Multipart(path+"/edit", with(form, "do", "save", "result.uk", "Результат першого"), "", "", nil); w.Code != http.StatusSeeOther {
		t.Fatalf("first save: %d %s", w.Code, w.Body)
	}
	mine := with(form, "do", "save", "result.uk", "Результат другого", "documents.0.name.uk", "Заява другого")
	w := second.Multipart(path+"/edit", mine, "", "", nil)
	page := w.Body.String()
	for _, want := range []string{"Результат першого", "Результат другого", `name="documents.0.name.uk" value="Заява другого"`, `name="version" value="2"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the conflict page has no %q", want)
		}
	}
	if w.Code != http.StatusConflict {
		t.Errorf("status %d", w.Code)
	}
	back := second.Multipart(path+"/edit", with(mine, "do", "edit", "version", "2"), "", "", nil)
	if back.Code != http.StatusOK || !strings.Contains(back.Body.String(), "Заява другого") {
		t.Errorf("back to the text: %d", back.Code)
	}
	if w := second.Multipart(path+"/edit", with(mine, "version", "2"), "", "", nil); w.Code != http.StatusSeeOther {
		t.Errorf("overwriting: %d", w.Code)
	}
}
