package intake

import (
	"context"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/modules"
	"portal.example/shared/contract"
)

// switchedOn hands to staff what belongs to a module that is off, everywhere or for the centre it was sent to: the public
// site takes no more of it, but some may be on its way. Staff try it again when the module is on.
func switchedOn(ctx context.Context, tx Tx, m Message, known Known) error {
	switches, err := modules.Switches(ctx, tx)
	if err != nil {
		return err
	}
	module, centre := contract.ModuleOf(m.Kind), uuid.Nil
	if known.CentreID != nil {
		centre = *known.CentreID
	}
	if !switches.OnAt(module, centre) {
		return &Refusal{Reason: ReasonModuleOff, Detail: module}
	}
	return nil
}
