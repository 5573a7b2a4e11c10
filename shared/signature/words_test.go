package signature

import (
	"testing"

	"portal.example/shared/locale"
	"portal.example/shared/signature/finding"
)

func TestEveryReasonHasWords(t *testing.T) {
	words := locale.MustLoad(Words)
	for _, reason := range finding.All() {
		key := "signature.reason." + string(reason)
		if uk := words.In(locale.UK).T(key); uk == key || uk == "" {
			t.Errorf("no words for %s", reason)
		}
	}
}
