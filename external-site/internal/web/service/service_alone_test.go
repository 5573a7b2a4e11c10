package service_test

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/documents"
	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/web/area"
	"portal.example/external-site/internal/web/areatest"
	"portal.example/external-site/internal/web/service"
	"portal.example/external-site/internal/web/webtest"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	shown "portal.example/shared/region"
)

var template = uuid.MustParse("00000000-0000-7000-8000-000000000401")

// region has one service, whose decision is made by an authority that is not published.
type region struct {
	replica.Catalogue
	replica.Org
	replica.Documents

	service catalogue.Service
	centres []org.Centre
	file    documents.File
	edition int // that was asked for last

	unbooked bool // no hall offers times for it
}

func (r *region) Service(_ context.Context, code string, number int, _ time.Time) (catalogue.Service, error) {
	if r.edition = number; code != r.service.Code || number > 1 {
		return catalogue.Service{}, fault.New(fault.NotFound, "")
	}
	return r.service, nil
}

func (r *region) CentresOf(context.Context, uuid.UUID) ([]org.Centre, error) { return r.centres, nil }

func (r *region) AuthorityByID(context.Context, uuid.UUID) (org.Authority, error) {
	return org.Authority{}, fault.New(fault.NotFound, "")
}

func (r *region) Files(context.Context, []uuid.UUID) (map[uuid.UUID]documents.File, error) {
	return map[uuid.UUID]documents.File{r.file.ID: r.file}, nil
}

func (r *region) Samples(_ context.Context, service uuid.UUID) ([]documents.Sample, error) {
	if service != r.service.ID {
		return nil, nil
	}
	return []documents.Sample{{
		File: documents.File{ID: template, Title: locale.Text{UK: "Заповнена <i>"}, FileName: "a.png", Size: 2048, Ready: true}, Alt: locale.Text{UK: "Прізвище <u> вгорі"},
	}}, nil
}

func (r *region) File(_ context.Context, id uuid.UUID) (documents.File, error) {
	if id != r.file.ID {
		return documents.File{}, fault.New(fault.NotFound, "")
	}
	return r.file, nil
}

// Books says that its halls book it, unless they do not.
func (r *region) Books(context.Context, uuid.UUID) (bool, error) { return !r.unbooked, nil }

// vault gives the same bytes for every file, or refuses.
type vault struct {
	data []byte
	err  error
}

func (v vault) Read(context.Context, documents.File) ([]byte, error) { return v.data, v.err }

// appeals are made to the court within ten days.
type appeals struct{}

func (appeals) Appeals(context.Context) (shown.Appeals, error) {
	return shown.Appeals{How: locale.Text{UK: "До <суду>"}, Days: 10}, nil
}

func newRegion() *region {
	authority := uuid.New()
	return &region{
		service: catalogue.Service{
			ID: uuid.New(), Code: "01/7", Name: locale.Text{UK: "Довідка <b>про</b> все", EN: "Certificate"}, Quick: true, Ready: true, AuthorityID: &authority,
			Card:    &catalogue.Card{Version: catalogue.Version{Number: 1, EffectiveFrom: areatest.Monday(), PublishedAt: areatest.Monday()}},
			InForce: true,
		},
		centres: []org.Centre{{Body: org.Body{ID: uuid.New(), Code: "7", Name: locale.Text{UK: "ЦНАП"}}}},
		file:    documents.File{ID: template, Title: locale.Text{UK: "Заява"}, FileName: "заява.html", MediaType: "text/html", SHA256: "abc", Ready: true},
	}
}

func alone(t *testing.T, r *region, v service.Vault, switches area.Switches) *areatest.Site {
	t.Helper()
	held := areatest.Replica{View: replica.View{Catalogue: r, Org: r, Documents: r}}
	return areatest.New(t, service.Area(service.Deps{Replica: held, Switches: switches, Vault: v, Appeals: appeals{}, Bookings: r, BaseURL: areatest.BaseURL}))
}

