package cabinet

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/external-site/internal/account"
	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/told"
	"portal.example/external-site/internal/tracking"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/plain"
	"portal.example/shared/web"
)

// Post hands over what a cabinet wants to be told of; submission.Desk does.
type Post interface {
	SendWhole(ctx context.Context, s submission.Submission, lang locale.Lang) error
}

// Told knows what became of that; told.Store does.
type Told interface {
	State(ctx context.Context, message uuid.UUID) (told.State, error)
}

// toldPage is what the account is told of by e-mail, and where that is chosen.
type toldPage struct {
	web.Page
	Form    *web.Form
	Closed  string // key of why nothing can be chosen here; "" when it can
	Address string // that is kept
	State   told.State
	Cases   []toldCase
	Others  int // matters of which there are no notices (yet)
}

// toldCase is a matter of which notices can be had.
type toldCase struct {
	account.Matter
	Case  uuid.UUID
	Title string
}

// Field is the name of its boxes in the form.
func (t toldCase) Field() string { return "m." + t.ID.String() }

// titleOf is what a case is called on the page: by its owner's words or its service, and by its number.
func titleOf(p *locale.Printer, m account.Matter, s tracking.Status) string {
	number := cmp.Or(s.Number, m.Number.String())
	switch {
	case m.Name != "":
		return m.Name + " (" + number + ")"
	case !s.Service.IsZero():
		return p.Value(s.Service) + " (" + number + ")"
	}
	return number
}

// quiets are the quiet hours that can be chosen, as the form names them.
var quiets = []string{"0-0", "21-8", "22-7", "18-9"}

// asksForProof says whether a letter with a proof is out.
func (p *toldPage) AsksForProof() bool {
	return p.State == contract.FollowAsked || p.State == contract.FollowWrong || p.State == contract.FollowSpent
}

func (h *handlers) told(c *gin.Context, holder account.Holder) error {
	t, err := h.Accounts.Told(c.Request.Context(), holder)
	if err != nil {
		return err
	}
	p, err := h.toldPage(c, holder, t, formOf(t))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "cabinet/told", p)
}

// formOf is the form as it was sent the last time.
func formOf(t account.Told) *web.Form {
	form := web.NewForm(nil)
	form.Set("email", t.Address)
	form.Set("language", string(t.Language))
	form.Set("quiet", strconv.Itoa(t.QuietFrom)+"-"+strconv.Itoa(t.QuietTo))
	for id, events := range t.Events {
		form.Set("m."+id.String(), events...)
	}
	return form
}

func (h *handlers) toldPage(c *gin.Context, holder account.Holder, t account.Told, form *web.Form) (*toldPage, error) {
	p := &toldPage{Form: form, Address: t.Address}
	h.own(c, &p.Page)
	on, err := h.Switches.On(c.Request.Context(), contract.ModuleNotices)
	switch {
	case err != nil:
		return nil, err
	case !on:
		p.Closed = "modules.off." + contract.ModuleNotices
	case h.Post == nil:
		p.Closed = "submission.no_key"
	}
	if !t.IsZero() {
		if p.State, err = h.Told.State(c.Request.Context(), t.Message); err != nil {
			return nil, err
		}
	}
	if form.Value("language") == "" {
		form.Set("language", string(web.Lang(c)))
	}
	p.Cases, p.Others, err = h.toldCases(c, holder)
	return p, err
}

// toldCases lists the matters that are registered cases, and counts the others.
func (h *handlers) toldCases(c *gin.Context, holder account.Holder) (list []toldCase, others int, err error) {
	matters, err := h.Accounts.Matters(c.Request.Context(), holder)
	if err != nil {
		return nil, 0, err
	}
	for _, m := range matters {
		s, err := h.Tracking.Status(c.Request.Context(), m.Number, m.Code)
		switch {
		case fault.Is(err, fault.NotFound), fault.Is(err, fault.Conflict), err == nil && s.Case == nil:
			others++
		case err != nil:
			return nil, 0, err
		default:
			list = append(list, toldCase{m, s.Case.ID, titleOf(h.site.Printer(c), m, s)})
		}
	}
	slices.SortFunc(list, func(a, b toldCase) int { return strings.Compare(a.Number.String(), b.Number.String()) })
	return list, others, nil
}

