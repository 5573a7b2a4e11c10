package users

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type userEditPage struct {
	web.Page
	Form    *web.Form
	Account access.User
}

// edit shows the details of an account to whoever may change them.
func (h handlers) edit(c *gin.Context) error {
	form := web.NewForm(nil)
	page, err := h.editPage(c, form)
	if err != nil {
		return err
	}
	u := page.Account
	for field, value := range map[string]string{
		"full_name": u.FullName, "position": u.Position.UK, "position_en": u.Position.EN, "email": u.Email, "phone": u.Phone, "version": strconv.Itoa(u.Version),
	} {
		form.Set(field, value)
	}
	return h.site.Render(c, http.StatusOK, "users/user_edit", page)
}

func (h handlers) editPage(c *gin.Context, form *web.Form) (*userEditPage, error) {
	id, err := request.ID(c, "id")
	if err != nil {
		return nil, err
	}
	user, err := h.Users.User(c.Request.Context(), session.Actor(c), id)
	page := &userEditPage{Form: form, Account: user}
	page.Back = &ui.Link{Href: "/users/" + id.String(), Text: user.FullName}
	return page, err
}

func (h handlers) editPost(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	page, err := h.editPage(c, form)
	if err != nil {
		return err
	}
	if checkDetails(form); form.OK() {
		changed := detailsOf(form)
		changed.ID, changed.Version = page.Account.ID, request.Version(form)
		err := h.Users.SaveUser(c.Request.Context(), session.Actor(c), changed)
		switch {
		case err == nil:
			h.site.Flash(c, "users.done_edit")
			return web.Redirect(c, "/users/"+changed.ID.String())
		case fault.Is(err, fault.Conflict) && fault.MessageKey(err) == "access.user_changed":
			return h.editAgain(c, page)
		case !form.Take(err):
			return err
		}
	}
	return h.site.Invalid(c, "users/user_edit", form, page)
}

// editAgain shows what was typed, beside what somebody else saved meanwhile; saving again takes it from there.
func (h handlers) editAgain(c *gin.Context, page *userEditPage) error {
	page.Form.Set("version", strconv.Itoa(page.Account.Version))
	page.Errors = []fault.FieldError{{Key: "access.user_changed"}}
	return h.site.Render(c, http.StatusConflict, "users/user_edit", page)
}

func detailsOf(form *web.Form) access.User {
	return access.User{
		FullName: form.Value("full_name"), Position: locale.Text{UK: form.Value("position"), EN: form.Value("position_en")},
		Email: form.Value("email"), Phone: form.Value("phone"),
	}
}

func checkDetails(form *web.Form) {
	form.MaxLen("full_name", 200)
	form.MaxLen("position", 200)
	form.MaxLen("position_en", 200)
	form.MaxLen("phone", 100)
}
