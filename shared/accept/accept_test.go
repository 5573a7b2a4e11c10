package accept

import (
	"net/http"
	"testing"
)

func TestCoding(t *testing.T) {
	for name, tt := range map[string]struct {
		header []string
		br     bool
		gzip   bool
	}{
		"none":                   {nil, false, false},
		"Chromium's":             {[]string{"gzip, deflate, br, zstd"}, true, true},
		"weights":                {[]string{"br;q=0.2, gzip; q=1.0"}, true, true},
		"refused":                {[]string{"br;q=0, gzip;q=0.000"}, false, false},
		"two lines":              {[]string{"gzip", "br"}, true, true},
		"another coding's name":  {[]string{"brotli, x-gzip"}, false, false},
		"capitals":               {[]string{"GZip"}, false, true},
		"any":                    {[]string{"*"}, false, false},
		"a weight that is none":  {[]string{"br;q=high, gzip;level=9"}, false, false},
		"nothing between commas": {[]string{",, ,br"}, true, false},
	} {
		r := &http.Request{Header: http.Header{"Accept-Encoding": tt.header}}
		if br, gzip := Coding(r, "br"), Coding(r, "gzip"); br != tt.br || gzip != tt.gzip {
			t.Errorf("%s: br %v, gzip %v", name, br, gzip)
		}
	}
}