// toldPost keeps what is chosen and hands it over.
func (h *handlers) toldPost(c *gin.Context, holder account.Holder) error {
	web.Resends(c)
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	t, err := h.Accounts.Told(c.Request.Context(), holder)
	if err != nil {
		return err
	}
	p, err := h.toldPage(c, holder, t, form)
	if err != nil {
		return err
	}
	if p.Closed != "" {
		return fault.New(fault.Conflict, p.Closed)
	}
	next := chosen(form, p, t)
	if !form.OK() || web.ShowOnly(c) {
		return h.site.Invalid(c, "cabinet/told", form, p)
	}
	if err := h.tell(c, holder, next, p.Cases); err != nil {
		return err
	}
	h.site.Flash(c, "cabinet.told_saved")
	return web.Redirect(c, "/cabinet/told")
}

// chosen reads the form. An address counts as proven only as long as it stays the same and the inside has not asked for a proof.
func chosen(form *web.Form, p *toldPage, before account.Told) account.Told {
	t := account.Told{Follower: before.Follower, Address: form.Value("email"), Language: locale.Lang(form.Value("language")), Events: map[uuid.UUID][]string{}}
	if t.Follower == uuid.Nil {
		t.Follower = uuid.New()
	}
	if strings.EqualFold(t.Address, before.Address) && !p.AsksForProof() && p.State != contract.FollowOff {
		t.Proof = before.Proof
	}
	form.Required("email", "cabinet.told_email_required")
	form.Check(t.Address == "" || plain.IsEmail(t.Address) && !plain.MixesAlphabets(t.Address), "email", "cabinet.told_email_wrong")
	form.OneOf("language", string(locale.UK), string(locale.EN))
	form.OneOf("quiet", quiets...)
	from, to, _ := strings.Cut(form.Value("quiet"), "-")
	t.QuietFrom, _ = strconv.Atoi(from) // OneOf has judged it
	t.QuietTo, _ = strconv.Atoi(to)
	for _, m := range p.Cases {
		events := slices.DeleteFunc(slices.Clone(contract.FollowEvents), func(e string) bool { return !slices.Contains(form.Values(m.Field()), e) })
		if len(events) > 0 {
			t.Events[m.ID] = events
		}
	}
	if len(t.Events) == 0 && len(p.Cases) > 0 {
		form.Add(p.Cases[0].Field(), "cabinet.told_nothing")
	}
	return t
}

// tell keeps what is wanted and hands it over. It is kept first: when it cannot be handed over, the page says that it was not.
func (h *handlers) tell(c *gin.Context, holder account.Holder, t account.Told, cases []toldCase) error {
	if err := h.limits.told.AllowFrom(h.site.Client(c)); err != nil {
		return err
	}
	m := &told.Message{Follower: t.Follower, Address: t.Address, Proof: t.Proof, QuietFrom: t.QuietFrom, QuietTo: t.QuietTo, Language: t.Language}
	for _, one := range cases {
		if events := t.Events[one.ID]; len(events) > 0 {
			m.Matters = append(m.Matters, contract.FollowedMatter{CaseID: one.Case, Code: one.Code.Reveal(), Events: events})
		}
	}
	m.MessageID = uuid.Must(uuid.NewV7())
	t.Message, t.SentAt = m.MessageID, h.site.Now().UTC()
	if err := h.Accounts.KeepTold(c.Request.Context(), holder, t); err != nil {
		return err
	}
	return h.Post.SendWhole(c.Request.Context(), m, web.Lang(c))
}

// toldAgain hands over what is kept once more, with the proof that was typed, or without one to have another letter sent.
func (h *handlers) toldAgain(c *gin.Context, holder account.Holder, t account.Told, proof string) error {
	p, err := h.toldPage(c, holder, t, formOf(t))
	if err != nil {
		return err
	}
	if t.IsZero() || p.Closed != "" {
		return web.Redirect(c, "/cabinet/told")
	}
	t.Proof = proof
	if err := h.tell(c, holder, t, p.Cases); err != nil {
		return err
	}
	h.site.Flash(c, "cabinet.told_saved")
	return web.Redirect(c, "/cabinet/told")
}

