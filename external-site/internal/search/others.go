package search

import (
	"context"
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/address"
	"portal.example/shared/locale"
)

// Others is what a search found besides services; each list holds few, the closest first.
type Others struct {
	Situations []Situation
	Acts       []Act
	Bodies     []Body
	Officials  []Official
}

// Any says whether there is anything.
func (o Others) Any() bool {
	return len(o.Situations)+len(o.Acts)+len(o.Bodies)+len(o.Officials) > 0
}

// Situation is a life situation.
type Situation struct {
	Code string
	Name locale.Text
}

// Slug is its place in an address.
func (s Situation) Slug() string { return address.Slug(s.Code) }

// Act is a legal act.
type Act struct {
	ID        uuid.UUID // its page is /acts/ID
	Kind      string    // constitution, code, law, resolution, order, decision, act
	Number    string
	Title     locale.Text
	AdoptedOn *time.Time
}

// Body is a centre or an authority whose name was typed.
type Body struct {
	Kind string // centre or authority
	Code string
	Name locale.Text
}

// Slug is its place in an address.
func (b Body) Slug() string { return address.Slug(b.Code) }

// Path is the address of its page.
func (b Body) Path() string {
	if b.Kind == "centre" {
		return "/centres/" + b.Slug()
	}
	return "/authorities/" + b.Slug()
}

// Official is a person whose name or position was typed, at the page of their body.
type Official struct {
	Name     string
	Position locale.Text
	Body     Body
}

// Others finds what is called like the query besides services.
func (s *Searcher) Others(ctx context.Context, found Found) (Others, error) {
	if len(found.terms) == 0 {
		return Others{Acts: found.Acts}, nil
	}
	all, err := s.store.others(ctx, found.terms)
	if len(found.Acts) > 0 {
		all.Acts = found.Acts
	}
	return all, err
}
