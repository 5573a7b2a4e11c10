package acts

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/law"
	"portal.example/internal-site/internal/rada"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// states are the codes that the register has for the state of an act, 0 for none.
const states = 7

// following is what the page of an act says of the register.
type following struct {
	law.Follow
	On    bool   // this node asks the register
	State int    // a code with words, 0 for none
	Wrong string // what was wrong, in words
}

// following is nil where the page says nothing of the register: the act is not followed and cannot be.
func (h handlers) following(c *gin.Context, a law.Act) (*following, error) {
	f, err := h.Library.Following(c.Request.Context(), session.Actor(c), a.ID)
	if err != nil || f.Register == "" && !h.Follows {
		return nil, err
	}
	says := &following{Follow: f, On: h.Follows}
	if f.Problem != "" {
		says.Wrong = h.site.T(c, f.Problem, f.Args...)
		if p := h.site.Printer(c); f.FailedOn != nil {
			says.Wrong = p.T("acts.register_edition", p.Date(*f.FailedOn), says.Wrong)
		}
	}
	if f.Card != nil && f.Card.State > 0 && f.Card.State <= states {
		says.State = f.Card.State
	}
	return says, nil
}

type actFollowPage struct {
	web.Page
	Form     *web.Form
	Act      law.Act
	Followed bool
}

// follow asks for the number of an act in the register.
func (h handlers) follow(c *gin.Context) error {
	a, err := h.act(c)
	if err != nil {
		return err
	}
	f, err := h.Library.Following(c.Request.Context(), session.Actor(c), a.ID)
	if err != nil {
		return err
	}
	form := web.NewForm(nil)
	if form.Set("register", f.Register); f.Register == "" {
		form.Set("register", rada.Register(a.URL)) // the address of the official text ends with it
	}
	return h.renderFollow(c, http.StatusOK, form, a, f.Register != "")
}

func (h handlers) renderFollow(c *gin.Context, status int, form *web.Form, a law.Act, followed bool) error {
	page := &actFollowPage{Form: form, Act: a, Followed: followed}
	page.Errors = form.Errors()
	page.Back = &ui.Link{Href: "/acts/" + a.ID.String(), Text: h.site.T(c, "acts.back")}
	return h.site.Render(c, status, "acts/act_follow", page)
}

func (h handlers) followPost(c *gin.Context) error {
	a, err := h.act(c)
	if err != nil {
		return err
	}
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	register, says := rada.Register(form.Value("register")), "acts.register_saved"
	if form.Value("do") == "stop" {
		register, says = "", "acts.register_stopped"
	} else {
		form.Check(register != "", "register", "law.register_form")
	}
	if form.OK() {
		err := h.Library.Follow(c.Request.Context(), session.Actor(c), a.ID, register)
		if err != nil && !form.Take(err) {
			return err
		}
	}
	if !form.OK() {
		f, err := h.Library.Following(c.Request.Context(), session.Actor(c), a.ID)
		if err != nil {
			return err
		}
		return h.renderFollow(c, http.StatusUnprocessableEntity, form, a, f.Register != "")
	}
	h.site.Flash(c, says)
	return web.Redirect(c, "/acts/"+a.ID.String())
}

// askRegister has the register asked before it is the act's turn. Where nobody would ask, that is said instead of promised.
func (h handlers) askRegister(c *gin.Context) error {
	a, err := h.act(c)
	if err != nil {
		return err
	}
	if !h.Follows {
		return h.renderAct(c, http.StatusConflict, a, fault.FieldError{Key: "acts.register_off"})
	}
	err = h.Library.Press(c.Request.Context(), session.Actor(c), a.ID)
	if fault.Is(err, fault.NotFound) {
		return h.renderAct(c, http.StatusConflict, a, fault.FieldError{Key: "acts.register_none"})
	}
	if err != nil {
		return err
	}
	h.site.Flash(c, "acts.register_asked")
	return web.Redirect(c, "/acts/"+a.ID.String())
}
