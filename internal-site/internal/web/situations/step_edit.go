package situations

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/web/conflict"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type stepEditPage struct {
	web.Page
	Form                *web.Form
	Number              int // 0 for a new one
	Situation           catalogue.Situation
	Services, Elsewhere []ui.Choice // what was chosen and what was found
	Nothing             bool        // the search found nothing
	Kinds               []ui.Choice
	Units               []ui.SelectItem
	Optional            []ui.Choice
}

// noTerm is the choice of a step for which the law sets no term.
const noTerm = "none"

// stepForm is a step as it is typed.
type stepForm struct {
	Version   int      `form:"version"`
	HeadingUK string   `form:"heading.uk"`
	HeadingEN string   `form:"heading.en"`
	TextUK    string   `form:"text.uk"`
	TextEN    string   `form:"text.en"`
	Services  []string `form:"services"`
	Elsewhere []string `form:"elsewhere"`
	Optional  bool     `form:"optional"`
	Term      string   `form:"term"`
	Count     string   `form:"count"`
	Unit      string   `form:"unit"`
	LawUK     string   `form:"law.uk"`
	LawEN     string   `form:"law.en"`
}

func formOfStep(s catalogue.SituationStep, version int) *web.Form {
	in := stepForm{
		Version: version, HeadingUK: s.Heading.UK, HeadingEN: s.Heading.EN, TextUK: s.Text.UK, TextEN: s.Text.EN, Optional: s.Optional,
		Term: cmp.Or(s.Term.Kind, noTerm), Unit: s.Term.Unit, LawUK: s.Term.Law.UK, LawEN: s.Term.Law.EN,
	}
	if s.Term.Count > 0 {
		in.Count = strconv.Itoa(s.Term.Count)
	}
	for _, o := range s.Services {
		in.Services = append(in.Services, o.ID.String())
	}
	for _, e := range s.Elsewhere {
		in.Elsewhere = append(in.Elsewhere, e.ID.String())
	}
	form := web.FormOf(in)
	form.Set(conflict.BaseField, conflict.Base(form.All()))
	return form
}

// readStep takes the form apart; a count that is no number is 0, which a step with a term may not have.
func readStep(form *web.Form) catalogue.SituationStep {
	var in stepForm
	form.Bind(&in)
	count, err := strconv.Atoi(in.Count)
	if err != nil {
		count = 0
	}
	if in.Term == noTerm {
		in.Term = ""
	}
	s := catalogue.SituationStep{
		Heading: both(in.HeadingUK, in.HeadingEN), Text: both(in.TextUK, in.TextEN), Optional: in.Optional,
		Term: catalogue.StepTerm{Kind: in.Term, Count: count, Unit: in.Unit, Law: both(in.LawUK, in.LawEN)},
	}
	for _, id := range ids(in.Services) {
		s.Services = append(s.Services, catalogue.OnPath{ID: id})
	}
	for _, id := range ids(in.Elsewhere) {
		s.Elsewhere = append(s.Elsewhere, catalogue.Choice{ID: id})
	}
	return s.Tidy()
}

