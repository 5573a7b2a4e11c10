package acts_test

import (
	"net/http"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

// Whoever may edit the card has the task, others have not.
func TestReviewList(t *testing.T) {
	l := newLibrary(t)
	edition := l.reviewed(t)
	address := "/acts/reviews/" + l.Service.String() + "/" + edition.String()
	webtest.Shows(t, l.As(l.Users[access.Officer]).Get("/acts/reviews"), http.StatusOK, `href="`+address+`"`, "2073-IX")
	webtest.Lacks(t, l.As(l.OtherUsers[access.Officer]).Get("/acts/reviews"), address)
	l.DB.Exec(`update law.reviews set done_at = now(), outcome = 'same'`)
	empty := l.As(l.Users[access.Officer]).Get("/acts/reviews")
	webtest.Shows(t, empty, http.StatusOK, "Переглядати нічого")
	webtest.Lacks(t, empty, "відповідають чинним редакціям")
	l.DB.Exec(`update law.reviews set done_at = null, outcome = null`)
	for who, want := range map[access.GroupCode]int{access.Officer: 1, access.RegionalManager: 1, access.PortalAdministrator: 0} {
		if tiles, err := l.Areas[0].Tiles(t.Context(), l.Users[who]); err != nil || tiles[0].Count != want {
			t.Errorf("%s: %+v, %v", who, tiles, err)
		}
	}
}
