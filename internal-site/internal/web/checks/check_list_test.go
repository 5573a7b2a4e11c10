package checks_test

import (
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
)

func TestListAndTiles(t *testing.T) {
	d := newDesk(t)
	list := d.As(d.Users[access.Administrator]).Get("/checks?q=п-2026").Body.String()
	for _, words := range []string{"П-2026-000007", "Олена &lt;b&gt;", "прострочено", "Знайдено 1 перевірку", "1 файл", "ЦНАП Вишневої громади"} {
		if !strings.Contains(list, words) {
			t.Errorf("the list does not show %q", words)
		}
	}
	if list := d.As(d.OtherUsers[access.Administrator]).Get("/checks").Body.String(); strings.Contains(list, "000007") {
		t.Error("another centre sees it")
	}
	tiles, err := d.area.Tiles(t.Context(), d.Users[access.CentreHead])
	if err != nil || tiles[0].Count != 1 || tiles[1].Count != 1 {
		t.Errorf("%+v, %v", tiles, err)
	}
}
