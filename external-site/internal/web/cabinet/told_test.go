package cabinet_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/external-site/internal/web/webtest"
	"portal.example/shared/contract"
	"portal.example/shared/seal"
)

// registered makes a case of the application that was sent with the number.
func (p *town) registered(number string, code seal.Code) (kase uuid.UUID) {
	p.t.Helper()
	kase = uuid.New()
	hash := code.Hash()
	p.region.DB.Exec(`insert into submission.answers (message_id, receipt_number, kind, outcome, reason, reason_en, subject, subject_id, subject_number, case_number, code_hash, answered_at)
		select message_id, receipt_number, kind, 'registered', '', '', 'case', $2, '01-2026-000001', '', code_hash, now() from account.receipts where receipt_number = $1`, number, kase)
	p.region.DB.Exec(`insert into cases.cases (id, number, receipt_number, centre_id, authority_id, service_id, channel, state, outcome, filed_at, registered_at, due_on, code_hash, tracked)
		values ($1, '01-2026-000001', $2, $3, $4, $5, 'online', 'in_progress', '', now(), now(), '2026-12-05', $6, true)`,
		kase, number, p.region.Centre, p.region.Authority, p.region.Service, hash[:])
	return kase
}

// fetched opens the message that waits for the inside, as the intake does, and takes it away.
func (p *town) fetched() *contract.Follow {
	p.t.Helper()
	waiting := p.region.Fetch()
	if len(waiting) != 1 {
		p.t.Fatalf("%d messages wait", len(waiting))
	}
	record, ok := waiting[0].Record(p.t).(*contract.Follow)
	if !ok {
		p.t.Fatalf("a message of kind %s", waiting[0].Kind)
	}
	p.region.Acknowledge(waiting[0])
	return record
}

// answered writes down what the inside says to the message.
func (p *town) answered(f *contract.Follow, said string) {
	p.t.Helper()
	p.region.DB.Exec(`insert into submission.answers (message_id, receipt_number, kind, outcome, reason, reason_en, subject, subject_number, case_number, code_hash, answered_at)
		values ($1, $2, 'follow', 'registered', '', '', 'follow', $3, '', decode($4, 'hex'), now())
		on conflict (message_id) do update set subject_number = excluded.subject_number`, f.MessageID, f.ReceiptNumber, said, f.CodeHash)
}

const told = "/cabinet/told"

// follows is a cabinet with a registered case in it, which wants to be told.
func (p *town) follows(login, number string) (field string, kase uuid.UUID, code seal.Code) {
	p.t.Helper()
	p.register(login)
	code = p.sentTo(p.region.DB, number)
	kase = p.registered(number, code)
	p.keep(number, code, "Субсидія мамі")
	return "m." + strings.TrimPrefix(matterLink.FindString(p.Page("/cabinet")), "/cabinet/matters/"), kase, code
}

// An address is kept, proven by what a letter says, used until its owner ends it; each step says what the inside made of it.
func TestNoticesAreChosen(t *testing.T) {
	p := openTown(t)
	field, kase, code := p.follows("olena", "R-1234-5678-9092")
	webtest.Contains(t, p.Page(told), "Субсидія мамі (01-2026-000001)", "У листі немає імен")
	for _, wrong := range [][]string{
		{"email", "", "quiet", "0-0", "language", "uk", field, "asks"},
		{"email", "olena", "quiet", "0-0", "language", "uk", field, "asks"},
		{"email", "olena@ukr.example", "quiet", "0-0", "language", "uk"},
		{"email", "olena@ukr.example", "quiet", "3-4", "language", "uk", field, "asks"},
		{"email", "olena@ukr.example", "quiet", "0-0", "language", "uk", field, "gossip"},
	} {
		p.posted(http.StatusUnprocessableEntity, told, wrong...)
	}
	p.posted(http.StatusSeeOther, told, "email", "olena@ukr.example", "quiet", "22-7", "language", "en", field, "result", field, "asks")
	webtest.Contains(t, p.Page(told), "відповіді ще немає")
	first := p.fetched()
	if first.Address != "olena@ukr.example" || first.Proof != "" || first.QuietFrom != 22 || first.QuietTo != 7 || first.Language != "en" ||
		len(first.Matters) != 1 || first.Matters[0].CaseID != kase || first.Matters[0].Code != code.Reveal() || strings.Join(first.Matters[0].Events, " ") != "asks result" {
		t.Errorf("the inside gets %+v", first)
	}
	p.answered(first, contract.FollowAsked)
	webtest.Contains(t, p.Page(told), "надіслано лист із кодом", "Код із листа")
	webtest.Contains(t, p.posted(http.StatusUnprocessableEntity, told+"/proof", "proof", "12"), "Введіть 8 знаків")
	p.posted(http.StatusSeeOther, told+"/proof", "proof", "abcd 2345")
	proven := p.fetched()
	if proven.Proof != "ABCD2345" || proven.FollowerID != first.FollowerID || len(proven.Matters) != 1 {
		t.Errorf("the inside gets %+v", proven)
	}
	p.answered(proven, contract.FollowWrong)
	webtest.Contains(t, p.Page(told), "не підійшов")
	p.answered(proven, contract.FollowOn)
	webtest.Contains(t, p.Page(told), "увімкнено")
	webtest.Lacks(t, p.Page(told), "Код із листа")
	// The address stays proven as long as it is the same.
	p.posted(http.StatusSeeOther, told, "email", "Olena@ukr.example", "quiet", "0-0", "language", "uk", field, "changes")
	if f := p.fetched(); f.Proof != "ABCD2345" || f.Matters[0].Events[0] != "changes" {
		t.Errorf("the inside gets %+v", f)
	}
	p.posted(http.StatusSeeOther, told, "email", "petro@ukr.example", "quiet", "0-0", "language", "uk", field, "changes")
	if f := p.fetched(); f.Proof != "" {
		t.Errorf("another address with a proof: %+v", f)
	}
	webtest.Contains(t, p.Page("/cabinet/account/everything.json"), "petro@ukr.example", "R-1234-5678-9092")
	p.posted(http.StatusSeeOther, told+"/off")
	if f := p.fetched(); len(f.Matters) != 0 || f.FollowerID != first.FollowerID {
		t.Errorf("the end: %+v", f)
	}
	webtest.Lacks(t, p.Page(told), "petro@ukr.example")
}

