package signin

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

const settingsPath = "/account/settings"

// settingsPage is how somebody wants the site to look, and where they begin.
type settingsPage struct {
	web.Page
	Form      *web.Form
	Densities []ui.Choice
	Sizes     []ui.Choice
	Tongues   []ui.Choice
	Pages     []ui.SelectItem
}

func (h handlers) settings(c *gin.Context) error {
	user, _ := session.User(c)
	is := user.Settings
	values := url.Values{"density": {string(is.Density)}, "language": {cmp.Or(user.Language, string(web.Lang(c)))}, "first_page": {is.FirstPage}, "text_size": {strconv.Itoa(is.TextSize)}}
	if is.KeysOff {
		values.Set("keys_off", "yes")
	}
	return h.site.Render(c, http.StatusOK, "signin/settings", h.settingsPage(c, web.NewForm(values)))
}

func (h handlers) settingsPage(c *gin.Context, form *web.Form) *settingsPage {
	p := h.site.Printer(c)
	page := &settingsPage{Form: form}
	for _, d := range access.Densities {
		page.Densities = append(page.Densities, ui.NewChoice(string(d), p.T("signin.density."+string(d)), p.T("signin.density_hint."+string(d))))
	}
	for _, size := range access.TextSizes {
		page.Sizes = append(page.Sizes, ui.NewChoice(strconv.Itoa(size), p.T(fmt.Sprintf("signin.text_size.%d", size))))
	}
	for _, l := range locale.Langs {
		page.Tongues = append(page.Tongues, ui.NewChoice(string(l), p.T("signin.language_of."+string(l))))
	}
	page.Pages = []ui.SelectItem{{Text: p.T("signin.first_usual")}}
	for _, item := range h.beginnings(c, session.Actor(c)) {
		page.Pages = append(page.Pages, ui.SelectItem{Value: item.Href, Text: p.T(item.Key)})
	}
	page.Back = h.backTo(c, "/account", "signin.account")
	return page
}

// beginnings are the pages other than the first one with which the actor may begin.
func (h handlers) beginnings(c *gin.Context, actor access.Actor) []ui.NavItem {
	if h.Pages == nil {
		return nil
	}
	return slices.DeleteFunc(h.Pages(c, actor), func(i ui.NavItem) bool { return i.Href == "/" })
}

func (h handlers) settingsPost(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	page := h.settingsPage(c, form)
	if web.ShowOnly(c) {
		return h.site.Render(c, http.StatusOK, "signin/settings", page)
	}
	first := form.Value("first_page")
	form.Check(slices.ContainsFunc(page.Pages, func(i ui.SelectItem) bool { return i.Value == first }), "first_page", "form.choice")
	language, ok := locale.Parse(form.Value("language"))
	form.Check(ok, "language", "form.choice")
	size, _ := strconv.Atoi(form.Value("text_size")) // the store refuses what is no size
	if form.OK() {
		is := access.Settings{
			Density: access.Density(form.Value("density")), TextSize: size, FirstPage: first,
			KeysOff: form.Value("keys_off") != "",
		}
		err = h.Users.SaveSettings(c.Request.Context(), session.Actor(c), is, language)
		if err != nil && !form.Take(err) {
			return err
		}
	}
	if !form.OK() {
		return h.site.Invalid(c, "signin/settings", form, page)
	}
	h.site.Flash(c, "signin.settings_saved")
	return web.Redirect(c, withLanguage("/account", string(language)))
}

// first is where somebody who has just signed in begins: where they were going or, when that is nowhere in particular, at the
// page that they chose, while they may still open it.
func (h handlers) first(c *gin.Context, user access.User, next string) string {
	chosen := func(i ui.NavItem) bool { return i.Href == user.Settings.FirstPage }
	if next == "/" && user.Step() == access.NoStep && slices.ContainsFunc(h.beginnings(c, user.Actor()), chosen) {
		return user.Settings.FirstPage
	}
	return next
}
