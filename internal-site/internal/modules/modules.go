// Package modules keeps which modules of the portal are switched on: in the whole installation and for single centres.
// What a module is stands in shared/contract, since both sites ask. It may import internal/access, internal/audit and
// shared; store.go holds the SQL.
package modules

import (
	"embed"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
)

// Words are the messages of this domain in both languages.
//
//go:embed words
var Words embed.FS

// Switch is the action of switching modules.
const Switch access.Action = "modules.switch"

// Rights is what the domain declares. Modules belong to nobody but the region.
var Rights = access.Domain{Name: "modules", Words: Words, Rights: []access.Right{
	{Action: Switch, Default: access.Defaults{access.PortalAdministrator: access.Anywhere}},
}}

// Change is a decision to switch a module, with the reason for the trail.
type Change struct {
	Module string
	Centre uuid.UUID // Nil: in the whole installation
	On     bool
	Reason string
	Seen   int // the version of the switch that the decision is about, as Version has it
}

const maxReason = 1000

// permit refuses whoever may not switch modules, and what cannot be switched.
func (c Change) permit(actor access.Actor) error {
	if err := access.Require(actor, Switch, access.Object{}); err != nil {
		return err
	}
	m, found := contract.ModuleNamed(c.Module)
	if !found {
		return fault.New(fault.NotFound, "")
	}
	if m.Core {
		return fault.New(fault.Conflict, "modules.core")
	}
	if len([]rune(c.Reason)) > maxReason {
		return fault.InvalidFields(fault.FieldError{Field: "reason", Key: "form.too_long", Args: []any{maxReason}})
	}
	if c.Reason == "" && !c.On {
		return fault.InvalidFields(fault.FieldError{Field: "reason", Key: "modules.reason_required"})
	}
	return nil
}
