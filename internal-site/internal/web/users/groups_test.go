package users_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/web/webtest"
)

func shows(t *testing.T, w *httptest.ResponseRecorder, code int, texts ...string) {
	t.Helper()
	if w.Code != code {
		t.Fatalf("%d, want %d: %s", w.Code, code, w.Body)
	}
	for _, text := range texts {
		if !strings.Contains(w.Body.String(), text) {
			t.Errorf("the page lacks %q", text)
		}
	}
}

func leads(t *testing.T, w *httptest.ResponseRecorder, to string) {
	t.Helper()
	if got := w.Header().Get("Location"); w.Code != http.StatusSeeOther || got != to {
		t.Fatalf("%d to %q, want %q: %s", w.Code, got, to, w.Body)
	}
}

// The administrator makes a group, gives it rights, lets somebody into it, and a second person confirms that.
func TestAGroupIsMadeAndGiven(t *testing.T) {
	s := newSite(t)
	admin := s.As(s.Users[access.PortalAdministrator])
	shows(t, admin.Post("/users/groups/new", url.Values{"code": {"Архів"}}), http.StatusUnprocessableEntity, "Код складається", "Введіть назву групи", "Архів")
	leads(t, admin.Post("/users/groups/new", url.Values{
		"code": {"archive"}, "name.uk": {"Архіваріус"}, "name.en": {"Archivist"}, "place": {"centre"},
	}), "/users/groups/archive")
	shows(t, admin.Get("/users/groups/archive"), http.StatusOK, "Архіваріус", "Бачити справи й дані заявників", "Лише свого ЦНАП", "Видалити групу")
	leads(t, admin.Post("/users/groups/archive", url.Values{
		"version": {"1"}, "name.uk": {"Архіваріус"}, "right." + string(cases.View): {"own"}, "right." + string(catalogue.View): {"anywhere"},
	}), "/users/groups/archive")
	target := s.AddUser("target")
	page := "/users/" + target.UserID.String()
	shows(t, admin.Post(page+"/grant", url.Values{"group": {"archive"}}), http.StatusUnprocessableEntity, "Виберіть ЦНАП")
	leads(t, admin.Post(page+"/grant", url.Values{"group": {"archive"}, "centre": {s.Centre.String()}}), page)
	if s.Count(`select count(*) from access.roles where user_id = $1`, target.UserID) != 0 {
		t.Fatal("in the group before anybody confirmed it")
	}
	shows(t, admin.Get("/users/proposals"), http.StatusOK, "Користувач target", "Архіваріус", "Відкликати")
	shows(t, admin.Get(page), http.StatusOK, "Додати до групи: Архіваріус, ЦНАП Вишневої громади")
	head := s.As(s.Users[access.CentreHead])
	shows(t, head.Get("/users/proposals"), http.StatusOK, "Підтвердити", "Відхилити")
	confirmed(t, s, head)
	if s.Count(`select count(*) from access.roles where user_id = $1 and role = 'archive'`, target.UserID) != 1 {
		t.Error("confirmed, and not in the group")
	}
	shows(t, admin.Get("/users/groups/archive"), http.StatusOK, "Користувач target", "ЦНАП Вишневої громади")
	shows(t, admin.Post("/users/groups/archive/delete", url.Values{"sure": {"yes"}, "version": {"2"}}), http.StatusConflict, "У групі є користувачі")
}

// confirmed sends the form of the proposal that waits.
func confirmed(t *testing.T, s *webtest.Site, who webtest.Client) {
	t.Helper()
	leads(t, who.Post("/users/proposals/"+waiting(t, s)+"/confirm", nil), "/users/proposals")
}

