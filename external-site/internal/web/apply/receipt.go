package apply

import (
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"rsc.io/qr"

	"portal.example/external-site/internal/submission"
	"portal.example/shared/fault"
	"portal.example/shared/seal"
	"portal.example/shared/web"
)

type receiptPage struct {
	web.Page
	Service  submission.Service
	Number   string
	SentAt   time.Time
	Envelope []string // the hash in groups, to read and compare
	Code     []string // in groups of four
	FullCode string
	QR       template.HTML
	Track    string // address of the tracking page, as printed
	Hours    int
}

// receipt shows what the citizen was given. It can be opened again for a while with the same browser; afterwards the
// code is nowhere but with the citizen.
func (h *handlers) receipt(c *gin.Context) error {
	s, err := h.service(c)
	if err != nil {
		return err
	}
	_, d, err := h.draft(c, s)
	if fault.Is(err, fault.NotFound) {
		return web.Redirect(c, path(s, "")+"?gone=1")
	}
	if err != nil {
		return err
	}
	if d.Receipt == nil {
		return web.Redirect(c, path(s, s.NextPage(d, h.site.Now())))
	}
	code, err := seal.ParseCode(d.Receipt.Code)
	if err != nil {
		return err
	}
	p := &receiptPage{
		Service: s, Number: d.Receipt.Number, SentAt: d.Receipt.SentAt, Envelope: groups(d.Receipt.Envelope, 8),
		Code: code.Groups(), FullCode: code.Reveal(), Track: h.BaseURL + "/track", Hours: int(submission.ReceiptLife.Hours()),
	}
	p.NoIndex = true
	if p.QR, err = qrSVG(trackLink(h.BaseURL, p.Number, code), h.site.T(c, "apply.qr")); err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "apply/receipt", p)
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

// qrSVG draws a QR code as an inline image: it needs no request, prints sharp, and passes the content policy.
func qrSVG(text, title string) (template.HTML, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", fmt.Errorf("QR code: %w", err)
	}
	var path strings.Builder
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+4, y+4)
			}
		}
	}
	side := code.Size + 8             // four modules of quiet zone
	return template.HTML(fmt.Sprintf( //nolint:gosec // numbers, and an escaped title
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="220" height="220" role="img" shape-rendering="crispEdges"><title>%s</title>`+
			`<rect width="%d" height="%d" fill="#fff"/><path d="%s" fill="#000"/></svg>`,
		side, side, template.HTMLEscapeString(title), side, side, path.String())), nil
}
