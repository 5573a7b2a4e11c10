package cases

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/counter"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/requests"
	"portal.example/internal-site/internal/signatures"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
	"portal.example/shared/workdays"
)

type caseShowPage struct {
	web.Page
	Form      *web.Form // of whichever act failed
	Case      cases.Case
	Names     cases.Names
	Applicant cases.Applicant
	Stages    []cases.Stage
	Events    []event // the newest first
	Received  []documents.File
	Signs     bool                              // the reader can add electronic signatures to results
	Signed    map[uuid.UUID]signatures.Evidence // what is known of the electronic signatures among the files
	Brought   counter.Brought                   // over the counter
	Same      []counter.Same                    // what the applicant applied for before or again
	Results   []documents.File                  // originals
	Given     []documents.File                  // by authorities that were asked
	Went      []went                            // where the valid results went, for those who may take them back
	Asked     []requests.Request
	MayAsk    bool
	Answers   []forms.Row
	Raw       []rawAnswer // answers whose form is not known any more
	Deadline  workdays.Deadline
	// LeftInWords is how much of its term a case has left that stands still.
	LeftInWords string
	Tacit       bool       // silence counts as consent by now
	Consented   *time.Time // when that was recorded, while there is no decision
	Uncollected *time.Time // since when the result has been stored for longer than its storage term
	StorageSays string     // until when the result is stored, or what to do with one that nobody collects
	// LastExtended is the day after which an extended term cannot end.
	LastExtended time.Time
	Late         bool
	Cited        []locale.Text // the grounds of a refusal
	Grounds      []ui.Choice
	Drafted      time.Time       // when the newest text that waits here was typed; zero when none does
	DraftsTo     string          // where the script sends what is typed
	Handover     *cases.Handover // who collected the result
	// Replaceable and Withdrawable are the results that are valid, to choose from.
	Replaceable, Withdrawable []ui.SelectItem
	Can                       map[string]bool
	Why                       map[string]string // the message that says why an act cannot be done yet, for those who may do it
	Lost                      []lostText        // typed for acts that are no longer possible
	Unsaved                   bool              // something was typed for another act than the one that was done
	Accept                    string
	Today                     time.Time
	lang                      locale.Lang // of the words in Answers
	ActHref                   string      // where the acts are sent
	ActNextHref               string      // where an act is sent together with the one that may follow at once
	PassesOn                  bool        // whoever decides could also pass the case on
	ResultTo                  string      // where a result is sent
	Told                      []toldLine  // what the applicant was told, the newest first
	barPart
	deskPart
	stagesPart
	undoPart
	replyPart
	decisionPart
	proposalPart
	sayPart
	opinionsPart
}

// lostText is what was typed for an act that has become impossible: it stands there to be copied.
type lostText struct{ Field, Label string }

// event is a line of the history.
type event struct{ cases.Event }

// SaysItself says that the text is a whole sentence of what happened, which a heading would only repeat.
func (e event) SaysItself() bool {
	switch e.Kind {
	case cases.EventRegistered, cases.EventAssigned, cases.EventStageStarted, cases.EventStageFinished, cases.EventSuspended, cases.EventDecided,
		cases.EventReturned, cases.EventProposed, cases.EventSentBack, cases.EventAsked, cases.EventAnswered, cases.EventRecalled,
		cases.EventReplied, cases.EventWithdrawalAsked, cases.EventPapersAdded,
		cases.EventWithdrawn, cases.EventReopened, cases.EventResumed, cases.EventIssued, cases.EventClosed, cases.EventUnarchived,
		cases.EventResultWaits, cases.EventUncollected,
		cases.EventDecisionCorrected, cases.EventDecisionWithdrawn, cases.EventResultWithdrawn, cases.EventResultSigned:
		return true
	default:
		return false
	}
}

// rawAnswer is an answer under the name of its field.
type rawAnswer struct{ Name, Value string }

func (h handlers) show(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	form := web.NewForm(nil)
	if c.Query("edit") == "proposal" {
		if err := h.editProposal(c, id, form); err != nil {
			return err
		}
	}
	page, err := h.page(c, id, form)
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "cases/case_show", page)
}

