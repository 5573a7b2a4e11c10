package counter

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/counter"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/plain"
	"portal.example/shared/web"
)

// save keeps what was typed and does what the button says. Whatever the button, nothing that was typed is lost. What the button makes of the
// visit is saved with what was typed and with the files that came along, in one piece, so that a second press of the button finds all of it
// or nothing.
func (h handlers) save(c *gin.Context) error {
	v, err := h.visit(c)
	if err != nil {
		return err
	}
	form, scans, err := h.read(c, v)
	if err != nil {
		return err
	}
	v.Version = request.Version(form)
	do, what, _ := strings.Cut(form.Value("do"), " ")
	v.Content = typed(form, v.Content)
	v.Content.Pressed = pressed(form, scans)
	next, atOnce := v, len(scans) == 0 && form.OK()
	change, register := h.change(do, form), h.registering(do)
	var undone error
	switch {
	case atOnce && change != nil:
		if undone = change(c, &next, form, what); undone != nil || !form.OK() {
			next = v
		}
	case form.OK() && register != nil && !unsaid(form):
		if undone = h.registered(c, v, form, register, scans...); undone == nil {
			return web.Redirect(c, papersOf(v))
		}
	}
	saved, err := h.keepTyped(c, form, next, scans)
	switch {
	case fault.Is(err, fault.Conflict):
		before, twice := h.savedBefore(c, v)
		if !twice {
			form.Add("", fault.MessageKey(err))
			return h.again(c, v, form, http.StatusConflict)
		}
		if to, ended := endOf[before.State]; ended {
			return to(h, c, before)
		}
		saved = before
	case form.Take(err):
		return h.again(c, v, form, http.StatusUnprocessableEntity)
	case err != nil:
		return err
	case undone != nil && register != nil:
		return h.notEnded(c, saved, form, undone)
	case undone != nil:
		return undone
	}
	if !form.OK() {
		return h.again(c, saved, form, http.StatusUnprocessableEntity)
	}
	if atOnce && change != nil {
		return h.to(c, saved)
	}
	return h.do(c, saved, form, do, what)
}

// keepTyped saves the visit with the files that came along. Those that it has no room for are named in the form, and what was typed is
// saved all the same.
func (h handlers) keepTyped(c *gin.Context, form *web.Form, v counter.Visit, scans []counter.Scan) (counter.Visit, error) {
	saved, err := h.Visits.Save(c.Request.Context(), session.Actor(c), v.ID, v.Version, v.ServiceID, v.Content, scans...)
	if err == nil || len(scans) == 0 {
		return saved, err
	}
	if err = h.forget(c, err, scans); !form.Take(err) {
		return saved, err
	}
	v.Content.Pressed = "" // the files are not in it: pressed once more, the form is to say so again
	return h.Visits.Save(c.Request.Context(), session.Actor(c), v.ID, v.Version, v.ServiceID, v.Content)
}

