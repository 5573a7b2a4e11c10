package cases

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// andNext asks for the act that may follow at once to be done with the one of the button: in the form, or in the address that a button
// sends it to.
const andNext = "and_next"

// besideList says that the act was done beside the list, which is shown again with the next of its cases beside it.
const besideList = "beside"

// look is the act of a button that does nothing: it shows the case again with everything that was typed.
const look = "look"

// act does what a button of a case's page asks for. All of them belong to one form, so that what was typed for one act is
// not lost by another.
func (h handlers) act(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := h.readAct(c)
	if err != nil {
		return err
	}
	cmd := commandOf(form)
	switch {
	case cmd.Act == cases.Upload, cmd.Act == cases.TakePapers, cmd.Act == cases.SignResult:
		return fault.New(fault.Invalid, "") // they come with their files, to an address of their own
	case cmd.Act == look || form.Has("back") || cmd.Act == "" && web.ShowOnly(c):
		return h.again(c, id, form, http.StatusOK)
	case !form.OK(): // a day that is none
		return h.again(c, id, form, http.StatusUnprocessableEntity, form.Errors()...)
	case formOf(cmd.Act).final && form.Value("sure") == "":
		return h.confirm(c, id, form, cmd.Act)
	}
	cmd.AndNext = form.Value(andNext) != "" || c.Query(andNext) != ""
	cmd.Press = request.Press(form, session.Actor(c).UserID)
	next, err := h.after(c, id, cmd)
	if err != nil {
		return err
	}
	if err := h.do(c, id, request.Version(form), cmd); err != nil {
		return h.failed(c, id, form, err)
	}
	if rest(form, cmd.Act) == nil {
		switch {
		case form.Value(besideList) != "":
			if !leaves(cmd) {
				next = id
			}
			h.say(c, cmd.Act)
			return web.Redirect(c, peekedAt(next, listQuery(c)))
		case next != uuid.Nil:
			h.say(c, cmd.Act)
			return web.Redirect(c, opened(next, listQuery(c)))
		}
	}
	return h.done(c, id, form, cmd.Act)
}

// leaves says whether an act ends what its reader has to do with the case.
func leaves(cmd cases.Command) bool { return formOf(cmd.Act).leaves || cmd.AndNext }

// after is the case that comes next in the reader's view, when the act ends what they have to do with this one.
func (h handlers) after(c *gin.Context, id uuid.UUID, cmd cases.Command) (uuid.UUID, error) {
	query := listQuery(c)
	if f := filterAt(query); f.View == "" || !leaves(cmd) {
		return uuid.Nil, nil
	}
	n, err := h.Cases.Neighbours(c.Request.Context(), session.Actor(c), filterAt(query), id)
	return n.After, err
}

// readAct reads the form of a case's page. A file that was chosen for the result is read past when another button was
// pressed: browsers send it all the same.
func (h handlers) readAct(c *gin.Context) (*web.Form, error) {
	if c.ContentType() != gin.MIMEMultipartPOSTForm {
		return web.ParseForm(c)
	}
	form, err := h.site.ReadUpload(c, resultLimits, func(web.Upload) error { return nil })
	if err != nil {
		return nil, err
	}
	form = web.NewForm(form.All())
	web.SetTyped(c, form)
	return form, nil
}

// rest is what was typed for other acts than the one that was done; nil when nothing was.
func rest(form *web.Form, done cases.Act) *web.Form {
	left := url.Values{}
	for _, f := range actForms {
		for _, name := range f.fields {
			if !slices.Contains(formOf(done).fields, name) && form.Value(name) != "" {
				left[name] = form.Values(name)
			}
		}
	}
	if len(left) == 0 {
		return nil
	}
	if left.Has(sayFields[0]) {
		left[sayAs] = form.Values(sayAs)
	}
	return web.NewForm(left)
}

// done leads to the case after an act; what was typed for other acts stands there still.
func (h handlers) done(c *gin.Context, id uuid.UUID, form *web.Form, act cases.Act) error {
	left := rest(form, act)
	if left == nil {
		h.say(c, act)
		return web.Redirect(c, opened(id, listQuery(c)))
	}
	page, err := h.page(c, id, left)
	if fault.Is(err, fault.NotFound) { // the act has put the case out of sight
		return web.Redirect(c, listHref(c))
	}
	if err != nil {
		return err
	}
	web.SetTyped(c, left)
	if !act.CanBeUndone() {
		page.Flash = &ui.Flash{Key: "cases.done." + string(act), Kind: "success"}
	}
	page.Unsaved = true
	return h.site.Render(c, http.StatusOK, "cases/case_show", page)
}

func (h handlers) again(c *gin.Context, id uuid.UUID, form *web.Form, status int, wrong ...fault.FieldError) error {
	page, err := h.page(c, id, form)
	if err != nil {
		return err
	}
	page.Errors, page.Unsaved = wrong, rest(form, "") != nil && status == http.StatusOK
	return h.site.Render(c, status, "cases/case_show", page)
}

// failed shows the case again with what was typed: what is wrong with it, or that somebody else was faster.
func (h handlers) failed(c *gin.Context, id uuid.UUID, form *web.Form, err error) error {
	if formOf(cases.Act(form.Value("act"))).final && form.Take(err) {
		return h.confirm(c, id, form, cases.Act(form.Value("act")))
	}
	switch {
	case form.Take(err):
		return h.again(c, id, form, http.StatusUnprocessableEntity, form.Errors()...)
	case fault.Is(err, fault.Conflict):
		return h.tooLate(c, id, form, err)
	case fault.Is(err, fault.Forbidden):
		return h.movedOn(c, id, form, err)
	}
	return err
}

