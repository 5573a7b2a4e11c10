package tracking_test

import (
	"testing"

	"portal.example/external-site/internal/tracking"
	"portal.example/shared/fault"
)

// A case whose module is off is shown to nobody: its holder is told why, and whoever has no code learns nothing of it.
func TestModuleSwitchedOffHidesItsCases(t *testing.T) {
	f := follow(t)
	f.register()
	f.DB.Exec(`insert into modules.switches (id, module, enabled) values (gen_random_uuid(), 'applications', false)`)
	for name, n := range map[string]tracking.Number{"receipt": {Receipt: receipt}, "case": {Own: number}} {
		if _, err := f.store.Status(t.Context(), n, f.code); !fault.Is(err, fault.Conflict) || fault.MessageKey(err) != "modules.off.applications" {
			t.Errorf("by %s: %v", name, err)
		}
		if _, err := f.store.Status(t.Context(), n, newCode(t)); !fault.Is(err, fault.NotFound) || fault.MessageKey(err) != "track.no_match" {
			t.Errorf("by %s with another code: %v", name, err)
		}
	}
	f.DB.Exec(`update modules.switches set enabled = true`)
	if s := f.status(); s.Version == "" {
		t.Errorf("on again: %+v", s)
	}
}