// page reads everything that a case's page shows.
func (h handlers) page(c *gin.Context, id uuid.UUID, form *web.Form) (*caseShowPage, error) {
	ctx, actor, p := c.Request.Context(), session.Actor(c), h.site.Printer(c)
	w, err := h.Cases.Work(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	names, applicant, files, err := h.Cases.Around(ctx, w)
	if err != nil {
		return nil, err
	}
	page := &caseShowPage{
		Page: web.Page{Breadcrumbs: []ui.Link{{Href: listHref(c), Text: p.T("cases.title")}, {Text: w.Case.Number}}},
		Form: form, Case: w.Case, Names: names, Applicant: applicant, Stages: w.Stages, Deadline: w.Deadline(), LeftInWords: leftOf(h.site.Printer(c), w.Deadline()), LastExtended: w.LastExtended(), Tacit: w.Tacit(), Consented: w.Consented(), Uncollected: w.Uncollected(), StorageSays: storageOf(h.site.Printer(c), w), Can: possible(w, actor),
		ActHref: within("/cases/"+id.String()+"/act", listQuery(c)), ResultTo: within("/cases/"+id.String()+"/result", listQuery(c)),
		Accept: ".pdf,.p7s,.asice,.docx,.jpg,.jpeg,.png",
	}
	page.ActNextHref = page.ActHref + "?" + andNext + "=yes"
	if strings.Contains(page.ActHref, "?") {
		page.ActNextHref = page.ActHref + "&" + andNext + "=yes"
	}
	page.PassesOn = (page.Can["decide"] || page.Can["sign"]) && w.PassesOn(actor)
	page.Why, page.Today = hindered(w, actor), workdays.DateOf(h.site.Now())
	page.Late = w.Case.State.Running() && page.Today.After(w.Case.DueOn)
	page.DraftsTo = "/cases/" + id.String() + "/drafts"
	if err := h.fillDrafts(c, page, id); err != nil {
		return nil, err
	}
	page.findLost(p)
	page.fillBar(w, actor)
	if err := h.fillDesk(c, page, w); err != nil {
		return nil, err
	}
	if err := h.fillStages(c, page, w); err != nil {
		return nil, err
	}
	if err := h.fillUndo(c, &page.undoPart, id); err != nil {
		return nil, err
	}
	for i := len(w.Events) - 1; i >= 0; i-- {
		page.Events = append(page.Events, event{w.Events[i]})
	}
	for _, f := range files {
		switch f.Purpose {
		case documents.Received:
			page.Received = append(page.Received, f)
		case documents.Result:
			page.Results = append(page.Results, f)
		case documents.Answer:
			page.Given = append(page.Given, f)
		case documents.SealedResult, documents.Template:
		}
	}
	if h.Signed != nil {
		page.Signs = page.Can[string(cases.SignResult)]
		if page.Signed, err = h.Signed.OfCase(ctx, id, files); err != nil {
			return nil, err
		}
	}
	page.fillGrounds(p, w)
	if err := h.fillDecisions(c, &page.decisionPart, w); err != nil {
		return nil, err
	}
	if err := h.fillProposal(c, page, w); err != nil {
		return nil, err
	}
	page.fillResults(p)
	if page.Can[string(cases.WithdrawResult)] || page.Can[string(cases.WithdrawDecision)] {
		if page.Went, err = h.whereItWent(ctx, actor, w, page.valid(), files); err != nil {
			return nil, err
		}
	}
	if err := h.fillHandover(c, page, w); err != nil {
		return nil, err
	}
	page.fillAnswers(p, names.FormSchema)
	if h.Counter != nil && !page.Outline {
		if page.Brought, err = h.Counter.Brought(ctx, id); err != nil {
			return nil, err
		}
		if page.Same, err = h.Counter.SameAs(ctx, actor, id); err != nil {
			return nil, err
		}
	}
	if err := h.fillRequests(c, page, w); err != nil {
		return nil, err
	}
	if err := h.fillOpinions(c, page, w); err != nil {
		return nil, err
	}
	page.fillSaying(w)
	if err := h.fillReplies(ctx, page, w, p, files); err != nil {
		return nil, err
	}
	page.Told, err = h.told(ctx, actor, p, id)
	return page, err
}

// storageOf says until when the result is stored, or what to do with one that nobody collects; "" while nothing is to be said.
func storageOf(p *locale.Printer, w *cases.Work) string {
	switch {
	case w.Case.StoredUntil == nil:
		return ""
	case w.Uncollected() == nil:
		return p.T("cases.stored_until_says", p.Date(*w.Case.StoredUntil))
	case w.Case.State == cases.Closed:
		return p.T("cases.uncollected_archived")
	}
	return p.T("cases.uncollected_says", p.Date(*w.Case.StoredUntil))
}

// possible says which acts the person may do now.
func possible(w *cases.Work, actor access.Actor) map[string]bool {
	can := map[string]bool{}
	for _, act := range cases.Acts {
		can[string(act)] = w.Possible(act) && w.May(actor, act)
	}
	return can
}

// hindered says why acts that the person has the right to cannot be done yet, where the page has something to say of it.
func hindered(w *cases.Work, actor access.Actor) map[string]string {
	why := map[string]string{}
	for _, f := range actForms {
		if err := w.Hinders(f.act); f.why && err != nil && w.May(actor, f.act) {
			if key := fault.MessageKey(err); key != "cases.act_refused" {
				why[string(f.act)] = key
			}
		}
	}
	return why
}

// findLost finds the texts for which the page has no field any more.
func (page *caseShowPage) findLost(p *locale.Printer) {
	for _, f := range actForms {
		field := cases.FieldOf(f.act)
		usable := slices.ContainsFunc(actForms, func(o actForm) bool { return slices.Contains(o.fields, field) && page.Can[string(o.act)] })
		known := slices.ContainsFunc(page.Lost, func(l lostText) bool { return l.Field == field })
		if slices.Contains(f.fields, field) && !usable && !known && page.Form.Value(field) != "" {
			page.Lost = append(page.Lost, lostText{field, p.T("cases.text." + string(f.act))})
		}
	}
}

// Acts says whether the person may do anything with the case now.
func (page *caseShowPage) Acts() bool {
	for _, can := range page.Can {
		if can {
			return true
		}
	}
	return false
}

// Opened says whether the fields of an act are shown unfolded: something was typed in them, or is wrong with them.
func (page *caseShowPage) Opened(act string) bool {
	if page.Form.Value("act") == act {
		return true
	}
	return slices.ContainsFunc(formOf(cases.Act(act)).fields, func(name string) bool { return page.Form.Value(name) != "" })
}

// Suspended says whether the work stands still, so that the case has no last day but so many days left.
func (page *caseShowPage) Suspended() bool { return page.Case.State == cases.Suspended }

// LateBefore says whether the term had passed already when the work was suspended.
func (page *caseShowPage) LateBefore() bool { return lateBefore(page.Deadline) }

func lateBefore(d workdays.Deadline) bool {
	since, ok := d.Standing()
	return ok && d.Due.Before(since)
}

// StageLate says whether the active stage has gone beyond its own last day.
func (page *caseShowPage) StageLate(s cases.Stage) bool {
	return s.State == cases.StageActive && !page.Suspended() && s.DueOn != nil && s.DueOn.Before(page.Today)
}

// fillGrounds offers the grounds on which the service can be refused, and says which a refusal has cited.
func (page *caseShowPage) fillGrounds(p *locale.Printer, w *cases.Work) {
	for _, g := range w.Card.Refusal {
		page.Grounds = append(page.Grounds, ui.NewChoice(g.ID, p.Value(g.Text)))
	}
	page.Grounds = append(page.Grounds, ui.NewChoice(cases.OtherGround, p.T("cases.ground_is_other")))
	page.Cited = w.Cited(w.Case.Grounds, w.Case.OtherGround)
}

// fillAnswers shows the answers in the words of the form they were given on, or as they are when that form
// cannot be read.
func (page *caseShowPage) fillAnswers(p *locale.Printer, schema json.RawMessage) {
	if schema != nil {
		form, err := forms.Parse(schema)
		if err == nil {
			var answers forms.Answers
			if answers, err = form.ParseAnswers(page.Case.Answers); err == nil {
				page.Answers, page.lang = form.Rows(answers, p), p.Lang()
				return
			}
		}
	}
	var raw map[string]any
	if json.Unmarshal(page.Case.Answers, &raw) != nil {
		return
	}
	for name, value := range raw {
		page.Raw = append(page.Raw, rawAnswer{name, p.Value(value)})
	}
	locale.SortBy(page.Raw, func(a rawAnswer) string { return a.Name })
}

// Answering lists the attachments of a question that was answered with files. They are known by its title: the ids in the answers
// are the public site's, and those of the attachments are given inside.
func (page *caseShowPage) Answering(row forms.Row) (files []documents.File) {
	for _, f := range page.Received {
		if title, _ := (locale.Text{UK: f.Title, EN: f.TitleEN}).In(page.lang); title == row.Label {
			files = append(files, f)
		}
	}
	return files
}
