package notices_test

import (
	"crypto/rand"
	"encoding/hex"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/intake"
	"portal.example/internal-site/internal/notices"
	"portal.example/internal-site/internal/notices/follow"
	"portal.example/internal-site/internal/notices/outbox"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
	"portal.example/shared/seal"
)

// followed is a case whose code somebody holds, filed by an applicant who wants to be told nothing.
func (p *place) followed(a cases.Applicant, choice string) (cases.Case, seal.Code) {
	p.t.Helper()
	code, err := seal.NewCode(rand.Reader)
	must(p.t, err)
	a.Kind, a.Surname, a.GivenName = "person", "Ґалаґан", "Їжак"
	hash := code.Hash()
	var c cases.Case
	must(p.t, pg.InTx(p.t.Context(), p.DB.PoolAs("internal_site"), func(tx pgx.Tx) (err error) {
		c, err = p.cases.Register(p.t.Context(), tx, cases.Filing{
			Channel: cases.Counter, ServiceID: p.Service, CentreID: p.Centre, FiledAt: p.now(), Applicant: a, CodeHash: hash[:], Recipient: code.Recipient(),
			Told: outbox.Choice{Channel: choice},
		}, audit.System("test"))
		return err
	}))
	return c, code
}

// cabinet is one cabinet of the public site, as the inside knows it.
type cabinet struct {
	*place
	follow contract.Follow
}

func (p *place) cabinet(address string, matters ...contract.FollowedMatter) *cabinet {
	return &cabinet{p, contract.Follow{FollowerID: uuid.New(), Address: address, Matters: matters, Language: locale.UK}}
}

// says hands in what the cabinet wants, as the intake does, and returns the answer.
func (c *cabinet) says(change func(*contract.Follow)) string {
	c.t.Helper()
	if change != nil {
		change(&c.follow)
	}
	record := c.follow
	record.SubmittedAt = c.now()
	o := intake.Opened{ID: uuid.New(), Record: &record}
	var said string
	must(c.t, pg.InTx(c.t.Context(), c.DB.PoolAs("intake"), func(tx pgx.Tx) error {
		for range 2 { // a message that is taken again changes nothing
			a, err := follow.NewIntake().At(c.now).Handle(c.t.Context(), tx, o)
			if err != nil || said != "" && a.SubjectNumber != said || a.SubjectID != uuid.Nil {
				c.t.Errorf("answer %+v, %v; was %s", a, err, said)
			}
			said = a.SubjectNumber
		}
		return nil
	}))
	return said
}

// post sends what is due to followers and returns the letters that came to the cabinet's address since the last time.
func (c *cabinet) post(seen *int) []string {
	c.t.Helper()
	w := c.worker(nil)
	for {
		found, err := w.NextCopy(c.t.Context())
		must(c.t, err)
		if !found {
			break
		}
	}
	var texts []string
	all := c.mail.Letters()
	for _, l := range all[*seen:] {
		if l.To == c.follow.Address {
			texts = append(texts, l.Subject+"\n"+l.Text)
		}
	}
	*seen = len(all)
	return texts
}

var (
	proofInLetter = regexp.MustCompile(`[A-Z2-7]{4}-[A-Z2-7]{4}`)
	stopInLetter  = regexp.MustCompile(`/cabinet/told/stop/([A-Z2-7]{26})`)
)

func is(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("the answer is %q, want %q", got, want)
	}
}

// proven lets the cabinet prove its address by the letter that comes to it.
func (c *cabinet) proven(seen *int) {
	c.t.Helper()
	is(c.t, c.says(nil), contract.FollowAsked)
	letters := c.post(seen)
	if len(letters) != 1 {
		c.t.Fatalf("%d letters with a proof", len(letters))
	}
	proof, _ := contract.ParseProof(proofInLetter.FindString(letters[0]))
	is(c.t, c.says(func(f *contract.Follow) { f.Proof = proof }), contract.FollowOn)
}

