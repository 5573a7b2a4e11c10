package request

import (
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/shared/web"
)

// Filter are the fields by which a list can be narrowed, and which values each of them takes. What else an address holds is
// left out: it narrows nothing, so the page must not say that it does.
type Filter map[string]func(value string) bool

// AnyText takes whatever somebody searches for.
func AnyText(string) bool { return true }

// AnyID takes an id.
func AnyID(value string) bool {
	_, err := uuid.Parse(value)
	return err == nil
}

// OneOf takes the values that the page offers.
func OneOf(values ...string) func(string) bool {
	return func(value string) bool { return slices.Contains(values, value) }
}

// AnyIDOr takes an id, or one of the words that stand beside the ids.
func AnyIDOr(words ...string) func(string) bool {
	return func(value string) bool { return AnyID(value) || slices.Contains(words, value) }
}

// filterKey is where the request keeps the filter that was read from its address.
const filterKey = "request.filter"

// ReadFilter reads from the address of a list its filter, the number of the page, and whether the list is asked for as a
// file. Listing, Paginate, ExportHref, Query and Here speak of the same filter afterwards.
func ReadFilter(c *gin.Context, filter Filter) (*web.Form, error) {
	form, err := web.QueryForm(c)
	if err != nil {
		return nil, err
	}
	known := url.Values{}
	for name, takes := range filter {
		if value := form.Value(name); value != "" && takes(value) {
			known.Set(name, value)
		}
	}
	if page := form.Value("page"); page != "" {
		known.Set("page", page)
	}
	c.Set(filterKey, known)
	if WantsCSV(form) {
		known = cloned(known)
		known.Set(export, "csv")
	}
	return web.NewForm(known), nil
}

// query is the filter that ReadFilter found in the address, with the number of the page; the caller may change it.
func query(c *gin.Context) url.Values {
	known, _ := c.Value(filterKey).(url.Values)
	return cloned(known)
}

func cloned(values url.Values) url.Values {
	q := url.Values{}
	for name, value := range values {
		q[name] = slices.Clone(value)
	}
	return q
}

// Query is the filter in the address of a list in its shortest form, whatever its page; "" when there is none.
func Query(c *gin.Context) string {
	q := query(c)
	q.Del("page")
	return q.Encode()
}

// Here is the query of the list that is shown: its filter and its page.
func Here(c *gin.Context) string { return query(c).Encode() }
