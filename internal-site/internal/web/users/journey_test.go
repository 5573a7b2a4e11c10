package users_test

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/web/webtest"
)

// The administrator makes a group, gives it rights, lets somebody into it, and a second person confirms that.
func TestAGroupIsMadeAndGiven(t *testing.T) {
	s := newSite(t)
	admin := s.As(s.Users[access.PortalAdministrator])
	webtest.Shows(t, admin.Post("/users/groups/new", url.Values{"code": {"Архів"}}), http.StatusUnprocessableEntity, "Код складається", "Введіть назву групи", "Архів")
	leads(t, admin.Post("/users/groups/new", url.Values{
		"code": {"archive"}, "name.uk": {"Архіваріус"}, "name.en": {"Archivist"}, "place": {"centre"},
	}), "/users/groups/archive")
	webtest.Shows(t, admin.Get("/users/groups/archive"), http.StatusOK, "Архіваріус", "Бачити справи й дані заявників", "Лише свого ЦНАП", "Видалити групу")
	leads(t, admin.Post("/users/groups/archive", url.Values{
		"version": {"1"}, "name.uk": {"Архіваріус"}, "right." + string(cases.View): {"own"}, "right." + string(catalogue.View): {"anywhere"},
	}), "/users/groups/archive")
	target := s.AddUser("target")
	page := "/users/" + target.UserID.String()
	webtest.Shows(t, admin.Post(page+"/grant", url.Values{"group": {"archive"}}), http.StatusUnprocessableEntity, "Виберіть ЦНАП")
	leads(t, admin.Post(page+"/grant", url.Values{"group": {"archive"}, "centre": {s.Centre.String()}}), page)
	if s.Count(`select count(*) from access.roles where user_id = $1`, target.UserID) != 0 {
		t.Fatal("in the group before anybody confirmed it")
	}
	webtest.Shows(t, admin.Get("/users/proposals"), http.StatusOK, "Користувач target", "Архіваріус", "Відкликати")
	webtest.Shows(t, admin.Get(page), http.StatusOK, "Додати до групи: Архіваріус, ЦНАП Вишневої громади")
	head := s.As(s.Users[access.CentreHead])
	webtest.Shows(t, head.Get("/users/proposals"), http.StatusOK, "Підтвердити", "Відхилити")
	confirmed(t, s, head)
	if s.Count(`select count(*) from access.roles where user_id = $1 and role = 'archive'`, target.UserID) != 1 {
		t.Error("confirmed, and not in the group")
	}
	webtest.Shows(t, admin.Get("/users/groups/archive"), http.StatusOK, "Користувач target", "ЦНАП Вишневої громади")
	webtest.Shows(t, admin.Post("/users/groups/archive/delete", url.Values{"sure": {"yes"}, "version": {"2"}}), http.StatusConflict, "У групі є користувачі")
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

// A head adds a clerk to the own centre; whoever confirms it sees the password, and the head finds the account.
func TestHeadAddsAClerk(t *testing.T) {
	s := newSite(t)
	head := s.As(s.Users[access.CentreHead])
	leads(t, head.Post("/users/new", url.Values{
		"full_name": {"Нова Людина"}, "login": {"new.clerk"}, "group": {"administrator"}, "centre": {s.Centre.String()},
	}), "/users/proposals")
	once := s.As(s.Users[access.PortalAdministrator]).Post("/users/proposals/"+waiting(t, s)+"/confirm", nil)
	webtest.Shows(t, once, http.StatusOK, "new.clerk", "Цей пароль показано один раз")
	if !regexp.MustCompile(`<code[^>]*>[a-z2-9]{4}(-[a-z2-9]{4}){3}</code>`).MatchString(once.Body.String()) {
		t.Error("the second person sees no password")
	}
	webtest.Shows(t, head.Get("/users"), http.StatusOK, "Нова Людина")
}

// Nobody gives themselves rights, in pages either.
func TestPagesRefuseOneself(t *testing.T) {
	s := newSite(t)
	own := s.Users[access.PortalAdministrator]
	admin, page := s.As(own), "/users/"+own.UserID.String()
	webtest.Shows(t, admin.Post(page+"/grant", url.Values{"group": {"officer"}, "authority": {s.Authority.String()}}), http.StatusUnprocessableEntity, "яких не маєте самі")
	webtest.Shows(t, admin.Post(page+"/block", url.Values{"sure": {"yes"}}), http.StatusConflict, "власним обліковим записом")
}

// A blocked account loses its cases when that was asked for.
func TestBlockingTakesTheCasesOffAsAsked(t *testing.T) {
	s := newSite(t)
	clerk := s.Users[access.Administrator]
	kase := s.Register(cases.Filing{})
	s.Give(kase.ID, s.Centre, clerk)
	admin, page := s.As(s.Users[access.PortalAdministrator]), "/users/"+clerk.UserID.String()
	leads(t, admin.Post(page+"/block", url.Values{"sure": {"yes"}, "release": {"yes"}}), page)
	if s.Count(`select count(*) from cases.assignments`) != 0 {
		t.Error("the case is still theirs")
	}
	if s.Count(`select count(*) from access.users where id = $1 and state = 'blocked'`, clerk.UserID) != 1 {
		t.Error("not blocked")
	}
}
