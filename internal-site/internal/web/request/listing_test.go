package request_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/web/request"
	"portal.example/shared/web"
)

func context(address string) (*gin.Context, *httptest.ResponseRecorder) {
	w := httptest.NewRecorder()
	c, _ := gin.CreateTestContext(w)
	c.Request = httptest.NewRequest(http.MethodGet, address, nil)
	return c, w
}

func TestListingKeepsTheFilter(t *testing.T) {
	c, _ := context("/services?q=%D0%B4&quick=&page=3&lang=en&export=csv")
	read(t, c)
	l := request.Listing(c, 3, 50, 120)
	if !l.Filtered || l.Pages != 3 || l.ClearHref != "/services" || l.Pagination.Previous.Href != "/services?page=2&q=%D0%B4" {
		t.Errorf("%+v", l)
	}
	if got := request.ExportHref(c); got != "/services?export=csv&q=%D0%B4" {
		t.Errorf("export at %s", got)
	}
	c, _ = context("/services?page=2")
	read(t, c)
	if request.Listing(c, 2, 50, 120).Filtered {
		t.Error("a page number is no filter")
	}
}

func read(t *testing.T, c *gin.Context) *web.Form {
	t.Helper()
	form, err := request.ReadFilter(c, request.Filter{"q": request.AnyText, "quick": request.OneOf("yes"), "centre": request.AnyIDOr("none")})
	if err != nil {
		t.Fatal(err)
	}
	return form
}

func TestCSVOpensInASpreadsheetAndRunsNothing(t *testing.T) {
	c, w := context("/services?export=csv")
	rows := [][]string{{"00034", `Допомога; "перша"`}, {"=1+1", "-5"}, {"@x", "+380501112233"}, {"", "а-б"}}
	if err := request.SendCSV(c, "послуги", []string{"Код", "Назва"}, rows); err != nil {
		t.Fatal(err)
	}
	want := []string{"\ufeffКод;Назва", `00034;"Допомога; ""перша"""`, "'=1+1;'-5", "'@x;'+380501112233", ";а-б", ""}
	if got := strings.Split(w.Body.String(), "\r\n"); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if h := w.Header(); !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") || h.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", h)
	}
}
