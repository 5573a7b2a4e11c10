package rights_test

import (
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/reception"
)

func init() { known["reception"] = objects{"org.centres c", reception.ScopeSQL, someHalls} }

func someHalls(_ *testing.T, r *fixture.Region) map[uuid.UUID]access.Object {
	return map[uuid.UUID]access.Object{
		r.Centre:      {Own: []access.Place{access.InCentre(r.Centre)}},
		r.OtherCentre: {Own: []access.Place{access.InCentre(r.OtherCentre)}},
	}
}
