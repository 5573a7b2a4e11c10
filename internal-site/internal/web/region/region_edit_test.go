package region_test

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"image/png"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/region"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/region"
	"portal.example/internal-site/internal/web/site"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/fault"
	shown "portal.example/shared/region"
)

func TestMain(m *testing.M) { webtest.Main(m) }

func newSite(t *testing.T) *webtest.Site {
	t.Helper()
	var areas []area.Area
	var watch *shown.Watch
	s := webtest.New(t, func(d webtest.Stores) []area.Area {
		store := shown.NewStore(d.Pool)
		watch = shown.NewWatch(store.Profile, time.Now, func(err error) { t.Error(err) })
		areas = []area.Area{region.Area(region.Deps{Region: domain.NewStore(d.Pool, webtest.Now), Shown: store, Vault: inspector{}, Watch: watch})}
		return areas
	})
	s.Serve(site.Config{Region: watch}, s.Areas)
	return s
}

// inspector refuses what says that it is malware or that the scanner is away.
type inspector struct{}

func (inspector) Inspect(_ context.Context, mediaType string, data []byte) (string, error) {
	switch {
	case mediaType != "image/png" && mediaType != "image/jpeg":
		return "", fault.New(fault.Invalid, "documents.not_its_type")
	case bytes.Contains(data, []byte("EICAR")):
		return "", fault.New(fault.Invalid, "documents.malware")
	case bytes.Contains(data, []byte("AWAY")):
		return "", fault.New(fault.Unavailable, "documents.scanner_unavailable")
	}
	return "", nil
}

func TestRoutes(t *testing.T) {
	webtest.Walk(t, newSite(t), strings.NewReplacer().Replace, map[string]access.Object{"region": {}})
}

