package intake

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/intake"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// final are the decisions that end an entry and reach the citizen: a page says what follows and asks for the words.
var final = map[intake.Decision]bool{intake.Refuse: true, intake.Close: true}

// ask shows the page that stands before a final decision about one entry.
func (h handlers) ask(c *gin.Context) error {
	form, err := web.QueryForm(c)
	if err != nil {
		return err
	}
	if !final[intake.Decision(form.Value("decision"))] {
		return web.Redirect(c, "/intake/"+c.Param("id"))
	}
	return h.confirmOne(c, http.StatusOK, form)
}

func (h handlers) confirmOne(c *gin.Context, status int, form *web.Form) error {
	page, err := h.page(c, form)
	if err != nil {
		return err
	}
	if may, err := h.mayHandle(c, page.Entry); err != nil {
		return err
	} else if !may {
		return fault.New(fault.Forbidden, "")
	}
	decision := intake.Decision(form.Value("decision"))
	if !page.Entry.May(decision) {
		return h.again(c, form, http.StatusConflict, fault.FieldError{Key: "intake.decided_already"})
	}
	if !form.Has("version") {
		form.Set("version", strconv.Itoa(page.Entry.Version))
	}
	page.Back = &ui.Link{Href: "/intake/" + page.Entry.ID.String(), Text: h.site.T(c, "intake.entry_title", page.Entry.ReceiptNumber)}
	for _, key := range intake.Sayings[decision] {
		page.Sayings = append(page.Sayings, ui.NewChoice(key, h.site.T(c, key)))
	}
	page.Errors = form.Errors()
	return h.site.Render(c, status, "intake/intake_confirm", page)
}
