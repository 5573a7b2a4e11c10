package acts_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"time"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/law"
	"portal.example/internal-site/internal/rada"
	"portal.example/internal-site/internal/web/acts"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/fault"
)

// register says the same of every act, or that something is wrong.
type register struct{ wrong, noText error }

func (r register) Card(context.Context, string, rada.Mark) (rada.Card, rada.Mark, bool, error) {
	card := rada.Card{Title: "Про <b>послуги</b>", State: 5, Number: "1-IX"}
	for _, year := range []int{2024, 2026} {
		card.Editions = append(card.Editions, rada.Edition{Day: time.Date(year, 1, 15, 0, 0, 0, 0, time.UTC), Bases: []string{"2073-20"}})
	}
	return card, rada.Mark{}, r.wrong == nil, r.wrong
}

func (r register) Text(context.Context, string, time.Time) (string, error) {
	return "Стаття 1. <i>Послуги</i>", r.noText
}

func TestAnActIsFollowed(t *testing.T) {
	l := newLibrary(t)
	now := webtest.Now()
	store := l.law.At(func() time.Time { return now })
	turn := func(r register) {
		t.Helper()
		now = now.Add(time.Hour)
		if err := store.FollowOne(t.Context(), r, time.Minute); err != nil {
			t.Fatal(err)
		}
	}
	l.DB.Exec(`update law.acts set number = '1-IX', url = 'https://zakon.rada.gov.ua/laws/show/1-20#Text'`)
	page, check := l.path()+"/register", l.path()+"/register/check"
	webtest.Shows(t, l.manager().Get(l.path()), http.StatusOK, "За змінами цього акта портал не стежить", `href="`+page+`"`)
	webtest.Shows(t, l.manager().Post(check, url.Values{}), http.StatusConflict, "портал уже не стежить")
	webtest.Shows(t, l.manager().Get(page), http.StatusOK, `value="1-20"`)
	webtest.Shows(t, l.manager().Post(page, url.Values{"register": {"<b>"}}), http.StatusUnprocessableEntity, "Впишіть номер із адреси", `value="&lt;b&gt;"`)
	webtest.Shows(t, goes(t, l.manager(), l.manager().Post(page, url.Values{"register": {"https://zakon.rada.gov.ua/laws/show/1-20#Text"}})), http.StatusOK,
		"найближчими секундами", "ще не було", ">1-20<", check)

	turn(register{wrong: fault.New(fault.Unavailable, "rada.failed", 502)})
	webtest.Shows(t, l.manager().Get(l.path()), http.StatusOK, "відповіла помилкою 502", "18 листопада 2026")
	webtest.Shows(t, l.As(l.Users[access.Officer]).Get(l.path()), http.StatusOK, "відповіла помилкою 502")
	webtest.Lacks(t, l.As(l.Users[access.Officer]).Get(l.path()), check, page)
	webtest.Shows(t, goes(t, l.manager(), l.manager().Post(check, url.Values{})), http.StatusOK, "найближчими секундами")
	l.edition(t, 1, time.Date(2024, 1, 15, 0, 0, 0, 0, time.UTC), "Як вписали")
	turn(register{noText: fault.New(fault.Unavailable, "rada.empty")})
	webtest.Shows(t, l.manager().Get(l.path()), http.StatusOK, "Редакція, що діє з 15 січня 2026 року. Тексту цієї редакції у відкритих даних ще немає")
	webtest.Shows(t, goes(t, l.manager(), l.manager().Post(check, url.Values{})), http.StatusOK, "найближчими секундами")
	turn(register{})
	shown := l.manager().Get(l.path())
	webtest.Shows(t, shown, http.StatusOK, "чинний", "№ 2073-20", "з реєстру Верховної Ради", "внесли працівники", "<li>15 січня 2024", "з реєстру Верховної Ради, ")
	webtest.Lacks(t, shown, "помилкою 502", "найближчими секундами")
	webtest.Shows(t, l.manager().Get(l.path()+"/editions/"+one(t, l, `select id::text from law.editions where origin = 'rada'`)), http.StatusOK, "&lt;i&gt;Послуги&lt;/i&gt;", "Звідки текст")

	webtest.Shows(t, l.manager().Get(page), http.StatusOK, `name="do" value="stop"`)
	webtest.Shows(t, goes(t, l.manager(), l.manager().Post(page, url.Values{"do": {"stop"}})), http.StatusOK, "За змінами цього акта портал не стежить")
}

// A node that does not ask says so where an act is followed, promises nothing, and is silent elsewhere.
func TestANodeThatDoesNotAsk(t *testing.T) {
	l := &library{}
	l.Site = webtest.New(t, func(d webtest.Stores) []area.Area {
		l.law = law.NewStore(d.Pool).At(webtest.Now)
		return []area.Area{acts.Area(acts.Deps{Library: l.law, Vault: d.Vault})}
	})
	webtest.Lacks(t, l.manager().Get(l.path()), `id="register"`)
	if err := l.law.Follow(t.Context(), l.Users[access.RegionalManager], l.Act, "1-20"); err != nil {
		t.Fatal(err)
	}
	page := l.manager().Get(l.path())
	webtest.Shows(t, page, http.StatusOK, "На цьому сервері перевірки вимкнено")
	webtest.Lacks(t, page, "/register/check", "найближчими секундами")
	webtest.Shows(t, l.manager().Post(l.path()+"/register/check", url.Values{}), http.StatusConflict, "перевірки вимкнено")
}
