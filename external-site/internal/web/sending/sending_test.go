package sending_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/web/area"
	"portal.example/external-site/internal/web/areatest"
	"portal.example/external-site/internal/web/sending"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/seal"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

const (
	base   = "/toy"
	number = "R-0000-0000-0195"
)

// desk gives a receipt for whatever is handed in, and knows it and its copy by their own tokens only.
type desk struct {
	sending.Desk
	receipt   submission.Receipt
	own       submission.Token
	receipted error // what asking for the receipt answers
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	code, err := seal.NewCode(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &desk{own: token(), receipt: submission.Receipt{
		Number: number, Code: code.Reveal(), Envelope: "0123456789abcdef", SentAt: areatest.Monday(), Copied: true, Copy: token(),
	}}
}

func (d *desk) Submit(
	context.Context, submission.Token, submission.Submission, locale.Lang, func() submission.Copy,
) (submission.Token, submission.Receipt, error) {
	return d.own, d.receipt, nil
}

func (*desk) Sent(_ context.Context, t submission.Token) (submission.Token, submission.Receipt, error) {
	return t, submission.Receipt{}, fault.New(fault.NotFound, "")
}

func (d *desk) Receipt(_ context.Context, t submission.Token) (submission.Receipt, error) {
	if t != d.own {
		return submission.Receipt{}, fault.New(fault.NotFound, "")
	}
	return d.receipt, d.receipted
}

func (d *desk) Copy(_ context.Context, t submission.Token) (submission.Copy, error) {
	if t != d.receipt.Copy {
		return submission.Copy{}, fault.New(fault.NotFound, "")
	}
	return submission.Copy{Parts: []submission.Part{{Title: "Заявник", Rows: []submission.Row{{Label: "Прізвище", Lines: []string{"Ґалаґан <b>"}}}}}}, nil
}

// token draws a token such as a cookie holds.
func token() submission.Token {
	raw := make([]byte, 16+4+32)
	_, _ = rand.Read(raw[:16])
	_, _ = rand.Read(raw[20:])
	t, err := submission.ParseToken(base64.RawURLEncoding.EncodeToString(raw))
	if err != nil {
		panic(err)
	}
	return t
}

// open is a site of one toy kind of submission: pages that begin, send, list what the browser holds, and show the receipt.
func open(t *testing.T, d sending.Desk) *areatest.Site {
	t.Helper()
	window := sending.NewWindow(d, areatest.BaseURL, slog.New(slog.DiscardHandler))
	toy := area.Area{Name: "toy", Path: base, Files: fstest.MapFS{}, Routes: func(site *web.Site) []area.Route {
		w := window.At(site)
		given := func(submission.Receipt) (sending.Given, error) {
			return sending.Given{
				TitleKey: "sending.copy", NumberKey: "sending.copy", UseKey: "sending.copy", QRKey: "sending.copy", FollowKey: "sending.copy",
				About: []ui.SummaryRow{ui.NewRow("Про що", "Іграшка")},
			}, nil
		}
		page := func(fn func(c *gin.Context) error) web.Handler {
			return w.Open(func(c *gin.Context) error {
				if err := fn(c); err != nil {
					return err
				}
				if !c.Writer.Written() {
					c.String(http.StatusOK, "%q %q", w.Names(c, base), w.Receipts(c, base))
				}
				return nil
			})
		}
		return []area.Route{
			area.GET("", page(func(*gin.Context) error { return nil })),
			area.GET("/begin", page(func(c *gin.Context) error { w.KeepDraft(c, base, token()); return nil })),
			area.GET("/drop/:name", page(func(c *gin.Context) error { w.DropDraft(c, base, c.Param("name")); return nil })),
			area.GET("/send", page(func(c *gin.Context) error { return w.Submit(c, base, nil, nil) })),
			area.GET("/receipt", page(func(c *gin.Context) error { return w.Receipt(c, base, given) })),
			area.GET("/receipt/:number", page(func(c *gin.Context) error { return w.Receipt(c, base, given) })),
			area.GET("/receipt/:number/copy", page(func(c *gin.Context) error { return w.Copy(c, base) })),
		}
	}}
	return areatest.New(t, sending.Area(), toy)
}

// Without a key there is nothing to seal to: every page says so, and none begins anything.
func TestWithoutADeskNothingIsOpen(t *testing.T) {
	if w := open(t, nil).Get(base + "/begin"); w.Code != http.StatusServiceUnavailable || len(w.Result().Cookies()) != 0 { //nolint:bodyclose // a recorder's body
		t.Errorf("%d", w.Code)
	}
}

// What went wrong is said in words, whoever is at fault.
func TestWhatIsSaidOfASubmissionThatWasNotSent(t *testing.T) {
	c, _ := gin.CreateTestContext(httptest.NewRecorder())
	c.Request = httptest.NewRequest(http.MethodPost, base, nil)
	w := sending.NewWindow(nil, "", slog.New(slog.DiscardHandler))
	for key, want := range map[string]string{
		"fault.unavailable": "otherwise", "contract.malformed": "sending.malformed", "submission.too_late": "submission.too_late",
	} {
		if got := w.NotSent(c, fault.New(fault.Invalid, key), "otherwise"); got != want {
			t.Errorf("%s: %s", key, got)
		}
	}
}
