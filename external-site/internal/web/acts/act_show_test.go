package acts_test

import (
	"net/http"
	"strings"
	"testing"

	"portal.example/external-site/internal/web/areatest"
	"portal.example/external-site/internal/web/webtest"
)

// An act is read through its parts, and as it was before and will be.
func TestActIsReadByParts(t *testing.T) {
	s := webtest.New(t)
	page := s.Page(subsidy)
	areatest.Contains(t, page, "Про житлові субсидії", "№ 848", "21 жовтня 1995", "Кабінет Міністрів України", "Чинний текст", "Загальні &lt;положення&gt;", "1 січня 2024", "Зі змінами № 77",
		`<h3 id="article-1">`, `href="#article-1"`, `href="`+subsidy+`/parts/2#article-2-1"`, `href="`+subsidy+`/editions/1995-10-21"`, `href="/services/00034"`,
		`href="`+subsidy+`/editions/2099-01-01"`, `href="https://law.example.org/848"`, "частина 1 з 2")
	areatest.Lacks(t, page, "Давній текст", "Майбутній текст", "noindex")
	areatest.Contains(t, s.Page(subsidy+"/parts/2"), "За заявою", `href="`+subsidy+`#article-1"`, `id="article-2-1"`)
	areatest.Contains(t, s.Page(subsidy+"/editions/1995-10-21"), "Давній текст", "попередня редакція", `href="`+subsidy+`"`, "noindex")
	areatest.Contains(t, s.Page(subsidy+"/editions/2099-01-01"), "Майбутній текст", "ще не чинна")
}

// An act that nobody has to obey yet can be read before it is in force.
func TestActThatIsToCome(t *testing.T) {
	s := webtest.New(t)
	s.DB.Exec(`insert into law.editions values (gen_random_uuid(), $1, '2099-01-01', '', null, true), (gen_random_uuid(), $1, '2099-02-01', '', null, true)`, decision[6:])
	page := s.Page(decision)
	areatest.Contains(t, page, "Акт діятиме з 1 січня 2099", `href="`+decision+`/editions/2099-01-01"`, "З 1 лютого 2099 року діятиме інша редакція", `href="`+decision+`/editions/2099-02-01"`)
	areatest.Lacks(t, page, "ще немає")
	areatest.Contains(t, s.Page(decision+"/editions/2099-01-01"), "ще не чинна")
	areatest.Lacks(t, s.Page(decision+"/editions/2099-01-01"), "До чинної редакції")
}

// What is not known of an act leaves no sign of itself in what search engines are told of it.
func TestActIsDescribedByWhatIsKnown(t *testing.T) {
	s := webtest.New(t)
	for _, one := range []struct{ number, issuer, want string }{
		{"12-3/2025", "Рада", "Рішення № 12-3/2025. Рада"}, {"", "Рада", "Рішення. Рада"}, {"7", "", "Рішення № 7"}, {"", "", "Рішення"},
	} {
		s.DB.Exec(`update law.acts set number = $2, issuer = $3 where id = $1`, decision[6:], one.number, one.issuer)
		areatest.Contains(t, s.Page(decision), `<meta name="description" content="`+one.want+`">`)
	}
}

// What is no act, edition or part, or is written in another way, is not there; nothing that was asked for makes another page of it.
func TestWhatIsNotThere(t *testing.T) {
	s := webtest.New(t)
	for _, path := range []string{
		"/acts/1", "/acts/" + strings.ToUpper(subsidy[6:]), "/acts/00000000-0000-7000-8000-0000000000ff", subsidy + "/parts/1", subsidy + "/parts/0", subsidy + "/parts/3", subsidy + "/parts/02",
		subsidy + "/parts/99999999999999999999", subsidy + "/editions/2024-02-30", subsidy + "/editions/2000-01-01", subsidy + "/editions/1995-10-21/parts/2", decision + "/parts/2",
	} {
		if w := s.Get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}
