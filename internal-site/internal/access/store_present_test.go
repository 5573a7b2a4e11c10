package access_test

import (
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/journals"
	"portal.example/shared/fault"
)

// Somebody is who they are now, whatever they were when they asked; the blocked are nobody.
func TestPresent(t *testing.T) {
	h := newHouse(t)
	centre := access.InCentre(h.Centre)
	asked := h.AddUser("present", access.Grant{Group: access.CentreHead, Place: centre})
	now, err := h.Present(t.Context(), asked.UserID)
	if err != nil || now.Login != asked.Login || !access.Can(now, journals.View, access.Object{Own: []access.Place{centre}}) {
		t.Errorf("%+v, %v", now, err)
	}
	h.DB.Exec(`delete from access.roles where user_id = $1`, asked.UserID)
	if now, err = h.Present(t.Context(), asked.UserID); err != nil || access.MayEver(now, journals.View) {
		t.Errorf("after the group was taken: %+v, %v", now, err)
	}
	h.DB.Exec(`update access.users set state = 'blocked' where id = $1`, asked.UserID)
	if _, err := h.Present(t.Context(), asked.UserID); !fault.Is(err, fault.Forbidden) {
		t.Errorf("blocked: %v", err)
	}
	if _, err := h.Present(t.Context(), uuid.New()); !fault.Is(err, fault.NotFound) {
		t.Errorf("nobody: %v", err)
	}
}
