package region_test

import (
	"os"
	"testing"
	"time"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/region"
	"portal.example/shared/locale"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// A region from before results had a storage term has 90 days that nobody chose, and gets those of a new one; what somebody has saved
// since the form asks for it stays.
func TestAStorageTermThatNobodyChoseIsThatOfANewRegion(t *testing.T) {
	r := fixture.New(t)
	migration, err := os.ReadFile("../../migrations/region/006_storage_before.sql")
	if err != nil {
		t.Fatal(err)
	}
	s := region.NewStore(r.DB.PoolAs("internal_site"), func() time.Time { return fixture.Now })
	days := func(want int, what string) region.Profile {
		t.Helper()
		p, err := s.Get(t.Context())
		if err != nil || p.StorageDays != want {
			t.Fatalf("%s: %d days, %v", what, p.StorageDays, err)
		}
		return p
	}
	r.DB.Exec(`insert into region.profile (name, storage_days) values ('Орлопільська область', 90) on conflict (id) do update set storage_days = 90`)
	r.DB.Exec(string(migration))
	p := days(30, "from before")
	p.Name, p.StorageDays = locale.Text{UK: "Орлопільська область"}, 90
	if err := s.Save(t.Context(), r.Users[access.PortalAdministrator], p); err != nil {
		t.Fatal(err)
	}
	r.DB.Exec(string(migration))
	days(90, "chosen")
}
