package plain_test

import (
	"testing"

	"portal.example/shared/plain"
)

func TestRelaid(t *testing.T) {
	for typed, want := range map[string]string{
		"rhbybwtdjl": "криницевод", "Ghjrjgxer Yfnfkrf": "прокопчук наталка", "]lrtdbx": "їдкевич", // a key beside the letters
		"Kovalenko": "Kovalenko", "Smith John": "Smith John", "ковальrj": "ковальrj", "2026-68": "2026-68", "": "",
	} {
		if got := plain.Relaid(typed); got != want {
			t.Errorf("%q is %q, want %q", typed, got, want)
		}
	}
}
