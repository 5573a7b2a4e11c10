package submission_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/applications"
	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/submission/submissiontest"
	"portal.example/shared/blob"
	"portal.example/shared/blobtest"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/seal"
)

// counter is a desk with a service to apply for.
type counter struct {
	*submissiontest.Region
	bucket  *blob.Bucket
	desk    *submission.Desk
	cleaner submission.Cleaner
	offers  *applications.Offers
	service applications.Service
}

func newCounter(t *testing.T) *counter {
	t.Helper()
	c := &counter{Region: submissiontest.New(t), bucket: blobtest.Bucket(t, "inbound")}
	store := submission.NewStore(c.DB.PoolAs("external_site"))
	c.desk = submission.NewDesk(submission.Options{Store: store, Bucket: c.bucket, Key: submissiontest.Key().Public()})
	c.cleaner = submission.Cleaner{Store: store, Bucket: c.bucket, Log: slog.Default()}
	c.offers = applications.NewOffers(c.DB.PoolAs("external_site"), time.Now)
	c.reload(t)
	return c
}

func (c *counter) reload(t *testing.T) {
	t.Helper()
	service, err := c.offers.Service(t.Context(), submissiontest.Code)
	must(t, err)
	c.service = service
}

const canary = "Канарейченко"

// begun is a draft with one answer.
func (c *counter) begun(t *testing.T) submission.Token {
	t.Helper()
	d := c.service.NewDraft()
	token, err := c.desk.Begin(t.Context(), d, func() error { d.Portal["surname"] = canary; return nil })
	must(t, err)
	return token
}

// change changes the draft and returns its next token.
func (c *counter) change(t *testing.T, token submission.Token, fn func(*applications.Draft)) submission.Token {
	t.Helper()
	d := c.service.NewDraft()
	token, err := c.desk.Change(t.Context(), token, d, func() error { fn(d); return nil })
	must(t, err)
	return token
}

// load opens the draft.
func (c *counter) load(t *testing.T, token submission.Token) (*applications.Draft, error) {
	t.Helper()
	d := c.service.NewDraft()
	_, err := c.desk.Load(t.Context(), token, d)
	return d, err
}

// filled is a draft that is ready to be sent.
func (c *counter) filled(t *testing.T) submission.Token {
	t.Helper()
	token := c.begun(t)
	must(t, c.add(t, token, "passport.pdf", "%PDF-1.7 "+canary))
	return c.change(t, token, func(d *applications.Draft) {
		d.Portal = forms.Answers{
			"kind": "person", "surname": canary, "given_name": "Олена", "identified_by": "passport", "passport": "КС 123456",
			"phone": "+380671234567", "address": "с. Лугове", "centre": c.Centre.String(),
		}
		d.Answers["purpose"], d.Answers["persons"], d.Answers["copies"] = "court", "me", json.Number("2")
		for _, p := range c.service.Pages(d) {
			d.Visit(p)
		}
	})
}

func (c *counter) add(t *testing.T, token submission.Token, name, content string) error {
	t.Helper()
	_, err := c.desk.AddFile(t.Context(), token, c.service.NewDraft(), submission.Incoming{
		Field: "identity_document", Name: name, MediaType: "application/pdf", Body: strings.NewReader(content),
	})
	return err
}

func (c *counter) submit(t *testing.T, token submission.Token) (submission.Token, submission.Receipt, error) {
	t.Helper()
	return c.desk.Submit(t.Context(), token, c.service.NewDraft(), locale.UK, nil)
}

func TestApplicationReachesTheChannelSealed(t *testing.T) {
	c := newCounter(t)
	_, receipt, err := c.submit(t, c.filled(t))
	must(t, err)
	waiting := c.Fetch()
	if len(waiting) != 1 || waiting[0].Receipt != receipt.Number {
		t.Fatalf("%d messages wait, receipt %s", len(waiting), receipt.Number)
	}
	m := waiting[0]
	a := m.Open(t)
	code, err := seal.ParseCode(receipt.Code)
	must(t, err)
	if a.Applicant.Surname != canary || a.CentreID != c.Centre || a.FormID != c.Form || a.Recipient != code.Recipient() || !a.Applicant.NoTaxNumber {
		t.Errorf("the intake reads %+v", a)
	}
	if len(a.Attachments) != 1 || string(m.OpenFile(t, c.bucket, a.Attachments[0].ID)) != "%PDF-1.7 "+canary {
		t.Errorf("attachments %+v", a.Attachments)
	}
	answers, err := c.service.Form.ParseAnswers(a.Answers)
	must(t, err)
	must(t, c.service.Form.Validate(answers, time.Now()))
}

