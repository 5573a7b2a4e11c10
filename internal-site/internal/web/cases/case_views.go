package cases

import (
	"context"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// view is a list that people open every day. Its number is counted by the filter of its address, so that it is the number
// of cases in the list.
type view struct {
	key, query string
	counted    bool
	needs      access.Action // "" shows it to whoever sees cases
}

var views = []view{
	{"cases.view.mine", "view=mine", true, cases.WorkOn},
	{"cases.view.overdue", "due=overdue&view=mine", true, cases.WorkOn},
	{"cases.view.today", "due=today&view=mine", true, cases.WorkOn},
	{"cases.view.pool", "view=pool", true, cases.WorkOn},
	{"cases.view.others", "view=others", true, cases.WorkOn},
	{"cases.view.applicant", "view=applicant", true, cases.WorkOn},
	{"cases.view.issue", "view=issue", true, cases.IssueResult},
	{"cases.view.online", "channel=online&state=registered", true, ""},
	{"cases.view.late", "due=overdue", true, ""},
	{"cases.view.tacit", "view=tacit", true, ""},
	{"cases.view.uncollected", "view=uncollected", true, ""},
	{"cases.view.asked", "view=asked", true, cases.WorkOn},
	{"cases.view.open", "", false, ""},
	{"cases.view.all", "state=all", false, ""},
}

func (v view) href() string {
	if v.query == "" {
		return "/cases"
	}
	return "/cases?" + v.query
}

// filterAt is the filter of a list's address; what is no address asks for everything that is open.
func filterAt(query string) cases.Filter {
	values, err := url.ParseQuery(query)
	if err != nil {
		return cases.Filter{}
	}
	return filterOf(web.NewForm(values))
}

// person is one of a head's people with the lists of what they have in hand.
type person struct {
	Name, Away             string
	Gone                   bool
	Mine, Late             int
	MineHref, LateHref     string
	Others, Applicant      int
	OthersHref, StandsHref string
}

// fillViews lists what people open every day, with how much is in each; those for whom the reader substitutes; and for a head
// how much each of their people has in hand.
func (h handlers) fillViews(c *gin.Context, page *caseListPage) error {
	ctx, actor, p := c.Request.Context(), session.Actor(c), h.site.Printer(c)
	saved, err := h.Cases.SavedViews(ctx, actor)
	if err != nil {
		return err
	}
	list, err := h.viewsOf(ctx, actor, p, saved)
	if err != nil {
		return err
	}
	page.Views.Label = p.T("cases.views")
	at := withoutRow(request.Query(c))
	current := slices.IndexFunc(list, func(v named) bool { return v.query == at }) // one, also where a saved view repeats another
	for i, v := range list {
		page.Views.Items = append(page.Views.Items, ui.SubNavigationItem{Content: ui.Content{Text: v.text}, Href: v.href(), Active: i == current})
	}
	if err := h.fillSaving(c, page, saved); err != nil {
		return err
	}
	loads, err := h.Cases.Loads(ctx, actor)
	for _, l := range loads {
		page.People = append(page.People, personOf(p, l))
	}
	return err
}

// Key is the digit that opens the view at a place of the list; "" beyond the ninth.
func (page *caseListPage) Key(i int) string {
	if i >= 9 {
		return ""
	}
	return strconv.Itoa(i + 1)
}

// named is a view with the words of its link.
type named struct {
	view
	text string
}

func (h handlers) viewsOf(ctx context.Context, actor access.Actor, p *locale.Printer, saved []cases.SavedView) ([]named, error) {
	var list []named
	for _, v := range views {
		if v.needs == "" || access.MayEver(actor, v.needs) {
			list = append(list, named{v, p.T(v.key)})
		}
	}
	away, err := h.Cases.Substituted(ctx, actor)
	if err != nil {
		return nil, err
	}
	for _, a := range away {
		list = append(list, named{view{query: personQuery(cases.ViewMine, a.User.String(), ""), counted: true}, p.T("cases.view.instead", a.Name)})
	}
	list = append(list, savedViews(p, saved)...)
	var filters []cases.Filter
	for _, v := range list {
		if v.counted {
			filters = append(filters, filterAt(v.query))
		}
	}
	counts, err := h.Cases.Count(ctx, actor, filters...)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if list[i].counted {
			list[i].text, counts = p.T("cases.view_count", list[i].text, counts[0]), counts[1:]
		}
	}
	return list, nil
}

// personQuery is the query of somebody's view.
func personQuery(view, person, due string) string {
	q := url.Values{"view": {view}, "person": {person}}
	if due != "" {
		q.Set("due", due)
	}
	return q.Encode()
}

func personOf(p *locale.Printer, l cases.Load) person {
	id := l.ID.String()
	at := func(view, due string) string { return "/cases?" + personQuery(view, id, due) }
	one := person{
		Name: l.Name, Gone: l.Gone, Mine: l.Mine, Late: l.Late, Others: l.Others, Applicant: l.Applicant,
		MineHref: at(cases.ViewMine, ""), LateHref: at(cases.ViewMine, "overdue"), OthersHref: at(cases.ViewOthers, ""), StandsHref: at(cases.ViewApplicant, ""),
	}
	if a := l.Absence; a != nil {
		one.Away = p.T("cases.away", p.DateShort(a.Last))
		if a.For != "" {
			one.Away = p.T("cases.away_for", p.DateShort(a.Last), a.For)
		}
	}
	return one
}