// A cabinet is told of what it chose, at an address that somebody has proven to read, until it or the reader of a letter ends it.
func TestACabinetIsTold(t *testing.T) {
	p, seen := newPlace(t), 0
	admin := p.Users[access.Administrator]
	chosen, code := p.followed(cases.Applicant{Phone: "+380501234567"}, "none")
	other, _ := p.followed(cases.Applicant{}, "none")
	c := p.cabinet("sister@ukr.example",
		contract.FollowedMatter{CaseID: chosen.ID, Code: code.Reveal(), Events: []string{contract.FollowAsks}},
		contract.FollowedMatter{CaseID: other.ID, Code: code.Reveal(), Events: contract.FollowEvents}) // whose code it does not have
	is(t, c.says(nil), contract.FollowAsked)
	p.do(chosen, admin, cases.Command{Act: cases.Take}, cases.Command{Act: cases.Suspend, Text: "немає довідки"}, cases.Command{Act: cases.Resume})
	p.clock = cases.UndoFor + time.Minute
	letters := c.post(&seen)
	if len(letters) != 1 || strings.Contains(letters[0], chosen.Number) || strings.Contains(letters[0], "Ґалаґан") {
		t.Fatalf("before the address is proven: %q", letters)
	}
	proof, _ := contract.ParseProof(proofInLetter.FindString(letters[0]))
	is(t, c.says(nil), contract.FollowAsked) // settings that changed meanwhile
	is(t, c.says(func(f *contract.Follow) { f.Proof = contract.NewProof() }), contract.FollowWrong)
	is(t, c.says(func(f *contract.Follow) { f.Proof = proof }), contract.FollowOn)
	is(t, c.says(func(f *contract.Follow) { f.Proof = "" }), contract.FollowWrong)
	is(t, c.says(func(f *contract.Follow) { f.Proof = proof }), contract.FollowOn)
	p.do(other, admin, cases.Command{Act: cases.Take}, cases.Command{Act: cases.Suspend, Text: "немає довідки"})
	p.do(chosen, admin, cases.Command{Act: cases.Suspend, Text: "немає іншої довідки"})
	p.clock *= 2
	letters = c.post(&seen)
	if len(letters) != 1 || !strings.Contains(letters[0], chosen.Number) || strings.Contains(letters[0], "довідки") || !stopInLetter.MatchString(letters[0]) {
		t.Fatalf("of a suspension: %q", letters)
	}
	// What was not chosen is not told, and nothing twice.
	p.do(chosen, admin, cases.Command{Act: cases.Resume})
	if letters := c.post(&seen); len(letters) != 0 {
		t.Errorf("of nothing: %q", letters)
	}
	stop := stopInLetter.FindStringSubmatch(letters[0])[1]
	stranger := p.cabinet("", []contract.FollowedMatter{}...)
	is(t, stranger.says(func(f *contract.Follow) { f.FollowerID, f.Stop = uuid.Nil, stop }), contract.FollowOff)
	p.clock *= 2
	p.do(chosen, admin, cases.Command{Act: cases.Suspend, Text: "і ще однієї"})
	p.clock *= 2
	if letters := c.post(&seen); len(letters) != 0 {
		t.Errorf("after the end: %q", letters)
	}
}

// Whoever rules the outside has few letters sent to an address that is not theirs, and guesses no proof.
func TestTheOutsideCannotFloodAnAddress(t *testing.T) {
	p, seen := newPlace(t), 0
	chosen, code := p.followed(cases.Applicant{}, "none")
	c := p.cabinet("victim@ukr.example", contract.FollowedMatter{CaseID: chosen.ID, Code: code.Reveal(), Events: contract.FollowEvents})
	for range 3 {
		c.follow.FollowerID = uuid.New()
		is(t, c.says(nil), contract.FollowAsked)
	}
	for range 10 {
		is(t, c.says(func(f *contract.Follow) { f.Proof = contract.NewProof() }), contract.FollowWrong)
	}
	letters := c.post(&seen)
	if len(letters) != 3 {
		t.Fatalf("%d letters", len(letters))
	}
	right, _ := contract.ParseProof(proofInLetter.FindString(letters[2]))
	is(t, c.says(func(f *contract.Follow) { f.Proof = right }), contract.FollowSpent)
	is(t, c.says(func(f *contract.Follow) { f.FollowerID, f.Proof = uuid.New(), "" }), contract.FollowSpent)
	if letters := c.post(&seen); len(letters) != 0 {
		t.Errorf("%q", letters)
	}
	var proven int
	must(t, p.DB.Pool.QueryRow(t.Context(), `select count(*) from notices.followers where proven_at is not null`).Scan(&proven))
	if proven != 0 {
		t.Errorf("%d addresses are proven", proven)
	}
}