// TestARepresentativeReachesTheInside: who acts for the applicant, and by what; nobody does when the box is not ticked.
func TestARepresentativeReachesTheInside(t *testing.T) {
	c := newCounter(t)
	for _, acts := range []bool{true, false} {
		token := c.change(t, c.filled(t), func(d *applications.Draft) {
			d.Portal["identified_by"], d.Portal["residence_permit"] = "residence_permit", "AB123456"
			delete(d.Portal, "passport")
			if acts {
				d.Portal["represented"], d.Portal["representative_surname"], d.Portal["representative_given_name"] = true, "Ткач", "Ігор"
				d.Portal["representative_basis"], d.Portal["representative_document"] = "attorney", "Довіреність № 12"
			}
		})
		_, _, err := c.submit(t, token)
		must(t, err)
		waiting := c.Fetch()
		a := waiting[len(waiting)-1].Open(t).Applicant
		if a.Document != contract.DocumentResidence || a.Passport != "AB123456" || (a.Representative != nil) != acts {
			t.Errorf("the intake reads %+v", a)
		}
		if acts && (a.Representative.Surname != "Ткач" || a.Representative.Basis != contract.BasisAttorney || a.Representative.Document != "Довіреність № 12") {
			t.Errorf("the representative: %+v", a.Representative)
		}
	}
	token := c.change(t, c.filled(t), func(d *applications.Draft) { d.Portal["represented"] = true })
	if _, _, err := c.submit(t, token); !fault.Is(err, fault.Conflict) {
		t.Errorf("a representative without a name: %v", err)
	}
}

// TestNothingReadableStaysHere: with everything the database and the store hold, and without the citizen's cookie,
// nothing of what was typed can be read.
func TestNothingReadableStaysHere(t *testing.T) {
	c := newCounter(t)
	c.filled(t) // a draft
	_, _, err := c.submit(t, c.filled(t))
	must(t, err)
	var rows string
	must(t, c.DB.Pool.QueryRow(t.Context(), `select string_agg(r, '') from (
		select d::text r from account.drafts d
		union all select m::text from inbound.messages m union all select a::text from account.receipts a) all_rows`).Scan(&rows))
	raw := []byte(rows)
	must(t, c.bucket.Keys(t.Context(), "", func(o blob.Info) error {
		content, err := c.bucket.ReadAll(t.Context(), o.Key, "", 20<<20)
		raw = append(raw, content...)
		return err
	}))
	var sealed [][]byte
	r, err := c.DB.Pool.Query(t.Context(), "select sealed from account.drafts union all select envelope from inbound.messages")
	must(t, err)
	for r.Next() {
		var b []byte
		must(t, r.Scan(&b))
		sealed = append(sealed, b)
	}
	must(t, r.Err())
	raw = append(raw, bytes.Join(sealed, nil)...)
	for _, secret := range []string{canary, "Олена", "КС 123456", "380671234567", "passport.pdf", "court"} {
		if bytes.Contains(raw, []byte(secret)) {
			t.Errorf("%q can be read", secret)
		}
	}
}

func TestPressedTwiceIsSentOnce(t *testing.T) {
	c := newCounter(t)
	token := c.filled(t)
	receipts := make([]submission.Receipt, 8)
	var pressing sync.WaitGroup
	for i := range receipts {
		pressing.Go(func() {
			var err error
			if _, receipts[i], err = c.submit(t, token); err != nil {
				t.Error(err)
			}
		})
	}
	pressing.Wait()
	for _, r := range receipts {
		if r.Code != receipts[0].Code || r.Number != receipts[0].Number || r.Envelope != receipts[0].Envelope || r.Code == "" {
			t.Errorf("different receipts: %s and %s", r.Number, receipts[0].Number)
		}
	}
	if n := len(c.Fetch()); n != 1 {
		t.Errorf("%d messages", n)
	}
	if _, err := c.desk.Change(t.Context(), token, c.service.NewDraft(), func() error { return nil }); !fault.Is(err, fault.Conflict) {
		t.Errorf("changing what was sent: %v", err)
	}
}

func TestIncompleteIsNotSent(t *testing.T) {
	c := newCounter(t)
	token := c.change(t, c.filled(t), func(d *applications.Draft) { delete(d.Portal, "phone") })
	if _, _, err := c.submit(t, token); !fault.Is(err, fault.Conflict) {
		t.Errorf("without a way to reach the applicant: %v", err)
	}
	if len(c.Fetch()) != 0 {
		t.Error("it was sent")
	}
}

