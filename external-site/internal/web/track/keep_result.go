package track

import (
	"bytes"
	"context"
	"strings"

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

// keeping puts something of the case into the documents of the account that is open in the browser, where done says so. It is sealed to the account,
// which this page cannot read.
func (h *handlers) keeping(done string, find func(c *gin.Context, who holder, s tracking.Status) (own.Incoming, error)) web.Handler {
	return func(c *gin.Context) error {
		w, open, err := h.writer(c)
		if err != nil {
			return err
		}
		if !open {
			return web.Redirect(c, "/cabinet/sign-in")
		}
		who, s, left, err := h.opened(c)
		if left || err != nil {
			return err
		}
		if err := h.kept.AllowFrom(h.site.Client(c)); err != nil {
			return err
		}
		in, err := find(c, who, s)
		if err != nil {
			return err
		}
		in.Once = []byte(who.code.Reveal())
		in.Kind, in.Number, in.From = own.Result, named(tracking.Number{}, s), h.site.Client(c)
		if err := h.Shelf.Add(c.Request.Context(), w, in); err != nil {
			return err
		}
		h.site.Flash(c, done)
		return web.Redirect(c, "/track/status")
	}
}

// resultAsDocument is one result. A signature is called as its file, which says what it signs.
func (h *handlers) resultAsDocument(c *gin.Context, who holder, s tracking.Status) (in own.Incoming, err error) {
	id, err := uuid.Parse(c.Param("id"))
	if err != nil {
		return in, fault.New(fault.NotFound, "")
	}
	r, content, err := h.Vault.Open(c.Request.Context(), s, id, who.code)
	if err != nil {
		return in, err
	}
	in = own.Incoming{FileName: r.FileName, MediaType: mediaType(r), Body: bytes.NewReader(content)}
	if title := h.site.Printer(c).Value(r.Title); r.Of == "" && own.CheckName(title) == nil {
		in.Name = title
	}
	return in, nil
}

// messagesAsDocument is what staff wrote to the applicant until now, as a text that any program reads.
func (h *handlers) messagesAsDocument(c *gin.Context, _ holder, s tracking.Status) (in own.Incoming, err error) {
	list, p, number := s.Messages(), h.site.Printer(c), named(tracking.Number{}, s)
	if len(list) == 0 {
		return in, fault.New(fault.NotFound, "")
	}
	text := []string{p.T("track.messages"), number, p.Value(s.Service)}
	for _, e := range list {
		text = append(text, "", p.DateTime(e.At))
		if !e.Text.IsZero() {
			text = append(text, p.Value(e.Text))
		}
		if e.Said != "" {
			text = append(text, e.Said)
		}
		if e.Unreadable {
			text = append(text, p.T("track.unreadable"))
		}
	}
	return own.Incoming{
		Name: p.T("track.messages_of", number), FileName: number + ".txt", MediaType: "text/plain; charset=utf-8", Body: strings.NewReader(strings.Join(text, "\r\n") + "\r\n"),
	}, nil
}