// toldLetter asks for another letter with a proof, or hands over again what could not be.
func (h *handlers) toldLetter(c *gin.Context, holder account.Holder) error {
	t, err := h.Accounts.Told(c.Request.Context(), holder)
	if err != nil {
		return err
	}
	state, err := h.Told.State(c.Request.Context(), t.Message)
	if err != nil {
		return err
	}
	switch state {
	case told.Unsent:
		return h.toldAgain(c, holder, t, t.Proof)
	case contract.FollowWrong:
		return h.toldAnew(c, holder, t)
	}
	return h.toldAgain(c, holder, t, "")
}

// toldAnew asks for another letter after a code that did not fit. The inside takes nothing without its proof for an address that it counts as proven, and
// whether it does is not said here: so what it knows of this cabinet ends, and begins anew.
func (h *handlers) toldAnew(c *gin.Context, holder account.Holder, t account.Told) error {
	p, err := h.toldPage(c, holder, t, formOf(t))
	if err != nil {
		return err
	}
	if p.Closed != "" {
		return web.Redirect(c, "/cabinet/told")
	}
	if err := h.limits.told.AllowFrom(h.site.Client(c)); err != nil {
		return err
	}
	if err := h.Post.SendWhole(c.Request.Context(), &told.Message{Follower: t.Follower, Address: t.Address}, web.Lang(c)); err != nil {
		return err
	}
	t.Follower = uuid.New()
	return h.toldAgain(c, holder, t, "")
}

// toldProof takes what the letter said.
func (h *handlers) toldProof(c *gin.Context, holder account.Holder) error {
	web.Resends(c)
	typed, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	t, err := h.Accounts.Told(c.Request.Context(), holder)
	if err != nil {
		return err
	}
	state, err := h.Told.State(c.Request.Context(), t.Message)
	if err != nil {
		return err
	}
	if !t.IsZero() && state == contract.FollowOn { // a page that was open for long: the proof that is kept is the right one
		h.site.Flash(c, "cabinet.told_on_already")
		return web.Redirect(c, "/cabinet/told")
	}
	proof, ok := contract.ParseProof(typed.Value("proof"))
	if ok && !web.ShowOnly(c) {
		return h.toldAgain(c, holder, t, proof)
	}
	form := formOf(t)
	form.Set("proof", typed.Value("proof"))
	form.Check(ok, "proof", "cabinet.told_proof_wrong")
	p, err := h.toldPage(c, holder, t, form)
	if err != nil {
		return err
	}
	return h.site.Invalid(c, "cabinet/told", form, p)
}

// toldOff ends all notices and forgets the address.
func (h *handlers) toldOff(c *gin.Context, holder account.Holder) error {
	t, err := h.Accounts.Told(c.Request.Context(), holder)
	if err != nil {
		return err
	}
	if err := h.untell(c, holder, t); err != nil {
		return err
	}
	h.site.Flash(c, "cabinet.told_ended")
	return web.Redirect(c, "/cabinet/told")
}

func (h *handlers) untell(c *gin.Context, holder account.Holder, t account.Told) error {
	if t.IsZero() || h.Post == nil {
		return nil
	}
	if err := h.Post.SendWhole(c.Request.Context(), &told.Message{Follower: t.Follower, Address: t.Address}, web.Lang(c)); err != nil {
		return err
	}
	return h.Accounts.DropTold(c.Request.Context(), holder)
}

// untellOf ends the notices of one matter that is about to be removed.
func (h *handlers) untellOf(c *gin.Context, holder account.Holder, matter uuid.UUID) error {
	t, err := h.Accounts.Told(c.Request.Context(), holder)
	if err != nil || t.Events[matter] == nil {
		return err
	}
	t.Events = maps.Clone(t.Events)
	delete(t.Events, matter)
	if len(t.Events) == 0 {
		return h.untell(c, holder, t)
	}
	cases, _, err := h.toldCases(c, holder)
	if err != nil {
		return err
	}
	return h.tell(c, holder, t, cases)
}
