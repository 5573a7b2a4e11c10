package questions_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// A receipt and its copy stay open for their time, also when whoever was asked is not on the site any more.
func TestReceiptOutlivesItsAddressee(t *testing.T) {
	b := open(t)
	_, code := b.send()
	receipt := b.get(at + "/receipt")
	for _, words := range []string{"Куди звертатися", `href="/centres/01"`, "tel:+380440000001", "поки не надсилає"} {
		if !strings.Contains(receipt.body, words) {
			t.Errorf("the receipt does not say %q", words)
		}
	}
	own := at + "/receipt/" + regexp.MustCompile(`R-\d{4}-\d{4}-\d{4}`).FindString(receipt.body)
	b.DB.Exec("delete from org.centres where code = '01'")
	if again := b.get(own); again.status != http.StatusOK || !strings.Contains(again.body, code.Reveal()) {
		t.Errorf("without its addressee: %d", again.status)
	}
	if copied := b.get(own + "/copy"); copied.status != http.StatusOK || !strings.Contains(copied.body, "Копія надісланого") {
		t.Errorf("its copy: %d", copied.status)
	}
}
