package cabinet

import (
	"bytes"
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"html/template"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/account"
	"portal.example/external-site/internal/tracking"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/web"
)

// everything is all that the portal keeps of an account, opened for its owner.
type everything struct {
	Login      string          `json:"login"`
	CreatedOn  string          `json:"created_on"`
	PasswordOn string          `json:"password_on"`
	RecoveryOn string          `json:"recovery_code_on"`
	Sessions   []sessionRecord `json:"sessions"`
	Matters    []matterRecord  `json:"matters"`
	Drafts     []draftRecord   `json:"drafts"` // begun and not sent
	Told       *toldRecord     `json:"notices"`
}

// toldRecord is what the account wants to be told of by e-mail; events by the numbers of matters.
type toldRecord struct {
	Address   string              `json:"address"`
	Proof     string              `json:"confirmation_code"`
	Language  string              `json:"language"`
	QuietFrom int                 `json:"quiet_from"`
	QuietTo   int                 `json:"quiet_to"`
	Events    map[string][]string `json:"events"`
	SentAt    time.Time           `json:"sent_at"`
}

type draftRecord struct {
	Service locale.Text `json:"service"`
	Until   time.Time   `json:"kept_until"`
}

type sessionRecord struct {
	Browser string    `json:"browser"`
	BegunAt time.Time `json:"begun_at"`
	SeenAt  time.Time `json:"seen_at"`
}

type matterRecord struct {
	Name    string      `json:"name"`
	Number  string      `json:"number"`
	Code    string      `json:"secret_code"`
	SavedAt time.Time   `json:"saved_at"`
	Service locale.Text `json:"service"`
	Place   string      `json:"state"` // "" when it is not found now
}

// collect opens everything of the account.
func (h *handlers) collect(c *gin.Context, holder account.Holder) (everything, error) {
	ctx := c.Request.Context()
	a, err := h.Accounts.Account(ctx, holder)
	if err != nil {
		return everything{}, err
	}
	all := everything{
		Login: a.Login, CreatedOn: a.CreatedOn.Format(time.DateOnly), PasswordOn: a.PasswordOn.Format(time.DateOnly),
		RecoveryOn: a.RecoveryOn.Format(time.DateOnly), Sessions: []sessionRecord{}, Matters: []matterRecord{}, Drafts: []draftRecord{},
	}
	sessions, err := h.Accounts.Sessions(ctx, holder)
	if err != nil {
		return all, err
	}
	for _, s := range sessions {
		all.Sessions = append(all.Sessions, sessionRecord{s.Device, s.BegunAt.UTC(), s.SeenAt.UTC()})
	}
	matters, err := h.Accounts.Matters(ctx, holder)
	if err != nil {
		return all, err
	}
	for _, m := range matters {
		record := matterRecord{Name: m.Name, Number: m.Number.String(), Code: m.Code.Reveal(), SavedAt: m.SavedAt.UTC()}
		s, err := h.Tracking.Status(ctx, m.Number, m.Code)
		if err != nil && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Conflict) {
			return all, err
		}
		if err == nil {
			record.Service, record.Place = s.Service, string(s.Place())
		}
		all.Matters = append(all.Matters, record)
	}
	if all.Told, err = h.toldRecord(ctx, holder, matters); err != nil {
		return all, err
	}
	drafts, err := h.drafts(c, holder)
	for _, d := range drafts {
		all.Drafts = append(all.Drafts, draftRecord{d.About, d.Until.UTC()})
	}
	return all, err
}

// toldRecord is nil when nothing is told.
func (h *handlers) toldRecord(ctx context.Context, holder account.Holder, matters []account.Matter) (*toldRecord, error) {
	t, err := h.Accounts.Told(ctx, holder)
	if err != nil || t.IsZero() {
		return nil, err
	}
	r := &toldRecord{
		Address: t.Address, Proof: t.Proof, Language: string(t.Language), QuietFrom: t.QuietFrom, QuietTo: t.QuietTo, Events: map[string][]string{}, SentAt: t.SentAt,
	}
	for _, m := range matters {
		if events := t.Events[m.ID]; len(events) > 0 {
			r.Events[m.Number.String()] = events
		}
	}
	return r, nil
}

