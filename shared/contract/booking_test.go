package contract_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/contract"
)

// An older message names no further matters and still reads; one with too many, with one twice, or beside a change is wrong in that field.
func TestFurtherMattersOfABooking(t *testing.T) {
	group, other, service, at := uuid.New(), uuid.New(), uuid.New(), time.Now().Add(48*time.Hour)
	wrong := func(change func(*contract.Booking)) bool {
		b := &contract.Booking{Act: contract.BookingMakes, GroupID: &group, ServiceID: &service, At: &at, Name: "x", Consent: true, SubmittedAt: time.Now()}
		change(b)
		raw, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		read := new(contract.Booking)
		if err := json.Unmarshal(raw, read); err != nil {
			t.Fatal(err)
		}
		for _, f := range read.Check() {
			if f.Field == "further" {
				return true
			}
		}
		return false
	}
	many := func(n int) (list []contract.Matter) {
		for range n {
			list = append(list, contract.Matter{GroupID: uuid.New()})
		}
		return list
	}
	booking := uuid.New()
	for name, c := range map[string]struct {
		change func(*contract.Booking)
		wrong  bool
	}{
		"none":                  {func(*contract.Booking) {}, false},
		"another group":         {func(b *contract.Booking) { b.Further = []contract.Matter{{GroupID: other}} }, false},
		"the group beside it":   {func(b *contract.Booking) { b.Further = []contract.Matter{{GroupID: group}} }, false},
		"four":                  {func(b *contract.Booking) { b.Further = many(4) }, false},
		"five":                  {func(b *contract.Booking) { b.Further = many(5) }, true},
		"one twice":             {func(b *contract.Booking) { b.Further = []contract.Matter{{GroupID: other}, {GroupID: other}} }, true},
		"the first once more":   {func(b *contract.Booking) { b.Further = []contract.Matter{{GroupID: group, ServiceID: &service}} }, true},
		"a service of two ways": {func(b *contract.Booking) { b.Further = []contract.Matter{{GroupID: other, ServiceID: &service}} }, true},
		"with a move": {func(b *contract.Booking) {
			b.Act, b.BookingID, b.GroupID, b.Further = contract.BookingMoves, &booking, nil, []contract.Matter{{GroupID: other}}
		}, true},
	} {
		if wrong(c.change) != c.wrong {
			t.Errorf("%s: wrong is %v", name, !c.wrong)
		}
	}
}
