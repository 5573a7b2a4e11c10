package halls_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"portal.example/external-site/internal/halls"
	"portal.example/external-site/internal/web/areatest"
	webhalls "portal.example/external-site/internal/web/halls"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// known are halls in memory.
type known struct{ hall halls.Hall }

func (k *known) Halls(context.Context, string) ([]halls.Hall, error) {
	return []halls.Hall{k.hall}, nil
}

func (k *known) Hall(_ context.Context, centre string) (halls.Hall, error) {
	if centre != "a/1" {
		return halls.Hall{}, fault.New(fault.NotFound, "")
	}
	return k.hall, nil
}

func TestHalls(t *testing.T) {
	k := &known{halls.Hall{Centre: locale.Text{UK: "ЦНАП <b>"}, Slug: "a~1"}}
	s := areatest.New(t, webhalls.Area(webhalls.Deps{Halls: k, BaseURL: areatest.BaseURL}))
	areatest.Contains(t, s.Page("/halls"), "ЦНАП &lt;b&gt;", `href="/halls/a~1"`, "Ніхто не чекає", "Жодне вікно")
	page := s.Page("/halls/a~1")
	areatest.Contains(t, page, "ЦНАП &lt;b&gt;: черга зараз", "замало людей", "Цього ще не видно", "складено о 10:00")
	areatest.Lacks(t, page, `href="/book"`, "Найдовше з них", "Талонів зараз не видають")
	none, since := 0, areatest.Monday().Add(-12*time.Minute)
	k.hall.Booked, k.hall.Load = true, halls.Load{Waiting: 5, Windows: 2, Longest: &since, HalfWait: &none, Closed: true, ClosedWord: locale.Text{UK: "Немає <i>"}}
	k.hall.Usual = []halls.Hour{{Weekday: time.Monday, Hour: 9, People: 8, HalfWait: 20}, {Weekday: time.Monday, Hour: 14, People: 3, HalfWait: 4}}
	page = s.Page("/halls/a~1")
	areatest.Contains(t, page, "Чекають 5 людей. Працюють 2 вікна.", "уже 12 хвилин", "не довше ніж 0 хвилин", "Немає &lt;i&gt;", `href="/book"`, "понеділок", "після 14:00: 4 хв", "після 09:00: 20 хв")
	areatest.Contains(t, s.Page("/halls"), "Чекають 5 людей. Працюють 2 вікна.", "Талонів зараз не видають. Немає &lt;i&gt;")
	half, most := 15, 35
	at := areatest.Monday().Add(-time.Minute)
	k.hall.Waits = []halls.Wait{{Name: locale.Text{UK: "Земля <i>"}, Half: &half, Most: &most, At: at}, {Name: locale.Text{UK: "Довідки"}, Half: &half, At: at.Add(-time.Minute)}}
	areatest.Lacks(t, s.Page("/halls/a~1"), "якщо взяти талон зараз") // none are given
	k.hall.Load.Closed = false
	areatest.Contains(t, s.Page("/halls/a~1"), "якщо взяти талон зараз", "Земля &lt;i&gt;", "Половина чекає до 15 хв, дев’ять із десяти – до 35 хв", "до 15 хв, дехто – понад 3 години", "Пораховано о 09:58")
	areatest.Lacks(t, s.Page("/halls/a~1"), "Приймають до", "талонів не видають", "не встигнуть")
	hours := func(from, until, closes time.Duration) halls.Intake {
		day := areatest.Monday().Truncate(24 * time.Hour)
		return halls.Intake{From: day.Add(from), Until: day.Add(until), Closes: day.Add(closes)}
	}
	now := areatest.Monday().Sub(areatest.Monday().Truncate(24 * time.Hour))
	k.hall.Intakes = []halls.Intake{hours(now-time.Hour, now+20*time.Minute, now+30*time.Minute), hours(now+22*time.Hour, now+30*time.Hour, now+30*time.Hour)}
	areatest.Contains(t, s.Page("/halls/a~1"), "Приймають до 10:30, останній талон видають до 10:20.", "до 35 хв. <strong>Можливо, сьогодні не встигнуть", "запишіться на інший день")
	areatest.Contains(t, s.Page("/halls"), "Приймають до 10:30, останній талон")
	k.hall.Load.Closed = true // the head gives none, whatever the hours say
	for _, path := range []string{"/halls", "/halls/a~1"} {
		areatest.Contains(t, s.Page(path), "Талонів зараз не видають. Немає &lt;i&gt;")
		areatest.Lacks(t, s.Page(path), "Приймають до")
	}
	k.hall.Load.Closed = false
	k.hall.Intakes[0] = hours(now-time.Hour, now+4*time.Hour, now+4*time.Hour)
	page = s.Page("/halls/a~1")
	areatest.Contains(t, page, "Приймають до 14:00.")
	areatest.Lacks(t, page, "не встигнуть")
	k.hall.Intakes[0] = hours(now+time.Hour, now+4*time.Hour, now+4*time.Hour)
	page = s.Page("/halls/a~1")
	areatest.Contains(t, page, "Зараз талонів не видають. Видаватимуть сьогодні з 11:00.")
	areatest.Lacks(t, page, "якщо взяти талон зараз")
	k.hall.Intakes = k.hall.Intakes[1:]
	areatest.Contains(t, s.Page("/halls"), "Видаватимуть: вівторок, 24 листопада 2026 року, з 08:00.")
	k.hall.Load.Closed = true // for the rest of today, which is none
	areatest.Contains(t, s.Page("/halls/a~1"), "Видаватимуть: вівторок")
	k.hall.Intakes[0].Closes = time.Time{} // nobody knows the hours of that day
	k.hall.Load.Closed = false
	page = s.Page("/halls")
	areatest.Contains(t, page, "Зараз талонів не видають.")
	areatest.Lacks(t, page, "Видаватимуть")
	areatest.Contains(t, s.Page("/en/halls/a~1"), "5 people are waiting. 2 windows are open.")
	if w := s.Get("/halls/unknown"); w.Code != http.StatusNotFound {
		t.Errorf("a centre that is none: %d", w.Code)
	}
}
