package apply_test

import (
	"net/http"
	"testing"

	"portal.example/external-site/internal/submission/submissiontest"
	"portal.example/shared/fault"
)

// Whoever is filling in a form of a service that closes is told so on a page of its own, and loses nothing.
func TestServiceThatClosesWhileSomebodyFillsIn(t *testing.T) {
	for name, refusal := range map[string]error{
		"no longer online":    fault.New(fault.Conflict, "apply.not_online"),
		"taken by no centre":  fault.New(fault.Conflict, "apply.no_centre"),
		"withdrawn":           fault.New(fault.NotFound, ""),
		"module switched off": fault.New(fault.NotFound, "modules.off.applications"),
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t)
			b.upToDocuments()
			b.refusal = refusal
			p := b.post(at+"/step/extract", "purpose", "other", "purpose_other", "Довго писав", "persons", "me", "copies", "2")
			if b.shows(p, "Подати цю заяву онлайн уже не можна", "Нічого не подано", "зберігається в цьому браузері до"); p.status != http.StatusGone {
				t.Errorf("%d", p.status)
			}
			b.refusal = nil
			b.shows(b.get(at+"/step/extract"), "Довго писав")
		})
	}
}

// A receipt stays open for as long as it promised, also when the service does not.
func TestReceiptOutlivesTheService(t *testing.T) {
	b := open(t)
	b.send()
	b.refusal = fault.New(fault.Conflict, "apply.not_online")
	codeOf(t, b.get(at+"/receipt").body)
}

// When the chosen centre takes no more applications, the page asks for another one and says why.
func TestCentreThatIsGone(t *testing.T) {
	b := open(t)
	b.filled()
	b.offer(t, b.centres[1])
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
	b.refusal = fault.New(fault.Conflict, "apply.not_online")
	b.expect(b.get(at), "/services/"+submissiontest.Code)
	b.expect(b.get(at+"/step/applicant"), "/services/"+submissiontest.Code)
}
