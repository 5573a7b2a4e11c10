package apply_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

var receiptNumber = regexp.MustCompile(`R-\d{4}-\d{4}-\d{4}`)

// Two applications of one service give two receipts, and each stays open for its time: when the next one is sent, and
// when the service is taken off the site.
func TestReceiptsOutliveEachOther(t *testing.T) {
	b := open(t)
	send := func() page {
		t.Helper()
		b.filled()
		b.expect(b.post(at+"/check", "consent", "true"), at+"/receipt")
		return b.get(at + "/receipt")
	}
	first := send()
	number := receiptNumber.FindString(first.body)
	second := send()
	if codeOf(t, first.body) == codeOf(t, second.body) || receiptNumber.FindString(second.body) == number {
		t.Fatal("two applications and one receipt")
	}
	if again := b.get(at + "/receipt/" + number); codeOf(t, again.body) != codeOf(t, first.body) {
		t.Error("the first receipt is not the one it was")
	}
	b.DB.Exec("update catalogue.services set quick = false")
	again := b.get(at + "/receipt/" + number)
	if again.status != http.StatusOK || codeOf(t, again.body) != codeOf(t, first.body) {
		t.Errorf("once the service is not given online any more: %d", again.status)
	}
	for _, words := range []string{"Куди звертатися", `href="/centres/01"`, "tel:+380440000001", "вул. Соборна, 1", "поки не надсилає", "Скопіювати код"} {
		if !strings.Contains(again.body, words) {
			t.Errorf("the receipt does not say %q", words)
		}
	}
	if other := b.get(at + "/receipt/R-0000-0000-0195"); other.status == http.StatusOK {
		t.Error("a receipt of somebody else")
	}
}
