package cases_test

import (
	"net/http"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/offices"
	"portal.example/internal-site/internal/web/webtest"
)

// The one who prepares hands the worded decision over, the signatory sees its document, returns it with a remark, and signs what was
// worded anew.
func TestADecisionGoesToItsSignatory(t *testing.T) {
	s := newSite(t)
	kase := s.Register(domain.Filing{})
	s.DB.Exec(`update cases.stages set official = 'Начальник' where case_id = $1 and action = 'approves'`, kase.ID)
	version := toDecision(t, s, kase.ID)
	officer, page := s.As(s.Users[access.Officer]), "/cases/"+kase.ID.String()
	holder := s.AddUser("holder", access.Grant{Group: access.Officer, Place: access.InAuthority(s.Authority)})
	s.DB.Exec(`insert into offices.holders (id, place, kind, title, key, user_id, since) values (gen_random_uuid(), $1, 'authority', 'Начальник', $2, $3, now())`,
		s.Authority, offices.Key("Начальник"), holder.UserID)
	signatory := s.As(holder)
	webtest.Shows(t, officer.Get(page), http.StatusOK, "Підготувати рішення", "Підписує Начальник: "+holder.Name, `value="propose"`)
	if body := officer.Get(page).Body.String(); strings.Contains(body, `value="decide"`) {
		t.Error("whoever does not hold the office is offered the decision itself")
	}
	if w := doAct(officer, kase.ID, version, "propose", "outcome", "refused", "ground", "incomplete", "say_text", "нотатка"); w.Code != http.StatusUnprocessableEntity ||
		!strings.Contains(w.Body.String(), `href="#decide_text"`) || !strings.Contains(w.Body.String(), "нотатка</textarea>") {
		t.Errorf("a refusal without its reasons: %d", w.Code)
	}
	if w := doAct(officer, kase.ID, version, "propose", "outcome", "refused", "ground", "incomplete", "decide_text", "Немає довідки"); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	webtest.Shows(t, signatory.Get(page), http.StatusOK, "Рішення чекає підпису", "Немає довідки", `href="`+page+`/proposal"`, `value="sign"`, "Повернути проєкт")
	if w := signatory.Get(page + "/proposal"); w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), "%PDF-") {
		t.Errorf("the document: %d", w.Code)
	}
	if body := officer.Get(page).Body.String(); strings.Contains(body, `value="sign"`) || !strings.Contains(body, "Рішення чекає підпису") {
		t.Error("whoever worded it does not see that it waits, or is offered to sign it")
	}
	if w := doAct(officer, kase.ID, version+1, "sign"); w.Code != http.StatusForbidden {
		t.Errorf("signed by whoever worded it: %d", w.Code)
	}
	if w := doAct(signatory, kase.ID, version+1, "send_back"); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("returned without a remark: %d", w.Code)
	}
	if w := doAct(signatory, kase.ID, version+1, "send_back", "send_back_text", "Назвіть довідку"); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	webtest.Shows(t, officer.Get(page), http.StatusOK, "повернуто із зауваженням", "Назвіть довідку", `href="`+page+`?edit=proposal"`)
	webtest.Shows(t, officer.Get(page+"?edit=proposal"), http.StatusOK, "Немає довідки</textarea>", `value="refused" checked`)
	if w := doAct(signatory, kase.ID, version+2, "sign"); w.Code != http.StatusConflict {
		t.Errorf("what was returned is signed: %d", w.Code)
	}
	doAct(officer, kase.ID, version+2, "propose", "outcome", "refused", "ground", "incomplete", "decide_text", "Немає довідки про склад сім’ї")
	if w := doAct(signatory, kase.ID, version+3, "sign"); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	webtest.Shows(t, officer.Get(page), http.StatusOK, "Немає довідки про склад сім’ї", "Документ: рішення № "+kase.Number, holder.Name)
	if n := s.Count(`select count(*) from cases.events where case_id = $1 and kind = 'decided'`, kase.ID); n != 1 {
		t.Errorf("%d decisions", n)
	}
}
