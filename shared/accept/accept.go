// Package accept reads what a browser says it can take.
package accept

import (
	"net/http"
	"strconv"
	"strings"
)

// Coding says whether the request names the content coding, in lower case, among those that it accepts, with a weight above zero (RFC 9110, 12.5.3).
// "*" is not taken for a coding: no browser sends it, and whoever does may not know what it would get.
func Coding(r *http.Request, coding string) bool {
	for part := range strings.SplitSeq(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		name, parameter, weighed := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		if !weighed {
			return true
		}
		key, value, _ := strings.Cut(parameter, "=")
		weight, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		return strings.EqualFold(strings.TrimSpace(key), "q") && err == nil && weight > 0
	}
	return false
}
