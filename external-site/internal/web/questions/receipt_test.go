package questions_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/uuid"

	domain "portal.example/external-site/internal/questions"
	"portal.example/external-site/internal/web/area"
	"portal.example/external-site/internal/web/areatest"
	"portal.example/shared/contract"
)

// The form and the receipt say whether the portal tells of the answer.
func TestWhetherTheAnswerIsToldIsSaid(t *testing.T) {
	for _, c := range []struct {
		switches          area.Switches
		onForm, onReceipt string
	}{
		{nil, "повідомити про відповідь", "повідомимо електронною поштою"},
		{areatest.Off(contract.ModuleNotices), "Повідомлень про відповідь портал не надсилає.", "заглядайте на сторінку стану"},
	} {
		s, _ := aloneWith(t, areatest.NewDesk(), c.switches)
		areatest.Contains(t, s.Page(here), c.onForm)
		leads(t, s.Post(here, question...), here+"/check")
		leads(t, s.Post(here+"/check", "consent", "true"), here+"/receipt")
		areatest.Contains(t, s.Page(s.Get(here+"/receipt").Header().Get("Location")), c.onReceipt)
	}
}

// A centre where notices are switched off promises none, whatever others do.
func TestACentreWithoutNoticesPromisesNone(t *testing.T) {
	off := []contract.Switch{{Module: contract.ModuleNotices}}
	s, p := aloneWith(t, areatest.NewDesk(), func(context.Context) (contract.Switches, error) { return contract.NewSwitches(off), nil })
	off[0].Centre = uuid.New()
	areatest.Contains(t, s.Page(here), "повідомити про відповідь")
	off[0].Centre = p.centre.ID
	areatest.Contains(t, s.Page(here), "Повідомлень про відповідь портал не надсилає.")
	leads(t, s.Post(here, question...), here+"/check")
	leads(t, s.Post(here+"/check", "consent", "true"), here+"/receipt")
	areatest.Contains(t, s.Page(s.Get(here+"/receipt").Header().Get("Location")), "заглядайте на сторінку стану")
}

// A receipt says where to turn, and it and its copy stay open for their time, also when whoever was asked is not on the site
// any more.
func TestReceiptOutlivesItsAddressee(t *testing.T) {
	s, p := alone(t, areatest.NewDesk())
	leads(t, s.Post(here, question...), here+"/check")
	leads(t, s.Post(here+"/check", "consent", "true"), here+"/receipt")
	own := s.Get(here + "/receipt").Header().Get("Location")
	receipt := s.Page(own)
	areatest.Contains(t, receipt, "Куди звертатися", `href="/centres/a~1"`, "tel:+380440000001", "повідомимо електронною поштою")
	if !strings.HasSuffix(own, receiptNumber.FindString(receipt)) {
		t.Errorf("the receipt at %s has another number", own)
	}
	p.centre = domain.Addressee{}
	areatest.Contains(t, s.Page(own), receiptNumber.FindString(receipt))
	areatest.Contains(t, s.Page(own+"/copy"), "Копія надісланого")
}
