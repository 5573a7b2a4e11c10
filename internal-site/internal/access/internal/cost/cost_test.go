package cost

import "testing"

// What the site starts with is at least what OWASP's cheat sheet of password storage asks of argon2id at this memory: m=19456 (19 MiB), t=2.
func TestTheSiteHashesAtTheRecommendedCost(t *testing.T) {
	if Memory != UsualMemory || Time != UsualTime {
		t.Errorf("new hashes cost m=%d t=%d, the usual cost is m=%d t=%d", Memory, Time, UsualMemory, UsualTime)
	}
	if UsualMemory < 19456 || UsualTime < 2 {
		t.Errorf("m=%d t=%d is below the recommendation", UsualMemory, UsualTime)
	}
}
