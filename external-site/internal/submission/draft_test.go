package submission_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"portal.example/external-site/internal/applications"
	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/submission/submissiontest"
	"portal.example/shared/fault"
)

// sealedNow is what a page of the database, its log or a backup holds of the newest draft at this moment.
func (c *counter) sealedNow(t *testing.T) []byte {
	t.Helper()
	var sealed []byte
	must(t, c.DB.Pool.QueryRow(t.Context(), "select sealed from account.drafts order by created_at desc limit 1").Scan(&sealed))
	return sealed
}

// putBack makes an old version the present one, with as many changes behind it as it may claim.
func (c *counter) putBack(sealed []byte, changes int) {
	c.DB.Exec("update account.drafts set sealed = $1, changes = $2, submitted_at = null, expires_at = now() + interval '1 hour'", sealed, changes)
}

// TestALaterCookieOpensNoEarlierVersion: whoever holds every version that the database ever had, and the cookie that
// the browser sends now, opens what is there now and nothing that was there before.
func TestALaterCookieOpensNoEarlierVersion(t *testing.T) {
	c := newCounter(t)
	token := c.begun(t)
	var earlier [][]byte
	for range 4 {
		earlier = append(earlier, c.sealedNow(t))
		token = c.change(t, token, func(d *applications.Draft) { d.Portal["given_name"] = "Олена" })
	}
	if _, err := c.load(t, token); err != nil {
		t.Fatalf("the present version: %v", err)
	}
	for i, sealed := range earlier {
		for changes := range 6 {
			c.putBack(sealed, changes)
			if _, err := c.load(t, token); !fault.Is(err, fault.NotFound) {
				t.Errorf("version %d, put back as change %d, opens with a later cookie: %v", i, changes, err)
			}
		}
	}
}

// TestWhatWasSentOpensWithNothingThatComesLater: the cookie of the receipt, and the draft's cookie after the receipt
// was seen, open nothing of the application.
func TestWhatWasSentOpensWithNothingThatComesLater(t *testing.T) {
	c := newCounter(t)
	token := c.filled(t)
	sealed := c.sealedNow(t)
	own, first, err := c.submit(t, token)
	must(t, err)
	if _, err := c.desk.Receipt(t.Context(), token); !fault.Is(err, fault.NotFound) {
		t.Errorf("the draft's cookie opens the receipt: %v", err)
	}
	receipt, err := c.desk.Receipt(t.Context(), own)
	if err != nil || !same(receipt, first) {
		t.Fatalf("the receipt: %v, %v", receipt, err)
	}
	if _, _, err := c.desk.Sent(t.Context(), token); !fault.Is(err, fault.NotFound) {
		t.Errorf("once the receipt was seen, the old cookie still leads to it: %v", err)
	}
	for changes := range 8 {
		c.putBack(sealed, changes)
		if _, err := c.load(t, own); !fault.Is(err, fault.NotFound) {
			t.Errorf("the application opens with the receipt's cookie: %v", err)
		}
	}
}

func same(a, b submission.Receipt) bool {
	return a.Number == b.Number && a.Code == b.Code && a.Envelope == b.Envelope && a.SentAt.Equal(b.SentAt)
}

// TestALostAnswerLosesNothing: the browser never saw the answers with the newer cookies.
func TestALostAnswerLosesNothing(t *testing.T) {
	c := newCounter(t)
	first := c.begun(t)
	last := first
	for range 3 {
		last = c.change(t, last, func(d *applications.Draft) { d.Portal["given_name"] = "Олена" })
	}
	d, err := c.load(t, first)
	if err != nil || d.Portal["given_name"] != "Олена" {
		t.Fatalf("with the first cookie: %v, %v", d.Portal, err)
	}
	token := c.filled(t)
	_, receipt, err := c.submit(t, token)
	must(t, err)
	own, again, err := c.desk.Sent(t.Context(), token)
	if err != nil || !same(again, receipt) {
		t.Fatalf("the receipt whose page never came: %v", err)
	}
	if _, err := c.desk.Receipt(t.Context(), own); err != nil {
		t.Errorf("the token that the old cookie leads to: %v", err)
	}
}

func TestNoRowBeforeTheFirstAnswer(t *testing.T) {
	c := newCounter(t)
	if _, err := c.desk.Begin(t.Context(), c.service.NewDraft(), func() error { return fault.New(fault.Invalid, "") }); !fault.Is(err, fault.Invalid) {
		t.Fatal(err)
	}
	if n := c.drafts(t); n != 0 {
		t.Errorf("%d rows for an answer that was refused", n)
	}
}