// waiting is the id of the proposal that waits.
func waiting(t *testing.T, s *webtest.Site) (id string) {
	t.Helper()
	if err := s.DB.Pool.QueryRow(t.Context(), `select id::text from access.proposals where state = 'waiting'`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	return id
}

// Widening a group that has members waits too, and the list says in words what changes.
func TestWideningIsShownInWords(t *testing.T) {
	s := newSite(t)
	admin, other := s.As(s.Users[access.PortalAdministrator]), s.As(s.OtherUsers[access.PortalAdministrator])
	form := url.Values{"name.uk": {"Посадова особа"}, "version": {"2"}, "right." + string(cases.View): {"anywhere"}}
	leads(t, admin.Post("/users/groups/officer", form), "/users/proposals")
	shows(t, other.Get("/users/proposals"), http.StatusOK, "Розширити права групи", "Бачити справи й дані заявників: Свого органу й ті, у яких орган бере участь → Усього регіону")
	confirmed(t, s, other)
	if s.Count(`select count(*) from access.group_rights where group_code = 'officer'`) != 1 {
		t.Error("the group has other rights than were confirmed")
	}
}

func TestStaleGroupShowsBothVersions(t *testing.T) {
	s := newSite(t)
	admin := s.As(s.Users[access.PortalAdministrator])
	stale := url.Values{"version": {"1"}, "name.uk": {"Мій керівник"}, "right." + string(catalogue.View): {"anywhere"}}
	shows(t, admin.Post("/users/groups/centre_head", stale), http.StatusConflict, "Керівник ЦНАП", "Мій керівник", "Затверджувати картки", "Немає")
	// Each difference has its own choice: their name and my rights.
	stale.Set("pick:name.uk", "theirs")
	stale.Set("pick:right."+string(catalogue.View), "mine")
	stale.Set("version", "2")
	shows(t, admin.Post("/users/groups/centre_head", with(stale, "do", "edit")), http.StatusOK, "Керівник ЦНАП")
	leads(t, admin.Post("/users/groups/centre_head", stale), "/users/groups/centre_head")
	if s.Count(`select count(*) from access.groups where code = 'centre_head' and name = 'Керівник ЦНАП'`) != 1 ||
		s.Count(`select count(*) from access.group_rights where group_code = 'centre_head'`) != 1 {
		t.Error("what was chosen is not what was saved")
	}
	stale.Del("pick:name.uk")
	stale.Set("do", "edit")
	shows(t, admin.Post("/users/groups/centre_head", stale), http.StatusOK, "Мій керівник")
}

// A head adds a clerk to the own centre and is offered nothing beyond it.
func TestHeadsAddToTheirCentre(t *testing.T) {
	s := newSite(t)
	head := s.As(s.Users[access.CentreHead])
	page := head.Get("/users/new")
	shows(t, page, http.StatusOK, "Адміністратор ЦНАП", "ЦНАП Вишневої громади")
	for _, beyond := range []string{"ЦНАП Лугової громади", "Адміністратор порталу</option>", `name="authority"`} {
		if strings.Contains(page.Body.String(), beyond) {
			t.Errorf("offered: %s", beyond)
		}
	}
	form := url.Values{
		"full_name": {"Нова Людина"}, "login": {"new.clerk"}, "group": {"administrator"}, "email": {"не-адреса"}, "phone": {"abc"},
		"centre": {s.Centre.String()},
	}
	shows(t, head.Post("/users/new", nil), http.StatusUnprocessableEntity, "Логін складається", "Введіть прізвище", "Виберіть групу")
	shows(t, head.Post("/users/new", form), http.StatusUnprocessableEntity, "Введіть адресу електронної пошти", "Введіть номер телефону", "Нова Людина", "не-адреса")
	form.Set("email", "")
	form.Set("phone", "067 123 45 67")
	leads(t, head.Post("/users/new", form), "/users/proposals")
	once := s.As(s.Users[access.PortalAdministrator]).Post("/users/proposals/"+waiting(t, s)+"/confirm", nil)
	shows(t, once, http.StatusOK, "new.clerk", "Цей пароль показано один раз")
	if !regexp.MustCompile(`<code[^>]*>[a-z2-9]{4}(-[a-z2-9]{4}){3}</code>`).MatchString(once.Body.String()) {
		t.Error("the second person sees no password")
	}
	shows(t, head.Get("/users"), http.StatusOK, "Нова Людина")
}

// Nobody gives themselves rights, in pages either.
func TestPagesRefuseOneself(t *testing.T) {
	s := newSite(t)
	own := s.Users[access.PortalAdministrator]
	admin, page := s.As(own), "/users/"+own.UserID.String()
	shows(t, admin.Post(page+"/grant", url.Values{"group": {"officer"}, "authority": {s.Authority.String()}}), http.StatusUnprocessableEntity, "яких не маєте самі")
	refused := admin.Post(page+"/block", url.Values{"sure": {"yes"}})
	shows(t, refused, http.StatusConflict, "власним обліковим записом", "Цього зараз не можна зробити")
	if strings.Contains(refused.Body.String(), "повторіть") || strings.Contains(refused.Body.String(), "Дані вже змінено") {
		t.Error("a refusal that repeating does not cure asks to repeat")
	}
}

// with is the form with one field changed.
func with(form url.Values, name, value string) url.Values {
	changed := url.Values{}
	for field, values := range form {
		changed[field] = values
	}
	changed.Set(name, value)
	return changed
}
