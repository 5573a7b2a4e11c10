package cases

import (
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/ui/cardview"
	"portal.example/shared/web"
)

// stagesPart is what a case's page says of stages that run at the same time, that are left out and that are put between others.
type stagesPart struct {
	Own       *cases.Stage              // the active stage of the reader's party
	EndWays   []ui.SelectItem           // in which their stage can end; none: it just ends
	Waits     map[uuid.UUID]string      // after which stages one comes
	Ended     map[uuid.UUID]locale.Text // in which way a stage has ended
	Condition map[uuid.UUID]string      // when a stage is done
	Kinds     []ui.SelectItem           // of stages that can be put in
	Places    []ui.SelectItem           // that can do them
	Wheres    []ui.SelectItem
	Droppable []ui.SelectItem // that were put in and can be taken out
}

// ofCentre is the choice of the case's own centre among the places that can do a stage.
const ofCentre = "centre"

// fillStages says what the reader can do with the order of the stages.
func (h handlers) fillStages(c *gin.Context, page *caseShowPage, w *cases.Work) error {
	p, part := h.site.Printer(c), &page.stagesPart
	part.Waits, part.Ended, part.Condition = map[uuid.UUID]string{}, map[uuid.UUID]locale.Text{}, map[uuid.UUID]string{}
	names := outcomeNames(w)
	for i, s := range w.Stages {
		if waits := w.Waits(i); s.Plan != nil && len(waits) > 0 {
			part.Waits[s.ID] = cardview.StageWaits(p, waits)
		}
		if name, ok := names[s.Outcome]; ok {
			part.Ended[s.ID] = name
		}
		if when := s.When(); when != nil {
			part.Condition[s.ID] = cardview.StageCondition(p, *when, names[when.Outcome])
		}
	}
	if part.Own = w.StageOf(session.Actor(c)); part.Own != nil {
		for _, o := range part.Own.Outcomes() {
			part.EndWays = append(part.EndWays, ui.SelectItem{Value: o.ID, Text: p.Value(o.Name)})
		}
	}
	if page.Can[string(cases.DropStage)] {
		part.Droppable = request.Options(p, p.T("cases.drop_stage_choose"), w.Droppable(), stageChoice)
	}
	if !page.Can[string(cases.InsertStage)] {
		return nil
	}
	return h.fillInserting(c, part, w)
}

func (h handlers) fillInserting(c *gin.Context, part *stagesPart, w *cases.Work) error {
	p := h.site.Printer(c)
	part.Kinds = []ui.SelectItem{{Text: p.T("cases.insert_kind_choose")}}
	for _, kind := range cases.InsertKinds {
		part.Kinds = append(part.Kinds, ui.SelectItem{Value: kind, Text: p.Value(cases.InsertedName(kind))})
	}
	authorities, err := h.Orgs.Names(c.Request.Context(), org.Authority)
	part.Places = append([]ui.SelectItem{{Text: p.T("cases.insert_place_choose")}, {Value: ofCentre, Text: p.T("cases.the_centre")}},
		request.Options(p, "", authorities, func(n org.Name) (string, locale.Text) { return n.ID.String(), n.Name })...)
	part.Wheres = []ui.SelectItem{{Text: p.T("cases.insert_at_choose")}}
	for _, s := range w.OpenStages() {
		for _, where := range cases.InsertWheres {
			part.Wheres = append(part.Wheres, ui.SelectItem{Value: where + " " + s.ID.String(), Text: p.T("cases.insert_at."+where, s.Title())})
		}
	}
	return err
}

// readInserting reads a stage that is to be put in.
func readInserting(form *web.Form, cmd *cases.Command) {
	where, stage, _ := strings.Cut(form.Value("insert_at"), " ")
	in := cases.Inserting{Kind: form.Value("insert_kind"), Where: where}
	in.Days, _ = strconv.Atoi(strings.TrimSpace(form.Value("insert_days"))) // what is no number is no day, and the rules say so
	in.Stage, _ = uuid.Parse(stage)
	if place := form.Value("insert_place"); place != ofCentre {
		if id, err := uuid.Parse(place); err == nil {
			in.Place = id
		} else {
			in.Place = uuid.Max // nothing was chosen: it is not the centre
		}
	}
	cmd.Insert = in
}

func stageChoice(s cases.Stage) (string, locale.Text) { return s.ID.String(), s.Title() }

// outcomeNames are the ways in which the stages of a case can end, by their ids.
func outcomeNames(w *cases.Work) map[string]locale.Text {
	names := map[string]locale.Text{}
	for _, s := range w.Stages {
		for _, o := range s.Outcomes() {
			names[o.ID] = o.Name
		}
	}
	return names
}