// Ending notices, another cabinet or another address in between give nobody more letters with a proof, and take none from others.
func TestLettersWithAProofAreCountedByTheirAddress(t *testing.T) {
	p, seen := newPlace(t), 0
	chosen, code := p.followed(cases.Applicant{}, "none")
	matters := []contract.FollowedMatter{{CaseID: chosen.ID, Code: code.Reveal(), Events: contract.FollowEvents}}
	wants := func(f *contract.Follow, address string, matters []contract.FollowedMatter) {
		f.Address, f.Matters = address, matters
	}
	c := p.cabinet("victim@ukr.example", matters...)
	for n, want := range []string{contract.FollowAsked, contract.FollowAsked, contract.FollowAsked, contract.FollowSpent} {
		is(t, c.says(func(f *contract.Follow) { wants(f, "Victim@ukr.example", matters) }), want)
		if letters := c.post(&seen); len(letters) != map[string]int{contract.FollowAsked: 1}[want] {
			t.Errorf("round %d: %q", n, letters)
		}
		switch n {
		case 0:
			is(t, c.says(func(f *contract.Follow) { f.Matters = nil }), contract.FollowOff)
		case 1:
			is(t, c.says(func(f *contract.Follow) { wants(f, "other@ukr.example", matters) }), contract.FollowAsked)
		case 2:
			var word string
			must(t, p.DB.Pool.QueryRow(t.Context(), `select stop from notices.followers where id = $1`, c.follow.FollowerID).Scan(&word))
			is(t, c.says(func(f *contract.Follow) { f.Stop = word }), contract.FollowOff)
			c.follow.Stop = ""
		}
	}
	is(t, c.says(func(f *contract.Follow) { wants(f, "other@ukr.example", matters) }), contract.FollowAsked)
	stranger := p.cabinet("other@ukr.example", matters...)
	is(t, stranger.says(nil), contract.FollowAsked)
}

// The link of one letter ends what every cabinet has sent to its address.
func TestTheLinkEndsLettersOfEveryCabinet(t *testing.T) {
	p := newPlace(t)
	chosen, code := p.followed(cases.Applicant{}, "none")
	matter := contract.FollowedMatter{CaseID: chosen.ID, Code: code.Reveal(), Events: contract.FollowEvents}
	mine, theirs, other := p.cabinet("shared@ukr.example", matter), p.cabinet("Shared@ukr.example", matter), p.cabinet("other@ukr.example", matter)
	for _, c := range []*cabinet{mine, theirs, other} {
		is(t, c.says(nil), contract.FollowAsked)
	}
	var word string
	must(t, p.DB.Pool.QueryRow(t.Context(), `select stop from notices.followers where id = $1`, mine.follow.FollowerID).Scan(&word))
	is(t, mine.says(func(f *contract.Follow) { f.Stop = word }), contract.FollowOff)
	var left string
	must(t, p.DB.Pool.QueryRow(t.Context(), `select string_agg(address, ' ') from notices.followers`).Scan(&left))
	is(t, left, "other@ukr.example")
}

// The address of the applicant's own contact gets one letter and not two; a new address is to be proven again; the end forgets it.
func TestACabinetAtTheApplicantsAddress(t *testing.T) {
	p, seen := newPlace(t), 0
	admin := p.Users[access.Administrator]
	chosen, code := p.followed(byMail, "email")
	c := p.cabinet(byMail.Email, contract.FollowedMatter{CaseID: chosen.ID, Code: code.Reveal(), Events: contract.FollowEvents})
	c.proven(&seen)
	p.do(chosen, admin, cases.Command{Act: cases.Take}, cases.Command{Act: cases.Suspend, Text: "немає довідки"})
	p.clock = cases.UndoFor + time.Minute
	if letters := c.post(&seen); len(letters) != 0 {
		t.Errorf("%q", letters)
	}
	is(t, c.says(func(f *contract.Follow) { f.Address, f.Proof = "other@ukr.example", "" }), contract.FollowAsked)
	is(t, c.says(func(f *contract.Follow) { f.Matters = nil }), contract.FollowOff)
	var left int
	must(t, p.DB.Pool.QueryRow(t.Context(), `select count(*) from notices.followers`).Scan(&left))
	if left != 0 {
		t.Errorf("%d followers left", left)
	}
}

