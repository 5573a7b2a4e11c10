package catalogue_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/fixture"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

func TestElsewhereIsKept(t *testing.T) {
	r := fixture.New(t)
	s := catalogue.NewElsewhere(r.DB.PoolAs("internal_site")).At(func() time.Time { return time.Date(2026, 11, 9, 22, 30, 0, 0, time.UTC) }) // the tenth in Kyiv
	manager, head := r.Users[access.RegionalManager], r.Users[access.CentreHead]
	e := passport()
	e.ID, e.CheckedOn, e.ReviewOn = uuid.New(), date("2026-11-10"), date("2026-11-11")
	if err := s.Save(t.Context(), head, e); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a head of a centre adds: %v", err)
	}
	for range 2 { // the button was pressed twice
		if err := s.Save(t.Context(), manager, e); err != nil {
			t.Fatal(err)
		}
	}
	again := e
	again.ID, again.Name.UK = uuid.New(), "паспорт"
	if err := s.Save(t.Context(), manager, again); len(fields(err)) != 1 || fields(err)[0] != "name.uk" {
		t.Errorf("another of the name: %v", err)
	}
	got, err := s.Get(t.Context(), head, e.ID)
	if err != nil || got.Version != 1 || got.Name != e.Name || got.Phone != "1590" || !got.CheckedOn.Equal(*e.CheckedOn) || !got.ReviewOn.Equal(*e.ReviewOn) {
		t.Fatalf("%+v, %v", got, err)
	}
	if due, err := s.Waiting(t.Context(), manager); err != nil || due != 0 {
		t.Errorf("%d due before the day, %v", due, err)
	}
	got.How, got.Published = locale.Text{UK: "Запишіться\r\nзаздалегідь"}, false
	if err := s.Save(t.Context(), manager, got); err != nil {
		t.Fatal(err)
	}
	if err := s.Save(t.Context(), manager, got); !fault.Is(err, fault.Conflict) {
		t.Errorf("a stale save: %v", err)
	}
	if err := s.Confirm(t.Context(), manager, e.ID, 1, date("2027-01-01")); !fault.Is(err, fault.Conflict) {
		t.Errorf("a stale confirmation: %v", err)
	}
	if err := s.Confirm(t.Context(), manager, uuid.New(), 1, date("2027-01-01")); !fault.Is(err, fault.NotFound) {
		t.Errorf("nothing is confirmed: %v", err)
	}
	if err := s.Confirm(t.Context(), manager, e.ID, 2, date("2026-11-10")); len(fields(err)) != 1 {
		t.Errorf("to be checked today again: %v", err)
	}
	later := s.At(func() time.Time { return time.Date(2026, 11, 10, 22, 0, 0, 0, time.UTC) })
	if due, err := later.Waiting(t.Context(), manager); err != nil || due != 1 {
		t.Errorf("%d due on the day, %v", due, err)
	}
	if due, err := later.Waiting(t.Context(), head); err != nil || due != 0 {
		t.Errorf("%d due for who may not edit, %v", due, err)
	}
	if err := later.Confirm(t.Context(), manager, e.ID, 2, date("2027-01-01")); err != nil {
		t.Fatal(err)
	}
	if got, err = later.Get(t.Context(), head, e.ID); err != nil || got.Version != 3 || !got.CheckedOn.Equal(*date("2026-11-11")) || got.How.UK != "Запишіться\nзаздалегідь" {
		t.Errorf("%+v, %v", got, err)
	}
	var entries int
	err = r.DB.Pool.QueryRow(t.Context(), `select count(*) from audit.events where object_type = 'elsewhere' and object_id = $1
		and action in ('catalogue.elsewhere.add', 'catalogue.elsewhere.edit', 'catalogue.elsewhere.confirm') and actor_id = $2`, e.ID.String(), manager.UserID).Scan(&entries)
	if err != nil || entries != 3 {
		t.Errorf("%d entries in the trail, %v", entries, err)
	}
	if by, err := s.LastChange(t.Context(), e.ID); err != nil || by.Name != manager.Name {
		t.Errorf("%+v, %v", by, err)
	}
}

func TestElsewhereIsFound(t *testing.T) {
	r := fixture.New(t)
	s := catalogue.NewElsewhere(r.DB.PoolAs("internal_site")).At(func() time.Time { return time.Date(2026, 11, 10, 12, 0, 0, 0, time.UTC) })
	manager := r.Users[access.RegionalManager]
	for name, review := range map[string]*time.Time{"Ґудзики": date("2026-11-12"), "Дозвіл на зброю": date("2026-11-11"), "Об’їзд": date("2026-11-12")} {
		e := passport()
		e.ID, e.Name.UK, e.CheckedOn, e.ReviewOn, e.Published = uuid.New(), name, date("2026-11-10"), review, name != "Об’їзд"
		if err := s.Save(t.Context(), manager, e); err != nil {
			t.Fatal(err)
		}
	}
	r.DB.Exec(`insert into catalogue.elsewhere (id, code, name, provider) values (gen_random_uuid(), 'imported', 'Яйця', 'Ринок')`)
	on := s.At(func() time.Time { return time.Date(2026, 11, 11, 12, 0, 0, 0, time.UTC) })
	for _, c := range []struct {
		filter catalogue.ElsewhereFilter
		want   []string
	}{
		{catalogue.ElsewhereFilter{}, []string{"Ґудзики", "Дозвіл на зброю", "Об’їзд", "Яйця"}},
		{catalogue.ElsewhereFilter{Q: "ОБ'ЇЗД айді"}, []string{"Об’їзд"}},
		{catalogue.ElsewhereFilter{Q: "%"}, nil},
		{catalogue.ElsewhereFilter{Review: "due"}, []string{"Дозвіл на зброю", "Яйця"}},
		{catalogue.ElsewhereFilter{Review: "later"}, []string{"Ґудзики", "Об’їзд"}},
		{catalogue.ElsewhereFilter{Published: "no"}, []string{"Об’їзд"}},
		{catalogue.ElsewhereFilter{Published: "yes", Review: "later"}, []string{"Ґудзики"}},
	} {
		c.filter.Size = 50
		list, total, err := on.List(t.Context(), r.Users[access.Administrator], c.filter)
		var names []string
		for _, e := range list {
			names = append(names, e.Name.UK)
		}
		if err != nil || total != len(c.want) || !slices.Equal(names, c.want) {
			t.Errorf("%+v: %q of %d, %v; want %q", c.filter, names, total, err, c.want)
		}
	}
}
