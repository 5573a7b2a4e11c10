package track

import (
	"bytes"
	"context"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/external-site/internal/account"
	"portal.example/external-site/internal/own"
	"portal.example/external-site/internal/tracking"
	"portal.example/external-site/internal/web/slip"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

// Shelf keeps documents of accounts; own.Shelf does.
type Shelf interface {
	Add(ctx context.Context, w account.Writer, in own.Incoming) error
}

// Accounts finds the account that is open in a browser, for sealing things to it; account.Store does.
type Accounts interface {
	Writer(ctx context.Context, t account.Token) (account.Writer, error)
}

// writer is the account that is open in the browser; open is false when none is, or when documents have no place here.
func (h *handlers) writer(c *gin.Context) (w account.Writer, open bool, err error) {
	if h.Shelf == nil || h.Accounts == nil {
		return w, false, nil
	}
	t, err := account.ParseToken(h.site.Cookie(c, slip.Session), "")
	if err == nil {
		w, err = h.Accounts.Writer(c.Request.Context(), t)
	}
	if fault.Is(err, fault.Unsigned) {
		return w, false, nil
	}
	return w, err == nil, err
}

// keepResult puts a result among the documents of the account that is open in the browser. It is sealed to the account, which this page cannot read.
func (h *handlers) keepResult(c *gin.Context) error {
	id, err := uuid.Parse(c.Param("id"))
	if err != nil {
		return fault.New(fault.NotFound, "")
	}
	w, open, err := h.writer(c)
	if err != nil {
		return err
	}
	if !open {
		return web.Redirect(c, "/cabinet/sign-in")
	}
	who, s, done, err := h.opened(c)
	if done || err != nil {
		return err
	}
	if err := h.keeping.AllowFrom(h.site.Client(c)); err != nil {
		return err
	}
	r, content, err := h.Vault.Open(c.Request.Context(), s, id, who.code)
	if err != nil {
		return err
	}
	defer clear(content)
	if err := h.Shelf.Add(c.Request.Context(), w, h.incoming(c, s, r, content)); err != nil {
		return err
	}
	h.site.Flash(c, "track.result_kept")
	return web.Redirect(c, "/track/status")
}

// incoming is the result as a document. A signature is called as its file, which says what it signs.
func (h *handlers) incoming(c *gin.Context, s tracking.Status, r tracking.Result, content []byte) own.Incoming {
	in := own.Incoming{
		Kind: own.Result, FileName: r.FileName, MediaType: mediaType(r), Number: named(tracking.Number{}, s), From: h.site.Client(c), Body: bytes.NewReader(content),
	}
	if title := h.site.Printer(c).Value(r.Title); r.Of == "" && own.CheckName(title) == nil {
		in.Name = title
	}
	return in
}
