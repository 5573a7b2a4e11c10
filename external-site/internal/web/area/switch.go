package area

import (
	"context"
	"slices"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

// Switches says which modules are on.
type Switches func(ctx context.Context) (contract.Switches, error)

// On says whether a module is on; without switches every one is.
func (read Switches) On(ctx context.Context, module string) (bool, error) {
	if read == nil {
		return true, nil
	}
	s, err := read(ctx)
	return s.On(module), err
}

// Notices is "on" where the portal tells people by e-mail or SMS of what happens at the centre, else "off". Nil stands for no centre, or one that is
// not known yet; an authority is at none.
func (read Switches) Notices(ctx context.Context, centre uuid.UUID) (string, error) {
	if read == nil {
		return "on", nil
	}
	if s, err := read(ctx); err != nil || s.OnAt(contract.ModuleNotices, centre) {
		return "on", err
	}
	return "off", nil
}

// On says whether one of the area's modules is on.
func (a Area) On(s contract.Switches) bool {
	return len(a.Modules) == 0 || slices.ContainsFunc(a.Modules, s.On)
}

// switchedOn is the step that knows only pages whose module is on, and says in words what else to do.
func (a Area) switchedOn(read Switches) web.Handler {
	return func(c *gin.Context) error {
		s, err := read(c.Request.Context())
		if err != nil || a.On(s) {
			return err
		}
		return fault.New(fault.NotFound, "modules.off."+a.Modules[0])
	}
}

// On returns those of the areas whose modules are on.
func On(areas []Area, s contract.Switches) []Area {
	return slices.DeleteFunc(slices.Clone(areas), func(a Area) bool { return !a.On(s) })
}
