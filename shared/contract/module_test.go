package contract_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"portal.example/shared/contract"
	"portal.example/shared/whitelist"
)

// Each kind and each table that leaves belongs to one module, so that switching it covers everything.
func TestModulesShareOutKindsAndTables(t *testing.T) {
	owner := map[string]string{}
	for _, m := range contract.Modules {
		for _, thing := range slices.Concat(m.Kinds, m.Tables) {
			if owner[thing] != "" {
				t.Errorf("%s belongs to %s and %s", thing, owner[thing], m.Name)
			}
			owner[thing] = m.Name
		}
	}
	for _, thing := range append(contract.Kinds(), whitelisted(t)...) {
		if owner[thing] == "" {
			t.Errorf("%s belongs to no module", thing)
		}
		delete(owner, thing)
	}
	for thing, m := range owner {
		t.Errorf("%s of module %s is no kind and leaves nowhere", thing, m)
	}
}

func whitelisted(t *testing.T) (tables []string) {
	t.Helper()
	list, err := whitelist.Load("../../deploy/whitelist.d")
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range list.Tables {
		tables = append(tables, table.Schema+"."+table.Name)
	}
	return tables
}

func TestSwitches(t *testing.T) {
	here, there := uuid.New(), uuid.New()
	const module = contract.ModuleApplications
	for name, tt := range map[string]struct {
		switches              []contract.Switch
		everywhere, at, other bool
	}{
		"nobody decided":      {nil, true, true, true},
		"switched on":         {[]contract.Switch{{Module: module, On: true}}, true, true, true},
		"off":                 {[]contract.Switch{{Module: module}}, false, false, false},
		"off at one centre":   {[]contract.Switch{{Module: module, Centre: here}}, true, false, true},
		"off, on at a centre": {[]contract.Switch{{Module: module}, {Module: module, Centre: here, On: true}}, false, false, false},
		"another module":      {[]contract.Switch{{Module: "toy"}}, true, true, true},
	} {
		s := contract.NewSwitches(tt.switches)
		if s.On(module) != tt.everywhere || s.OnAt(module, here) != tt.at || s.OnAt(module, there) != tt.other {
			t.Errorf("%s: %t %t %t", name, s.On(module), s.OnAt(module, here), s.OnAt(module, there))
		}
	}
	if core := contract.NewSwitches([]contract.Switch{{Module: "catalogue"}}); !core.On("catalogue") {
		t.Error("the catalogue was switched off")
	}
	if (contract.Switches{}).On(module) != true {
		t.Error("the zero value switches off")
	}
}