func typed(pairs ...string) url.Values {
	form := url.Values{
		"version": {"0"}, "name.uk": {"Озерна область"}, "name.en": {"Ozerna Region"}, "owner.uk": {"Озерна обласна рада"},
		"help_phone": {"0 800 500 500"}, "notice.uk": {"Область <вигадана>"}, "notice.en": {"A fictional region"},
		"arms_alt.uk": {"Щука на синьому щиті"}, "do": {"save"}, "appeal.uk": {"До суду.\nАбо до органу."}, "appeal_days": {"30"},
	}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

// The portal's administrator keeps duties apart and lets them meet again.
func TestDutiesAreKeptApart(t *testing.T) {
	s := newSite(t)
	c := s.As(s.Users[access.PortalAdministrator])
	for version, tick := range []string{"true", ""} {
		form := typed("version", strconv.Itoa(version), "separate_duties", tick, "arms_alt.uk", "")
		if w := c.Multipart("/region", form, "arms", "", nil); w.Code != http.StatusSeeOther {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		if n := s.Count(`select count(*) from region.profile where separate_duties`); (n == 1) != (tick != "") {
			t.Errorf("ticked %q: %d", tick, n)
		}
		if page := c.Get("/region").Body.String(); strings.Contains(page, `value="true" checked`) != (tick != "") {
			t.Errorf("ticked %q: the page says otherwise", tick)
		}
	}
}

// Results are stored for thirty days until the region says otherwise.
func TestTheRegionSaysHowLongResultsAreStored(t *testing.T) {
	s := newSite(t)
	c := s.As(s.Users[access.PortalAdministrator])
	if page := c.Get("/region").Body.String(); !strings.Contains(page, `name="storage_days" type="text" value="30"`) {
		t.Error("the page does not begin with thirty days")
	}
	if w := c.Multipart("/region", typed("storage_days", "45", "arms_alt.uk", ""), "", "", nil); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if n := s.Count(`select storage_days from region.profile`); n != 45 {
		t.Errorf("%d days are kept", n)
	}
	if w := c.Multipart("/region", typed("version", "1", "storage_days", "3651"), "", "", nil); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `href="#storage_days"`) {
		t.Errorf("ten years: %d", w.Code)
	}
}

func picture(t *testing.T, side int, encode func(*bytes.Buffer, image.Image) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b, image.NewRGBA(image.Rect(0, 0, side, side))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(b *bytes.Buffer, i image.Image) error  { return png.Encode(b, i) }
func asJPEG(b *bytes.Buffer, i image.Image) error { return jpeg.Encode(b, i, nil) }

func TestRegionStandsOnEveryPage(t *testing.T) {
	s := newSite(t)
	c := s.As(s.Users[access.PortalAdministrator])
	if page := c.Get("/region").Body.String(); strings.Contains(page, "portal-notice") || strings.Contains(page, "portal-header__region") {
		t.Error("a region before anybody has named it")
	}
	upload := append(picture(t, 40, asJPEG), "<script>alert(1)</script>"...)
	if w := c.Multipart("/region", typed(), "arms", "герб.jpg", upload); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	page := c.Get("/region").Body.String()
	for _, want := range []string{
		`<span class="portal-header__region">Озерна область</span>`, "Область &lt;вигадана&gt;", `alt="Щука на синьому щиті"`,
		`Власник порталу: Озерна обласна рада. Довідкова служба: <a class="govuk-link" href="tel:0800500500">`, `src="/region/arms?v=`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
	arms := s.Stranger().Get("/region/arms")
	if arms.Code != http.StatusOK || arms.Header().Get("Content-Type") != "image/png" || bytes.Contains(arms.Body.Bytes(), []byte("script")) {
		t.Errorf("arms: %d %s", arms.Code, arms.Header())
	}
	if _, err := png.Decode(arms.Body); err != nil {
		t.Error(err)
	}
	if n := s.Count(`select count(*) from audit.events where action = 'region.edit' and actor_id = $1`, s.Users[access.PortalAdministrator].UserID); n != 1 {
		t.Errorf("%d lines in the trail", n)
	}
	if a, err := shown.NewStore(s.DB.PoolAs("internal_site")).Appeals(t.Context()); err != nil || a.Days != 30 || a.How.UK != "До суду.\nАбо до органу." {
		t.Errorf("appeals %+v, %v", a, err)
	}
	stale := c.Multipart("/region", typed("name.uk", "Інша область"), "", "", nil)
	if stale.Code != http.StatusConflict || !strings.Contains(stale.Body.String(), "Інша область") {
		t.Errorf("a stale save: %d", stale.Code)
	}
	if w := c.Multipart("/region", typed("version", "1", "no_arms", "true"), "", "", nil); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if w := s.Stranger().Get("/region/arms"); w.Code != http.StatusNotFound {
		t.Errorf("arms that were taken away: %d", w.Code)
	}
}

func TestRegionThatIsWrong(t *testing.T) {
	s := newSite(t)
	c := s.As(s.Users[access.PortalAdministrator])
	svg := []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`)
	for name, tt := range map[string]struct {
		field, file string
		data        []byte
		pairs       []string
	}{
		"no name":           {"name.uk", "", nil, []string{"name.uk", " "}},
		"phone":             {"help_phone", "", nil, []string{"help_phone", "немає"}},
		"a year to appeal":  {"appeal_days", "", nil, []string{"appeal_days", "367"}},
		"days in words":     {"appeal_days", "", nil, []string{"appeal_days", "місяць"}},
		"long notice":       {"notice.en", "", nil, []string{"notice.en", strings.Repeat("x", 301)}},
		"svg":               {"arms", "герб.svg", svg, nil},
		"svg called a png":  {"arms", "герб.png", svg, nil},
		"broken png":        {"arms", "герб.png", picture(t, 40, asPNG)[:60], nil},
		"too large":         {"arms", "герб.png", picture(t, 900, asPNG), nil},
		"malware":           {"arms", "герб.png", append(picture(t, 40, asPNG), "EICAR"...), nil},
		"no scanner":        {"arms", "герб.png", append(picture(t, 40, asPNG), "AWAY"...), nil},
		"arms without text": {"arms_alt.uk", "герб.png", picture(t, 40, asPNG), []string{"arms_alt.uk", ""}},
	} {
		field := ""
		if tt.file != "" {
			field = "arms"
		}
		w := c.Multipart("/region", typed(tt.pairs...), field, tt.file, tt.data)
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `href="#`+tt.field+`"`) {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	if s.Count(`select count(*) from region.profile`) != 0 {
		t.Error("something wrong was saved")
	}
}
