package cases

import (
	"context"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/notices"
	"portal.example/shared/locale"
)

// toldLine says what became of one notice to the applicant.
type toldLine struct {
	What string
	Says string
	Href string // where staff record that they told the applicant otherwise; "" when there is nothing to record
}

// told lists what the applicant of the case was told, or should have been.
func (h handlers) told(ctx context.Context, actor access.Actor, p *locale.Printer, id uuid.UUID) (lines []toldLine, err error) {
	if h.Notices == nil {
		return nil, nil
	}
	list, err := h.Notices.OfCase(ctx, actor, id)
	for _, n := range list {
		line := toldLine{What: p.T("notices.kind." + string(n.Kind)), Says: notices.Describe(p, n)}
		if n.Undelivered() && access.MayEver(actor, notices.Tell) {
			line.Href = "/notices/" + n.EventID.String()
		}
		lines = append(lines, line)
	}
	return lines, err
}
