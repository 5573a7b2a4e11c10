package centres_test

import (
	"context"
	"testing"
	"time"

	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/web/area"
	"portal.example/external-site/internal/web/areatest"
	"portal.example/external-site/internal/web/centres"
	"portal.example/external-site/internal/web/webtest"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

func TestMain(m *testing.M) { webtest.Main(m) }

// bare is a region in which little is known of the only centre, and that has no authority.
type bare struct{ replica.Org }

func (bare) Centres(context.Context) ([]org.Centre, error) {
	return []org.Centre{{Body: org.Body{Code: "7", Name: locale.Text{UK: "ЦНАП без адреси"}}}}, nil
}

func (b bare) Centre(ctx context.Context, code string) (org.Centre, error) {
	all, err := b.Centres(ctx)
	switch code {
	case all[0].Code:
		return all[0], err
	case "9": // which is not listed
		return org.Centre{Body: org.Body{Code: "9", Name: locale.Text{UK: "ЦНАП з директором"}, People: []contract.Person{
			{Name: "Інша Особа"},
			{Name: director, Position: locale.Text{UK: "Директор", EN: "Director"}, Phone: "+380440000007", Reception: locale.Text{UK: "вівторок, 9:00–12:00"}},
		}}}, nil
	}
	return org.Centre{}, fault.New(fault.NotFound, "")
}

// director is somebody to write to.
const director = "Яворенко Іван <b>"

func (bare) Authorities(context.Context) ([]org.Authority, error) { return nil, nil }

type noServices struct{ replica.Catalogue }

func (noServices) List(context.Context, catalogue.Filter, time.Time) (catalogue.List, error) {
	return catalogue.List{}, nil
}

func (noServices) Given(context.Context) (catalogue.Given, error) { return nil, nil }

func alone(t *testing.T, switches area.Switches) *areatest.Site {
	t.Helper()
	held := areatest.Replica{View: replica.View{Org: bare{}, Catalogue: noServices{}}}
	return areatest.New(t, centres.Area(centres.Deps{Replica: held, Switches: switches, BaseURL: areatest.BaseURL}))
}