// movedOn shows the case again when the act was the person's to do on the page that they saw, and became another party's
// because a colleague was faster. Whoever never had the right is refused as before.
func (h handlers) movedOn(c *gin.Context, id uuid.UUID, form *web.Form, refused error) error {
	w, err := h.Cases.Work(c.Request.Context(), session.Actor(c), id)
	if err != nil {
		return err
	}
	if w.Case.Version == request.Version(form) {
		return refused
	}
	return h.tooLate(c, id, form, fault.New(fault.Conflict, ""))
}

// tooLate shows the case again with why the act can no longer be done. Repeating it helps only where the case has changed
// meanwhile; then the page says who changed it and when.
func (h handlers) tooLate(c *gin.Context, id uuid.UUID, form *web.Form, err error) error {
	page, errPage := h.page(c, id, form)
	if errPage != nil {
		return errPage
	}
	why := fault.FieldError{Key: fault.MessageKey(err)}
	if why.Key == fault.MessageKey(fault.New(fault.Conflict, "")) {
		why = stale(h.site.Printer(c), form, page.Events)
	}
	page.Errors = []fault.FieldError{why}
	return h.site.Render(c, http.StatusConflict, "cases/case_show", page)
}

// stale says that the case has changed, with the newest of its events, which come the newest first.
func stale(p *locale.Printer, form *web.Form, events []event) fault.FieldError {
	last := events[0] // a case begins with its registration
	why := fault.FieldError{Key: "cases.stale", Args: []any{cmp.Or(last.Actor, p.T("cases.changed_by_portal")), p.DateTime(last.At)}}
	if rest(form, "") != nil {
		why.Key = "cases.stale_text"
	}
	return why
}

type caseConfirmPage struct {
	web.Page
	Form       *web.Form
	Act        cases.Act
	Words      string // name of what the page says of the act
	Number     string
	Applicant  string
	Tracked    bool
	HasResult  bool
	Action     string
	Identities []ui.SelectItem // documents by which whoever collects a result is known
	Typed      []ui.Hidden     // what was typed for other acts
}

// confirm says what follows of a final act, for whom, and asks for what the record needs.
func (h handlers) confirm(c *gin.Context, id uuid.UUID, form *web.Form, act cases.Act) error {
	ctx, actor := c.Request.Context(), session.Actor(c)
	w, err := h.Cases.Work(ctx, actor, id)
	if err != nil {
		return err
	}
	if err := hinders(w, actor, act, request.Version(form)); err != nil {
		return h.failed(c, id, form, err)
	}
	_, applicant, _, err := h.Cases.Around(ctx, w)
	if err != nil {
		return err
	}
	page := &caseConfirmPage{
		Form: form, Act: act, Words: string(act), Number: w.Case.Number, Applicant: applicant.Name(), Tracked: w.Case.Tracked, HasResult: w.HasResult(),
		Action: within("/cases/"+id.String()+"/act", listQuery(c)),
	}
	page.Breadcrumbs = []ui.Link{{Href: listHref(c), Text: h.site.T(c, "cases.title")}, {Href: opened(id, listQuery(c)), Text: w.Case.Number}}
	if act == cases.Close && w.Uncollected() != nil {
		page.Words = "close_uncollected"
	}
	if act == cases.Issue && !form.Has("recipient") {
		if err := h.suggestHandover(c, form, w, applicant); err != nil {
			return err
		}
	}
	page.Identities = []ui.SelectItem{{Text: h.site.T(c, "cases.identity_choose")}}
	for _, kind := range cases.IdentityDocuments {
		page.Identities = append(page.Identities, ui.SelectItem{Value: kind, Text: h.site.T(c, "cases.identity_of."+kind)})
	}
	if form.Value(besideList) != "" {
		page.Typed = append(page.Typed, ui.Hidden{Name: besideList, Value: "yes"})
	}
	if left := rest(form, act); left != nil {
		for _, name := range left.Names() {
			for _, value := range left.Values(name) {
				page.Typed = append(page.Typed, ui.Hidden{Name: name, Value: value})
			}
		}
	}
	if !form.OK() {
		return h.site.Invalid(c, "cases/case_confirm", form, page)
	}
	return h.site.Render(c, http.StatusOK, "cases/case_confirm", page)
}

// suggestHandover fills in what is mostly so: the applicant collects the result, known by the document of the application, and the
// case is at its end. Without a file of the result, the document of the decision is what is handed over.
func (h handlers) suggestHandover(c *gin.Context, form *web.Form, w *cases.Work, applicant cases.Applicant) error {
	form.Set("identity", cmp.Or(applicant.Document, "passport"))
	form.Set(andNext, "yes")
	if applicant.Representative.Name() == "" {
		form.Set("recipient", cases.HandedApplicant)
	}
	if w.HasResult() {
		return nil
	}
	var made decisionPart
	if err := h.fillDecisions(c, &made, w); err != nil || made.Paper == nil {
		return err
	}
	p := h.site.Printer(c)
	form.Set("paper", p.T("cases.decision_as_paper", made.Paper.Number, p.DateShort(made.Paper.MadeAt)))
	return nil
}

// hinders says why the actor cannot do the act to the case that they saw.
func hinders(w *cases.Work, actor access.Actor, act cases.Act, version int) error {
	switch {
	case !w.May(actor, act):
		return fault.New(fault.Forbidden, "")
	case w.Case.Version != version:
		return fault.New(fault.Conflict, "")
	}
	return w.Hinders(act)
}
