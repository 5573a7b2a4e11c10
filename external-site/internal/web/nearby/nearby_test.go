package nearby_test

import (
	"testing"

	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/web"
	"portal.example/external-site/internal/web/nearby"
	"portal.example/shared/locale"
)

func TestNamesOfCommunities(t *testing.T) {
	words, err := web.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	community := org.Community{Name: locale.Text{UK: "Зорянська", EN: "Zorianska"}}
	city := org.Community{Name: locale.Text{UK: "Київ", EN: "Kyiv"}, City: true}
	for _, tt := range []struct {
		lang locale.Lang
		c    org.Community
		want string
	}{
		{locale.UK, community, "Зорянська громада"},
		{locale.EN, community, "Zorianska community"},
		{locale.UK, city, "місто Київ"},
		{locale.EN, city, "city of Kyiv"},
	} {
		if got := nearby.Name(words.In(tt.lang), tt.c); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}
