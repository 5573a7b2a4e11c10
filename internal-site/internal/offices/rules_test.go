package offices_test

import (
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/offices"
)

func TestKeysOfOneOfficeAreEqual(t *testing.T) {
	for _, title := range []string{"Головний лікар з’ясування", " головний  лікар з'ясування ", "ГОЛОВНИЙ ЛІКАР ЗʼЯСУВАННЯ"} {
		if key := offices.Key(title); key != "головний лікар з'ясування" {
			t.Errorf("%q is %q", title, key)
		}
	}
}

// An office is acted for by its holder, by a substitute, and by the head while nobody holds it; their own office comes first.
func TestActs(t *testing.T) {
	chief := offices.Office{Place: uuid.New(), Key: "начальник"}
	elsewhere := offices.Office{Place: uuid.New(), Key: "начальник"}
	own, forOther := offices.Seat{Office: chief}, offices.Seat{Office: chief, For: "Кресляр"}
	head := []offices.Headship{{Place: chief.Place}}
	for name, tt := range map[string]struct {
		desk offices.Desk
		want offices.Capacity
		ok   bool
	}{
		"nobody":                    {offices.Desk{}, offices.Capacity{}, false},
		"holder":                    {offices.Desk{Seats: []offices.Seat{own}}, offices.Capacity{}, true},
		"substitute":                {offices.Desk{Seats: []offices.Seat{forOther}}, offices.Capacity{For: "Кресляр"}, true},
		"holder and substitute":     {offices.Desk{Seats: []offices.Seat{forOther, own}}, offices.Capacity{}, true},
		"of the same name":          {offices.Desk{Seats: []offices.Seat{{Office: elsewhere}}}, offices.Capacity{}, false},
		"head of what nobody has":   {offices.Desk{Heads: head}, offices.Capacity{Vacant: true}, true},
		"head of what is held":      {offices.Desk{Heads: head, Held: []offices.Office{chief}}, offices.Capacity{}, false},
		"head of another place":     {offices.Desk{Heads: []offices.Headship{{Place: elsewhere.Place}}}, offices.Capacity{}, false},
		"substitute of the head":    {offices.Desk{Heads: []offices.Headship{{Place: chief.Place, For: "Горожанин"}}}, offices.Capacity{For: "Горожанин", Vacant: true}, true},
		"head, and substitutes too": {offices.Desk{Heads: append([]offices.Headship{{Place: chief.Place, For: "Інша"}}, head...)}, offices.Capacity{Vacant: true}, true},
	} {
		if got, ok := tt.desk.Acts(chief); got != tt.want || ok != tt.ok {
			t.Errorf("%s: %+v, %t", name, got, ok)
		}
	}
}
