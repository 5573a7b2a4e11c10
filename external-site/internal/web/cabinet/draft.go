package cabinet

import (
	"net/url"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/external-site/internal/account"
	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/web/sending"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/web"
)

// draftRow is an application that was begun and not sent.
type draftRow struct {
	ID    uuid.UUID
	About locale.Text
	Until time.Time // when it goes by itself
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
			rows = append(rows, draftRow{b.ID, b.About, until})
		}
		if err != nil {
			return nil, err
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
		to := url.URL{Path: b.Base, RawQuery: url.Values{sending.DraftParam: {b.Name}}.Encode()}
		return web.Redirect(c, to.String())
	}
	return fault.New(fault.NotFound, "account.not_there")
}
