package services_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/law"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/services"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/locale"
)

// register is a catalogue of one service, kept in memory.
type register struct {
	service catalogue.Service
	ready   catalogue.Readiness
	saved   error // what saving answers
	names   []org.Name
	cited   []law.Cited
	reviews []law.Review
}

func (r *register) ReviewsOf(context.Context, access.Actor, uuid.UUID) ([]law.Review, error) {
	return r.reviews, nil
}

func (r *register) Cited(context.Context, access.Actor, uuid.UUID) ([]law.Cited, error) {
	return r.cited, nil
}

func (r *register) Object(context.Context, uuid.UUID) (access.Object, error) {
	return r.service.Object(), nil
}

func (r *register) List(context.Context, access.Actor, catalogue.Filter) ([]catalogue.Row, int, error) {
	return nil, 0, nil
}

func (r *register) Get(context.Context, uuid.UUID) (catalogue.Service, error) { return r.service, nil }

func (r *register) Save(context.Context, access.Actor, catalogue.Service) (uuid.UUID, error) {
	return r.service.ID, r.saved
}

func (r *register) LastChange(context.Context, uuid.UUID) (audit.Change, error) {
	return audit.Change{}, nil
}

func (r *register) Readiness(context.Context, uuid.UUID) (catalogue.Readiness, error) {
	return r.ready, nil
}

func (r *register) Waiting(context.Context, access.Actor) (approve, publish int, err error) {
	return 0, 0, nil
}

func (r *register) Categories(context.Context) ([]catalogue.Choice, error) { return nil, nil }

func (r *register) Situations(context.Context) ([]catalogue.Choice, error) { return nil, nil }

func (r *register) Names(_ context.Context, kind org.Kind) ([]org.Name, error) {
	if kind == org.Centre {
		return nil, nil
	}
	return append([]org.Name{}, r.names...), nil
}

// noVersions is a service without cards.
type noVersions struct{}

func (noVersions) List(context.Context, uuid.UUID) ([]catalogue.Meta, error) { return nil, nil }

// alone signs the head of the service's authority in; another authority stands in the list beside it.
func alone(t *testing.T) (*register, webtest.Client) {
	t.Helper()
	own := uuid.New()
	r := &register{
		service: catalogue.Service{ID: uuid.New(), Code: "00034", Name: locale.Text{UK: "Послуга"}, AuthorityID: &own, Version: 1},
		names:   []org.Name{{ID: own, Name: locale.Text{UK: "Свій орган"}}, {ID: uuid.New(), Name: locale.Text{UK: "Чужий орган"}}},
	}
	head := webtest.Member(access.AuthorityHead, access.InAuthority(own))
	return r, webtest.Alone(t, head, services.Area(services.Deps{Services: r, Cards: noVersions{}, TechCards: noVersions{}, Forms: noVersions{}, Orgs: r, Acts: r}))
}

// Whoever adds a service for one authority finds it chosen, and no other to choose.
func TestNewServiceBelongsToOnesOwnAuthority(t *testing.T) {
	r, c := alone(t)
	page := c.Get("/services/new").Body.String()
	if !strings.Contains(page, `<option value="`+r.service.AuthorityID.String()+`" selected>Свій орган`) || strings.Contains(page, "Чужий орган") {
		t.Error("the own authority is not chosen, or another is offered")
	}
}

// The list says whose cards wait for whom, by the right that the number on the first page counts.
func TestListIsNarrowedByWhatOneMayDo(t *testing.T) {
	_, c := alone(t)
	page := c.Get("/services?card=submitted&mine=approve").Body.String()
	for _, want := range []string{`<option value="submitted" selected>Чекає затвердження`, `<option value="approve" selected>Ті, картки яких я можу затверджувати`} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
}
