package reception

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/reception"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type offerShowPage struct {
	hallPage
	Form *web.Form
	// Retires is what is to be taken out of use, for the question before it; Named is what it is called.
	Retires reception.Kind
	Named   string
}

// Serves are the letters of a window's groups that are in use.
func (p *offerShowPage) Serves(w reception.Window) (letters []string) {
	for _, id := range w.Groups {
		if g := p.Now.Hall.Group(id); !g.Retired {
			letters = append(letters, g.Letter)
		}
	}
	return letters
}

// offer shows what the hall is made of.
func (h handlers) offer(c *gin.Context) error {
	page, err := h.offerPage(c, web.NewForm(nil))
	if err != nil {
		return err
	}
	page.fill()
	return h.site.Render(c, http.StatusOK, "reception/offer_show", page)
}

// fill puts the numbers of the hall where none were typed.
func (p *offerShowPage) fill() {
	for name, n := range map[string]int{"in_row": p.Now.Hall.InRow, "last": p.Now.Hall.Last} {
		if !p.Form.Has(name) {
			p.Form.Set(name, strconv.Itoa(n))
		}
	}
}

func (h handlers) offerPage(c *gin.Context, form *web.Form) (*offerShowPage, error) {
	p, err := h.read(c, session.Actor(c))
	if err != nil {
		return nil, err
	}
	page := &offerShowPage{hallPage: p, Form: form}
	page.Back = &ui.Link{Href: page.Hall(), Text: h.site.T(c, "reception.hall")}
	return page, nil
}

// saveOffer changes the rule, or takes a part of the hall out of use once somebody has said that they are sure.
func (h handlers) saveOffer(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	ctx, actor, done := c.Request.Context(), session.Actor(c), "reception.done.save"
	switch act := form.Value("act"); {
	case act == "in_row":
		n, _ := strconv.Atoi(form.Value("in_row"))
		err = h.Halls.SetInRow(ctx, actor, id, request.Version(form), n)
	case act == "last":
		n, wrong := strconv.Atoi(form.Value("last"))
		if wrong != nil {
			n = -1
		}
		err = h.Halls.SetLast(ctx, actor, id, request.Version(form), n)
	case turnedBack(form):
		return web.Redirect(c, "/reception/"+id.String()+"/offer")
	case act == "retire" && form.Value("sure") == "":
		return h.askRetire(c, form)
	case act == "retire":
		done = "reception.done.retire"
		err = h.Halls.Retire(ctx, actor, id, request.Version(form), reception.Kind(form.Value("kind")), request.FormID(form, "part"), form.Value("seen"))
	default:
		return h.offer(c)
	}
	if shown, err := h.fallen(c, form, err, "/reception/"+id.String()+"/offer", "act", "kind", "part"); shown {
		return err
	}
	return after(form, err, func(status int, wrong []fault.FieldError) error {
		page, err := h.offerPage(c, form)
		if err != nil {
			return err
		}
		page.Errors = wrong
		page.fill()
		return h.site.Render(c, status, "reception/offer_show", page)
	}, func() error {
		h.site.Flash(c, done)
		return web.Redirect(c, "/reception/"+id.String()+"/offer")
	})
}

// askRetire asks before a part of the hall is taken out of use.
func (h handlers) askRetire(c *gin.Context, form *web.Form) error {
	page, err := h.offerPage(c, form)
	if err != nil {
		return err
	}
	id, hall := request.FormID(form, "part"), page.Now.Hall
	switch page.Retires = reception.Kind(form.Value("kind")); page.Retires {
	case reception.Groups:
		g := hall.Group(id)
		page.Named, _ = g.Name.In(web.Lang(c))
	case reception.Windows:
		w, _ := hall.Window(id)
		page.Named = h.site.T(c, "reception.window_n", w.Number)
	case reception.Priorities:
		p := hall.Priority(&id)
		page.Named, _ = p.Name.In(web.Lang(c))
	default:
		return fault.New(fault.NotFound, "")
	}
	return h.site.Render(c, http.StatusOK, "reception/offer_retire", page)
}
