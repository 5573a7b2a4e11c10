package cards_test

import (
	"net/http"
	"strings"
	"testing"

	"portal.example/internal-site/internal/web/webtest"
)

// The technological card is printed as it is signed: letters of actions, both sums, approval and lines for signatures.
func TestTechnologicalCardIsPrinted(t *testing.T) {
	s := newShelf()
	page := s.head(t).Get(s.tech.path("tech-cards") + "/print").Body.String()
	for _, want := range []string{
		"ЗАТВЕРДЖЕНО", "portal-sheet__signatures", "data-portal-print", "Загальна кількість днів", "Установлений законом строк", "Умовні позначки",
		"Управління соціального захисту", "Версія 2",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the sheet has no %q", want)
		}
	}
	if strings.Count(page, "<tfoot") != 1 || strings.Contains(page, "виконує (В)") {
		t.Error("the sums, or the letters")
	}
}

// The page of a technological card says how its stages end when an application is filed on the worst day of the year, and a
// draft that ends after the term lacks something before it can be handed in.
func TestStagesAreTriedFromTheWorstDay(t *testing.T) {
	s := newShelf()
	head, path := s.head(t), s.tech.path("tech-cards")
	webtest.Shows(t, head.Get(path), http.StatusOK, "Навіть якщо подати заяву в найгірший день")
	webtest.Shows(t, head.Get(path+"/edit"), http.StatusOK, "Навіть якщо подати заяву в найгірший день")
	s.tech.draft.Content.StatutoryDays = 10 // nine working days: from Friday 20 November until Thursday 3 December, due on Monday the 30th
	webtest.Shows(t, head.Get(path), http.StatusOK, "Якщо подати заяву 20 листопада 2026 року, етапи закінчаться 3 грудня 2026 року – на 3 дні пізніше за встановлений строк (30 листопада 2026 року)")
	webtest.Shows(t, head.Get(path+"/edit"), http.StatusOK, "на 3 дні пізніше")
	s.tech.draft.Content.StatutoryDays = 0
	if page := head.Get(path).Body.String(); strings.Contains(page, "найгірший день") || strings.Contains(page, "пізніше за встановлений") {
		t.Error("without a term there is nothing to be late for")
	}
}
