package address_test

import (
	"net/url"
	"strings"
	"testing"

	"portal.example/external-site/internal/address"
)

func TestACodeIsOneSegmentAndComesBack(t *testing.T) {
	for _, code := range []string{"00034", "01-01/01", "К-1 а", "50%", "a?b#c", "їжак"} {
		slug := address.Slug(code)
		if strings.ContainsAny(slug, "/?# ") {
			t.Errorf("%q is written %q, which is more than a segment", code, slug)
		}
		segment, err := url.PathUnescape(slug)
		if got := address.Code(segment); err != nil || got != code {
			t.Errorf("%q comes back as %q, %v", code, got, err)
		}
	}
}