func TestFullChannelKeepsTheDraft(t *testing.T) {
	c := newCounter(t)
	_, _, err := c.submit(t, c.filled(t))
	must(t, err)
	c.DB.Exec("update inbound.limits set max_messages = 1")
	token := c.filled(t)
	if _, _, err := c.submit(t, token); !fault.Is(err, fault.Unavailable) || fault.MessageKey(err) != "submission.full" {
		t.Fatalf("over the limit: %v", err)
	}
	c.DB.Exec("update inbound.limits set max_messages = 10")
	if _, _, err := c.submit(t, token); err != nil {
		t.Fatalf("afterwards: %v", err)
	}
}

func TestFilesHaveLimitsAndLeaveNothingBehind(t *testing.T) {
	c := newCounter(t)
	token := c.begun(t)
	big := strings.Repeat("x", contract.MaxFileSize+1)
	if err := c.add(t, token, "big.pdf", big); !fault.Is(err, fault.Invalid) {
		t.Errorf("a file over the limit: %v", err)
	}
	for range 3 {
		must(t, c.add(t, token, "ok.pdf", "%PDF-"))
	}
	if err := c.add(t, token, "fourth.pdf", "%PDF-"); !fault.Is(err, fault.Invalid) {
		t.Errorf("more files than the field takes: %v", err)
	}
	d, err := c.load(t, token)
	must(t, err)
	if n := c.objects(t); n != 3 || len(d.Files) != 3 {
		t.Errorf("%d objects, %d files", n, len(d.Files))
	}
	_, err = c.desk.RemoveFile(t.Context(), token, c.service.NewDraft(), d.Files[0].ID.String())
	must(t, err)
	if n := c.objects(t); n != 2 {
		t.Errorf("%d objects after one was taken out", n)
	}
	must(t, c.desk.Discard(t.Context(), token))
	if n := c.objects(t); n != 0 {
		t.Errorf("%d objects after the draft was discarded", n)
	}
}

func (c *counter) objects(t *testing.T) (n int) {
	t.Helper()
	must(t, c.bucket.Keys(t.Context(), "", func(blob.Info) error { n++; return nil }))
	return n
}

func TestAbandonedDraftsGoWithTheirFilesAndSentOnesKeepTheirs(t *testing.T) {
	c := newCounter(t)
	abandoned, sent := c.filled(t), c.filled(t)
	_, _, err := c.submit(t, sent)
	must(t, err)
	c.DB.Exec("update account.drafts set expires_at = now() - interval '2 hours'")
	if _, err := c.load(t, abandoned); !fault.Is(err, fault.NotFound) {
		t.Errorf("an expired draft: %v", err)
	}
	if n, err := c.cleaner.Clean(t.Context()); err != nil || n != 2 {
		t.Fatalf("cleaned %d, %v", n, err)
	}
	if n := c.objects(t); n != 1 {
		t.Errorf("%d objects; those of a message on its way must stay", n)
	}
	m := c.Fetch()[0]
	if content := m.OpenFile(t, c.bucket, m.Open(t).Attachments[0].ID); len(content) == 0 {
		t.Error("the attachment of the message is gone")
	}
}

func TestAStrangersTokenFindsNothing(t *testing.T) {
	c := newCounter(t)
	token := c.filled(t)
	if _, err := submission.ParseToken("x"); !fault.Is(err, fault.NotFound) {
		t.Errorf("a cookie that is no token: %v", err)
	}
	other := c.service
	other.ID = uuid.New()
	if _, err := c.desk.Load(t.Context(), token, other.NewDraft()); !fault.Is(err, fault.NotFound) {
		t.Errorf("the draft of another service: %v", err)
	}
	back, err := submission.ParseToken(token.Cookie())
	must(t, err)
	if fmt.Sprintf("%v %+v %#v %s", back, back, back, back) != strings.TrimSuffix(strings.Repeat("(draft token) ", 4), " ") {
		t.Error("tokens print themselves")
	}
	if _, err := c.load(t, back); err != nil {
		t.Errorf("the token, back from its cookie: %v", err)
	}
}

// telling is an application whose receipt says something of it.
type telling struct {
	*applications.Draft

	words string
}

func (t telling) Told() (json.RawMessage, error) { return json.Marshal(t.words) }

// A receipt keeps what its submission says of itself, as much as five long names are, and is given without it when that is more than there is room for.
func TestAReceiptTells(t *testing.T) {
	for size, want := range map[int]bool{10_000: true, 20_000: false} {
		c := newCounter(t)
		said := &telling{c.service.NewDraft(), strings.Repeat("Q", size)}
		own, _, err := c.desk.Submit(t.Context(), c.filled(t), said, locale.UK, nil)
		must(t, err)
		receipt, err := c.desk.Receipt(t.Context(), own)
		must(t, err)
		if (string(receipt.Told) == `"`+said.words+`"`) != want || receipt.Code == "" {
			t.Errorf("of %d bytes it says %d", size, len(receipt.Told))
		}
	}
}
