package intake_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/counter"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/intake"
	"portal.example/internal-site/internal/scan"
	"portal.example/internal-site/internal/scan/scantest"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
)

// drainFiles does what is due about files.
func drainFiles(t *testing.T, w *intake.Worker) (done int) {
	t.Helper()
	for {
		found, err := w.NextFile(t.Context())
		must(t, err)
		if !found {
			return done
		}
		done++
	}
}

// reception is the counter of the place's centre with an application that its clerk has taken over.
type reception struct {
	*counter.Store
	clerk access.Actor
	entry uuid.UUID
	visit uuid.UUID
}

// takenOver takes an application that waits for a person over at the counter.
func (p *place) takenOver(t *testing.T, s *submission) reception {
	t.Helper()
	pool := p.db.PoolAs("internal_site")
	r := reception{Store: counter.NewStore(pool, cases.NewStore(pool)), clerk: p.Users[access.Administrator]}
	must(t, p.db.Pool.QueryRow(t.Context(), `select id from intake.refusals where message_id = $1 and state = 'open'`, s.MessageID).Scan(&r.entry))
	st, err := r.StartOfEntry(t.Context(), r.clerk, r.entry)
	must(t, err)
	r.visit, err = r.Start(t.Context(), r.clerk, st)
	must(t, err)
	return r
}

// ready saves a visit with everything that registering it needs, after change.
func (r reception) ready(t *testing.T, change func(*counter.Content)) counter.Visit {
	t.Helper()
	v, err := r.Get(t.Context(), r.clerk, r.visit)
	must(t, err)
	sent, err := r.Sent(t.Context(), r.clerk, r.visit)
	must(t, err)
	v.Content = v.Content.Offered(fixture.Card(), sent...)
	change(&v.Content)
	v, err = r.Save(t.Context(), r.clerk, v.ID, v.Version, v.ServiceID, v.Content)
	must(t, err)
	return v
}

func (p *place) has(t *testing.T, key string) bool {
	t.Helper()
	_, err := p.quarantine.Stat(t.Context(), key)
	if err != nil && !fault.Is(err, fault.NotFound) {
		t.Fatal(err)
	}
	return err == nil
}

func openedAs(s *submission, i int) string {
	return "opened/" + s.MessageID.String() + "/" + s.Attachments[i].ID.String()
}

func sealedAs(s *submission, i int) string { return contract.FileKey(s.MessageID, s.Attachments[i].ID) }

// What an applicant sent with an application that waits for a person becomes the case's at the counter, with the document that it
// answers; what holds malware does not, and what was sealed is removed.
func TestFilesAreTakenOverAtTheCounter(t *testing.T) {
	p := newPlace(t)
	w := p.worker(scan.New(scantest.Clamd(t)))
	bad := []byte("%PDF-1.7\n" + scantest.EICAR)
	s := p.submission(t, bad, pdf)
	p.send(t, s)
	drain(t, w)
	if n := drainFiles(t, w); n > 0 || p.has(t, openedAs(s, 1)) {
		t.Fatalf("%d files were opened that nobody asked for", n)
	}
	r := p.takenOver(t, s)
	sent, err := r.Sent(t.Context(), r.clerk, r.visit)
	must(t, err)
	if len(sent) != 2 || !sent[0].Waits() || !sent[1].Waits() {
		t.Fatalf("before the worker came: %+v", sent)
	}
	v := r.ready(t, func(*counter.Content) {})
	if _, err := r.Register(t.Context(), r.clerk, v.ID, v.Version, v.Content, ""); !fault.Is(err, fault.Invalid) {
		t.Fatalf("registered before its files were opened: %v", err)
	}
	if n := drainFiles(t, w); n != 2 {
		t.Fatalf("%d files were worked on", n)
	}
	sent, err = r.Sent(t.Context(), r.clerk, r.visit)
	must(t, err)
	if sent[0].State != intake.FileRefused || sent[0].Why() != "malware" || sent[1].State != intake.FileOpened || sent[1].Line != "passport" || sent[1].Notes != scan.NoteClean {
		t.Fatalf("opened: %+v", sent)
	}
	if f, err := r.SentFile(t.Context(), r.clerk, r.visit, sent[1].ID); err != nil || f.ObjectKey != openedAs(s, 1) {
		t.Errorf("the clerk looks at %+v, %v", f, err)
	}
	if _, err := r.SentFile(t.Context(), r.clerk, r.visit, sent[0].ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("the clerk looks at malware: %v", err)
	}
	if _, err := r.SentFile(t.Context(), p.OtherUsers[access.Administrator], r.visit, sent[1].ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("another centre's clerk looks: %v", err)
	}
	v = r.ready(t, func(*counter.Content) {})
	if v.Content.Lines["passport"].Given != counter.BySent {
		t.Errorf("offered %+v", v.Content.Lines)
	}
	made, err := r.Register(t.Context(), r.clerk, v.ID, v.Version, v.Content, "")
	must(t, err)
	if n := count(t, p.db.Pool, `select count(*) from documents.files where case_id = $1 and purpose = 'received' and bucket = 'quarantine' and object_key = $2
		and title = 'Паспорт' and file_name = $3 and uploaded_by is null and not published and id <> $4`, made.CaseID, openedAs(s, 1), s.Attachments[1].Name, s.Attachments[1].ID); n != 1 {
		t.Errorf("%d such files of the case", n)
	}
	if n := count(t, p.db.Pool, `select count(*) from documents.files`); n != 1 {
		t.Errorf("%d files in all", n)
	}
	if n := count(t, p.db.Pool, `select count(*) from counter.received where case_id = $1 and line = 'passport' and given = 'sent' and sheets = 0`, made.CaseID); n != 1 {
		t.Errorf("%d such lines of the description", n)
	}
	p.db.Exec(`update intake.files set next_attempt_at = now()`)
	drainFiles(t, w)
	if p.has(t, sealedAs(s, 0)) || p.has(t, sealedAs(s, 1)) || !p.has(t, openedAs(s, 1)) || count(t, p.db.Pool, `select count(*) from intake.files`) != 0 {
		t.Error("sealed files stayed, or the case's is gone")
	}
}