// ids are those among the values that can be one, each once.
func ids(values []string) (list []uuid.UUID) {
	for _, value := range values {
		if id, err := uuid.Parse(value); err == nil && !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	return list
}

// place is the number of the step that the address names: 0 for a new one.
func place(c *gin.Context, v catalogue.Situation) (int, catalogue.SituationStep, error) {
	if c.Param("step") == "new" {
		return 0, catalogue.SituationStep{}, nil
	}
	number, err := strconv.Atoi(c.Param("step"))
	if err != nil {
		return 0, catalogue.SituationStep{}, fault.New(fault.NotFound, "")
	}
	step, err := v.Step(number)
	return number, step.Edited(), err
}

func stepPath(v catalogue.Situation, number int) string {
	if number == 0 {
		return path(v) + "/steps/new"
	}
	return path(v) + "/steps/" + strconv.Itoa(number)
}

func (h handlers) step(c *gin.Context) error {
	v, err := h.one(c)
	if err != nil {
		return err
	}
	number, step, err := place(c, v)
	if err != nil {
		return err
	}
	return h.renderStep(c, http.StatusOK, v, number, formOfStep(step, v.Version))
}

// find is the button that looks for services and for what others give.
const find = "find"

func (h handlers) stepPost(c *gin.Context) error {
	v, err := h.one(c)
	if err != nil {
		return err
	}
	number, saved, err := place(c, v)
	if err != nil {
		return err
	}
	form, err := request.Form(h.site, c)
	if err != nil {
		return err
	}
	if conflict.Picked(form) {
		form = conflict.Merge(form, formOfStep(saved, v.Version).All())
	}
	if do := form.Value("do"); do == conflict.DoEdit || do == find {
		return h.renderStep(c, http.StatusOK, v, number, form)
	}
	step := readStep(form)
	if form.OK() {
		err := h.Situations.SaveStep(c.Request.Context(), session.Actor(c), v.ID, request.Version(form), number, step)
		if fault.Is(err, fault.Conflict) {
			return h.stepConflict(c, v, number, saved, form)
		}
		if err != nil && !form.Take(err) {
			return err
		}
	}
	if !form.OK() {
		return h.renderStep(c, http.StatusUnprocessableEntity, v, number, form)
	}
	h.site.Flash(c, "situations.step_saved")
	return web.Redirect(c, path(v))
}

// stepConflict shows the step that stands in this place now beside what was typed. A new step has none beside it: whoever presses again has
// read that the path was changed.
func (h handlers) stepConflict(c *gin.Context, v catalogue.Situation, number int, saved catalogue.SituationStep, form *web.Form) error {
	if number == 0 {
		form.Set("version", strconv.Itoa(v.Version))
		form.Add("", "situations.path_changed")
		return h.renderStep(c, http.StatusConflict, v, number, form)
	}
	by, err := h.Situations.LastChange(c.Request.Context(), v.ID)
	if err != nil {
		return err
	}
	p := h.site.Printer(c)
	shown, err := h.stepPage(c, v, number, form)
	if err != nil {
		return err
	}
	page := &conflict.Page{Action: stepPath(v, number), Saved: path(v), Overwrite: true, By: by, Latest: formOfStep(saved, v.Version).All()}
	page.Rows = conflict.Compare(p, "situations.step_field.", page.Latest, form.All(), map[string]conflict.Meaning{
		"optional": conflict.Tick(p), "term": conflict.SetOf(shown.Kinds), "unit": conflict.OneOf(shown.Units),
		"services": conflict.SetOf(h.withSaved(c, shown.Services, saved.Services)), "elsewhere": conflict.SetOf(shown.Elsewhere),
	})
	return conflict.Render(h.site, c, page, form.All(), strconv.Itoa(v.Version))
}

// withSaved adds to the choices the services of the step as it is saved, so that each has a name.
func (h handlers) withSaved(c *gin.Context, choices []ui.Choice, saved []catalogue.OnPath) []ui.Choice {
	p := h.site.Printer(c)
	for _, o := range saved {
		choices = append(choices, ui.NewChoice(o.ID.String(), p.Value(o.Name)))
	}
	return choices
}

func (h handlers) renderStep(c *gin.Context, status int, v catalogue.Situation, number int, form *web.Form) error {
	page, err := h.stepPage(c, v, number, form)
	if err != nil {
		return err
	}
	page.Errors = form.Errors()
	return h.site.Render(c, status, "situations/step_edit", page)
}

func (h handlers) stepPage(c *gin.Context, v catalogue.Situation, number int, form *web.Form) (*stepEditPage, error) {
	p, ctx, actor := h.site.Printer(c), c.Request.Context(), session.Actor(c)
	page := &stepEditPage{
		Form: form, Number: number, Situation: v, Optional: []ui.Choice{ui.NewChoice("true", p.T("situations.optional_yes"))},
		Kinds: []ui.Choice{ui.NewChoice(noTerm, p.T("situations.kind.none"))}, Units: request.Words(p, p.T("situations.unit.choose"), "situations.unit.", catalogue.StepTermUnits...),
	}
	page.Back = &ui.Link{Href: path(v), Text: p.T("situations.back")}
	for _, kind := range catalogue.StepTermKinds {
		page.Kinds = append(page.Kinds, ui.NewChoice(kind, p.T("situations.kind."+kind)))
	}
	services, elsewhere, err := h.Situations.Chosen(ctx, actor, ids(form.Values("services")), ids(form.Values("elsewhere")))
	if err != nil {
		return nil, err
	}
	if typed := form.Value("find"); typed != "" {
		found, others, err := h.Situations.Find(ctx, actor, typed)
		if err != nil {
			return nil, err
		}
		page.Nothing = len(found)+len(others) == 0
		services, elsewhere = append(services, found...), append(elsewhere, others...)
	}
	seen := map[uuid.UUID]bool{}
	for _, o := range services {
		if seen[o.ID] {
			continue
		}
		seen[o.ID] = true
		hint := o.Code
		if !o.Published {
			hint += " · " + p.T("situations.service_hidden")
		}
		page.Services = append(page.Services, ui.NewChoice(o.ID.String(), p.Value(o.Name), hint))
	}
	for _, e := range elsewhere {
		if !seen[e.ID] {
			seen[e.ID] = true
			page.Elsewhere = append(page.Elsewhere, ui.NewChoice(e.ID.String(), p.Value(e.Name)))
		}
	}
	return page, nil
}
