package cards_test

import (
	"strings"
	"testing"
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
