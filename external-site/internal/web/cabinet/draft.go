package cabinet

import (
	"net/url"
	"slices"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/external-site/internal/account"
	"portal.example/external-site/internal/address"
	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/web/sending"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/web"
)

// draftRow is an application that was begun and not sent.
type draftRow struct {
	ID    uuid.UUID
	At    string // base and name, which tell it from all others
	About locale.Text
	Until time.Time // when it goes by itself
}

// hereRow is an application that was begun in this browser while the account was not open.
type hereRow struct {
	About locale.Text
	Look  string // the first page of the service's applications
	Take  string // where it is taken into the account
}

// drafts lists what was begun and is still there; the account forgets the rest.
func (h *handlers) drafts(c *gin.Context, holder account.Holder) ([]draftRow, error) {
	if h.Drafts == nil {
		return nil, nil
	}
	list, err := h.Accounts.Begun(c.Request.Context(), holder)
	if err != nil {
		return nil, err
	}
	var rows []draftRow
	for _, b := range list {
		until, err := h.until(c, b)
		switch {
		case fault.Is(err, fault.NotFound):
			err = h.Accounts.Forget(c.Request.Context(), holder, b.ID)
		case err == nil:
			rows = append(rows, draftRow{b.ID, draftAt(b.Base, b.Name), b.About, until})
		}
		if err != nil {
			return nil, err
		}
	}
	return rows, nil
}

func draftAt(base, name string) string {
	return base + "?" + url.Values{sending.DraftParam: {name}}.Encode()
}

// here lists what this browser has begun and none of kept is. Whether each is still there its own pages tell, as no other page
// gets the cookie that opens it.
func (h *handlers) here(c *gin.Context, kept []draftRow) (rows []hereRow, err error) {
	started := sending.AllStarted(h.site, c)
	if h.Drafts == nil || len(started) == 0 {
		return nil, nil
	}
	codes := make([]string, len(started))
	for i, s := range started {
		codes[i] = address.Code(s.Slug)
	}
	services, err := h.Services(c.Request.Context(), codes)
	if err != nil {
		return nil, err
	}
	for _, s := range started {
		i := slices.IndexFunc(services, func(n catalogue.Named) bool { return n.Slug() == s.Slug })
		for _, name := range s.Names {
			if i >= 0 && !slices.ContainsFunc(kept, func(r draftRow) bool { return r.At == draftAt(s.Base(), name) }) {
				rows = append(rows, hereRow{services[i].Name, s.Base(), draftAt(s.Base()+"/take", name)})
			}
		}
	}
	return rows, nil
}

func (h *handlers) until(c *gin.Context, b account.Begun) (time.Time, error) {
	t, err := submission.ParseToken(b.Token)
	if err != nil {
		return time.Time{}, err
	}
	return h.Drafts.Until(c.Request.Context(), t)
}

// draft gives the browser a draft that was begun elsewhere, and leads to it.
func (h *handlers) draft(c *gin.Context, holder account.Holder) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	list, err := h.Accounts.Begun(c.Request.Context(), holder)
	if err != nil {
		return err
	}
	for _, b := range list {
		t, err := submission.ParseToken(b.Token)
		if b.ID != key || err != nil {
			continue
		}
		h.Window.At(h.site).Adopt(c, b.Base, b.Name, t)
		return web.Redirect(c, draftAt(b.Base, b.Name))
	}
	return fault.New(fault.NotFound, "account.not_there")
}