// The button stands where all that an application needs is there, and questions are asked where they are taken.
func TestWhatAServiceOffers(t *testing.T) {
	for name, tt := range map[string]struct {
		change         func(*region)
		off            []string
		applied, asked bool
		unchecked      bool
	}{
		"everything is there":      {applied: true, asked: true},
		"it is not a quick one":    {change: func(r *region) { r.service.Quick = false }, asked: true},
		"no form is in force":      {change: func(r *region) { r.service.Ready = false }, asked: true},
		"no centre gives it":       {change: func(r *region) { r.centres = nil }, asked: true, unchecked: true},
		"papers are not checked":   {off: []string{contract.ModuleChecks}, applied: true, asked: true, unchecked: true},
		"no papers are needed":     {change: func(r *region) { r.service.Card.Content.Documents = nil }, applied: true, asked: true, unchecked: true},
		"applications are off":     {off: []string{contract.ModuleApplications}, asked: true},
		"no questions are taken":   {off: []string{contract.ModuleQuestions}, applied: true},
		"nothing is switched on":   {off: []string{contract.ModuleApplications, contract.ModuleQuestions}},
		"no hall books it":         {change: func(r *region) { r.unbooked = true }, applied: true, asked: true},
		"halls are switched off":   {off: []string{contract.ModuleReception}, applied: true, asked: true},
		"its authority is unknown": {change: func(r *region) { r.service.AuthorityID = nil }, applied: true, asked: true},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRegion()
			r.service.Card.Content.Documents = []contract.Document{{ID: "passport", Name: locale.Text{UK: "Паспорт"}}}
			if tt.change != nil {
				tt.change(r)
			}
			page := alone(t, r, vault{}, area.Switches(areatest.Off(tt.off...))).Page("/services/01~7")
			for part, want := range map[string]bool{`href="/apply/01~7"`: tt.applied, `href="/ask/about/01~7"`: tt.asked, `href="/check/01~7"`: !tt.unchecked, `href="/book?service=01~7"`: !r.unbooked && r.centres != nil && !slices.Contains(tt.off, contract.ModuleReception)} {
				if want {
					webtest.Contains(t, page, part)
				} else {
					webtest.Lacks(t, page, part)
				}
			}
			webtest.Contains(t, page, "Довідка &lt;b&gt;про&lt;/b&gt; все")
			webtest.Contains(t, page, "Заповнена &lt;i&gt;", `href="/documents/`+template.String()+`"`, "PNG, 2", "На зразку: Прізвище &lt;u&gt; вгорі")
			webtest.Lacks(t, page, "/authorities/")
		})
	}
}

// An address that asks for an edition that cannot be is not passed on to the catalogue.
func TestEditionsOfAddresses(t *testing.T) {
	r := newRegion()
	s := alone(t, r, vault{}, areatest.AllOn)
	for _, asked := range []string{"0", "-1", "x", "1000001", "99999999999999999999"} {
		r.edition = -7
		if w := s.Get("/services/01~7?edition=" + asked); w.Code != http.StatusNotFound || r.edition != -7 {
			t.Errorf("edition %s: %d, the catalogue was asked for %d", asked, w.Code, r.edition)
		}
	}
	webtest.Contains(t, s.Page("/services/01~7?edition=1"), "noindex")
	if w := s.Get("/services/01~7?edition=2"); w.Code != http.StatusNotFound {
		t.Errorf("an edition that is not there: %d", w.Code)
	}
}

// A file is saved and never opened inside the site, whatever its type says; one that cannot be read is kept by no browser.
func TestFilesAreSavedOrRefused(t *testing.T) {
	r := newRegion()
	s := alone(t, r, vault{data: []byte("<script>")}, areatest.AllOn)
	w := s.Get("/documents/" + template.String())
	if h := w.Header(); w.Code != http.StatusOK || h.Get("Content-Type") != "application/octet-stream" || h.Get("Content-Security-Policy") != "default-src 'none'; sandbox" {
		t.Errorf("%d %v", w.Code, h)
	}
	for _, path := range []string{"/documents/1", "/documents/" + uuid.NewString()} {
		if w := s.Get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	s = alone(t, r, vault{err: fault.New(fault.Unavailable, "documents.unreadable")}, areatest.AllOn)
	w = s.Get("/documents/" + template.String())
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("ETag") != "" || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("unreadable: %d %v", w.Code, w.Header())
	}
}