// pressed is the form with all that it brought, by its hash; "" for one that no page of a visit has made. What the page drew for its slip
// makes it the form of that page alone.
func pressed(form *web.Form, scans []counter.Scan) string {
	if form.Value("draw") == "" {
		return ""
	}
	hash := sha256.New()
	_, _ = io.WriteString(hash, form.All().Encode()) // a hash never fails
	for _, s := range scans {
		_, _ = io.WriteString(hash, "\n"+s.Line+"\n"+s.FileName+"\n"+s.SHA256)
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// savedBefore is the visit as the same form has saved it before, when it is pressed once more.
func (h handlers) savedBefore(c *gin.Context, v counter.Visit) (counter.Visit, bool) {
	current, err := h.visit(c)
	return current, err == nil && v.Content.Pressed != "" && current.Content.Pressed == v.Content.Pressed
}

// endOf are the answers to a form that has ended its visit before and is pressed once more: those of the first time.
var endOf = map[counter.State]func(handlers, *gin.Context, counter.Visit) error{
	counter.Registered: func(_ handlers, c *gin.Context, v counter.Visit) error { return web.Redirect(c, papersOf(v)) },
	counter.Refused:    handlers.to,
	counter.Left:       handlers.left,
}

// change is what a button makes of the visit; nil for the others.
func (h handlers) change(do string, form *web.Form) func(*gin.Context, *counter.Visit, *web.Form, string) error {
	switch do {
	case "find":
		return h.find
	case "pick":
		return h.pick
	case "services":
		return h.services
	case "service":
		return h.pickService
	case "application", "unscan", "register", "hand_over", "refuse", "leave", "save":
		return nil
	}
	switch { // the Enter key
	case form.Value("q") != "":
		return h.find
	case form.Value("service_q") != "":
		return h.services
	}
	return nil
}

// do does what a button of the page asks for, after everything was saved.
func (h handlers) do(c *gin.Context, v counter.Visit, form *web.Form, do, what string) error {
	if change := h.change(do, form); change != nil {
		if err := change(c, &v, form, what); err != nil {
			return err
		}
		if !form.OK() {
			return h.again(c, v, form, http.StatusUnprocessableEntity)
		}
		return h.keep(c, v)
	}
	switch do {
	case "application":
		return h.printApplication(c, v, form)
	case "unscan":
		return h.unscan(c, v, what)
	case "register", "hand_over":
		return h.register(c, v, form, h.registering(do))
	case "refuse":
		return h.refuse(c, v, form)
	case "leave":
		return h.leave(c, v, form)
	case "look":
		return h.to(c, v)
	case "save":
		h.site.Flash(c, "counter.saved")
		return web.Redirect(c, "/counter")
	}
	h.site.Flash(c, "counter.saved")
	return h.to(c, v)
}

// to leads back to the visit. The address names no part of the page: a browser then puts the keyboard's focus where the page
// says that it goes on.
func (h handlers) to(c *gin.Context, v counter.Visit) error {
	return web.Redirect(c, "/counter/"+v.ID.String())
}

// again shows the visit with what was typed.
func (h handlers) again(c *gin.Context, v counter.Visit, form *web.Form, status int) error {
	current, err := h.visit(c)
	if err != nil {
		return err
	}
	v.Version = current.Version
	if current.State != counter.Open { // somebody was quicker, after this request had read the visit
		v = current
	}
	page, err := h.page(c, v, form)
	if err != nil {
		return err
	}
	if status == http.StatusConflict {
		page.Differs = h.differences(c, current, form)
	}
	page.keepUnshown()
	web.SetTyped(c, form)
	page.Errors = form.Errors()
	return h.site.Render(c, status, "counter/visit_show", page)
}

// find looks for the visitor. A number that belongs to one person fills the form in at once; whoever else is found, or that nobody
// is, stands on the page from now on. What was looked for is kept with the visit, so that it is in no address.
func (h handlers) find(c *gin.Context, v *counter.Visit, form *web.Form, _ string) error {
	sought := counter.Recognise(form.Value("q"), h.site.Now())
	if sought.Value == "" {
		sought.Wrong = "counter.q_required"
	}
	if sought.Wrong != "" {
		form.Add("q", sought.Wrong)
		return nil
	}
	found, err := h.Visits.Find(c.Request.Context(), session.Actor(c), sought)
	if err != nil {
		return err
	}
	if len(found) == 1 && sought.Clue != counter.ByName && sought.Clue != counter.ByPhone && sought.Clue != counter.ByEmail {
		return h.fill(c, v, found[0].Person)
	}
	if len(found) == 0 {
		v.Content.Who = v.Content.Who.With(sought)
	}
	v.Content.Sought = plain.Line(form.Value("q"))
	return nil
}

// keep saves what an act has made of a visit and leads back to it.
func (h handlers) keep(c *gin.Context, v counter.Visit) error {
	if _, err := h.Visits.Save(c.Request.Context(), session.Actor(c), v.ID, v.Version, v.ServiceID, v.Content); err != nil {
		return err
	}
	return h.to(c, v)
}

// pick fills the form in with somebody who was found.
func (h handlers) pick(c *gin.Context, v *counter.Visit, _ *web.Form, what string) error {
	id, err := uuid.Parse(what)
	if err != nil {
		return fault.New(fault.Invalid, "")
	}
	person, err := h.Visits.Known(c.Request.Context(), session.Actor(c), id)
	if err != nil {
		return err
	}
	return h.fill(c, v, person)
}

func (h handlers) fill(c *gin.Context, v *counter.Visit, person counter.Person) error {
	// A known person is kept without a representative: whoever acts for them today was typed by the clerk.
	person.Told, person.Representative = v.Content.Who.Told, v.Content.Who.Representative
	v.Content.Who = person
	return h.repeatAnswers(c, v)
}

// services looks for a service; the only one that is found is chosen.
func (h handlers) services(c *gin.Context, v *counter.Visit, form *web.Form, _ string) error {
	q := plain.Line(form.Value("service_q"))
	offers, err := h.Visits.Offers(c.Request.Context(), v.CentreID, q)
	if err != nil {
		return err
	}
	if len(offers) == 1 || len(offers) > 0 && strings.EqualFold(offers[0].Code, q) {
		return h.choose(c, v, offers[0].ID)
	}
	v.Content.ServiceSought = q
	return nil
}

// pickService takes the service of a button, or none.
func (h handlers) pickService(c *gin.Context, v *counter.Visit, _ *web.Form, what string) error {
	if id, err := uuid.Parse(what); err == nil {
		return h.choose(c, v, id)
	}
	v.ServiceID, v.Content.Answers, v.Content.AnswersOf = nil, nil, ""
	return nil
}

// choose makes it a visit about the service.
func (h handlers) choose(c *gin.Context, v *counter.Visit, service uuid.UUID) error {
	if v.ServiceID == nil || *v.ServiceID != service {
		v.Content.Answers, v.Content.AnswersOf = nil, ""
	}
	v.ServiceID = &service
	return h.repeatAnswers(c, v)
}

// repeatAnswers fills the application form in with what the same person answered the last time.
func (h handlers) repeatAnswers(c *gin.Context, v *counter.Visit) error {
	if v.ServiceID == nil {
		return nil
	}
	service, err := h.Visits.Service(c.Request.Context(), v.CentreID, *v.ServiceID)
	if fault.Is(err, fault.NotFound) || err == nil && service.Sheet == nil {
		return nil
	}
	if err != nil {
		return err
	}
	number, earlier, err := h.Visits.EarlierAnswers(c.Request.Context(), session.Actor(c), v.Content.Who.Normal(), service.ID)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if answers, any := service.Sheet.Repeat(v.Content.Answers, earlier); any {
		v.Content.Answers, v.Content.AnswersOf = answers, number
	}
	return nil
}

// registering is one of the ways in which a visit becomes a case.
type registering func(ctx context.Context, actor access.Actor, id uuid.UUID, version int, c counter.Content, draw counter.Draw, scans ...counter.Scan) (counter.Made, error)

// registering is the way of a button; nil for the others.
func (h handlers) registering(do string) registering {
	switch do {
	case "register":
		return h.Visits.Register
	case "hand_over":
		return h.Visits.RegisterAndHandOver
	}
	return nil
}

// unsaid says whether a representative was typed and not ticked.
func unsaid(form *web.Form) bool { return form.Value("represented") == "" && namesRepresentative(form) }

// register makes the case and leads to its papers.
func (h handlers) register(c *gin.Context, v counter.Visit, form *web.Form, how registering) error {
	if unsaid(form) {
		form.Add("represented", "counter.represented_unsaid")
		return h.again(c, v, form, http.StatusUnprocessableEntity)
	}
	if err := h.registered(c, v, form, how); err != nil {
		return h.notEnded(c, v, form, err)
	}
	return web.Redirect(c, papersOf(v))
}

// registered makes the case, with the copies that came along. The code of the slip goes with the clerk's browser alone.
func (h handlers) registered(c *gin.Context, v counter.Visit, form *web.Form, how registering, scans ...counter.Scan) error {
	made, err := how(c.Request.Context(), session.Actor(c), v.ID, v.Version, v.Content, counter.Draw(form.Value("draw")), scans...)
	if err != nil {
		return err
	}
	if !made.Code.IsZero() {
		h.site.SetCookie(c, codeOf(v.ID), made.Code.Reveal(), codeAge)
	}
	if made.Before {
		return h.remove(c, scans)
	}
	return nil
}

func papersOf(v counter.Visit) string { return "/counter/" + v.ID.String() + "/papers" }

// refuse ends the visit without accepting the documents.
func (h handlers) refuse(c *gin.Context, v counter.Visit, form *web.Form) error {
	scans, err := h.Visits.Refuse(c.Request.Context(), session.Actor(c), v.ID, v.Version)
	if err != nil {
		return h.endedOrNot(c, v, form, counter.Refused, err)
	}
	if err := h.remove(c, scans); err != nil {
		return err
	}
	return h.to(c, v)
}

// notEnded shows the visit again with what kept it from ending: somebody was quicker, or something is wrong with it. What is
// not said of a field is about the service, which the card or the centre does not allow.
func (h handlers) notEnded(c *gin.Context, v counter.Visit, form *web.Form, err error) error {
	switch {
	case fault.Is(err, fault.Conflict):
		form.Add("", fault.MessageKey(err))
		return h.again(c, v, form, http.StatusConflict)
	case form.Take(err):
	case fault.Is(err, fault.Invalid):
		form.Add("service", fault.MessageKey(err))
	default:
		return err
	}
	return h.again(c, v, form, http.StatusUnprocessableEntity)
}

// leave forgets a visit that came to nothing.
func (h handlers) leave(c *gin.Context, v counter.Visit, form *web.Form) error {
	scans, err := h.Visits.Leave(c.Request.Context(), session.Actor(c), v.ID, v.Version)
	if err != nil {
		return h.endedOrNot(c, v, form, counter.Left, err)
	}
	if err := h.remove(c, scans); err != nil {
		return err
	}
	return h.left(c, v)
}

// left says that the visit came to nothing.
func (h handlers) left(c *gin.Context, _ counter.Visit) error {
	h.site.Flash(c, "counter.left")
	return web.Redirect(c, "/counter")
}

// endedOrNot answers a form that could not end its visit: as the first time when it has come twice and ended it, else with what kept it from that.
func (h handlers) endedOrNot(c *gin.Context, v counter.Visit, form *web.Form, state counter.State, err error) error {
	if fault.Is(err, fault.Conflict) {
		if before, twice := h.savedBefore(c, v); twice && before.State == state {
			return endOf[state](h, c, before)
		}
	}
	return h.notEnded(c, v, form, err)
}