// A token that was reserved begins one draft, also once that was sent.
func TestAReservedTokenBeginsOnce(t *testing.T) {
	c := newCounter(t)
	reserved := submission.Reserve()
	begin := func() (submission.Token, error) {
		d := c.service.NewDraft()
		d.Reserved = reserved
		return c.desk.Begin(t.Context(), d, func() error { d.Portal["surname"] = canary; return nil })
	}
	if token, err := begin(); err != nil || token != reserved {
		t.Fatalf("the first: %v", err)
	}
	for _, sent := range []bool{false, true} {
		if _, err := begin(); !fault.Is(err, fault.Conflict) {
			t.Errorf("once more, sent %t: %v", sent, err)
		}
		if n := c.drafts(t); n != 1 {
			t.Errorf("%d drafts", n)
		}
		c.DB.Exec("update account.drafts set submitted_at = now(), sealed = ''")
	}
}

func (c *counter) drafts(t *testing.T) (n int) {
	t.Helper()
	must(t, c.DB.Pool.QueryRow(t.Context(), "select count(*) from account.drafts").Scan(&n))
	return n
}

// TestEmptyDraftsDoNotCloseTheDesk: somebody leaves as many nearly empty drafts as the region may have. Whoever works
// on one keeps it, and whoever comes begins one.
func TestEmptyDraftsDoNotCloseTheDesk(t *testing.T) {
	c := newCounter(t)
	const most = 20
	store := submission.NewStore(c.DB.PoolAs("external_site")).Limited(submission.Limits{Drafts: most, FileBytes: 1 << 30})
	c.desk = submission.NewDesk(submission.Options{Store: store, Bucket: c.bucket, Key: submissiontest.Key().Public()})
	filled := c.filled(t)
	worked := c.change(t, c.begun(t), func(d *applications.Draft) { d.Portal["given_name"] = "Олена" })
	for range 3 * most {
		c.begun(t)
	}
	newcomer := c.begun(t)
	for name, token := range map[string]submission.Token{"with a file": filled, "worked on": worked, "of the newcomer": newcomer} {
		if _, err := c.load(t, token); err != nil {
			t.Errorf("the draft %s: %v", name, err)
		}
	}
	if n := c.drafts(t); n > most {
		t.Errorf("%d drafts", n)
	}
}

// beginFrom begins a draft from an address.
func (c *counter) beginFrom(t *testing.T, address string) (submission.Token, error) {
	t.Helper()
	d := c.service.NewDraft()
	d.From = netip.MustParseAddr(address)
	return c.desk.Begin(t.Context(), d, func() error { d.Portal["surname"] = canary; return nil })
}

// TestAFloodOfDraftsEndsItsOwn: drafts from many addresses fill the region. Nobody loses one that was changed within the
// hour; a network that has its share loses its own, the one that lay longest first; and there is room for a newcomer as
// soon as somebody's lay for an hour.
func TestAFloodOfDraftsEndsItsOwn(t *testing.T) {
	c := newCounter(t)
	const most, share = 32, 8
	store := submission.NewStore(c.DB.PoolAs("external_site")).Limited(submission.Limits{Drafts: most, FileBytes: 1 << 30})
	c.desk = submission.NewDesk(submission.Options{Store: store, Bucket: c.bucket, Key: submissiontest.Key().Public()})
	mine, err := c.beginFrom(t, "198.51.100.7")
	must(t, err)
	var flood []submission.Token
	for i := range 2 * share { // one network, many addresses
		token, err := c.beginFrom(t, fmt.Sprintf("203.0.113.%d", i))
		must(t, err)
		flood = append(flood, token)
	}
	if n := c.drafts(t); n != share+1 {
		t.Errorf("%d drafts, expected those of one network's share and one", n)
	}
	if _, err := c.load(t, flood[0]); !fault.Is(err, fault.NotFound) {
		t.Errorf("the flood's oldest: %v", err)
	}
	refused := 0
	for i := range 2 * most { // many networks
		if _, err := c.beginFrom(t, fmt.Sprintf("2001:db8:0:%x00::1", i)); fault.MessageKey(err) == "submission.full" {
			refused++
		} else {
			must(t, err)
		}
	}
	if refused != most+share+1 {
		t.Errorf("%d were refused", refused)
	}
	if _, err := c.load(t, mine); err != nil {
		t.Errorf("the draft that somebody works on: %v", err)
	}
	c.DB.Exec("update account.drafts set changed_at = now() - interval '2 hours' where changed_at < (select max(changed_at) from account.drafts)")
	if _, err := c.beginFrom(t, "192.0.2.1"); err != nil {
		t.Errorf("a newcomer, when others have lain for an hour: %v", err)
	}
}

