package catalogue

import (
	"fmt"
	"slices"
	"testing"

	"portal.example/shared/contract"
	"portal.example/shared/locale"
)

func doc(name, form string, required bool, note string) contract.Document {
	return contract.Document{ID: "x", Name: locale.Text{UK: name}, Form: form, Required: required, Note: locale.Text{UK: note}}
}

// One passport is shown for all; each service gets an application of its own and a copy of its own.
func TestDocumentsOfOneVisit(t *testing.T) {
	a, b := Together{Named: Named{Code: "a"}}, Together{Named: Named{Code: "b"}}
	a.Card.Documents = []contract.Document{
		doc("Заява", "original", true, ""), doc("Паспорт громадянина", "show", true, "будь-який"), doc("Свідоцтво", "copy", true, ""),
	}
	b.Card.Documents = []contract.Document{
		doc("Заява", "original", true, ""), doc("паспорт  громадянина.", "show", true, "будь-який"), doc("Довіреність", "", false, "лише представник"),
		doc("Свідоцтво", "copy", false, "якщо змінили прізвище"),
	}
	got := Documents([]Together{a, b})
	if len(got) != 4 {
		t.Fatalf("%d documents: %+v", len(got), got)
	}
	application, passport, certificate, power := got[0], got[1], got[2], got[3]
	if application.Originals != 2 || application.Show || len(application.Always) != 2 {
		t.Errorf("application %+v", application)
	}
	if !passport.Show || passport.Originals+passport.Copies != 0 || len(passport.Notes) != 1 || passport.Name.UK != "Паспорт громадянина" {
		t.Errorf("passport %+v", passport)
	}
	if certificate.Copies != 2 || len(certificate.Always) != 1 || len(certificate.Sometimes) != 1 || certificate.Sometimes[0].Code != "b" {
		t.Errorf("certificate %+v", certificate)
	}
	if !power.Show || len(power.Always) != 0 {
		t.Errorf("power of attorney %+v", power)
	}
	if Documents(nil) != nil {
		t.Error("documents of nothing")
	}
}

func TestCommonCentres(t *testing.T) {
	for _, c := range []struct {
		lists [][]string
		want  []string
	}{
		{nil, nil}, {[][]string{{"1", "2"}}, []string{"1", "2"}}, {[][]string{{"1", "2", "3"}, {"3", "1"}}, []string{"1", "3"}}, {[][]string{{"1"}, {"2"}}, []string{}},
	} {
		var services []Together
		for _, l := range c.lists {
			services = append(services, Together{Centres: l})
		}
		if got := CommonCentres(services); !slices.Equal(got, c.want) {
			t.Errorf("%v: %v, want %v", c.lists, got, c.want)
		}
	}
}

func TestPath(t *testing.T) {
	var services []OnPath
	for _, step := range []int{1, 4, 4, 7, BesidePath, BesidePath} {
		services = append(services, OnPath{Step: step})
	}
	way, beside := Path(services, nil)
	if len(way) != 3 || len(way[0].Services) != 1 || len(way[1].Services) != 2 || len(way[2].Services) != 1 || len(beside) != 2 {
		t.Errorf("%d stretches, %d beside", len(way), len(beside))
	}
	if way, beside := Path(services[4:], nil); way != nil || len(beside) != 2 {
		t.Error("a way out of what stands beside it")
	}
	way, _ = Path(services, []Step{{Number: 2, Optional: true}, {Number: 4, Optional: true}})
	var got []string
	for _, w := range way {
		got = append(got, fmt.Sprint(w.Number, len(w.Services), w.Optional))
	}
	if want := []string{"1 1 false", "2 0 true", "4 2 true", "7 1 false"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
