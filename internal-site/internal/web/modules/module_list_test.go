package modules_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	switches "portal.example/internal-site/internal/modules"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/modules"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
)

// decided is a region of two centres in which these decisions stand.
type decided []contract.Switch

var here, there = uuid.New(), uuid.New()

func (d decided) Switches(context.Context) (contract.Switches, error) {
	return contract.NewSwitches(d), nil
}

func (decided) Switch(context.Context, access.Actor, switches.Change) (bool, error) {
	return true, nil
}

func (decided) Names(context.Context, org.Kind) ([]org.Name, error) {
	return []org.Name{{ID: here, Name: locale.Text{UK: "ЦНАП Зорі"}}, {ID: there, Name: locale.Text{UK: "ЦНАП Ґруні"}}}, nil
}

func page(t *testing.T, d decided, path string) string {
	t.Helper()
	admin := webtest.Member(access.PortalAdministrator, access.InRegion())
	return webtest.Alone(t, admin, modules.Area(modules.Deps{Modules: d, Orgs: d})).Get(path).Body.String()
}

func TestTheListCountsCentresWithout(t *testing.T) {
	for want, d := range map[string]decided{
		"працює":              nil,
		"Вимкнено для 1 ЦНАП": {{Module: contract.ModuleQuestions, Centre: here}},
		"Вимкнено для 2 ЦНАП": {{Module: contract.ModuleQuestions, Centre: here}, {Module: contract.ModuleQuestions, Centre: there}},
	} {
		list := page(t, d, "/modules")
		if !strings.Contains(list, want) || strings.Contains(list, "вимкнено") {
			t.Errorf("with %d decisions the list does not say %q", len(d), want)
		}
	}
	off := page(t, decided{{Module: contract.ModuleQuestions}, {Module: contract.ModuleQuestions, Centre: here}}, "/modules")
	if !strings.Contains(off, "вимкнено") || strings.Contains(off, "Вимкнено для") {
		t.Error("of a module that is off everywhere the list counts centres")
	}
}

func (d decided) Version(context.Context, string, uuid.UUID) (int, error) { return 0, nil }
