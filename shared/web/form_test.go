package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/web"
)

type nested struct {
	Note string `form:"note"`
}

type thing struct {
	nested
	Title  string       `form:"title"`
	Term   int          `form:"term"`
	Big    int64        `form:"big"`
	Paid   bool         `form:"paid"`
	Fee    locale.Money `form:"fee"`
	From   time.Time    `form:"from"`
	Areas  []string     `form:"areas"`
	Hidden string
}

func TestBindAndFormOfAreInverse(t *testing.T) {
	want := thing{
		nested: nested{Note: "п"}, Title: "Назва", Term: 30, Big: 12345678901, Paid: true, Fee: 12050,
		From: time.Date(2027, 1, 31, 0, 0, 0, 0, locale.Kyiv()), Areas: []string{"land", "law"},
	}
	form := web.FormOf(&want)
	var got thing
	form.Bind(&got)
	if !form.OK() || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, problems %v", got, form.Errors())
	}
	if form.Value("fee") != "120,50" || form.Value("from-month") != "1" {
		t.Errorf("shown %q, %q", form.Value("fee"), form.Value("from-month"))
	}
}

// Nobody can turn around what others read: characters that are not seen do not get into a field. A password is left as it is.
func TestHiddenCharactersAreNoPartOfAForm(t *testing.T) {
	const typed = "Паспорт\u202eabc\u200b\u0007,\r\nрядок\tдва\u2028три"
	const want = "Паспортabc,\nрядок\tдва\nтри"
	site := newSite(t, nil)
	var got, secret string
	site.Engine().POST("/typed", site.Handle(func(c *gin.Context) error {
		form, err := web.ParseForm(c)
		got, secret = form.Value("note"), form.Value("password")
		return err
	}))
	site.Engine().POST("/sent", site.Handle(func(c *gin.Context) error {
		form, err := site.ReadUpload(c, web.UploadLimits{}, func(web.Upload) error { return nil })
		got, secret = form.Value("note"), form.Value("password")
		return err
	}))
	sent := multipartRequest(t, map[string]string{"note": typed, "password": typed})
	sent.URL.Path = "/sent"
	for name, send := range map[string]func(){
		"urlencoded": func() {
			do(site.Engine(), http.MethodPost, "/typed", url.Values{"note": {typed}, "password": {typed}}, nil)
		},
		"multipart": func() { site.Engine().ServeHTTP(httptest.NewRecorder(), sent) },
	} {
		got, secret = "", ""
		if send(); got != want || secret != typed {
			t.Errorf("%s: note %q, password %q", name, got, secret)
		}
	}
}

func TestBindCollectsProblems(t *testing.T) {
	form := web.NewForm(url.Values{
		"title": {"  Назва  "}, "term": {"десять"}, "big": {"12 345"}, "fee": {"1,234"}, "paid": {"no"},
		"from-day": {"31"}, "from-month": {"2"}, "from-year": {"2027"},
	})
	var got thing
	form.Bind(&got)
	if got.Title != "Назва" || got.Term != 0 || got.Big != 12345 || got.Paid || !got.From.IsZero() {
		t.Errorf("got %+v", got)
	}
	keys := map[string]string{}
	for _, p := range form.Errors() {
		keys[p.Field] = p.Key
	}
	want := map[string]string{"term": "form.number", "fee": "form.money", "from-day": "form.day_none"}
	if !reflect.DeepEqual(keys, want) {
		t.Errorf("problems %v, want %v", keys, want)
	}
	if form.Value("term") != "десять" {
		t.Error("what was typed is lost")
	}
}

func TestDateThatIsHalfTyped(t *testing.T) {
	form := web.NewForm(url.Values{"from-day": {"5"}, "from-year": {"2027"}})
	if d := form.Date("from"); !d.IsZero() {
		t.Errorf("date %s", d)
	}
	if p, _ := form.Problem("from-month"); p.Key != "form.month_missing" {
		t.Errorf("problem %v", p)
	}
}

func TestFormKeepsTheFirstProblemOfAField(t *testing.T) {
	form := web.NewForm(url.Values{"name": {"довге ім’я"}, "kind": {"third"}})
	form.MaxLen("name", 5)
	form.Add("name", "thing.required")
	form.Required("other", "")
	form.OneOf("kind", "first", "second")
	form.Take(fault.InvalidFields(fault.FieldError{Field: "code", Key: "thing.required", Args: []any{1}}))
	var list []string
	for _, p := range form.Errors() {
		list = append(list, p.Field+"="+p.Key)
	}
	want := "name=form.too_long other=form.required kind=form.choice code=thing.required"
	if got := strings.Join(list, " "); got != want {
		t.Errorf("got %s", got)
	}
	if form.Take(fault.New(fault.Conflict, "x")) || form.Take(nil) {
		t.Error("took an error that is not the form's")
	}
}

func TestBodyThatIsTooLarge(t *testing.T) {
	site := newSite(t, nil)
	w := do(site.Engine(), http.MethodPost, "/thing", url.Values{"title": {strings.Repeat("я", 1<<20)}}, nil)
	if w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), "Завеликий розмір") {
		t.Errorf("status %d\n%s", w.Code, w.Body)
	}
	many := url.Values{}
	for range 5001 {
		many.Add("x", "1")
	}
	if w := do(site.Engine(), http.MethodPost, "/thing", many, nil); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("5001 fields: status %d", w.Code)
	}
	if w := do(site.Engine(), http.MethodPost, "/thing", url.Values{"title": {"a\x00b"}}, nil); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("NUL: status %d", w.Code)
	}
}