// TestAFloodOfFilesEndsItsOwn: small drafts of one network fill the room for files. The larger one of somebody who works
// on it stays, and takes one more file out of the reserve.
func TestAFloodOfFilesEndsItsOwn(t *testing.T) {
	c := newCounter(t)
	store := submission.NewStore(c.DB.PoolAs("external_site")).Limited(submission.Limits{Drafts: 100, FileBytes: 10_000})
	c.desk = submission.NewDesk(submission.Options{Store: store, Bucket: c.bucket, Key: submissiontest.Key().Public()})
	add := func(token submission.Token, from string, size int) error {
		_, err := c.desk.AddFile(t.Context(), token, c.service.NewDraft(), submission.Incoming{
			Field: "identity_document", Name: "a.pdf", MediaType: "application/pdf", From: netip.MustParseAddr(from),
			Body: strings.NewReader("%PDF-" + strings.Repeat("x", size)),
		})
		return err
	}
	mine, err := c.beginFrom(t, "198.51.100.7")
	must(t, err)
	mine = c.change(t, mine, func(d *applications.Draft) { d.Visit(c.service.Pages(d)[0]) })
	must(t, add(mine, "198.51.100.7", 4000))
	for i := range 20 {
		from := fmt.Sprintf("203.0.113.%d", i)
		token, err := c.beginFrom(t, from)
		must(t, err)
		if err := add(token, from, 1000); err != nil && fault.MessageKey(err) != "submission.full" {
			t.Fatal(err)
		}
	}
	if err := add(mine, "198.51.100.7", 500); err != nil {
		t.Errorf("one more file of whoever works: %v", err)
	}
	if d, err := c.load(t, mine); err != nil || len(d.Files) != 2 {
		t.Errorf("the draft that somebody works on: %v", err)
	}
}

// TestDraftsWithFilesFillTheDesk: what somebody has worked on is not thrown away for a newcomer.
func TestDraftsWithFilesFillTheDesk(t *testing.T) {
	c := newCounter(t)
	store := submission.NewStore(c.DB.PoolAs("external_site")).Limited(submission.Limits{Drafts: 2, FileBytes: 1 << 30})
	c.desk = submission.NewDesk(submission.Options{Store: store, Bucket: c.bucket, Key: submissiontest.Key().Public()})
	kept := []submission.Token{c.filled(t), c.filled(t)}
	d := c.service.NewDraft()
	if _, err := c.desk.Begin(t.Context(), d, func() error { return nil }); fault.MessageKey(err) != "submission.full" {
		t.Errorf("a third: %v", err)
	}
	for _, token := range kept {
		if _, err := c.load(t, token); err != nil {
			t.Error(err)
		}
	}
}

// TestLargeDraftsDoNotKeepFilesOut: somebody fills the room for files with drafts that are never sent. Those end, and
// there is room again when the cleaner was here; smaller ones stay.
func TestLargeDraftsDoNotKeepFilesOut(t *testing.T) {
	c := newCounter(t)
	store := submission.NewStore(c.DB.PoolAs("external_site")).Limited(submission.Limits{Drafts: 100, FileBytes: 10_000})
	c.desk = submission.NewDesk(submission.Options{Store: store, Bucket: c.bucket, Key: submissiontest.Key().Public()})
	small := c.filled(t)
	large := "%PDF-" + strings.Repeat("x", 4000)
	var flood []submission.Token
	for range 3 {
		token := c.begun(t)
		must(t, c.add(t, token, "large.pdf", large))
		flood = append(flood, token)
	}
	newcomer := c.begun(t)
	if err := c.add(t, newcomer, "passport.pdf", "%PDF-1"); fault.MessageKey(err) != "submission.full" {
		t.Fatalf("with no room left: %v", err)
	}
	_, err := c.cleaner.Clean(t.Context())
	must(t, err)
	if err := c.add(t, newcomer, "passport.pdf", "%PDF-1"); err != nil {
		t.Fatalf("after the cleaner: %v", err)
	}
	for _, token := range []submission.Token{small, newcomer, flood[len(flood)-1]} {
		if _, err := c.load(t, token); err != nil {
			t.Error(err)
		}
	}
	if _, err := c.load(t, flood[0]); !fault.Is(err, fault.NotFound) {
		t.Errorf("the one that lay unchanged for longest: %v", err)
	}
	if n := c.objects(t); n != 4 {
		t.Errorf("%d objects", n)
	}
}

// TestAnObjectThatStayedGoesWithItsDraft: the store refused to remove a file that was taken out, or the process ended
// between storing and noting it.
func TestAnObjectThatStayedGoesWithItsDraft(t *testing.T) {
	for name, sent := range map[string]bool{"abandoned": false, "sent": true} {
		t.Run(name, func(t *testing.T) {
			c := newCounter(t)
			token := c.filled(t)
			must(t, c.add(t, token, "second.pdf", "%PDF-2"))
			d, err := c.load(t, token)
			must(t, err)
			stayed := d.Files[1].Sealed
			_, err = c.desk.RemoveFile(t.Context(), token, c.service.NewDraft(), d.Files[1].ID.String())
			must(t, err)
			_, err = c.bucket.PutBytes(t.Context(), stayed.Key, []byte("sealed"), "")
			must(t, err)
			if sent {
				_, _, err = c.submit(t, token)
				must(t, err)
			}
			c.DB.Exec("update account.drafts set expires_at = now() - interval '2 hours'")
			_, err = c.cleaner.Clean(t.Context())
			must(t, err)
			if n, want := c.objects(t), map[bool]int{false: 0, true: 1}[sent]; n != want {
				t.Errorf("%d objects, expected %d", n, want)
			}
		})
	}
}
