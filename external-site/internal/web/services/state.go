package services

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/search"
	"portal.example/shared/web"
)

// state is everything the address of a list says.
type state struct {
	Query     string
	Category  string
	Situation string
	Authority string
	Centre    string
	Applicant string
	Online    bool
	Sort      string
	Page      int
}

const (
	maxCode = 100
	maxPage = 10_000
)

// readState reads an address and forgets what makes no sense.
func readState(c *gin.Context) state {
	s := state{
		Query: search.Parse(c.Query("q")).Text, Category: code(c, "category"), Situation: code(c, "situation"),
		Authority: code(c, "authority"), Centre: code(c, "centre"), Applicant: code(c, "applicant"),
		Online: c.Query("online") == "1",
	}
	if s.Query == "" || c.Query("sort") == string(catalogue.ByName) {
		s.Sort = string(catalogue.ByName)
	} else {
		s.Sort = string(catalogue.ByRelevance)
	}
	if page, err := strconv.Atoi(c.Query("page")); err == nil {
		s.Page = page
	}
	s.Page = min(max(s.Page, 1), maxPage)
	return s
}

func code(c *gin.Context, name string) string {
	v := strings.TrimSpace(c.Query(name))
	if !utf8.ValidString(v) || strings.ContainsRune(v, 0) || utf8.RuneCountInString(v) > maxCode {
		return ""
	}
	return v
}

func (s state) filter() catalogue.Filter {
	return catalogue.Filter{
		Category: s.Category, Situation: s.Situation, Authority: s.Authority, Centre: s.Centre,
		Applicant: catalogue.Applicant(s.Applicant), Quick: s.Online, Sort: catalogue.Sort(s.Sort), Page: s.Page,
	}
}

// values are the parts of the address that are not as usual.
func (s state) values() url.Values {
	v := url.Values{}
	for name, value := range map[string]string{
		"q": s.Query, "category": s.Category, "situation": s.Situation, "authority": s.Authority,
		"centre": s.Centre, "applicant": s.Applicant,
	} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if s.Online {
		v.Set("online", "1")
	}
	if s.Query != "" && s.Sort == string(catalogue.ByName) {
		v.Set("sort", s.Sort)
	}
	if s.Page > 1 {
		v.Set("page", strconv.Itoa(s.Page))
	}
	return v
}

func (s state) address() string {
	if q := s.values().Encode(); q != "" {
		return "/services?" + q
	}
	return "/services"
}

func (s state) onPage(n int) state {
	s.Page = n
	return s
}

// without is the same search with no filter.
func (s state) without() state { return state{Query: s.Query, Sort: s.Sort} }

// form shows the filters as they were chosen.
func (s state) form() *web.Form {
	v := s.values()
	v.Set("sort", s.Sort)
	return web.NewForm(v)
}

// keep are the filters that stay when something else is searched for.
func (s state) keep() []hidden {
	s.Query, s.Page = "", 1
	values := s.values()
	var list []hidden
	for _, name := range slices.Sorted(maps.Keys(values)) {
		list = append(list, hidden{name, values.Get(name)})
	}
	return list
}
