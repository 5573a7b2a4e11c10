package apply_test

import (
	"net/http"
	"testing"

	"portal.example/external-site/internal/submission/submissiontest"
)

// TestServiceThatClosesWhileSomebodyFillsIn: said in words on a page of its own, and nothing is lost.
func TestServiceThatClosesWhileSomebodyFillsIn(t *testing.T) {
	for name, sql := range map[string]string{
		"no longer online": "update catalogue.services set quick = false",
		"no form":          "update catalogue.forms set published = false",
		"withdrawn":        "update catalogue.services set published = false",
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t)
			b.upToDocuments()
			b.DB.Exec(sql)
			p := b.post(at+"/step/extract", "purpose", "other", "purpose_other", "Довго писав", "persons", "me", "copies", "2")
			if b.shows(p, "Подати цю заяву онлайн уже не можна", "Нічого не подано", "зберігається в цьому браузері до"); p.status != http.StatusGone {
				t.Errorf("%d", p.status)
			}
			b.DB.Exec("update catalogue.services set quick = true, published = true")
			b.DB.Exec("update catalogue.forms set published = true")
			b.shows(b.get(at+"/step/extract"), "Довго писав")
		})
	}
}

// TestReceiptOutlivesTheService: for as long as it promised.
func TestReceiptOutlivesTheService(t *testing.T) {
	b := open(t)
	b.filled()
	b.expect(b.post(at+"/check", "consent", "true"), at+"/receipt")
	b.DB.Exec("update catalogue.services set quick = false")
	codeOf(t, b.get(at+"/receipt").body)
}

// TestCentreThatIsGone: the page asks for another one and says why.
func TestCentreThatIsGone(t *testing.T) {
	b := open(t)
	b.filled()
	b.DB.Exec("update org.centres set published = false where id = $1", b.Centre)
	p := b.get(at + "/check")
	if p.status == http.StatusSeeOther {
		p = b.get(p.to)
	}
	b.shows(p, "Центр, який ви вибрали, більше не приймає заяв на цю послугу")
}

func TestServicesThatCannotBeAppliedFor(t *testing.T) {
	b := open(t)
	if p := b.get("/apply/none"); p.status != http.StatusNotFound {
		t.Errorf("no such service: %d", p.status)
	}
	b.DB.Exec("update catalogue.services set quick = false")
	b.expect(b.get(at), "/services/"+submissiontest.Code)
	b.expect(b.get(at+"/step/applicant"), "/services/"+submissiontest.Code)
}
