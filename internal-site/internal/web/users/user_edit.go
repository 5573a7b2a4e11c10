package users

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/conflict"
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
	for field, values := range userForm(page.Account) {
		form.Set(field, values...)
	}
	form.Set("version", strconv.Itoa(page.Account.Version))
	form.Set(conflict.BaseField, conflict.Base(userForm(page.Account)))
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
	form, err := request.Form(h.site, c)
	if err != nil {
		return err
	}
	page, err := h.editPage(c, form)
	if err != nil {
		return err
	}
	if conflict.Picked(form) {
		form = conflict.Merge(form, userForm(page.Account))
		page.Form = form
	}
	if form.Value("do") == conflict.DoEdit {
		return h.site.Render(c, http.StatusOK, "users/user_edit", page)
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
			return h.editConflict(c, page)
		case !form.Take(err):
			return err
		}
	}
	return h.site.Invalid(c, "users/user_edit", form, page)
}

// userForm is what is saved of an account, as the form has it.
func userForm(u access.User) url.Values {
	return url.Values{
		"full_name": {u.FullName}, "position": {u.Position.UK}, "position_en": {u.Position.EN}, "email": {u.Email}, "phone": {u.Phone},
	}
}

// editConflict shows what was typed beside what somebody else has saved meanwhile, and asks which is to stay.
func (h handlers) editConflict(c *gin.Context, page *userEditPage) error {
	p, at := h.site.Printer(c), "/users/"+page.Account.ID.String()
	both := &conflict.Page{Action: at + "/edit", Saved: at, Overwrite: true, Latest: userForm(page.Account)}
	both.Rows = conflict.Compare(p, "users.", both.Latest, page.Form.All(), map[string]conflict.Meaning{"full_name": {Label: p.T("users.name")}})
	return conflict.Render(h.site, c, both, page.Form.All(), strconv.Itoa(page.Account.Version))
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
