package cabinet

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/external-site/internal/account"
	"portal.example/external-site/internal/applications"
	"portal.example/external-site/internal/tracking"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/web"
	"portal.example/shared/workdays"
)

// everything is all that the portal keeps of an account, opened for its owner.
type everything struct {
	Login      string          `json:"login"`
	CreatedOn  string          `json:"created_on"`
	PasswordOn string          `json:"password_on"`
	RecoveryOn string          `json:"recovery_code_on"`
	CodesOn    string          `json:"codes_of_an_app_on,omitempty"` // since when they are asked for; what makes them is told to nobody
	Passkeys   []passkeyRecord `json:"passkeys"`
	Sessions   []sessionRecord `json:"sessions"`
	Matters    []matterRecord  `json:"matters"`
	Drafts     []draftRecord   `json:"drafts"` // begun and not sent
	Told       *toldRecord     `json:"notices"`
	// Applicants are those for whom the owner applies.
	Applicants []applicantRecord `json:"applicants"`
	// Documents stand here by name; their files are in the archive.
	Documents []documentRecord `json:"documents"`
}

// documentRecord is a version of a document, and where its file stands in the archive.
type documentRecord struct {
	Name     string    `json:"name"`
	Kind     string    `json:"kind"`
	File     string    `json:"file"`
	Size     int64     `json:"size"`
	SHA256   string    `json:"sha256"`
	AddedAt  time.Time `json:"added_at"`
	From     string    `json:"received_under,omitempty"`
	version  uuid.UUID
	fileName string
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

type applicantRecord struct {
	Answers json.RawMessage `json:"answers"`
	SavedAt time.Time       `json:"saved_at"`
	saved   applications.Saved
}

type passkeyRecord struct {
	Name   string `json:"name"`
	MadeOn string `json:"added_on"`
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
	if err := h.collectWays(ctx, holder, &all); err != nil {
		return all, err
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
	if all.Documents, err = h.documentRecords(ctx, holder); err != nil {
		return all, err
	}
	applicants, err := h.keptApplicants(c, holder)
	if err != nil {
		return all, err
	}
	all.Applicants = []applicantRecord{}
	for _, a := range applicants {
		all.Applicants = append(all.Applicants, applicantRecord{a.Applicant.Answers, a.SavedAt.UTC(), a.Saved})
	}
	drafts, err := h.drafts(c, holder)
	for _, d := range drafts {
		all.Drafts = append(all.Drafts, draftRecord{d.About, d.Until.UTC()})
	}
	return all, err
}

// collectWays adds what opens the account beside the password.
func (h *handlers) collectWays(ctx context.Context, holder account.Holder, all *everything) error {
	since, err := h.Accounts.CodesSince(ctx, holder)
	if err != nil {
		return err
	}
	if !since.IsZero() {
		all.CodesOn = workdays.DateOf(since).Format(time.DateOnly)
	}
	keys, err := h.Accounts.Passkeys(ctx, holder)
	all.Passkeys = []passkeyRecord{}
	for _, k := range keys {
		all.Passkeys = append(all.Passkeys, passkeyRecord{k.Name, k.MadeOn.Format(time.DateOnly)})
	}
	return err
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

// documentRecords lists every version of every document.
func (h *handlers) documentRecords(ctx context.Context, holder account.Holder) ([]documentRecord, error) {
	list := []documentRecord{}
	if h.Shelf == nil {
		return list, nil
	}
	documents, err := h.Shelf.List(ctx, holder)
	if err != nil {
		return nil, err
	}
	for _, d := range documents {
		for _, v := range d.Versions {
			list = append(list, documentRecord{
				Name: d.Name, Kind: d.Kind, File: fmt.Sprintf("documents/%03d %s", len(list)+1, v.FileName), Size: v.Size, SHA256: v.SHA256,
				AddedAt: v.AddedAt, From: v.From, version: v.ID, fileName: v.FileName,
			})
		}
	}
	return list, nil
}

// everythingJSON is all of it as a file for programs.
func (h *handlers) everythingJSON(c *gin.Context, holder account.Holder) error {
	all, err := h.collect(c, holder)
	if err != nil {
		return err
	}
	raw, err := asJSON(all)
	if err != nil {
		return err
	}
	download(c, "cabinet.json")
	c.Data(http.StatusOK, "application/json; charset=utf-8", raw)
	return nil
}

func asJSON(all everything) ([]byte, error) { return json.MarshalIndent(all, "", "  ") }

// everythingTime is how long the slowest phone may take for all documents.
const everythingTime = 20 * time.Minute

// everythingZIP is all of it with the documents, opened one after the other as they are sent. What cannot be read ends the archive in the middle, which
// programs refuse: half of it must not look like all.
func (h *handlers) everythingZIP(c *gin.Context, holder account.Holder) error {
	all, err := h.collect(c, holder)
	if err != nil {
		return err
	}
	web.Extend(c, everythingTime)
	download(c, "cabinet.zip")
	c.Header("Content-Type", "application/zip")
	c.Header("Connection", "close")
	archive := zip.NewWriter(c.Writer)
	forPrograms, err := asJSON(all)
	if err != nil {
		return err
	}
	forPeople, err := h.asHTML(c, all)
	if err != nil {
		return err
	}
	if err := errors.Join(put(archive, "cabinet.json", h.site.Now(), bytes.NewReader(forPrograms)), put(archive, "cabinet.html", h.site.Now(), bytes.NewReader(forPeople))); err != nil {
		return err
	}
	for _, d := range all.Documents {
		_, body, err := h.Shelf.Open(c.Request.Context(), holder, d.version)
		if fault.Is(err, fault.NotFound) {
			continue // removed in another window meanwhile
		}
		if err != nil {
			return err
		}
		err = put(archive, d.File, d.AddedAt, body)
		if err = errors.Join(err, body.Close()); err != nil {
			return err
		}
	}
	return archive.Close()
}

// put adds a file to the archive as it is: photos and PDF do not become smaller.
func put(archive *zip.Writer, name string, at time.Time, body io.Reader) error {
	w, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store, Modified: at.UTC()})
	if err != nil {
		return err
	}
	buffer := make([]byte, 32<<10)
	defer clear(buffer)
	_, err = io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{body}, buffer)
	return err
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
	file, err := h.asHTML(c, all)
	if err != nil {
		return err
	}
	download(c, "cabinet.html")
	c.Header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	c.Data(http.StatusOK, "text/html; charset=utf-8", file)
	return nil
}

