package modules_test

import (
	"strings"
	"testing"

	"portal.example/shared/contract"
)

// Nothing can be decided for a centre while the module is off everywhere.
func TestCentresOfAModuleThatIsOff(t *testing.T) {
	on := page(t, nil, "/modules/questions")
	if strings.Count(on, "centre="+here.String()) != 1 || !strings.Contains(on, `data-label="Стан"`) {
		t.Error("a centre has no switch, or the table no labels for a phone")
	}
	off := page(t, decided{{Module: contract.ModuleQuestions}}, "/modules/questions")
	if strings.Contains(off, "centre=") || !strings.Contains(off, "ЦНАП Зорі") {
		t.Error("a centre has a switch")
	}
}
