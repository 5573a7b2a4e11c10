package questions_test

import (
	"strings"
	"testing"

	domain "portal.example/external-site/internal/questions"
	"portal.example/external-site/internal/web/areatest"
)

// A receipt says where to turn, and it and its copy stay open for their time, also when whoever was asked is not on the site
// any more.
func TestReceiptOutlivesItsAddressee(t *testing.T) {
	s, p := alone(t, areatest.NewDesk())
	leads(t, s.Post(here, question...), here+"/check")
	leads(t, s.Post(here+"/check", "consent", "true"), here+"/receipt")
	own := s.Get(here + "/receipt").Header().Get("Location")
	receipt := s.Page(own)
	areatest.Contains(t, receipt, "Куди звертатися", `href="/centres/a~1"`, "tel:+380440000001", "поки не надсилає")
	if !strings.HasSuffix(own, receiptNumber.FindString(receipt)) {
		t.Errorf("the receipt at %s has another number", own)
	}
	p.centre = domain.Addressee{}
	areatest.Contains(t, s.Page(own), receiptNumber.FindString(receipt))
	areatest.Contains(t, s.Page(own+"/copy"), "Копія надісланого")
}
