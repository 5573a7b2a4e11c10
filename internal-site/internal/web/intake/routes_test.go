package intake_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/intake"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/intake"
	"portal.example/internal-site/internal/web/webtest"
)

func TestRoutes(t *testing.T) {
	s := webtest.New(t, func(d webtest.Stores) []area.Area { return []area.Area{intake.Area(intake.Deps{Queue: d.Queue})} })
	entry := uuid.New()
	s.DB.Exec(`insert into intake.refusals (id, source, message_id, receipt_number, kind, reason, detail, service_id, centre_id, submitted_at)
		values ($1, 'refused', $2, 'R-1111-2222-3333', 'application', $3, '', $4, $5, now())`, entry, uuid.New(), domain.ReasonMalware, s.Service, s.Centre)
	webtest.Walk(t, s, strings.NewReplacer(":id", entry.String()).Replace, map[string]access.Object{"entry": {Own: []access.Place{access.InCentre(s.Centre)}}})
}

// The first page counts the queue, however long it is.
func TestTileCountsTheWholeQueue(t *testing.T) {
	var queue area.Area
	s := webtest.New(t, func(d webtest.Stores) []area.Area {
		queue = intake.Area(intake.Deps{Queue: d.Queue})
		return []area.Area{queue}
	})
	s.DB.Exec(`insert into intake.refusals (id, source, message_id, receipt_number, kind, reason, detail, centre_id, submitted_at)
		select gen_random_uuid(), 'refused', gen_random_uuid(), 'R', 'application', $1, '', $2, now() from generate_series(1, 501)`,
		domain.ReasonMalware, s.Centre)
	tiles, err := queue.Tiles(t.Context(), s.Users[access.CentreHead])
	if err != nil || len(tiles) != 1 || tiles[0].Count != 501 {
		t.Errorf("%+v, %v", tiles, err)
	}
	if tiles, err := queue.Tiles(t.Context(), s.OtherUsers[access.CentreHead]); err != nil || tiles[0].Count != 0 {
		t.Errorf("another centre: %+v, %v", tiles, err)
	}
}
