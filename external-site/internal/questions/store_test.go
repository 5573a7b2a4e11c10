package questions

import (
	"slices"
	"testing"

	"portal.example/external-site/internal/submission/submissiontest"
	"portal.example/shared/fault"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// Who can be asked about a service: its centres and the authority that decides, while they are on the site.
func TestAddressees(t *testing.T) {
	region := submissiontest.New(t)
	store := NewStore(region.DB.PoolAs("external_site"))
	asked := func() (codes []string) {
		t.Helper()
		about, all, err := store.Addressees(t.Context(), submissiontest.Code)
		if err != nil || about.ID != region.Service {
			t.Fatalf("%+v, %v", about, err)
		}
		for _, a := range all {
			codes = append(codes, string(a.Place)+" "+a.Code)
			if one, err := store.Addressee(t.Context(), a.Place, a.Code); err != nil || one.ID != a.ID {
				t.Errorf("%s alone: %+v, %v", a.Code, one, err)
			}
		}
		return codes
	}
	if got := asked(); !slices.Equal(got, []string{"centres 01", "centres 02", "authorities eco"}) {
		t.Errorf("%q", got)
	}
	region.DB.Exec("delete from catalogue.service_centres where centre_id = $1", region.Centre)
	region.DB.Exec("update org.authorities set published = false")
	if got := asked(); !slices.Equal(got, []string{"centres 02"}) {
		t.Errorf("with an authority that is not published: %q", got)
	}
	for place, code := range map[Place]string{Authority: "eco", Centre: "none", "people": "01"} {
		if _, err := store.Addressee(t.Context(), place, code); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s %s: %v", place, code, err)
		}
	}
	if _, err := store.Service(t.Context(), "none"); !fault.Is(err, fault.NotFound) {
		t.Errorf("an unknown service: %v", err)
	}
}
