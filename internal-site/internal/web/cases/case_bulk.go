package cases

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/offices"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// bulk is what can be done with the ticked cases of a list.
type bulk struct {
	Action     string
	Acts       []cases.Act
	Colleagues []ui.SelectItem
	Form       *web.Form // what was typed for them
	ticked     []string
}

// Has says whether one of the acts is offered.
func (b *bulk) Has(act string) bool { return slices.Contains(b.Acts, cases.Act(act)) }

// Ticked says whether a case was ticked when the form was sent.
func (b *bulk) Ticked(r cases.Row) bool {
	return slices.ContainsFunc(b.ticked, func(v string) bool { return strings.HasPrefix(v, r.ID.String()) })
}

// result is what became of one ticked case.
type result struct {
	Number, Href string
	Why          string // why nothing was done; "" when it was
	Tick         string // the case as it is after an act that can be taken back
}

// undoMany takes back what was just done with many cases.
const undoMany cases.Act = "undo"

// bulkActs are the acts that are offered in each view.
var bulkActs = map[string][]cases.Act{
	cases.ViewMine:      {cases.Assign, cases.HandBack},
	cases.ViewPool:      {cases.Take, cases.Assign},
	cases.ViewOthers:    {cases.Remind, cases.Assign, cases.HandBack},
	cases.ViewApplicant: {cases.Assign, cases.HandBack},
}

// fillBulk offers what can be done with many cases of the list at once.
func (h handlers) fillBulk(c *gin.Context, page *caseListPage, f cases.Filter) error {
	actor := session.Actor(c)
	acts := slices.Clone(bulkActs[f.View])
	if f.View == cases.ViewPool && !access.MayEver(actor, cases.AssignOn) {
		acts = []cases.Act{cases.Take}
	}
	if len(page.Cases) == 0 || len(acts) == 0 || !access.MayEver(actor, cases.WorkOn) {
		return nil
	}
	page.Bulk = &bulk{Action: within("/cases/bulk", page.query), Acts: acts, Form: web.NewForm(nil)}
	if !page.Bulk.Has("assign") {
		return nil
	}
	colleagues, err := h.Cases.Team(c.Request.Context(), actor)
	page.Bulk.Colleagues = colleagueChoices(h.site.Printer(c), slices.DeleteFunc(colleagues, func(c offices.Colleague) bool { return c.Gone }))
	return err
}

// maxBulk is how many cases are done at once: a page of the list.
const maxBulk = listSize

// bulk does one act with each ticked case, in a transaction of its own, and says what became of each.
func (h handlers) bulk(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	ticked, act := form.Values("case"), cases.Act(form.Value("act"))
	offered := slices.ContainsFunc([]cases.Act{cases.Take, cases.Assign, cases.HandBack, cases.Remind, undoMany}, func(a cases.Act) bool { return a == act })
	if !offered || len(ticked) > maxBulk {
		return fault.New(fault.Invalid, "")
	}
	wrong := bulkWrong(form, act, len(ticked))
	results := []result{}
	if len(wrong) == 0 {
		for _, value := range ticked {
			results = append(results, h.one(c, value, cases.Command{Act: act, Text: form.Value("reason"), To: request.FormID(form, "to")}))
		}
	}
	return h.bulkDone(c, form, wrong, results, act)
}

// bulkWrong says what is missing before anything is done.
func bulkWrong(form *web.Form, act cases.Act, n int) (wrong []fault.FieldError) {
	if n == 0 {
		wrong = append(wrong, fault.FieldError{Key: "cases.nothing_ticked"})
	}
	if act == cases.Assign && form.Value("to") == "" {
		wrong = append(wrong, fault.FieldError{Field: "to", Key: "cases.colleague_required"})
	}
	if act == cases.HandBack && strings.TrimSpace(form.Value("reason")) == "" {
		wrong = append(wrong, fault.FieldError{Field: "reason", Key: "cases.hand_back_required"})
	}
	return wrong
}

// one does the act with the case that a tick names: its id and the version that the page showed.
func (h handlers) one(c *gin.Context, tick string, cmd cases.Command) result {
	ctx, actor, p := c.Request.Context(), session.Actor(c), h.site.Printer(c)
	part, version, _ := strings.Cut(tick, ":")
	id, err := uuid.Parse(part)
	if err != nil {
		return result{Number: "–", Why: p.T(fault.MessageKey(fault.New(fault.NotFound, "")))}
	}
	n, _ := strconv.Atoi(version)
	r := result{Href: opened(id, listQuery(c))}
	w, err := h.Cases.Work(ctx, actor, id)
	if err == nil {
		r.Number = w.Case.Number
		err = h.doOne(ctx, actor, id, n, cmd)
	}
	switch {
	case err != nil:
		r.Why = p.T(whyNot(err))
	case cmd.Act.CanBeUndone():
		r.Tick = id.String() + ":" + strconv.Itoa(n+1)
	}
	return r
}

func (h handlers) doOne(ctx context.Context, actor access.Actor, id uuid.UUID, version int, cmd cases.Command) error {
	if cmd.Act != undoMany {
		return h.Cases.Do(ctx, actor, id, version, cmd)
	}
	_, err := h.Cases.Undo(ctx, actor, id, version)
	return err
}

// whyNot is the message that says why an act was refused: of its first field, if a field is wrong.
func whyNot(err error) string {
	var f *fault.Error
	if errors.As(err, &f) && len(f.Fields) > 0 {
		return f.Fields[0].Key
	}
	if key := fault.MessageKey(err); key != fault.MessageKey(fault.New(fault.Conflict, "")) {
		return key
	}
	return "cases.bulk_stale"
}

// bulkDone shows the list again with what became of each ticked case.
func (h handlers) bulkDone(c *gin.Context, form *web.Form, wrong []fault.FieldError, results []result, act cases.Act) error {
	c.Request.URL.Path, c.Request.URL.RawQuery = "/cases", listQuery(c) // the list in which they were ticked
	page, err := h.listPage(c)
	if err != nil {
		return err
	}
	page.Errors, page.Results = wrong, results
	done := 0
	for _, r := range results {
		if r.Why == "" {
			done++
		}
	}
	page.Done, page.Act = done, act
	if act.CanBeUndone() && done > 0 {
		page.UndoAll, page.Undo = within("/cases/bulk", page.query), nil // all of them at once, not the last alone
	}
	status := http.StatusOK
	if len(wrong) > 0 {
		status = http.StatusUnprocessableEntity
		if page.Bulk != nil {
			for _, e := range wrong {
				if e.Field != "" {
					form.Add(e.Field, e.Key)
				}
			}
			page.Bulk.Form, page.Bulk.ticked = form, form.Values("case")
		}
	}
	return h.site.Render(c, status, "cases/case_list", page)
}
