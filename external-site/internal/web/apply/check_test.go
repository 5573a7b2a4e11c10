package apply_test

import (
	"strings"
	"testing"
)

// Everything that was typed is shown before it is sent, with the way to change it, and nothing is sent without consent.
func TestCheckShowsEverythingAndAsksForConsent(t *testing.T) {
	b := open(t)
	b.filled()
	check := b.get(at + "/check")
	for _, words := range []string{"Канарейченко", "+380671234567", "Для суду або нотаріуса", "паспорт.pdf", "не вказано", "Змінити", at + "/step/extract?draft="} {
		if !strings.Contains(check.body, words) {
			t.Errorf("the check page does not show %q", words)
		}
	}
	unconfirmed := b.post(at + "/check")
	b.expect(unconfirmed, at+"/check") // an address, so that the language and the way back do not lose what is wrong
	if p := b.get(unconfirmed.to); p.status != 422 || !strings.Contains(p.body, "підтвердьте дані та згоду") {
		t.Errorf("without consent: %d", p.status)
	}
	if len(b.desk.Handed) != 0 {
		t.Errorf("%d applications were sent without consent", len(b.desk.Handed))
	}
}
