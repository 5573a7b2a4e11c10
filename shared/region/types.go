// Package region says which region an installation serves and who owns the portal, as the header and the footer of
// both sites show it. The inside keeps it in region.profile, and the same table is replicated outward.
// It may import shared/locale, shared/pg, shared/fault, shared/ui and, in store.go, pgx; it knows nothing of HTTP.
package region

import (
	"strconv"
	"time"

	"portal.example/shared/locale"
	"portal.example/shared/ui"
)

// Profile is what is known of the region; the zero value shows nothing.
type Profile struct {
	Name      locale.Text
	Owner     locale.Text
	HelpPhone string
	Notice    locale.Text // stands on every page
	HasArms   bool
	ArmsAlt   locale.Text
	UpdatedAt time.Time
}

// Appeals is how a decision of a body of the region can be appealed, as the owner of the portal has it written.
type Appeals struct {
	How  locale.Text
	Days int // calendar days after the decision; 0: not stated
}

// ArmsPath is where both sites serve the arms.
const ArmsPath = "/region/arms"

// OnPage is the region as layouts show it. The address of the arms changes with them, so that browsers may keep them.
func (p Profile) OnPage() *ui.Region {
	if p.Name.IsZero() {
		return nil
	}
	r := &ui.Region{Name: p.Name, Owner: p.Owner, HelpPhone: p.HelpPhone, Notice: p.Notice}
	if p.HasArms {
		r.ArmsURL, r.ArmsAlt = ArmsPath+"?v="+strconv.FormatInt(p.UpdatedAt.Unix(), 36), p.ArmsAlt
	}
	return r
}