// A file that the scanner has not seen keeps a case from being registered without it, unless the clerk says that it is left out.
func TestAFileThatWaitsCanBeLeftOut(t *testing.T) {
	p, scanner := newPlace(t), &switchable{}
	w := p.worker(scanner)
	s := p.submission(t, pdf, []byte("<html>"))
	p.send(t, s)
	drain(t, w)
	r := p.takenOver(t, s)
	scanner.down = true
	for range 3 {
		drainFiles(t, w)
		p.db.Exec(`update intake.files set next_attempt_at = now() where state = 'wanted'`)
	}
	if n := count(t, p.db.Pool, `select count(*) from intake.files where state = 'wanted' and failures = 0 and attempts >= 3`); n != 1 {
		t.Fatalf("%d files wait for the scanner", n)
	}
	v := r.ready(t, func(*counter.Content) {})
	if _, err := r.Register(t.Context(), r.clerk, v.ID, v.Version, v.Content, ""); !fault.Is(err, fault.Invalid) {
		t.Fatalf("%v", err)
	}
	v = r.ready(t, func(c *counter.Content) {
		c.Sent[s.Attachments[0].ID.String()] = counter.LeftOut
		c.Lines["passport"] = counter.Line{Given: counter.Shown}
	})
	if _, err := r.Register(t.Context(), r.clerk, v.ID, v.Version, v.Content, ""); err != nil {
		t.Fatal(err)
	}
	p.db.Exec(`update intake.files set next_attempt_at = now()`)
	drainFiles(t, w)
	if count(t, p.db.Pool, `select count(*) from documents.files`) != 0 || p.has(t, sealedAs(s, 0)) || count(t, p.db.Pool, `select count(*) from intake.files`) != 0 {
		t.Error("a file that was left out stayed")
	}
}

// What was opened for a visitor who went away stays until somebody decides about the entry, and goes then.
func TestFilesOfAClosedEntryAreForgotten(t *testing.T) {
	p := newPlace(t)
	w := p.worker(nil)
	s := p.submission(t, pdf, []byte("<html>"))
	p.send(t, s)
	drain(t, w)
	r := p.takenOver(t, s)
	drainFiles(t, w)
	v, err := r.Get(t.Context(), r.clerk, r.visit)
	must(t, err)
	_, err = r.Leave(t.Context(), r.clerk, v.ID, v.Version)
	must(t, err)
	if data, err := p.quarantine.ReadAll(t.Context(), openedAs(s, 0), "", 1<<20); err != nil || !bytes.Equal(data, pdf) {
		t.Fatalf("%q, %v", data, err)
	}
	q := intake.NewQueue(p.db.PoolAs("internal_site"))
	manager := p.Users[access.RegionalManager]
	n, err := q.DecideAll(t.Context(), manager, intake.Filter{Reason: intake.ReasonFileType, Until: time.Now().Add(time.Hour)}, intake.Verdict{Decision: intake.Close, Note: "подасть ще раз"})
	if err != nil || n != 1 {
		t.Fatalf("%d closed, %v", n, err)
	}
	p.db.Exec(`update intake.files set next_attempt_at = now()`)
	drainFiles(t, w)
	left, err := intake.FilesOf(t.Context(), p.db.Pool, r.entry)
	if err != nil || len(left) > 0 || p.has(t, openedAs(s, 0)) {
		t.Errorf("left: %+v, %v", left, err)
	}
}
