package area

import (
	"context"
	"slices"

	"github.com/gin-gonic/gin"

	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

// Switches says which modules are on.
type Switches func(ctx context.Context) (contract.Switches, error)

const switchesKey = "area.switches"

// switchedOn is the step that knows only routes whose module is on. What it read serves the rest of the request, so that
// the page and its navigation agree.
func (e Entry) switchedOn(read Switches) web.Handler {
	return func(c *gin.Context) error {
		switches, err := read(c.Request.Context())
		if err != nil {
			return err
		}
		c.Set(switchesKey, switches)
		if !switches.On(e.Module) {
			return fault.New(fault.NotFound, "site.module_off")
		}
		return nil
	}
}

// On returns those of the areas whose modules are on.
func On(c *gin.Context, areas []Area) []Area {
	switches, _ := c.Value(switchesKey).(contract.Switches)
	return slices.DeleteFunc(slices.Clone(areas), func(a Area) bool { return !switches.On(a.Module) })
}
