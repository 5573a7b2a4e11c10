package plain_test

import (
	"strings"
	"testing"

	"portal.example/shared/plain"
)

func TestLinks(t *testing.T) {
	for s, want := range map[string]bool{
		"https://dmsu.gov.ua":                             true,
		"https://dmsu.gov.ua:8443/a/б?q=1#x":              true,
		"https://міграція.укр/послуги":                    true,
		"https://[2001:db8::1.2.3.4]/":                    true,
		"http://dmsu.gov.ua":                              false,
		"HTTPS://dmsu.gov.ua":                             true,
		"//dmsu.gov.ua":                                   false,
		"dmsu.gov.ua":                                     false,
		"javascript:alert(1)":                             false,
		"https:dmsu.gov.ua":                               false,
		"https://":                                        false,
		"https://localhost/":                              false,
		"https://.gov.ua":                                 false,
		"https://gov..ua":                                 false,
		"https://dmsu.gov.ua@evil.example/":               false,
		"https://user:secret@dmsu.gov.ua/":                false,
		`https://dmsu.gov.ua\@evil.example`:               false,
		"https://dmsu.gov.ua/a b":                         false,
		"https://dmsu.gov.ua/\u202egnp.exe":               false,
		"https://dmsu.gov.ua/\x00":                        false,
		"https://dmsu.gov.ua/\r\nSet-Cookie: a=b":         false,
		"https://dmsu.gov.ua/%zz":                         false,
		"https://dmsu.gov.ua/" + strings.Repeat("a", 481): false,
		"https://dmsu.gov.ua/" + strings.Repeat("a", 480): true,
		"": false,
	} {
		if got := plain.IsLink(s); got != want {
			t.Errorf("%q: %v", s, got)
		}
	}
}
