package modules_test

import (
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/modules"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestSwitching(t *testing.T) {
	r := fixture.New(t)
	store := modules.NewStore(r.DB.PoolAs("internal_site"))
	admin := r.Users[access.PortalAdministrator]
	const module = contract.ModuleApplications
	for _, step := range []struct {
		change         modules.Change
		on, here, away bool
		same           bool // it stood so already
	}{
		{modules.Change{Module: module, Centre: r.Centre, Reason: "ремонт"}, true, false, true, false},
		{modules.Change{Module: module, Reason: "переїзд"}, false, false, false, false},
		{modules.Change{Module: module, On: true, Seen: 1}, true, false, true, false}, // what was decided for the centre is kept
		{modules.Change{Module: module, Centre: r.Centre, On: true, Seen: 1}, true, true, true, false},
		{modules.Change{Module: module, Centre: r.Centre, On: true}, true, true, true, true}, // once more changes nothing
	} {
		if changed, err := store.Switch(t.Context(), admin, step.change); err != nil || changed == step.same {
			t.Fatalf("%+v: changed %t, %v", step.change, changed, err)
		}
		s, err := store.Switches(t.Context())
		if err != nil || s.On(module) != step.on || s.OnAt(module, r.Centre) != step.here || s.OnAt(module, r.OtherCentre) != step.away {
			t.Errorf("after %+v: %t %t %t, %v", step.change, s.On(module), s.OnAt(module, r.Centre), s.OnAt(module, r.OtherCentre), err)
		}
	}
	var n, reasons int
	err := r.DB.Pool.QueryRow(t.Context(), `select count(*), count(*) filter (where reason = 'ремонт' and centre_id = $1) from audit.events
		where action like 'modules.module.switch_%' and object_id = $2`, r.Centre, module).Scan(&n, &reasons)
	if err != nil || n != 4 || reasons != 1 {
		t.Errorf("%d entries of the trail, %d with the reason: %v", n, reasons, err)
	}
}

func TestWhatCannotBeSwitched(t *testing.T) {
	r := fixture.New(t)
	store := modules.NewStore(r.DB.PoolAs("internal_site"))
	admin, off := r.Users[access.PortalAdministrator], modules.Change{Module: contract.ModuleApplications, Reason: "переїзд"}
	with := func(change func(*modules.Change)) modules.Change {
		c := off
		change(&c)
		return c
	}
	for name, tt := range map[string]struct {
		actor  access.Actor
		change modules.Change
		want   fault.Kind
	}{
		"by a manager":      {r.Users[access.RegionalManager], off, fault.Forbidden},
		"by nobody":         {access.Actor{}, off, fault.Forbidden},
		"core":              {admin, with(func(c *modules.Change) { c.Module = "catalogue" }), fault.Conflict},
		"unknown":           {admin, with(func(c *modules.Change) { c.Module = "toys" }), fault.NotFound},
		"unknown centre":    {admin, with(func(c *modules.Change) { c.Centre = uuid.New() }), fault.NotFound},
		"without a reason":  {admin, with(func(c *modules.Change) { c.Reason = "" }), fault.Invalid},
		"with a long story": {admin, with(func(c *modules.Change) { c.Reason = string(make([]byte, 1001)) }), fault.Invalid},
	} {
		if _, err := store.Switch(t.Context(), tt.actor, tt.change); !fault.Is(err, tt.want) {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
	if s, err := store.Switches(t.Context()); err != nil || !s.On(off.Module) {
		t.Errorf("something was switched: %v", err)
	}
}

// Whoever decides from a page that shows an earlier decision is told, and changes nothing.
func TestAStaleDecisionIsAConflict(t *testing.T) {
	r := fixture.New(t)
	store := modules.NewStore(r.DB.PoolAs("internal_site"))
	admin := r.Users[access.PortalAdministrator]
	off := modules.Change{Module: contract.ModuleApplications, Reason: "переїзд"}
	if _, err := store.Switch(t.Context(), admin, off); err != nil {
		t.Fatal(err)
	}
	on := modules.Change{Module: contract.ModuleApplications, On: true}
	if _, err := store.Switch(t.Context(), admin, on); !fault.Is(err, fault.Conflict) {
		t.Errorf("from a page before it: %v", err)
	}
	if s, err := store.Switches(t.Context()); err != nil || s.On(contract.ModuleApplications) {
		t.Errorf("a stale page has switched it on, %v", err)
	}
	if on.Seen, _ = store.Version(t.Context(), on.Module, on.Centre); on.Seen != 1 {
		t.Errorf("version %d", on.Seen)
	}
	if _, err := store.Switch(t.Context(), admin, on); err != nil {
		t.Errorf("from a page of now: %v", err)
	}
}
