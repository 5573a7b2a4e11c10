package services_test

import (
	"net/http"
	"strings"
	"testing"

	"portal.example/external-site/internal/web/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

// The pages only read, so all tests share one site.
func TestServices(t *testing.T) {
	s := webtest.New(t)
	t.Run("goldens", func(t *testing.T) { goldens(t, s) })
	t.Run("sorted by the Ukrainian alphabet", func(t *testing.T) { sorted(t, s) })
	t.Run("sorted by the English alphabet", func(t *testing.T) { sortedInEnglish(t, s) })
	t.Run("the section of the site is marked", func(t *testing.T) { marksSection(t, s) })
	t.Run("codes with a slash lead to their page", func(t *testing.T) { slashed(t, s) })
	t.Run("search marks and corrects", func(t *testing.T) { marked(t, s) })
	t.Run("addresses cannot inject", func(t *testing.T) { injected(t, s) })
	t.Run("filters keep the rest of the address", func(t *testing.T) { filtered(t, s) })
	t.Run("every list has a title of its own", func(t *testing.T) { titled(t, s) })
	t.Run("untranslated choices are marked", func(t *testing.T) {
		webtest.Contains(t, s.PageIn("/services", "en"), `lang="uk">ЦНАП селища Ґрунь`)
	})
	t.Run("unknown conditions are left out", func(t *testing.T) { forgets(t, s) })
	t.Run("one visit for several services", func(t *testing.T) { visits(t, s) })
	t.Run("unknown places are not found", func(t *testing.T) { unknown(t, s) })
}

func goldens(t *testing.T, s *webtest.Site) {
	t.Helper()
	for name, path := range map[string]string{
		"all":       "/services",
		"search":    "/services?q=" + "об'єкту",
		"filters":   "/services?category=social&applicant=person&centre=01&online=1",
		"none":      "/services?q=зоопарк&authority=social",
		"category":  "/categories/social",
		"situation": "/life-situations/birth",
		"path":      "/life-situations/move",
		"visit":     "/visit?s=00034&s=00102&s=00034&s=нема&centre=01",
	} {
		webtest.Golden(t, name+".uk", s.Page(strings.ReplaceAll(path, " ", "+")))
	}
	webtest.Golden(t, "all.en", s.PageIn("/services", "en"))
}

// Ґ stands after Г and before Д, and the numbers count what is published.
func sorted(t *testing.T, s *webtest.Site) {
	t.Helper()
	page := s.Page("/services")
	last := 0
	for _, name := range []string{"Ґрунтове обстеження", "Єдиний дозвіл", "Призначення житлової", "Реєстрація народження"} {
		at := strings.Index(page, name)
		if at < last {
			t.Errorf("%q stands out of order", name)
		}
		last = at
	}
	webtest.Contains(t, page, "Знайдено 4 послуги", "Фізична особа (3)", "ФОП (1)", "Юридична особа (2)")
}

// Whoever reads English looks for English names; those that are not translated come last.
func sortedInEnglish(t *testing.T, s *webtest.Site) {
	t.Helper()
	inOrder(t, s.PageIn("/services", "en"), "Birth registration", "Housing subsidy", "Ґрунтове обстеження", "Єдиний дозвіл")
	inOrder(t, s.PageIn("/authorities", "en"), "Local", "Department of Social Protection", "State", "Відділ реєстрації")
	inOrder(t, s.PageIn("/services", "en"), `id="centre"`, "Zoria Service Centre", "ЦНАП селища Ґрунь")
}

func inOrder(t *testing.T, page string, texts ...string) {
	t.Helper()
	last := 0
	for _, text := range texts {
		at := strings.Index(page[last:], text)
		if at < 0 {
			t.Errorf("%q is not there, or stands out of order", text)
			continue
		}
		last += at
	}
}

// Pages of categories, situations and services belong to the section of services.
func marksSection(t *testing.T, s *webtest.Site) {
	t.Helper()
	for _, path := range []string{"/services/00034", "/categories/social", "/life-situations/birth"} {
		webtest.Contains(t, s.Page(path), `href="/services" aria-current="true"`)
	}
	webtest.Contains(t, s.Page("/centres/01"), `href="/centres" aria-current="true"`)
}

// Cards print codes with a slash, and people type what is printed.
func slashed(t *testing.T, s *webtest.Site) {
	t.Helper()
	for path, want := range map[string]string{
		"/services/01-01/07": "/services/01-01~07", "/authorities/registry/01": "/authorities/registry~01",
		"/services/01-01/07?edition=2": "/services/01-01~07?edition=2", "/services//evil.example": "",
	} {
		w := s.Get(path)
		if got := w.Header().Get("Location"); w.Code == http.StatusMovedPermanently && got != want || want != "" && got != want {
			t.Errorf("%s leads to %q (%d), want %q", path, got, w.Code, want)
		}
	}
	if w := s.Get("/services/nothing/here"); w.Code != http.StatusMovedPermanently || s.Get(w.Header().Get("Location")).Code != http.StatusNotFound {
		t.Errorf("a code that is not there: %d", w.Code)
	}
}

// Tabs and bookmarks of two lists can be told apart.
func titled(t *testing.T, s *webtest.Site) {
	t.Helper()
	for path, want := range map[string]string{
		"/services": "<title>Послуги – ", "/services?category=social": "<title>Послуги, Соціальний захист – ",
		"/services?q=довідка": "<title>Пошук: довідка – ",
	} {
		webtest.Contains(t, s.Page(path), want)
	}
}

func marked(t *testing.T, s *webtest.Site) {
	t.Helper()
	page := s.Page("/services?q=комунальні+субсидії")
	webtest.Contains(t, page, `<mark class="portal-mark">субсидії</mark>`, `<mark class="portal-mark">комунальних</mark>`)
	page = s.Page("/services?q=субсідія")
	webtest.Contains(t, page, "Можливо, ви шукали «субсидії»", "Призначення житлової")
	page = s.Page("/services?q=космічна+субсидія")
	webtest.Contains(t, page, "Слова «космічна» у каталозі немає. Показуємо послуги за рештою слів.", `href="/services/00034"`)
	page = s.Page("/services?q=космічна+ракетна+субсидія")
	webtest.Contains(t, page, "Слів «космічна», «ракетна» у каталозі немає.")
	for _, nothing := range []string{"1", "1-1/1", "%3Cscript%3E1%3C/script%3E"} {
		webtest.Contains(t, s.Page("/services?q="+nothing), "Нічого не знайдено")
	}
	page = s.Page("/services?q=межі")
	webtest.Contains(t, page, "портал", `<mark class="portal-mark">межі</mark>`) // only the card has it
	page = s.Page("/services?q=соціального+захисту")
	webtest.Contains(t, page, "Центри й органи з такою назвою", `href="/authorities/social"`)
}

// Whatever stands in an address stays text.
func injected(t *testing.T, s *webtest.Site) {
	t.Helper()
	page := s.Page(`/services?q=%3Cscript%3Ealert(1)%3C/script%3E&category=%22%3E%3Cb%3E&page=-7&sort=x&online=yes`)
	webtest.Lacks(t, page, "<script>alert", `"><b>`)
	page = s.Page("/services")
	webtest.Lacks(t, page, "Проби <b>ґрунту</b>")
	webtest.Contains(t, page, "Проби &lt;b&gt;ґрунту&lt;/b&gt; &amp; висновок.")
	for _, path := range []string{"/services?q=%00%ff", "/services?category=%ff", "/services?page=99999999999999999999", "/services?q=" + strings.Repeat("а", 3000)} {
		if w := s.Get(path); w.Code != http.StatusOK {
			t.Errorf("%.40s: %d", path, w.Code)
		}
	}
}

func filtered(t *testing.T, s *webtest.Site) {
	t.Helper()
	page := s.Page("/services?q=дозвіл&applicant=entity&authority=" + "registry/01")
	webtest.Contains(t, page,
		`href="/services?applicant=entity&amp;q=%D0%B4%D0%BE%D0%B7%D0%B2%D1%96%D0%BB"`,        // without the authority
		`href="/services?authority=registry%2F01&amp;q=%D0%B4%D0%BE%D0%B7%D0%B2%D1%96%D0%BB"`, // without the applicant
		`href="/services/01-01~07"`, `<input type="hidden" name="applicant" value="entity">`, `content="noindex"`)
}

// A condition that the catalogue does not have is left out and said to be; one that leads to nothing stays.
func forgets(t *testing.T, s *webtest.Site) {
	t.Helper()
	page := s.Page("/services?category=nope&applicant=martian&online=1")
	webtest.Contains(t, page, "Частину умов з адреси знято", "<title>Послуги, Можна подати онлайн – ", `content="noindex"`, "Знайдено 1 послугу")
	webtest.Lacks(t, page[strings.Index(page, "<main"):], "nope", "martian")
	page = s.Page("/services?q=дозвіл&centre=02")
	webtest.Contains(t, page, "ЦНАП селища Ґрунь (0)", "Нічого не знайдено")
	webtest.Lacks(t, page, "Частину умов з адреси знято")
}

func unknown(t *testing.T, s *webtest.Site) {
	t.Helper()
	for _, path := range []string{"/categories/nowhere", "/life-situations/nothing", "/categories/%00"} {
		if w := s.Get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := s.Get("/search?q=субсидія"); w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/services?q=") {
		t.Errorf("/search: %d to %q", w.Code, w.Header().Get("Location"))
	}
}
