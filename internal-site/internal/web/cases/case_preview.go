package cases

import (
	"net/url"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/web/request"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

// row is the parameter of a list's address that says which of its cases is shown beside it.
const row = "row"

// previewed is what a list shows of one of its cases beside it: what has to be known most often, and the acts that need nothing
// typed.
type previewed struct{ *caseShowPage }

// previewActs are the acts that the preview offers.
var previewActs = []cases.Act{cases.Take, cases.FinishStage, cases.Issue, cases.Remind}

// previewKeys are the keys of those acts, the same as on the page of the case.
var previewKeys = map[cases.Act]string{cases.Take: "T", cases.FinishStage: "E", cases.Issue: "I"}

// Key is the key of an act; "" when it has none.
func (p *previewed) Key(act string) string { return previewKeys[cases.Act(act)] }

// lastEvents is how many events the preview shows.
const lastEvents = 3

// Acts are those of previewActs that the reader may do now. A case that a colleague has is not taken without a reason, and a stage that
// can end in several ways is ended on the page of the case.
func (p *previewed) Acts() (list []cases.Act) {
	for _, act := range previewActs {
		if p.Can[string(act)] && (act != cases.Take || p.TakesFrom == "") && (act != cases.FinishStage || len(p.EndWays) == 0) {
			list = append(list, act)
		}
	}
	return list
}

// Last are the newest events.
func (p *previewed) Last() []event { return p.Events[:min(len(p.Events), lastEvents)] }

// fillPreview reads the case that the address asks to be shown beside the list. One that is gone, or that the reader may not see, is
// not shown, since the list is what they came for.
func (h handlers) fillPreview(c *gin.Context, page *caseListPage) error {
	id, err := uuid.Parse(c.Query(row))
	if err != nil {
		return nil //nolint:nilerr // whatever stands there is no case
	}
	shown, err := h.page(c, id, web.NewForm(nil))
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	shown.ActHref = within("/cases/"+id.String()+"/act", page.query)
	page.Preview = &previewed{shown}
	return nil
}

// peekedAt is the address of the list at a query with a case beside it; of the list alone for no case.
func peekedAt(id uuid.UUID, query string) string {
	values, err := url.ParseQuery(query)
	if err != nil {
		values = url.Values{}
	}
	values.Del(row)
	if id == uuid.Nil {
		return listAt(values.Encode())
	}
	values.Set(row, id.String())
	return "/cases?" + values.Encode() + "#preview"
}

// Peeked is the address of the list with a case beside it.
func (page *caseListPage) Peeked(r cases.Row) string {
	return peekedAt(r.ID, page.query)
}

// Peeking says whether the case is the one beside the list.
func (page *caseListPage) Peeking(r cases.Row) bool {
	return page.Preview != nil && page.Preview.Case.ID == r.ID
}

// Unpeeked is the address of the list alone.
func (page *caseListPage) Unpeeked() string { return listAt(page.query) }

// unpeeked is the query of the list without the case beside it.
func unpeeked(c *gin.Context) string {
	return withoutRow(request.Here(c))
}

// withoutRow is the query of a list without the case beside it.
func withoutRow(query string) string {
	values, err := url.ParseQuery(query)
	if err != nil {
		return ""
	}
	values.Del(row)
	return values.Encode()
}

// listAt is the address of the list at a query.
func listAt(query string) string {
	if query == "" {
		return "/cases"
	}
	return "/cases?" + query
}
