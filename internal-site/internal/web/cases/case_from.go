package cases

import (
	"net/url"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
)

// from is the parameter of a case's address that says which list the reader opened it in, as the query of that list. The
// way back and every act keep it, so that whoever works through a list returns to it and not to all open cases.
const from = "from"

// maxFrom is the longest query of a list that a case's address carries along.
const maxFrom = 500

// opened is the address of a case that is opened in the list at the query.
func opened(id uuid.UUID, query string) string { return within("/cases/"+id.String(), query) }

// within adds the query of the reader's list to an address of a case.
func within(path, query string) string {
	if query == "" || len(query) > maxFrom {
		return path
	}
	return path + "?" + url.Values{from: {query}}.Encode()
}

// listQuery is the query of the list in which the reader opened the case, "" when they came another way. It is only ever
// the query of our own list, whatever somebody has written into the address.
func listQuery(c *gin.Context) string {
	values, err := url.ParseQuery(c.Query(from))
	if err != nil {
		return ""
	}
	return values.Encode()
}

// listHref is the address of the list in which the reader opened the case.
func listHref(c *gin.Context) string {
	if q := listQuery(c); q != "" {
		return "/cases?" + q
	}
	return "/cases"
}
