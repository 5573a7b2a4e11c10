package apply_test

import (
	"regexp"
	"strings"
	"testing"
)

// Two tabs stand on the start page: the second «begin» finds the first one's application and offers both, and each goes on
// by itself.
func TestBeginningDestroysNothing(t *testing.T) {
	b := open(t)
	b.shows(b.get(at), "Заповнена &lt;заява&gt;", `href="/documents/00000000-0000-7000-8000-000000000777"`, "PNG, 2", "У першому полі – прізвище")
	first := b.post(at)
	b.expect(first, at+"/step/applicant")
	b.expect(b.post(first.to, applicant...), at+"/step/contacts")
	b.expect(b.post(at), at) // the second tab: nothing is begun in place of the first
	b.shows(b.get(at), "Продовжити заповнення", "Почати ще одну заяву", "Зупинилися на сторінці «Як із вами зв’язатися»")
	second := b.post(at, "another", "1")
	b.expect(second, at+"/step/applicant")
	if draftOf.FindString(first.to) == draftOf.FindString(second.to) {
		t.Fatalf("both are %q", second.to)
	}
	b.expect(b.post(second.to, "kind", "person", "surname", "Другий", "given_name", "Петро", "identified_by", "passport", "passport", "001234567"), at+"/step/contacts")
	b.shows(b.get(first.to), "Канарейченко")
	b.shows(b.get(second.to), "Другий")
	if p := b.get(at); strings.Count(p.body, "Продовжити заповнення") != 2 {
		t.Error("the start page does not offer both")
	}
}

// Two applications for one service that one browser sends have two receipts.
func TestTwoApplicationsHaveTwoReceipts(t *testing.T) {
	b := open(t)
	one := b.send()
	b.filled()
	b.shows(b.get(at+"/receipt"), codeOf(t, one.body).Reveal()) // while the next is being filled in
	b.expect(b.post(at+"/check", "consent", "true"), at+"/receipt")
	codes := map[string]bool{}
	for _, link := range regexp.MustCompile(`href="([^"]*/receipt\?draft=[a-z0-9]{8})"`).FindAllStringSubmatch(b.get(at).body, -1) {
		codes[codeOf(t, b.get(link[1]).body).Reveal()] = true
	}
	if len(codes) != 2 || !codes[codeOf(t, one.body).Reveal()] {
		t.Errorf("%d receipts can be opened", len(codes))
	}
	b.shows(b.get(at), "Відкрити квитанцію 1<", "Відкрити квитанцію 2<")
}
