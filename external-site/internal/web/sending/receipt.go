package sending

import (
	"html/template"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/web/contact"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/seal"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// Given is what the receipt says of its kind: keys of messages, what it was about, and how to reach whoever got it.
type Given struct {
	TitleKey  string
	NumberKey string
	UseKey    string // what the code is for
	QRKey     string
	FollowKey string
	NextKeys  []string // what will happen, in order
	About     []ui.SummaryRow
	Reach     *contact.Card // nil when it is not known
}

type receiptPage struct {
	web.Page
	Given
	Number   string
	Summary  ui.SummaryList
	Envelope []string // the hash in groups, to read and compare
	Code     []string // in groups of four
	FullCode string
	QR       template.HTML
	Track    string // address of the tracking page, as printed
	Hours    int
	Keep     bool   // it can be saved in an account
	Copy     string // address of the copy, "" when there is none
}

// ReceiptPath is the address of a receipt under base: each has its own, so that a page that is open stays the receipt it
// was when another application is sent.
func ReceiptPath(base, number string) string { return base + "/receipt/" + number }

// Receipt shows what the citizen was given, by the receipts' cookie or, when the answer with it was lost, by the draft's.
// It can be opened again for a while with the same browser; afterwards the code is nowhere but with the citizen. The
// route's parameter "number" says which one; without it the newest is meant and the reader is led to its address. Without
// a receipt it is NotFound.
func (w *Window) Receipt(c *gin.Context, base string, given func(submission.Receipt) (Given, error)) error {
	receipt, err := w.given(c, base, c.Param("number"))
	if err != nil {
		return err
	}
	if c.Param("number") == "" {
		return web.Redirect(c, ReceiptPath(base, receipt.Number))
	}
	code, err := seal.ParseCode(receipt.Code)
	if err != nil {
		return err
	}
	g, err := given(receipt)
	if err != nil {
		return err
	}
	p := &receiptPage{
		Given: g, Number: receipt.Number, Summary: w.summary(c, g, receipt.SentAt), Envelope: groups(receipt.Envelope, 8),
		Code: code.Groups(), FullCode: code.Reveal(), Track: w.BaseURL + "/track", Hours: int(submission.ReceiptLife.Hours()),
		Keep: w.Accounts != nil,
	}
	if receipt.Copied {
		p.Copy = copyPath(base, receipt.Number)
	}
	p.NoIndex = true
	c.Header("Connection", "close") // as Submit does
	if p.QR, err = ui.QR(trackLink(w.BaseURL, p.Number, code), w.Site.T(c, g.QRKey)); err != nil {
		return err
	}
	return w.Site.Render(c, http.StatusOK, "sending/receipt", p)
}

func (w *Window) summary(c *gin.Context, given Given, sentAt time.Time) ui.SummaryList {
	p := w.Site.Printer(c)
	return ui.SummaryList{Rows: append(given.About, ui.NewRow(p.T("sending.sent_at"), p.DateTime(sentAt)))}
}

// About is a row of a receipt: what was sent is about it.
func (w *Window) About(c *gin.Context, key string, name locale.Text) []ui.SummaryRow {
	if name.IsZero() {
		return nil
	}
	p := w.Site.Printer(c)
	return []ui.SummaryRow{ui.NewRow(p.T(key), p.Value(name))}
}

// given opens the receipt with the number, or the newest one.
func (w *Window) given(c *gin.Context, base, number string) (submission.Receipt, error) {
	if recovered, err := w.recovered(c, base); err == nil && (number == "" || number == recovered.Number) {
		return recovered, nil
	} else if err != nil && !fault.Is(err, fault.NotFound) {
		return recovered, err
	}
	for _, own := range w.receipts(c, base) {
		receipt, err := w.Desk.Receipt(c.Request.Context(), own)
		if err == nil && (number == "" || number == receipt.Number) {
			return receipt, nil
		}
		if err != nil && !fault.Is(err, fault.NotFound) {
			return receipt, err
		}
	}
	return submission.Receipt{}, fault.New(fault.NotFound, "submission.no_draft")
}

// recovered is the receipt of a draft that was sent, when the browser never saw the answer with the receipt's token.
func (w *Window) recovered(c *gin.Context, base string) (submission.Receipt, error) {
	draft, err := w.Draft(c, base)
	if err != nil {
		return submission.Receipt{}, err
	}
	own, receipt, err := w.Desk.Sent(c.Request.Context(), draft)
	if err == nil {
		w.keepReceipt(c, base, own, receipt)
	}
	return receipt, err
}

// trackLink leads to the tracking page. The number is public and may stand in logs; the code stands in the fragment,
// which a browser never sends to any server: the page's script moves it into the form.
func trackLink(base, number string, code seal.Code) string {
	return base + "/track?number=" + url.QueryEscape(number) + "#" + code.Reveal()
}

func groups(s string, n int) []string {
	var out []string
	for len(s) > n {
		out, s = append(out, s[:n]), s[n:]
	}
	return append(out, s)
}
