package cases

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/decisions"
	"portal.example/internal-site/internal/offices"
)

// TestSubstitutesSayForWhomTheyDecide: the document names whose duties a substitute performs, and of everybody else only themselves.
func TestSubstitutesSayForWhomTheyDecide(t *testing.T) {
	absent := map[string]string{"substitute": "Кресляр", "head's substitute, vacant": "Горожанин"}
	for who, desk := range seated {
		p := people{uuid.New(), uuid.New(), uuid.New(), uuid.New()}
		w := prepared(p, p.actor("decider"))
		w.Desk = desk(offices.Office{Place: p.decider, Key: offices.Key("Начальник управління")}, offices.Office{Place: p.decider, Key: "інша посада"})
		w.Case.AuthorityID = p.decider
		signed := w.valuesOf(decided{outcome: Granted}, around{official: official{uuid.New(), "Межова", w.decidesFor()}.signs()}, "1")[decisions.Official]
		switch name := absent[who]; {
		case name == "" && signed != "Межова":
			t.Errorf("%s signs as %q", who, signed)
		case name != "" && (!strings.HasPrefix(signed, "Межова (виконує обов’язки ") || !strings.HasSuffix(signed, ": "+name+")")):
			t.Errorf("%s signs as %q, and nobody sees for whom", who, signed)
		}
	}
}
