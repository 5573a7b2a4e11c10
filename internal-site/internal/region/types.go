// Package region keeps which region the portal serves: its name, arms, the body that owns the portal and its help
// desk, which both sites show on every page, and how decisions are appealed, which the public site says at a refusal. types.go, rules.go and arms.go are pure; store.go holds the SQL. It may
// import shared, internal/access and internal/audit.
package region

import "portal.example/shared/locale"

// Profile is the region as it is edited.
type Profile struct {
	Name      locale.Text
	Owner     locale.Text
	HelpPhone string
	Notice    locale.Text
	Arms      []byte // PNG; nil keeps those there are
	NoArms    bool   // takes them away
	HasArms   bool   // read-only
	ArmsAlt   locale.Text
	Appeal    locale.Text // how, where and to whom a decision is appealed
	// AppealDays is how many calendar days after the decision an appeal may be filed; 0 when that is not stated.
	AppealDays int
	// SeparateDuties says that nobody approves a card or a decision that they prepared.
	SeparateDuties bool
	// ExtensionDays is by how many calendar days terms may be extended, all extensions of a case together; 0: not at all.
	ExtensionDays int
	// StorageDays is how many calendar days a result waits to be collected; 0: without end.
	StorageDays int
	Version     int // 0 before anything was saved
}