// Letters wait for the end of the quiet hours, on whichever side of midnight they are.
func TestQuietHours(t *testing.T) {
	kyiv := locale.Kyiv()
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 3, day, hour, minute, 0, 0, kyiv) }
	for _, tt := range []struct {
		q         notices.Quiet
		now, want time.Time
	}{
		{notices.Quiet{}, at(10, 3, 0), at(10, 3, 0)},
		{notices.Quiet{From: 22, To: 8}, at(10, 21, 59), at(10, 21, 59)},
		{notices.Quiet{From: 22, To: 8}, at(10, 22, 0), at(11, 8, 0)},
		{notices.Quiet{From: 22, To: 8}, at(11, 7, 59), at(11, 8, 0)},
		{notices.Quiet{From: 22, To: 8}, at(11, 8, 0), at(11, 8, 0)},
		{notices.Quiet{From: 13, To: 15}, at(11, 14, 30), at(11, 15, 0)},
		{notices.Quiet{From: 22, To: 8}, at(28, 23, 0), at(29, 8, 0)}, // the clock is put forward in that night
	} {
		if got := tt.q.Until(tt.now); !got.Equal(tt.want) {
			t.Errorf("%v at %s: %s, want %s", tt.q, tt.now, got, tt.want)
		}
	}
}

// Roles that cause notices neither see who follows nor send anything; the worker sees no proof once it has left.
func TestWhoSeesFollowers(t *testing.T) {
	p, seen := newPlace(t), 0
	chosen, code := p.followed(cases.Applicant{}, "none")
	c := p.cabinet("sister@ukr.example", contract.FollowedMatter{CaseID: chosen.ID, Code: code.Reveal(), Events: contract.FollowEvents})
	c.proven(&seen)
	for role, sql := range map[string]string{
		"internal_site": `select from notices.followers`, "intake": `update notices.copies set state = 'sent'`, "notices": `update notices.followers set address = ''`,
	} {
		if _, err := p.DB.PoolAs(role).Exec(t.Context(), sql); pg.Code(err) != "42501" {
			t.Errorf("%s: %s: %v", role, sql, err)
		}
	}
	var kept int
	must(t, p.DB.Pool.QueryRow(t.Context(), `select count(*) from notices.copies where proof <> ''`).Scan(&kept))
	hash := hex.EncodeToString([]byte(c.follow.Proof))
	var text string
	must(t, p.DB.Pool.QueryRow(t.Context(), `select string_agg(f::text || c::text, '') from notices.followers f, notices.copies c`).Scan(&text))
	if kept != 0 || strings.Contains(text, c.follow.Proof) || strings.Contains(text, hash) || strings.Contains(text, code.Reveal()) {
		t.Errorf("a proof or a code is kept: %s", text)
	}
}

// Whoever ends and begins anew has no letters of a day twice: those of a follower who is gone count, until the day is over.
func TestTheDaysLimitOutlivesAFollower(t *testing.T) {
	p, seen := newPlace(t), 0
	chosen, code := p.followed(cases.Applicant{}, "none")
	matter := contract.FollowedMatter{CaseID: chosen.ID, Code: code.Reveal(), Events: contract.FollowEvents}
	first := p.cabinet("sister@ukr.example", matter)
	first.proven(&seen) // by a letter, which is one of the day
	is(t, first.says(func(f *contract.Follow) { f.Matters = []contract.FollowedMatter{} }), contract.FollowOff)
	second := p.cabinet("Sister@ukr.example", matter)
	is(t, second.says(nil), contract.FollowAsked)
	w := p.worker(nil)
	w.PerDay = 1
	_, err := w.NextCopy(t.Context())
	must(t, err)
	var reason string
	must(t, p.DB.Pool.QueryRow(t.Context(), `select reason from notices.copies`).Scan(&reason))
	if n := len(p.mail.Letters()); n != seen || reason != notices.ReasonDaily {
		t.Errorf("%d letters, %d before; the new one is put off for %q", n, seen, reason)
	}
	var kept int
	p.clock += 48 * time.Hour
	must(t, p.worker(nil).Tend(t.Context()))
	must(t, p.DB.Pool.QueryRow(t.Context(), `select count(*) from notices.letters_gone`).Scan(&kept))
	if kept != 0 {
		t.Errorf("%d letters are remembered after two days", kept)
	}
}
