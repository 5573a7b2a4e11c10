package opendata

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/address"
	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/replica"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/hours"
	"portal.example/shared/locale"
)

// listed is a service in a list.
type listed struct {
	Code    string        `json:"code"`
	Name    locale.Text   `json:"name"`
	Summary locale.Text   `json:"summary"`
	Online  bool          `json:"online"`
	Fee     *contract.Fee `json:"fee,omitempty"`  // where a card is in force
	Days    *int          `json:"days,omitempty"` // the term, where the card states it
	URL     string        `json:"url"`
	Self    string        `json:"self"`
}

// list is one page of a list.
type list[T any] struct {
	Items []T    `json:"items"`
	Total int    `json:"total"`
	Page  int    `json:"page"`
	Pages int    `json:"pages"`
	Next  string `json:"next,omitempty"` // address of the next page
}

const maxPage = 10_000

func (h *handlers) services(c *gin.Context) (answer, error) {
	page := 1
	if asked := c.Query("page"); asked != "" {
		n, err := strconv.Atoi(asked)
		if err != nil || n < 1 || n > maxPage {
			return answer{}, fault.New(fault.Invalid, "opendata.page", maxPage)
		}
		page = n
	}
	var found catalogue.List
	filter := catalogue.Filter{Lang: locale.UK, Sort: catalogue.ByName, Page: page, Category: short(c.Query("category")), Centre: short(c.Query("centre"))}
	err := h.Replica.At(c.Request.Context(), func(v replica.View) (err error) {
		found, err = v.Catalogue.List(c.Request.Context(), filter, catalogue.Today(h.site.Now()))
		return err
	})
	if err != nil {
		return answer{}, err
	}
	if found.Page != page {
		return answer{}, fault.New(fault.NotFound, "") // there are not so many pages
	}
	l := list[listed]{Items: []listed{}, Total: found.Total, Page: found.Page, Pages: found.Pages}
	for _, s := range found.Items {
		one := listed{Code: s.Code, Name: s.Name, Summary: s.Summary, Online: s.Quick, URL: h.BaseURL + "/services/" + s.Slug(), Self: h.BaseURL + "/api/v1/services/" + s.Slug()}
		if s.HasCard {
			one.Fee = &s.Fee
			if s.Term.Days >= 0 {
				one.Days = &s.Term.Days
			}
		}
		l.Items = append(l.Items, one)
	}
	if found.Page < found.Pages {
		q := c.Request.URL.Query()
		q.Set("page", strconv.Itoa(found.Page+1))
		l.Next = h.BaseURL + "/api/v1/services?" + q.Encode()
		c.Header("Link", fmt.Sprintf("<%s>; rel=\"next\"", l.Next))
	}
	return asJSON(l)
}

// short is a code of a condition; what is too long for one finds nothing and needs no search.
func short(code string) string {
	if len(code) > 200 {
		return "-"
	}
	return code
}

// service is a service with its card.
type service struct {
	Code       string         `json:"code"`
	Name       locale.Text    `json:"name"`
	Summary    locale.Text    `json:"summary"`
	Applicants []string       `json:"applicants"`
	Online     bool           `json:"online"`
	Updated    time.Time      `json:"updated"`
	URL        string         `json:"url"`
	Authority  string         `json:"authority,omitempty"` // its code
	Centres    []string       `json:"centres"`             // their codes
	Card       *contract.Card `json:"card,omitempty"`      // the edition in force
	Edition    int            `json:"edition,omitempty"`
}

func (h *handlers) service(c *gin.Context) (answer, error) {
	ctx := c.Request.Context()
	var out service
	err := h.Replica.At(ctx, func(v replica.View) error {
		s, err := v.Catalogue.Service(ctx, address.Code(c.Param("code")), 0, catalogue.Today(h.site.Now()))
		if err != nil {
			return err
		}
		out = service{
			Code: s.Code, Name: s.Name, Summary: s.Summary, Applicants: []string{}, Centres: []string{}, Online: s.Online(), Updated: s.UpdatedAt.UTC(),
			URL: h.BaseURL + "/services/" + s.Slug(),
		}
		for _, a := range s.Applicants {
			out.Applicants = append(out.Applicants, string(a))
		}
		if s.Card != nil {
			out.Card, out.Edition = &s.Card.Content, s.Card.Number
		}
		return around(ctx, v, s, &out)
	})
	if err != nil {
		return answer{}, err
	}
	return asJSON(out)
}

// around adds who decides on a service and where it is given.
func around(ctx context.Context, v replica.View, s catalogue.Service, out *service) error {
	centres, err := v.Org.CentresOf(ctx, s.ID)
	if err != nil {
		return err
	}
	for _, centre := range centres {
		out.Centres = append(out.Centres, centre.Code)
	}
	if s.AuthorityID == nil {
		return nil
	}
	a, err := v.Org.AuthorityByID(ctx, *s.AuthorityID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	out.Authority = a.Code
	return nil
}

// body is a centre or an authority.
type body struct {
	Code     string         `json:"code"`
	Name     locale.Text    `json:"name"`
	Address  locale.Text    `json:"address"`
	Phones   []string       `json:"phones"`
	Email    string         `json:"email"`
	Schedule hours.Schedule `json:"schedule"`
	Services int            `json:"services"`
	Updated  time.Time      `json:"updated"`
	URL      string         `json:"url"`
	EDRPOU   string         `json:"edrpou,omitempty"`
	Lat      string         `json:"latitude,omitempty"`
	Long     string         `json:"longitude,omitempty"`
}

func ofBody(b org.Body, given catalogue.Given, url string) body {
	phones := b.Contacts.Phones
	if phones == nil {
		phones = []string{}
	}
	return body{
		Code: b.Code, Name: b.Name, Address: b.Contacts.Address, Phones: phones, Email: b.Contacts.Email, Schedule: b.Schedule,
		Services: given[b.ID], Updated: b.UpdatedAt.UTC(), URL: url + b.Slug(),
	}
}

// whole is a list that fits in one page.
func whole(items []body) (answer, error) {
	return asJSON(list[body]{Items: items, Total: len(items), Page: 1, Pages: 1})
}

func (h *handlers) centres(c *gin.Context) (answer, error) {
	items := []body{}
	err := h.Replica.At(c.Request.Context(), func(v replica.View) error {
		all, err := v.Org.Centres(c.Request.Context())
		if err != nil {
			return err
		}
		given, err := v.Catalogue.Given(c.Request.Context())
		for _, centre := range all {
			b := ofBody(centre.Body, given, h.BaseURL+"/centres/")
			b.Lat, b.Long = centre.Latitude, centre.Longitude
			items = append(items, b)
		}
		return err
	})
	if err != nil {
		return answer{}, err
	}
	return whole(items)
}

func (h *handlers) authorities(c *gin.Context) (answer, error) {
	items := []body{}
	err := h.Replica.At(c.Request.Context(), func(v replica.View) error {
		all, err := v.Org.Authorities(c.Request.Context())
		if err != nil {
			return err
		}
		given, err := v.Catalogue.Given(c.Request.Context())
		for _, authority := range all {
			b := ofBody(authority.Body, given, h.BaseURL+"/authorities/")
			b.EDRPOU = authority.EDRPOU
			items = append(items, b)
		}
		return err
	})
	if err != nil {
		return answer{}, err
	}
	return whole(items)
}