// Letters end with the matter, with the account, and by the link in a letter, for which no cabinet is needed.
func TestNoticesEnd(t *testing.T) {
	p := openTown(t)
	field, _, _ := p.follows("olena", "R-1234-5678-9092")
	on := func() *contract.Follow {
		p.posted(http.StatusSeeOther, told, "email", "olena@ukr.example", "quiet", "0-0", "language", "uk", field, "asks")
		f := p.fetched()
		p.answered(f, contract.FollowOn)
		return f
	}
	f := on()
	p.answered(f, contract.FollowOff)
	webtest.Contains(t, p.Page(told), "припинено за посиланням")
	if f := on(); f.Proof != "" {
		t.Errorf("the proof that ended is sent again: %+v", f)
	}
	link := matterLink.FindString(p.Page("/cabinet"))
	p.posted(http.StatusSeeOther, link+"/remove")
	if f := p.fetched(); len(f.Matters) != 0 {
		t.Errorf("the matter is removed and followed: %+v", f)
	}
	webtest.Lacks(t, p.Page(told), "olena@ukr.example")
	p.Forget()
	field, _, _ = p.follows("petro", "R-9999-5678-9070")
	on()
	p.posted(http.StatusSeeOther, "/cabinet/account/erase")
	if f := p.fetched(); len(f.Matters) != 0 {
		t.Errorf("the account is erased and followed: %+v", f)
	}
}

// A code that does not fit never locks anybody out: on a page that was open for long it changes nothing once notices are on, and where one reached the
// inside, another letter begins anew, under a name that the inside knows nothing of.
func TestAWrongCodeCanBeMended(t *testing.T) {
	p := openTown(t)
	field, _, _ := p.follows("olena", "R-1234-5678-9092")
	p.posted(http.StatusSeeOther, told, "email", "olena@ukr.example", "quiet", "0-0", "language", "uk", field, "asks")
	first := p.fetched()
	p.answered(first, contract.FollowAsked)
	p.posted(http.StatusSeeOther, told+"/proof", "proof", "ABCD2345")
	proven := p.fetched()
	p.answered(proven, contract.FollowOn)
	p.posted(http.StatusSeeOther, told+"/proof", "proof", "ZZZZ2345")
	if n := len(p.region.Fetch()); n != 0 {
		t.Errorf("%d messages are sent although notices are on", n)
	}
	webtest.Contains(t, p.Page(told), "увімкнено", "код не потрібен")
	p.answered(proven, contract.FollowWrong) // as after a wrong one that overtook the answer
	p.posted(http.StatusSeeOther, told+"/letter")
	waiting := p.region.Fetch()
	if len(waiting) != 2 {
		t.Fatalf("%d messages wait", len(waiting))
	}
	var ended, begun *contract.Follow
	for _, m := range waiting {
		f, ok := m.Record(t).(*contract.Follow)
		switch {
		case !ok:
			t.Fatalf("a message of kind %s", m.Kind)
		case len(f.Matters) == 0:
			ended = f
		default:
			begun = f
		}
	}
	if ended == nil || begun == nil || ended.FollowerID != first.FollowerID || begun.FollowerID == first.FollowerID || begun.Proof != "" || begun.Address != "olena@ukr.example" {
		t.Fatalf("ended %+v, begun %+v", ended, begun)
	}
	p.answered(begun, contract.FollowAsked)
	webtest.Contains(t, p.Page(told), "надіслано лист із кодом")
}
