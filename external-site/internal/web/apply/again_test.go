package apply_test

import (
	"strings"
	"testing"
)

// Whoever was refused begins another application with the same answers, from the browser that sent it and as long as its copy
// is kept. Files have to be added again, and an application that was begun meanwhile stays.
func TestAgainWithTheSameAnswers(t *testing.T) {
	b := open(t)
	again := at + "/receipt/" + receiptNumber.FindString(b.send().body) + "/copy/again"
	b.shows(b.get(strings.TrimSuffix(again, "/again")), `href="`+again+`"`)
	b.shows(b.get(again), "Подати ще раз", "Почати з цих відповідей", "додайте файли ще раз", `href="`+at+`"`)
	other := b.post(at)
	b.post(other.to, applicant...)
	begun := b.post(again)
	b.expect(begun, at+"/step/documents")
	with := "?" + draftOf.FindString(begun.to)
	b.shows(b.get(at+"/step/applicant"+with), `value="Канарейченко"`)
	if p := b.get(at + "/step/documents" + with); strings.Contains(p.body, "паспорт.pdf") {
		t.Error("a file that has left is shown as if it were here")
	}
	b.shows(b.get(at), "Ви вже почали заяву")
	if n := strings.Count(b.get(at).body, "Продовжити заповнення"); n != 2 {
		t.Errorf("%d applications are begun, expected the other one and this", n)
	}
	b.desk.LoseCopies()
	b.expect(b.get(again), at)
	b.expect(b.post(again), at+"?gone=1")
}
