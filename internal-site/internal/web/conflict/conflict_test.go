package conflict_test

import (
	"net/url"
	"reflect"
	"testing"
	"testing/fstest"

	"portal.example/internal-site/internal/web/conflict"
	"portal.example/shared/locale"
)

func TestCompare(t *testing.T) {
	words := fstest.MapFS{"uk.yaml": {Data: []byte("f: {name: Назва, people: {phone: Телефон особи}}\nconflict: {in_uk: (укр), in_en: (англ)}\n")}}
	p := locale.MustLoad(words).In(locale.UK)
	got := conflict.Compare(p, "f.", url.Values{
		"version": {"2"}, "name.uk": {"Стара"}, "same": {"1"}, "people.0.phone": {"1"}, "people.0.row": {""}, "gone": {"рядок\nдругий"},
	}, url.Values{
		"version": {"1"}, "name.uk": {"Нова"}, "same": {" 1 "}, "people.0.phone": {"2"}, "do": {"save"},
	})
	want := []conflict.Row{
		{Label: "gone", Saved: []string{"рядок", "другий"}},
		{Label: "Назва (укр)", Saved: []string{"Стара"}, Mine: []string{"Нова"}},
		{Label: "Телефон особи 1", Saved: []string{"1"}, Mine: []string{"2"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
}
