package checks_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/checks"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/intake"
	"portal.example/internal-site/internal/intake/intaketest"
	"portal.example/shared/blobtest"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
	"portal.example/shared/pgtest"
	"portal.example/shared/seal"
)

func TestMain(m *testing.M) { pgtest.Main(m, blobtest.Stop) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// place is a node whose intake takes packages.
type place struct {
	*intaketest.Node
	store *checks.Store
}

func newPlace(t *testing.T) *place {
	t.Helper()
	node := intaketest.New(t, checks.NewIntake())
	return &place{node, checks.NewStore(node.DB.PoolAs("internal_site"))}
}

// paper is one file as somebody sends it.
type paper struct{ document, content string }

// send sends papers as the public site does and lets the intake take them.
func (p *place) send(t *testing.T, papers []paper, changes ...func(*contract.DocumentCheck)) (contract.DocumentCheck, seal.Code) {
	t.Helper()
	by := intaketest.NewSender(t)
	d := contract.DocumentCheck{
		Version: 1, MessageID: by.MessageID, ReceiptNumber: by.Number, CentreID: p.Centre, ServiceID: p.Service,
		Note: "Чи досить копії?\nДякую.", Name: "Олена", Email: "olena@example.com",
		Consent: true, Language: locale.UK, CodeHash: by.CodeHash, Recipient: by.Code.Recipient(), SubmittedAt: by.At,
	}
	var list []intaketest.File
	for _, one := range papers {
		field := contract.CheckDocument
		if one.document == "" {
			field = contract.CheckFiles
		}
		list = append(list, intaketest.File{Field: field, Document: one.document, Content: one.content})
	}
	attachments, sealed := p.Attach(t, d.MessageID, list)
	d.Attachments = attachments
	for _, change := range changes {
		change(&d)
	}
	p.Send(t, by, &d, sealed)
	return d, by.Code
}

// only returns the package of a message.
func (p *place) only(t *testing.T, actor access.Actor, message uuid.UUID) checks.Package {
	t.Helper()
	l, err := p.store.List(t.Context(), actor, checks.Filter{State: "all"})
	must(t, err)
	for _, one := range l.Packages {
		if one.MessageID == message {
			one, err := p.store.Get(t.Context(), actor, one.ID)
			must(t, err)
			return one
		}
	}
	t.Fatalf("the package is not among %d", l.Total)
	return checks.Package{}
}

func (p *place) count(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	must(t, p.DB.Pool.QueryRow(t.Context(), query, args...).Scan(&n))
	return n
}

// opened is what left last for a package, as the holder of the code reads it.
func (p *place) opened(t *testing.T, code seal.Code, pack uuid.UUID) (a contract.CheckAnswer) {
	t.Helper()
	var sealed []byte
	must(t, p.DB.Pool.QueryRow(t.Context(), "select sealed from checks.answers where package_id = $1 and published order by at desc, id desc limit 1", pack).Scan(&sealed))
	raw, err := code.Open(sealed, contract.MaxCheckAnswer)
	must(t, err)
	must(t, json.Unmarshal(raw, &a))
	return a
}

// demanded are the first two documents of the fixture's card.
func demanded() (first, second contract.Document) {
	list := fixture.Card().Documents
	return list[0], list[1]
}

func TestPapersAreJudgedOneByOne(t *testing.T) {
	p := newPlace(t)
	clerk := p.Users[access.Administrator]
	first, second := demanded()
	d, code := p.send(t, []paper{{"", "%PDF-1.7 other"}, {second.ID, "%PDF-1.7 two"}, {first.ID, "%PDF-1.7 one"}})
	pack := p.only(t, clerk, d.MessageID)
	if pack.State != checks.Open || len(pack.Papers) != 3 || !strings.HasPrefix(pack.Number, "П-") || pack.Note != d.Note || pack.FilesUntil != nil {
		t.Fatalf("staff see %+v", pack)
	}
	if pack.Papers[0].Title != first.Name || pack.Papers[1].Title != second.Name || !pack.Papers[2].Title.IsZero() {
		t.Errorf("the papers are not in the order of the card: %+v", pack.Papers)
	}
	if f, err := p.store.File(t.Context(), clerk, pack.ID, *pack.Papers[0].FileID); err != nil || f.Size != int64(len("%PDF-1.7 one")) {
		t.Errorf("the file of the first: %+v, %v", f, err)
	}
	half := checks.Command{Act: checks.DoAnswer, Papers: map[int]checks.Judgement{1: {Verdict: checks.Fit}, 2: {Verdict: checks.Mend}}}
	err := p.store.Do(t.Context(), clerk, pack.ID, pack.Version, half)
	var refused *fault.Error
	_ = errors.As(err, &refused)
	if fields := refused.Fields; !fault.Is(err, fault.Invalid) || len(fields) != 2 || fields[0].Field != "remark2" || fields[1].Field != "verdict3" {
		t.Errorf("half an answer: %v", err)
	}
	whole := checks.Command{Act: checks.DoAnswer, Text: "Візьміть оригінал паспорта", Papers: map[int]checks.Judgement{
		1: {Verdict: checks.Fit}, 2: {Verdict: checks.Mend, Remark: "Немає підпису\u202e"}, 3: {Verdict: checks.Fit},
	}}
	must(t, p.store.Do(t.Context(), clerk, pack.ID, pack.Version, whole))
	got := p.opened(t, code, pack.ID)
	if got.Text != whole.Text || len(got.Papers) != 3 || got.AllFit() || got.Papers[0].Document != first.Name || !got.Papers[0].Fit ||
		got.Papers[1].Remark != "Немає підпису" || got.Papers[2].File != "скан.pdf" {
		t.Errorf("the code opens %+v", got)
	}
	if n := p.count(t, "select count(*) from checks.answers where strpos(encode(sealed, 'escape'), 'паспорта') > 0"); n != 0 {
		t.Error("an answer leaves in the clear")
	}
	after := p.only(t, clerk, d.MessageID)
	if after.State != checks.Answered || after.Papers[1].Verdict != checks.Mend || after.FilesUntil == nil || after.Version != pack.Version+1 {
		t.Errorf("afterwards %+v", after)
	}
	if err := p.store.Do(t.Context(), clerk, pack.ID, pack.Version, whole); !fault.Is(err, fault.Conflict) {
		t.Errorf("a stale answer: %v", err)
	}
	whole.Papers[2] = checks.Judgement{Verdict: checks.Fit}
	must(t, p.store.Do(t.Context(), clerk, pack.ID, after.Version, whole)) // corrected
	if got := p.opened(t, code, pack.ID); !got.AllFit() {
		t.Errorf("corrected: %+v", got)
	}
	if again := p.only(t, clerk, d.MessageID); !again.FilesUntil.Equal(*after.FilesUntil) {
		t.Error("a correction keeps the files longer")
	}
}

func TestMissingDocumentsAreNamed(t *testing.T) {
	p := newPlace(t)
	first, _ := demanded()
	d, _ := p.send(t, []paper{{"", "%PDF-1.7"}})
	pack := p.only(t, p.Users[access.CentreHead], d.MessageID)
	found := false
	for _, name := range pack.Missing {
		found = found || name == first.Name
	}
	if !found || !first.Required {
		t.Errorf("missing: %+v", pack.Missing)
	}
}

func TestClosingSaysWhy(t *testing.T) {
	p := newPlace(t)
	clerk := p.Users[access.CentreHead]
	d, code := p.send(t, []paper{{"", "%PDF-1.7"}})
	pack := p.only(t, clerk, d.MessageID)
	if err := p.store.Do(t.Context(), clerk, pack.ID, 1, checks.Command{Act: checks.DoClose, Text: " \n"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("without a reason: %v", err)
	}
	must(t, p.store.Do(t.Context(), clerk, pack.ID, 1, checks.Command{Act: checks.DoClose, Text: "Це не документи"}))
	if got := p.opened(t, code, pack.ID); got.Text != "Це не документи" || len(got.Papers) != 0 || got.AllFit() {
		t.Errorf("the code opens %+v", got)
	}
	if err := p.store.Do(t.Context(), clerk, pack.ID, 2, checks.Command{Act: checks.DoAnswer, Papers: map[int]checks.Judgement{1: {Verdict: checks.Fit}}}); !fault.Is(err, fault.Conflict) {
		t.Errorf("answering what is closed: %v", err)
	}
}

func TestPackagesThatNobodyCanCheckGoToTheQueue(t *testing.T) {
	p := newPlace(t)
	for name, change := range map[string]func(*contract.DocumentCheck){
		"centre":       func(d *contract.DocumentCheck) { d.CentreID = uuid.New() },
		"other centre": func(d *contract.DocumentCheck) { d.CentreID = p.OtherCentre }, // it does not give the service
		"service":      func(d *contract.DocumentCheck) { d.ServiceID = uuid.New() },
	} {
		d, _ := p.send(t, []paper{{"", "%PDF-1.7"}}, change)
		if n := p.count(t, "select count(*) from intake.refusals where message_id = $1 and reason = $2", d.MessageID, intake.ReasonAddressee); n != 1 {
			t.Errorf("%s: %d entries", name, n)
		}
	}
}

func TestOnlyTheCentresStaffSeeAPackage(t *testing.T) {
	p := newPlace(t)
	d, _ := p.send(t, []paper{{"", "%PDF-1.7"}})
	pack := p.only(t, p.Users[access.RegionalManager], d.MessageID)
	for _, group := range access.StandardGroups {
		mine := group == access.Administrator || group == access.CentreHead
		if _, err := p.store.Get(t.Context(), p.Users[group], pack.ID); (err == nil) != (mine || group == access.RegionalManager) {
			t.Errorf("%s reads: %v", group, err)
		}
		if _, err := p.store.File(t.Context(), p.OtherUsers[group], pack.ID, *pack.Papers[0].FileID); (err == nil) != (group == access.RegionalManager) {
			t.Errorf("%s elsewhere opens a file: %v", group, err)
		}
		err := p.store.Do(t.Context(), p.OtherUsers[group], pack.ID, 1, checks.Command{Act: checks.DoClose, Text: "x"})
		if !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s elsewhere closes: %v", group, err)
		}
	}
	if _, err := p.store.List(t.Context(), p.Users[access.PortalAdministrator], checks.Filter{}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the list: %v", err)
	}
}

func TestListFiltersAndCounts(t *testing.T) {
	p := newPlace(t)
	clerk := p.Users[access.Administrator]
	first, _ := p.send(t, []paper{{"", "%PDF-1.7"}})
	second, _ := p.send(t, []paper{{"", "%PDF-1.7"}, {"", "%PDF-1.4"}}, func(d *contract.DocumentCheck) { d.Name = "Марія О'Браєн" })
	p.DB.Exec("update checks.packages set due_on = '2020-01-01' where message_id = $1", second.MessageID)
	must(t, p.store.Do(t.Context(), clerk, p.only(t, clerk, first.MessageID).ID, 1, checks.Command{Act: checks.DoClose, Text: "x"}))
	for name, c := range map[string]struct {
		f    checks.Filter
		want int
	}{
		"waiting": {checks.Filter{Page: 7}, 1}, "all": {checks.Filter{State: "all"}, 2}, "closed": {checks.Filter{State: checks.Closed}, 1},
		"late": {checks.Filter{Late: true}, 1}, "name": {checks.Filter{Q: "о’браєн"}, 1}, "number": {checks.Filter{Q: "п-20"}, 2},
		"receipt": {checks.Filter{Q: first.ReceiptNumber}, 1}, "nothing": {checks.Filter{Q: "%"}, 0},
	} {
		l, err := p.store.List(t.Context(), clerk, c.f)
		if err != nil || l.Total != c.want || l.Page != 1 || len(l.Packages) != c.want {
			t.Errorf("%s: %d, %v", name, l.Total, err)
		}
	}
	if open, late, err := p.store.Waiting(t.Context(), clerk); err != nil || open != 1 || late != 1 {
		t.Errorf("%d wait, %d late, %v", open, late, err)
	}
}

// The files go when people were told that they go, not a day earlier, and what was said of them stays.
func TestFilesAreKeptAsLongAsPeopleWereTold(t *testing.T) {
	p := newPlace(t)
	clerk := p.Users[access.Administrator]
	answered, _ := p.send(t, []paper{{"", "%PDF-1.7 answered"}})
	waiting, _ := p.send(t, []paper{{"", "%PDF-1.7 waiting"}})
	pack := p.only(t, clerk, answered.MessageID)
	must(t, p.store.Do(t.Context(), clerk, pack.ID, 1, checks.Command{Act: checks.DoAnswer, Papers: map[int]checks.Judgement{1: {Verdict: checks.Mend, Remark: "не видно дати"}}}))
	pack = p.only(t, clerk, answered.MessageID)
	if want := checks.FilesUntil(*pack.AnsweredAt); !pack.FilesUntil.Equal(want) {
		t.Errorf("kept until %s, want %s", pack.FilesUntil, want)
	}
	object := pack.Papers[0].File.ObjectKey
	tidy := func(days string) { // as if the last day were so many days from today
		t.Helper()
		p.DB.Exec("update checks.packages set files_until = (now() at time zone 'Europe/Kyiv')::date + $1::integer where state <> 'open'", days)
		must(t, checks.NewKeeper(checks.NewKeeperStore(p.DB.PoolAs("intake")), p.Quarantine).Tidy(t.Context()))
	}
	tidy("1")
	if _, err := p.Quarantine.Stat(t.Context(), object); err != nil {
		t.Fatalf("before the last day is over: %v", err)
	}
	tidy("-1")
	tidy("-1") // nothing is left to do
	if _, err := p.Quarantine.Stat(t.Context(), object); !fault.Is(err, fault.NotFound) {
		t.Errorf("the object afterwards: %v", err)
	}
	gone := p.only(t, clerk, answered.MessageID)
	if gone.FilesGoneAt == nil || gone.Papers[0].FileID != nil || gone.Papers[0].FileName != "" || gone.Papers[0].Remark != "не видно дати" {
		t.Errorf("afterwards %+v", gone)
	}
	if n := p.count(t, "select count(*) from documents.files where object_key = $1", object); n != 0 {
		t.Error("the register still names the file")
	}
	err := p.store.Do(t.Context(), clerk, pack.ID, gone.Version, checks.Command{Act: checks.DoAnswer, Papers: map[int]checks.Judgement{1: {Verdict: checks.Fit}}})
	if !fault.Is(err, fault.Conflict) {
		t.Errorf("a correction without the files: %v", err)
	}
	if still := p.only(t, clerk, waiting.MessageID); still.Papers[0].FileID == nil {
		t.Error("what waits for an answer has lost its file")
	}
	if n := p.count(t, "select count(*) from audit.events where action = 'checks.package.forget_files' and object_id = $1", pack.ID.String()); n != 1 {
		t.Errorf("%d lines in the trail", n)
	}
}

// The worker opens what strangers sent. Should it be taken over, it reads no package of others and makes no file go before its day.
func TestIntakeReadsNoPackages(t *testing.T) {
	p := newPlace(t)
	d, _ := p.send(t, []paper{{"", "%PDF-1.7"}})
	intakePool := p.DB.PoolAs("intake")
	for _, query := range []string{
		"select note from checks.packages", "select remark from checks.papers", "update checks.packages set state = 'closed'", "delete from checks.papers",
		"delete from documents.files",
	} {
		if _, err := intakePool.Exec(t.Context(), query); pg.Code(err) != pg.CodeInsufficientRights {
			t.Errorf("the intake may: %s (%v)", query, err)
		}
	}
	clerk := p.Users[access.Administrator]
	early := func(when string) {
		t.Helper()
		var forgotten bool
		must(t, intakePool.QueryRow(t.Context(), "select checks.forget_files($1)", p.only(t, clerk, d.MessageID).ID).Scan(&forgotten))
		if forgotten {
			t.Errorf("%s the files can be made to go", when)
		}
	}
	early("while it waits")
	must(t, p.store.Do(t.Context(), clerk, p.only(t, clerk, d.MessageID).ID, 1, checks.Command{Act: checks.DoClose, Text: "x"}))
	early("before their day")
}
