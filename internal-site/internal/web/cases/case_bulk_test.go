package cases_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/web/webtest"
)

// ticked is a form of the list with some cases ticked as its page showed them.
func ticked(act string, version int, ids ...uuid.UUID) url.Values {
	form := url.Values{"act": {act}}
	for _, id := range ids {
		form.Add("case", fmt.Sprintf("%s:%d", id, version))
	}
	return form
}

// Ticked cases are taken each by itself: what a colleague was faster with is said, and the others are taken all the same.
func TestManyCasesAtOnce(t *testing.T) {
	s := newSite(t)
	first, second, gone := s.Register(domain.Filing{}), s.Register(domain.Filing{}), s.Register(domain.Filing{})
	clerk, colleague := s.Users[access.Administrator], s.AddUser("clerk2", access.Grant{Group: access.Administrator, Place: access.InCentre(s.Centre)})
	doAct(s.As(colleague), gone.ID, 1, "take")
	pool := s.As(clerk).Get("/cases?view=pool").Body.String()
	if !strings.Contains(pool, fmt.Sprintf(`value="%s:1"`, first.ID)) || strings.Contains(pool, gone.Number) {
		t.Fatal("the pool has not what nobody works on")
	}
	w := s.As(clerk).Post("/cases/bulk?from=view%3Dpool", ticked("take", 1, first.ID, second.ID, gone.ID))
	webtest.Shows(t, w, http.StatusOK, "Взято в роботу 2 справи", gone.Number, "відкрийте її й повторіть")
	if n := s.Count(`select count(*) from cases.assignments where person = $1`, clerk.UserID); n != 2 {
		t.Errorf("%d are theirs", n)
	}
	back := ticked("hand_back", 2, first.ID, second.ID)
	webtest.Shows(t, s.As(clerk).Post("/cases/bulk?from=view%3Dmine", back), http.StatusUnprocessableEntity, "Зазначте, чому повертаєте справу", `:2" `)
	back.Set("reason", "Відпустка")
	webtest.Shows(t, s.As(clerk).Post("/cases/bulk?from=view%3Dmine", back), http.StatusOK, "Повернуто 2 справи")
	give := ticked("assign", 3, first.ID)
	webtest.Shows(t, s.As(s.Users[access.CentreHead]).Post("/cases/bulk?from=view%3Dpool", give), http.StatusUnprocessableEntity, "Виберіть працівника")
	give.Set("to", colleague.UserID.String())
	webtest.Shows(t, s.As(s.Users[access.CentreHead]).Post("/cases/bulk?from=view%3Dpool", give), http.StatusOK, "Передано 1 справу")
}

// What was done with many cases is taken back with one press, as far as nobody has acted since.
func TestManyCasesAreTakenBackAtOnce(t *testing.T) {
	s := newSite(t)
	first, second, changed := s.Register(domain.Filing{}), s.Register(domain.Filing{}), s.Register(domain.Filing{})
	clerk := s.As(s.Users[access.Administrator])
	w := clerk.Post("/cases/bulk?from=view%3Dpool", ticked("take", 1, first.ID, second.ID, changed.ID))
	webtest.Shows(t, w, http.StatusOK, "Взято в роботу 3 справи", "Скасувати для всіх", fmt.Sprintf(`name="case" value="%s:2"`, second.ID))
	webtest.Lacks(t, w, `action="/cases/`+changed.ID.String()+`/undo`)
	doAct(clerk, changed.ID, 2, "finish_stage")
	w = clerk.Post("/cases/bulk?from=view%3Dpool", ticked("undo", 2, first.ID, second.ID, changed.ID))
	webtest.Shows(t, w, http.StatusOK, "Скасовано для 2 справ", changed.Number)
	if n := s.Count(`select count(*) from cases.assignments`); n != 1 {
		t.Errorf("%d are taken still", n)
	}
	stranger := s.As(s.OtherUsers[access.Administrator])
	webtest.Shows(t, stranger.Post("/cases/bulk", ticked("undo", 3, changed.ID)), http.StatusOK, "Скасовано для 0 справ")
}

// Nobody does with many cases at once what they may not do with one, and nothing else than what lists offer.
func TestManyCasesNeedTheSameRights(t *testing.T) {
	s := newSite(t)
	kase := s.Register(domain.Filing{})
	stranger := s.As(s.OtherUsers[access.Administrator])
	w := stranger.Post("/cases/bulk", ticked("take", 1, kase.ID))
	webtest.Shows(t, w, http.StatusOK, "Взято в роботу 0 справ")
	if strings.Contains(w.Body.String(), kase.Number) {
		t.Error("a stranger learns the number")
	}
	clerk := s.As(s.Users[access.Administrator])
	webtest.Shows(t, clerk.Post("/cases/bulk", ticked("take", 1)), http.StatusUnprocessableEntity, "Позначте справи")
	for _, act := range []string{"decide", "issue", "close", ""} {
		if w := clerk.Post("/cases/bulk", ticked(act, 1, kase.ID)); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%q with many cases: %d", act, w.Code)
		}
	}
}
