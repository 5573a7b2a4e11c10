package intake

import (
	"slices"
	"strings"
	"testing"

	"portal.example/shared/locale"
)

// What the citizen is told names a reason that exists, and whatever the reason, they learn that staff have it.
func TestTheCitizenIsToldInBothLanguages(t *testing.T) {
	explained := 0
	for _, key := range told.Keys() {
		if name, ok := strings.CutPrefix(key, "intake.told."); ok && name != "held" {
			explained++
			if !slices.Contains(Reasons, "intake.reason."+name) {
				t.Errorf("%s explains no reason", key)
			}
		}
	}
	if explained < 10 {
		t.Errorf("only %d reasons are explained", explained)
	}
	held := explain(ReasonGaveUp)
	for _, reason := range Reasons {
		text := explain(reason)
		if !strings.HasSuffix(text.UK, held.UK) || !strings.HasSuffix(text.EN, held.EN) {
			t.Errorf("%s: %+v", reason, text)
		}
	}
	want := locale.Text{UK: "Один із доданих файлів пошкоджено. " + held.UK, EN: "One of the files you attached is damaged. " + held.EN}
	if got := explain(ReasonFileDamaged); got != want {
		t.Errorf("a damaged file: %+v", got)
	}
}