func (h *handlers) asHTML(c *gin.Context, all everything) ([]byte, error) {
	var file bytes.Buffer
	p := h.site.Printer(c)
	err := everythingFile.Execute(&file, map[string]any{
		"Lang": string(web.Lang(c)), "Title": p.T("cabinet.everything_title"), "At": p.DateTime(h.site.Now()), "Sections": sections(p, all),
	})
	return file.Bytes(), err
}

// sections are everything in words.
func sections(p *locale.Printer, all everything) []fileSection {
	ways := [][2]string{
		{p.T("cabinet.login"), all.Login},
		{p.T("cabinet.created_on"), all.CreatedOn},
		{p.T("cabinet.password_on"), all.PasswordOn},
		{p.T("cabinet.recovery_on"), all.RecoveryOn},
	}
	if all.CodesOn != "" {
		ways = append(ways, [2]string{p.T("cabinet.codes_heading"), all.CodesOn})
	}
	for _, k := range all.Passkeys {
		ways = append(ways, [2]string{p.T("cabinet.passkey"), k.Name + ", " + k.MadeOn})
	}
	list := []fileSection{{p.T("cabinet.account_title"), ways}}
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
	if f, err := applications.SavedForm(); err == nil { // it is built already, or there would be no applicants here
		for _, a := range all.Applicants {
			var rows [][2]string
			for _, r := range f.Rows(a.saved.Answers, p) {
				if r.Text() != "" {
					rows = append(rows, [2]string{r.Label, r.Text()})
				}
			}
			list = append(list, fileSection{a.saved.Name(), rows})
		}
	}
	for _, d := range all.Documents {
		list = append(list, fileSection{d.Name, [][2]string{
			{p.T("cabinet.document_kind"), p.T("cabinet.document_kinds." + d.Kind)},
			{p.T("cabinet.document_file"), d.fileName + ", " + p.FileSize(d.Size)},
			{p.T("cabinet.document_added"), p.DateTime(d.AddedAt)},
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
