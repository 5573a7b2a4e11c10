package checks

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/checks"
	"portal.example/internal-site/internal/notices"
	"portal.example/internal-site/internal/web/download"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
	"portal.example/shared/workdays"
)

type checkShowPage struct {
	web.Page
	Told      []string // what became of the notices of the answers
	Call      bool     // the last one did not arrive, and the actor may say that they told whoever asked
	Package   checks.Package
	Form      *web.Form
	Late      bool
	MayAnswer bool
	MayClose  bool
	Days      int // how long the files are kept after the first answer
}

// show shows one package with what was said of each paper so far.
func (h handlers) show(c *gin.Context) error {
	form := web.NewForm(url.Values{})
	page, err := h.page(c, form)
	if err != nil {
		return err
	}
	if page.MayAnswer { // a correction begins with what was answered last
		for _, paper := range page.Package.Papers {
			form.Set(checks.VerdictField(paper.Position), string(paper.Verdict))
			form.Set(checks.RemarkField(paper.Position), paper.Remark)
		}
		if n := len(page.Package.Answers); n > 0 {
			form.Set("text", page.Package.Answers[n-1].Text)
		}
	}
	return h.site.Render(c, http.StatusOK, "checks/check_show", page)
}

func (h handlers) page(c *gin.Context, form *web.Form) (*checkShowPage, error) {
	id, err := request.ID(c, "id")
	if err != nil {
		return nil, err
	}
	actor := session.Actor(c)
	p, err := h.Checks.Get(c.Request.Context(), actor, id)
	if err != nil {
		return nil, err
	}
	page := &checkShowPage{Package: p, Form: form, Late: p.Late(workdays.DateOf(h.site.Now())), Days: contract.CheckFilesKept}
	page.Back = &ui.Link{Href: "/checks", Text: h.site.T(c, "checks.title")}
	list, err := h.Notices.OfCheck(c.Request.Context(), actor, id)
	if err != nil {
		return nil, err
	}
	page.Told = notices.Lines(h.site.Printer(c), list)
	page.Call = len(list) > 0 && list[0].Undelivered() && access.Can(actor, checks.AnswerTo, p.Object())
	if access.Can(actor, checks.AnswerTo, p.Object()) {
		page.MayAnswer, page.MayClose = p.May(checks.DoAnswer), p.May(checks.DoClose)
	}
	return page, nil
}

// file hands out a paper of a package.
func (h handlers) file(c *gin.Context) error {
	f, err := download.Find(c, h.Checks.File)
	if err != nil {
		return err
	}
	return download.Send(c, h.Vault, f)
}

// look is the act of a button that does nothing: it shows the package again with everything that was typed.
const look = "look"

// act does what a button of the page asks for.
func (h handlers) act(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	if form.Value("act") == told {
		return h.told(c, id)
	}
	page, err := h.page(c, form)
	if err != nil {
		return err
	}
	cmd := commandOf(form, page.Package)
	switch {
	case cmd.Act == look || form.Has("back") || cmd.Act == "" && web.ShowOnly(c):
		return h.again(c, page, http.StatusOK)
	case cmd.Act == checks.DoClose && form.Value("sure") == "":
		return h.confirmClose(c, form, page)
	}
	err = h.Checks.Do(c.Request.Context(), session.Actor(c), id, request.Version(form), cmd)
	switch {
	case err == nil:
		h.site.Flash(c, "checks.done."+string(cmd.Act))
		return web.Redirect(c, "/checks/"+id.String())
	case fault.Is(err, fault.Conflict):
		if page, err = h.page(c, form); err != nil { // as it is now
			return err
		}
		return h.again(c, page, http.StatusConflict, fault.FieldError{Key: "checks.changed_already"})
	case !form.Take(err):
		return err
	case cmd.Act == checks.DoClose:
		return h.confirmClose(c, form, page)
	}
	return h.again(c, page, http.StatusUnprocessableEntity, form.Errors()...)
}

// confirmClose asks for the reason and says what follows when a package is closed without a check, which cannot be undone.
func (h handlers) confirmClose(c *gin.Context, form *web.Form, page *checkShowPage) error {
	if !page.MayClose || page.Package.Version != request.Version(form) {
		return h.again(c, page, http.StatusConflict, fault.FieldError{Key: "checks.changed_already"})
	}
	if !form.OK() {
		return h.site.Invalid(c, "checks/check_close", form, page)
	}
	return h.site.Render(c, http.StatusOK, "checks/check_close", page)
}

// commandOf reads what was asked for.
func commandOf(form *web.Form, p checks.Package) checks.Command {
	cmd := checks.Command{Act: checks.Act(form.Value("act")), Papers: map[int]checks.Judgement{}}
	if cmd.Act == checks.DoClose {
		cmd.Text = form.Value("reason")
		return cmd
	}
	cmd.Text = form.Value("text")
	for _, paper := range p.Papers {
		cmd.Papers[paper.Position] = checks.Judgement{
			Verdict: checks.Verdict(form.Value(checks.VerdictField(paper.Position))), Remark: form.Value(checks.RemarkField(paper.Position)),
		}
	}
	return cmd
}

// again shows the package with what was typed and what is wrong with it.
func (h handlers) again(c *gin.Context, page *checkShowPage, status int, wrong ...fault.FieldError) error {
	page.Errors = wrong
	return h.site.Render(c, status, "checks/check_show", page)
}

// told is the act of the button that says that whoever asked was called.
const told = "told"

func (h handlers) told(c *gin.Context, id uuid.UUID) error {
	err := h.Notices.ToldOfCheck(c.Request.Context(), session.Actor(c), id)
	if err != nil && !fault.Is(err, fault.Conflict) { // a colleague said so, or the button was pressed twice
		return err
	}
	h.site.Flash(c, "checks.done.told")
	return web.Redirect(c, "/checks/"+id.String())
}
