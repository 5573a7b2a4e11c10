package cabinet

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/external-site/internal/account"
	"portal.example/external-site/internal/tracking"
	"portal.example/external-site/internal/web/slip"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type mattersPage struct {
	web.Page
	Matters []matterRow
	Drafts  []draftRow
	Here    []hereRow // begun in this browser and not in the account
	Most    int
	Waiting int // matters in which something is expected of the owner
}

// matterRow is one matter in the list.
type matterRow struct {
	ID        uuid.UUID
	Name      string // the owner's own words
	Number    string
	Service   locale.Text
	Place     tracking.Place
	Turn      tracking.Turn
	Due       *time.Time // of a case that is being worked on
	ChangedAt time.Time
	Ready     bool   // a result can be downloaded
	Gone      bool   // it is not found any more
	OffKey    string // why it cannot be shown now
}

// Title is what the matter is called in the list.
func (r matterRow) Title() locale.Text {
	switch {
	case r.Name != "":
		return locale.Text{UK: r.Name, EN: r.Name}
	case !r.Service.IsZero():
		return r.Service
	}
	return locale.Text{UK: r.Number, EN: r.Number}
}

// PlaceKey is the key of the words for its place.
func (r matterRow) PlaceKey() string { return placeKey(r.Place) }

// placeKey is the key of the words for a place; a question has other ones.
func placeKey(p tracking.Place) string {
	if p == tracking.Open || p == tracking.Answered {
		return "questions.place." + string(p)
	}
	return "track.place." + string(p)
}

// matters lists what the account follows; without an account it says what a cabinet is for.
func (h *handlers) matters(c *gin.Context) error {
	holder, open, err := h.holder(c)
	if err != nil {
		return err
	}
	if !open {
		p := &plainPage{}
		p.Breadcrumbs = []ui.Link{{Href: "/", Text: h.site.T(c, "common.home")}}
		return h.site.Render(c, http.StatusOK, "cabinet/outside", p)
	}
	list, err := h.Accounts.Matters(c.Request.Context(), holder)
	if err != nil {
		return err
	}
	p := &mattersPage{Most: account.MaxMatters}
	if p.Drafts, err = h.drafts(c, holder); err != nil {
		return err
	}
	if p.Here, err = h.here(c, p.Drafts); err != nil {
		return err
	}
	for _, m := range list {
		row, err := h.row(c, m)
		if err != nil {
			return err
		}
		if row.Turn == tracking.TurnApplicant {
			p.Waiting++
		}
		p.Matters = append(p.Matters, row)
	}
	slices.SortStableFunc(p.Matters, func(a, b matterRow) int {
		return cmp.Or(b.ChangedAt.Compare(a.ChangedAt), cmp.Compare(a.Number, b.Number))
	})
	h.own(c, &p.Page)
	p.Breadcrumbs = p.Breadcrumbs[:1]
	return h.site.Render(c, http.StatusOK, "cabinet/matters", p)
}

// row reads the state of one matter. One that is not found, or whose module is off, stays in the list and says so.
func (h *handlers) row(c *gin.Context, m account.Matter) (matterRow, error) {
	row := matterRow{ID: m.ID, Name: m.Name, Number: m.Number.String(), ChangedAt: m.SavedAt}
	s, err := h.Tracking.Status(c.Request.Context(), m.Number, m.Code)
	switch {
	case fault.Is(err, fault.NotFound):
		row.Gone = true
		return row, nil
	case fault.Is(err, fault.Conflict):
		row.OffKey = fault.MessageKey(err)
		return row, nil
	case err != nil:
		return row, err
	}
	row.Service, row.Place, row.Turn = s.Service, s.Place(), s.Turn()
	row.Number = cmp.Or(s.Number, row.Number)
	if at := s.ChangedAt(); !at.IsZero() {
		row.ChangedAt = at
	}
	if s.Case != nil && s.Case.DecidedAt == nil && row.Place != tracking.Suspended && !s.Ended() {
		row.Due = &s.Case.DueOn
	}
	row.Ready = slices.ContainsFunc(s.Results, func(r tracking.Result) bool { return r.Ready })
	return row, nil
}

// open shows the tracking page of a matter, without its code being typed.
func (h *handlers) open(c *gin.Context, holder account.Holder) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	m, err := h.Accounts.Matter(c.Request.Context(), holder, key)
	if err != nil {
		return err
	}
	if err := slip.Tracked.Put(h.site, c, slip.Slip{Number: m.Number, Code: m.Code}); err != nil {
		return err
	}
	return web.Redirect(c, "/track/status")
}

type removePage struct {
	web.Page
	Matter account.Matter
}

// remove says what follows when a matter is removed.
func (h *handlers) remove(c *gin.Context, holder account.Holder) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	m, err := h.Accounts.Matter(c.Request.Context(), holder, key)
	if err != nil {
		return err
	}
	p := &removePage{Matter: m}
	h.own(c, &p.Page)
	return h.site.Render(c, http.StatusOK, "cabinet/remove", p)
}

func (h *handlers) removePost(c *gin.Context, holder account.Holder) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	if err := h.untellOf(c, holder, key); err != nil {
		return err
	}
	if err := h.Accounts.Remove(c.Request.Context(), holder, key); err != nil {
		return err
	}
	h.site.Flash(c, "cabinet.removed")
	return web.Redirect(c, "/cabinet")
}
