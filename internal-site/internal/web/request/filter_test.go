package request_test

import (
	"strings"
	"testing"

	"portal.example/internal-site/internal/web/request"
)

// What narrows nothing is no filter, neither for the rows nor for what the page says of them.
func TestUnknownValuesAreNoFilter(t *testing.T) {
	id := "a8098c1a-f86e-11da-bd1a-00112444be1e"
	for address, want := range map[string]string{
		"/services?quick=bogus&executor=zzz&lang=en":    "",
		"/services?centre=zzz&q=%20%20":                 "",
		"/services?centre=" + id + "&quick=maybe":       "centre=" + id,
		"/services?centre=none&quick=yes&page=2&q=%20a": "centre=none&q=a&quick=yes",
	} {
		c, _ := context(address)
		form := read(t, c)
		if got := request.Query(c); got != want {
			t.Errorf("%s narrows by %q, want %q", address, got, want)
		}
		if l := request.Listing(c, 1, 50, 120); l.Filtered != (want != "") || strings.Contains(l.Pagination.Next.Href, "bogus") {
			t.Errorf("%s: %+v", address, l)
		}
		for _, name := range []string{"quick", "centre", "q", "executor"} {
			if kept := strings.Contains(want, name+"="); form.Has(name) != kept {
				t.Errorf("%s: the form has %s: %t", address, name, form.Has(name))
			}
		}
	}
}
