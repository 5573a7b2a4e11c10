package apply_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"portal.example/shared/fault"
)

// Two applications of one service give two receipts, and each stays open for its time: when the next one is sent, and
// when the service is taken off the site.
func TestReceiptsOutliveEachOther(t *testing.T) {
	b := open(t)
	first := b.send()
	number := receiptNumber.FindString(first.body)
	second := b.send()
	if codeOf(t, first.body) == codeOf(t, second.body) || receiptNumber.FindString(second.body) == number {
		t.Fatal("two applications and one receipt")
	}
	if again := b.get(at + "/receipt/" + number); codeOf(t, again.body) != codeOf(t, first.body) {
		t.Error("the first receipt is not the one it was")
	}
	b.refusal = fault.New(fault.Conflict, "apply.not_online")
	again := b.get(at + "/receipt/" + number)
	if again.status != http.StatusOK || codeOf(t, again.body) != codeOf(t, first.body) {
		t.Errorf("once the service is not given online any more: %d", again.status)
	}
	for _, words := range []string{"Куди звертатися", `href="/centres/01"`, "tel:+380440000001", "вул. Соборна, 1", "Про зміни повідомимо", "Скопіювати код"} {
		if !strings.Contains(again.body, words) {
			t.Errorf("the receipt does not say %q", words)
		}
	}
	if other := b.get(at + "/receipt/R-0000-0000-0195"); other.status == http.StatusOK {
		t.Error("a receipt of somebody else")
	}
}

// What was sent can be read, printed and saved as long as the receipt, by the browser that sent it. The key comes to no
// other page.
func TestCopyOfWhatWasSent(t *testing.T) {
	b := open(t)
	receipt := b.send()
	copied := at + "/receipt/" + receiptNumber.FindString(receipt.body) + "/copy"
	if !strings.Contains(receipt.body, `href="`+copied+`"`) {
		t.Fatal("the receipt does not lead to the copy")
	}
	page := b.get(copied)
	for _, words := range []string{"Витяг", "Прийнято", "Канарейченко", "&#43;380671234567", "Для суду або нотаріуса", "паспорт.pdf", "Зберегти як файл"} {
		if !strings.Contains(page.body, words) {
			t.Errorf("the copy does not say %q", words)
		}
	}
	if file := b.get(copied + "?save=1"); file.status != http.StatusOK || !strings.Contains(file.body, "Прізвище: Канарейченко\r\n") || strings.Contains(file.body, "<") {
		t.Errorf("as a file: %d\n%s", file.status, file.body)
	}
	for _, path := range []string{at, at + "/receipt", "/track", "/"} {
		if slices.Contains(b.heldNames(path), "copy") {
			t.Errorf("%s gets the key of the copy", path)
		}
	}
	b.desk.LoseCopies()
	if gone := b.get(copied); gone.status != http.StatusNotFound || !strings.Contains(gone.body, "лише кілька годин") {
		t.Errorf("after its time: %d", gone.status)
	}
}
