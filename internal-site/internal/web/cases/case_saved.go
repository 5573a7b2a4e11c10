package cases

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/conflict"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// saving offers to keep the filter of the list as a view; nil where there is nothing to keep.
type saving struct {
	Form   *web.Form
	Action string
	For    []ui.SelectItem // for whom; empty when the reader can save for themselves alone
	Change string          // address at which the view that is open is renamed or removed; "" when it is none of the reader's
}

// savedQuery is what a view keeps of the address of a list: the filter without the page, the case beside it, and what is searched for.
func savedQuery(query string) string {
	values, err := url.ParseQuery(query)
	if err != nil {
		return ""
	}
	kept := url.Values{}
	for name := range filter {
		if v := values.Get(name); v != "" && name != "q" {
			kept.Set(name, v)
		}
	}
	return kept.Encode()
}

// fillSaving offers to save the filter, or to change the view that is open.
func (h handlers) fillSaving(c *gin.Context, page *caseListPage, saved []cases.SavedView) error {
	query := savedQuery(request.Query(c))
	if query == "" || page.Form.Value("q") != "" {
		return nil
	}
	page.Saving = &saving{Form: web.NewForm(nil), Action: within("/cases/views", query)}
	actor := session.Actor(c)
	if i := slices.IndexFunc(saved, func(v cases.SavedView) bool { return v.Query == query }); i >= 0 {
		if saved[i].Place == uuid.Nil || slices.Contains(cases.ViewPlaces(actor), saved[i].Place) {
			page.Saving.Change = "/cases/views/" + saved[i].ID.String()
			return nil
		}
	}
	return h.offerPlaces(c, page.Saving, actor)
}

// offerPlaces lets a head save a view for everybody in their place.
func (h handlers) offerPlaces(c *gin.Context, s *saving, actor access.Actor) error {
	places := cases.ViewPlaces(actor)
	if len(places) == 0 {
		return nil
	}
	p := h.site.Printer(c)
	s.For = []ui.SelectItem{{Text: p.T("cases.view_for_me")}}
	for _, kind := range []org.Kind{org.Centre, org.Authority} {
		names, err := h.Orgs.Names(c.Request.Context(), kind)
		if err != nil {
			return err
		}
		for _, n := range names {
			if slices.Contains(places, n.ID) {
				name, _ := n.Name.In(p.Lang())
				s.For = append(s.For, ui.SelectItem{Value: n.ID.String(), Text: p.T("cases.view_for_all", name)})
			}
		}
	}
	return nil
}

// saveView keeps the filter of the list that the address names under the name that was typed.
func (h handlers) saveView(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	query := savedQuery(listQuery(c))
	err = h.Cases.SaveView(c.Request.Context(), session.Actor(c), cases.SavedView{Name: form.Value("name"), Query: query, Place: request.FormID(form, "for")})
	if err == nil {
		h.site.Flash(c, "cases.view_saved")
		return web.Redirect(c, listAt(query))
	}
	if !form.Take(err) {
		return err
	}
	page, err := h.listPageAt(c, query)
	if err != nil {
		return err
	}
	if page.Saving != nil {
		page.Saving.Form = form
	}
	return h.site.Invalid(c, "cases/case_list", form, page)
}

// listPageAt reads the list at a query for the answer to a form that was sent from it.
func (h handlers) listPageAt(c *gin.Context, query string) (*caseListPage, error) {
	was := *c.Request.URL
	defer func() { *c.Request.URL = was }() // it says how the form is to be answered
	c.Request.URL.Path, c.Request.URL.RawQuery = "/cases", query
	return h.listPage(c)
}

type savedPage struct {
	web.Page
	Form *web.Form
	View cases.SavedView
	List string // address of the list
}

// savedShow is the page on which a view is renamed or removed.
func (h handlers) savedShow(c *gin.Context) error {
	page, err := h.savedPage(c, nil)
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "cases/case_saved", page)
}

func (h handlers) savedPage(c *gin.Context, form *web.Form) (*savedPage, error) {
	id, err := request.ID(c, "view")
	if err != nil {
		return nil, err
	}
	v, err := h.Cases.View(c.Request.Context(), session.Actor(c), id)
	if err != nil {
		return nil, err
	}
	if form == nil {
		form = web.NewForm(url.Values{"name": {v.Name}})
	}
	page := &savedPage{Form: form, View: v, List: listAt(v.Query)}
	page.Breadcrumbs = []ui.Link{{Href: page.List, Text: h.site.T(c, "cases.title")}, {Text: v.Name}}
	return page, nil
}

// savedChange renames or removes a view.
func (h handlers) savedChange(c *gin.Context) error {
	form, err := request.Form(h.site, c)
	if err != nil {
		return err
	}
	page, err := h.savedPage(c, form)
	if err != nil {
		return err
	}
	if conflict.Picked(form) {
		form = conflict.Merge(form, url.Values{"name": {page.View.Name}})
		page.Form = form
	}
	if form.Value("do") == conflict.DoEdit {
		return h.site.Render(c, http.StatusOK, "cases/case_saved", page)
	}
	v := cases.SavedView{ID: page.View.ID, Name: form.Value("name"), Query: page.View.Query, Version: request.Version(form)}
	key, to := "cases.view_renamed", page.List
	if form.Value("do") == "remove" {
		key, to = "cases.view_removed", "/cases"
		err = h.Cases.RemoveView(c.Request.Context(), session.Actor(c), v)
	} else {
		err = h.Cases.RenameView(c.Request.Context(), session.Actor(c), v)
	}
	switch {
	case err == nil:
		h.site.Flash(c, key)
		return web.Redirect(c, to)
	case form.Take(err):
		return h.site.Invalid(c, "cases/case_saved", form, page)
	case fault.Is(err, fault.Conflict) && form.Value("do") != "remove":
		return h.savedConflict(c, page)
	case fault.Is(err, fault.Conflict):
		page.Errors = []fault.FieldError{{Key: "cases.view_changed"}}
		return h.site.Render(c, http.StatusConflict, "cases/case_saved", page)
	}
	return err
}

// savedConflict shows the name that was typed beside the one that somebody else has saved meanwhile, and asks which is to stay.
func (h handlers) savedConflict(c *gin.Context, page *savedPage) error {
	at := "/cases/views/" + page.View.ID.String()
	both := &conflict.Page{Action: at, Saved: at, Overwrite: true, Latest: url.Values{"name": {page.View.Name}}}
	both.Rows = conflict.Compare(h.site.Printer(c), "cases.view_", both.Latest, page.Form.All(), nil)
	return conflict.Render(h.site, c, both, page.Form.All(), strconv.Itoa(page.View.Version))
}

// savedViews are the saved views as links of the list, those of a place with a mark.
func savedViews(p *locale.Printer, saved []cases.SavedView) (list []named) {
	for _, v := range saved {
		text := v.Name
		if v.Place != uuid.Nil {
			text = p.T("cases.view_shared", v.Name)
		}
		list = append(list, named{view{query: v.Query, counted: true}, text})
	}
	return list
}