// everythingJSON is all of it as a file for programs.
func (h *handlers) everythingJSON(c *gin.Context, holder account.Holder) error {
	all, err := h.collect(c, holder)
	if err != nil {
		return err
	}
	raw, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	download(c, "cabinet.json")
	c.Data(http.StatusOK, "application/json; charset=utf-8", raw)
	return nil
}

//go:embed everything.tmpl
var everythingSource string

var everythingFile = template.Must(template.New("everything").Parse(everythingSource))

// fileSection is a heading of the file with lines of a name and a value each.
type fileSection struct {
	Title string
	Rows  [][2]string
}

// everythingHTML is all of it as a file for people, which needs nothing of the site to be read.
func (h *handlers) everythingHTML(c *gin.Context, holder account.Holder) error {
	all, err := h.collect(c, holder)
	if err != nil {
		return err
	}
	var file bytes.Buffer
	p := h.site.Printer(c)
	err = everythingFile.Execute(&file, map[string]any{
		"Lang": string(web.Lang(c)), "Title": p.T("cabinet.everything_title"), "At": p.DateTime(h.site.Now()), "Sections": sections(p, all),
	})
	if err != nil {
		return err
	}
	download(c, "cabinet.html")
	c.Header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	c.Data(http.StatusOK, "text/html; charset=utf-8", file.Bytes())
	return nil
}

// sections are everything in words.
func sections(p *locale.Printer, all everything) []fileSection {
	list := []fileSection{{p.T("cabinet.account_title"), [][2]string{
		{p.T("cabinet.login"), all.Login},
		{p.T("cabinet.created_on"), all.CreatedOn},
		{p.T("cabinet.password_on"), all.PasswordOn},
		{p.T("cabinet.recovery_on"), all.RecoveryOn},
	}}}
	for _, m := range all.Matters {
		rows := [][2]string{
			{p.T("cabinet.number"), m.Number},
			{p.T("cabinet.secret_code"), m.Code},
			{p.T("cabinet.service"), p.Value(m.Service)},
			{p.T("cabinet.saved_at"), p.DateTime(m.SavedAt)},
		}
		if m.Place != "" {
			rows = append(rows, [2]string{p.T("cabinet.state"), p.T(placeKey(tracking.Place(m.Place)))})
		}
		list = append(list, fileSection{cmp.Or(m.Name, m.Number), rows})
	}
	for _, d := range all.Drafts {
		list = append(list, fileSection{p.T("cabinet.drafts_title"), [][2]string{
			{p.T("cabinet.service"), p.Value(d.Service)}, {p.T("cabinet.kept_until"), p.DateTime(d.Until)},
		}})
	}
	if t := all.Told; t != nil {
		rows := [][2]string{{p.T("cabinet.told_email"), t.Address}, {p.T("cabinet.told_proof"), t.Proof}, {p.T("cabinet.told_language"), p.T("cabinet.told_in." + t.Language)}}
		for _, number := range slices.Sorted(maps.Keys(t.Events)) {
			var says []string
			for _, e := range t.Events[number] {
				says = append(says, p.T("cabinet.told_events."+e))
			}
			rows = append(rows, [2]string{number, strings.Join(says, "; ")})
		}
		list = append(list, fileSection{p.T("cabinet.told_title"), rows})
	}
	for _, s := range all.Sessions {
		list = append(list, fileSection{p.T("cabinet.session"), [][2]string{
			{p.T("cabinet.browser"), s.Browser}, {p.T("cabinet.begun_at"), p.DateTime(s.BegunAt)}, {p.T("cabinet.seen_at"), p.DateTime(s.SeenAt)},
		}})
	}
	return list
}

func download(c *gin.Context, name string) {
	c.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
}
