package opendata_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/opendata"
	"portal.example/shared/blob"
	"portal.example/shared/blobtest"
	"portal.example/shared/fault"
	published "portal.example/shared/opendata"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m, blobtest.Stop) }

// set is a region with the data set, and what is published of it.
type set struct {
	*fixture.Region
	*opendata.Store

	t      *testing.T
	bucket *blob.Bucket
	now    time.Time
	card   uuid.UUID
	people int
}

func newSet(t *testing.T) *set {
	t.Helper()
	s := &set{Region: fixture.New(t), t: t, bucket: blobtest.Bucket(t, "documents"), now: fixture.Now}
	s.Store = opendata.NewStore(s.DB.PoolAs("internal_site"), s.bucket).At(func() time.Time { return s.now })
	s.DB.Exec(`update org.authorities set edrpou = '14360570'`)
	s.scan(`select id from catalogue.cards where service_id = $1 limit 1`, &s.card, s.Service)
	return s
}

func (s *set) scan(sql string, to any, args ...any) {
	s.t.Helper()
	if err := s.DB.Pool.QueryRow(s.t.Context(), sql, args...).Scan(to); err != nil {
		s.t.Fatal(err)
	}
}

// end adds a case that has ended, of somebody who had none before, with its measure as acts write it, and returns it.
func (s *set) end(kind, outcome, on string) uuid.UUID {
	s.t.Helper()
	s.people++
	return s.endOf(fmt.Sprintf("31234567%02d", s.people), kind, outcome, on)
}

// endOf is end of whoever has the tax number.
func (s *set) endOf(taxNumber, kind, outcome, on string) uuid.UUID {
	s.t.Helper()
	id, applicant := fixture.NewID(), fixture.NewID()
	s.DB.Exec(`insert into cases.applicants (id, kind, surname, given_name, tax_number, entity, edrpou, phone, address) values ($1, $2, 'Таємниченко', 'Сила', $5, $3, $4, '0501112233', 'вул. Тиха, 7')`,
		applicant, kind, map[bool]string{true: "ТОВ «Барвінок»"}[kind == "entity"], map[bool]string{true: "14360570"}[kind == "entity"], taxNumber)
	s.DB.Exec(`insert into cases.cases (id, number, centre_id, authority_id, service_id, card_id, applicant_id, channel, state, outcome, filed_at, registered_at, due_on, decided_at)
		values ($1, $2, $3, $4, $5, $6, $7, 'counter', 'decided', $8, $9::date + time '09:41', $9::date + time '09:41', $9, $9::date + time '12:00')`,
		id, "2026-01-"+id.String()[24:], s.Centre, s.Authority, s.Service, s.card, applicant, outcome, on)
	s.DB.Exec(`insert into cases.measures (case_id, completed_on, registered_on, centre_id, authority_id, service_id, registered_hour, completed_days, completed_work, paused_days, paused_work,
			late, other_ground, outcome, channel, applicant) values ($1, $2, $2, $3, $4, $5, 11, 0, 0, 0, 0, false, false, $6, 'counter', $7)`,
		id, on, s.Centre, s.Authority, s.Service, outcome, kind)
	return id
}

func (s *set) make() {
	s.t.Helper()
	if err := s.Make(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
}

func (s *set) state() opendata.State {
	s.t.Helper()
	state, err := s.State(s.t.Context(), s.Users[access.PortalAdministrator])
	if err != nil {
		s.t.Fatal(err)
	}
	return state
}

func (s *set) decide(public bool) {
	s.t.Helper()
	if _, err := s.Decide(s.t.Context(), s.Users[access.PortalAdministrator], opendata.Decision{Public: public, Reason: "бо так", Seen: s.state().Version}); err != nil {
		s.t.Fatal(err)
	}
}

// night goes on to the next night and makes the set.
func (s *set) night() {
	s.now = s.now.AddDate(0, 0, 1)
	s.make()
}

// read returns what the outside gets of a file: the bytes of a published row of the register.
func (s *set) read(f published.File) []byte {
	s.t.Helper()
	var key, sum string
	if err := s.DB.Pool.QueryRow(s.t.Context(), `select object_key, sha256 from documents.files where id = $1 and published`, f.ID).Scan(&key, &sum); err != nil {
		s.t.Fatal(err)
	}
	raw, err := s.bucket.ReadAll(s.t.Context(), key, sum, 1<<20)
	if err != nil || int64(len(raw)) != f.Size || sum != f.SHA256 {
		s.t.Fatalf("%v, %d bytes of %+v", err, len(raw), f)
	}
	return raw
}

func (s *set) count(sql string) (n int) { s.t.Helper(); s.scan(sql, &n); return n }

const live = `select count(*) from documents.files where purpose = 'dataset' and published`

// The files hold a row for each case that has ended, and of people nothing by which they are known.
func TestEdition(t *testing.T) {
	s := newSet(t)
	company := s.end("entity", "granted", "2025-12-31")
	s.end("entity", "withdrawn", "2026-01-01")
	for i := range 5 {
		s.end([]string{"person", "entrepreneur"}[i%2], "refused", fmt.Sprintf("2026-02-0%d", 1+i))
	}
	s.make()
	if e := s.state().Edition; e != nil || s.count(live) != 0 {
		t.Fatalf("before anybody has decided: %+v", e)
	}
	s.decide(true)
	s.make()
	e := s.state().Edition
	if e == nil || e.Rows != 7 || len(e.Years) != 2 || e.Years[0].Year != 2026 || e.Years[0].Rows != 6 || e.Years[0].First != "2026-01-01" || e.Years[0].Last != "2026-02-05" || e.Withheld != 0 {
		t.Fatalf("%+v", e)
	}
	all := ""
	for _, f := range e.Files() {
		all += string(s.read(f))
	}
	var receipt string
	s.scan(`select number from cases.cases where id = $1`, &receipt, company)
	for _, secret := range []string{"Таємниченко", "Сила", "31234567", "0501112233", "Тиха", receipt, company.String(), s.Centre.String()} {
		if strings.Contains(all, secret) {
			t.Errorf("%q has left", secret)
		}
	}
	lines, err := csv.NewReader(bytes.NewReader(s.read(e.Years[0].Files[0]))).ReadAll()
	if err != nil || len(lines) != 7 || lines[1][9] != "Відкликано суб’єктом звернення" || lines[1][7] != "" || lines[1][8] != "" || lines[1][1] != "2026-01-01T11:41" || lines[2][1] != "2026-02-01T00:00" {
		t.Errorf("%v: %q", err, lines)
	}
	var list []map[string]any
	if err := json.Unmarshal(s.read(e.Years[0].Files[1]), &list); err != nil || len(list) != 6 || list[0]["uid"] != lines[1][0] {
		t.Errorf("%v: %v", err, list)
	}
	var index string
	s.scan(`select object_key from documents.files where file_name = '`+published.IndexName+`' and published`, &index)
	raw, err := s.bucket.ReadAll(t.Context(), index, "", 1<<20)
	if decoded, failed := published.Decode(raw); err != nil || failed != nil || decoded.Rows != 7 || len(decoded.Files()) != 4 {
		t.Errorf("the index: %v, %v, %+v", err, failed, decoded)
	}
}

// A night without changes leaves the files; a case that is opened again loses its row, and gets it back under the number that it had.
func TestEditionFollowsCases(t *testing.T) {
	s := newSet(t)
	s.end("entity", "granted", "2025-12-31")
	opened := s.end("entity", "granted", "2026-03-01")
	s.end("entity", "granted", "2026-03-02")
	s.decide(true)
	s.make()
	first := s.state().Edition
	s.night()
	if e := s.state().Edition; !e.MadeAt.Equal(first.MadeAt) || s.count(live) != 5 {
		t.Errorf("nothing has changed: %+v", e)
	}
	s.DB.Exec(`create table kept as select * from cases.measures where case_id = $1`, opened)
	s.DB.Exec(`delete from cases.measures where case_id = $1`, opened)
	s.night()
	second := s.state().Edition
	if second.Rows != 2 || second.Years[1].Files[0].ID != first.Years[1].Files[0].ID || second.Years[0].Files[0].ID == first.Years[0].Files[0].ID {
		t.Errorf("opened again: %+v", second)
	}
	if n := s.count(live); n != 8 {
		t.Errorf("%d files beside those of the edition before", n)
	}
	s.DB.Exec(`insert into cases.measures select * from kept`)
	s.night()
	third := s.state().Edition
	if third.Rows != 3 || third.Years[0].Files[0].SHA256 != first.Years[0].Files[0].SHA256 {
		t.Errorf("ended again, the file differs from the one before: %+v", third)
	}
	if n := s.count(live); n != 8 { // three of each of two editions, and those of 2025 once
		t.Errorf("%d files are out", n)
	}
	s.night()
	if n := s.count(live); n != 5 || !s.state().Edition.MadeAt.Equal(third.MadeAt) {
		t.Errorf("a night without changes leaves %d files of two editions", n)
	}
	if err := s.Sweep(t.Context()); err != nil || s.count(`select count(*) from documents.files where purpose = 'dataset' and not published`) != 0 {
		t.Errorf("the oldest are kept: %v", err)
	}
}

// People of whom there are four in a year are left out, and counted; so are services that are hidden and authorities without a code.
func TestLeftOut(t *testing.T) {
	s := newSet(t)
	for range 4 {
		s.end("person", "granted", "2026-03-01")
	}
	s.end("person", "granted", "2025-03-01")
	for range 5 { // by one person, who has no number written down in one of them
		s.endOf("3000000000", "person", "granted", "2024-03-01")
	}
	s.endOf("", "person", "granted", "2024-03-01")
	s.endOf("", "person", "granted", "2024-03-02")
	s.end("entity", "granted", "2026-03-01")
	s.decide(true)
	s.make()
	if st := s.state(); st.Edition.Rows != 1 || st.Edition.Withheld != 12 || st.Left != (opendata.Left{Few: 12}) {
		t.Errorf("%+v, %+v", st.Edition, st.Left)
	}
	s.end("entrepreneur", "granted", "2026-05-01")
	s.night()
	if st := s.state(); st.Edition.Rows != 6 || st.Edition.Withheld != 8 {
		t.Errorf("five people: %+v", st.Edition)
	}
	s.DB.Exec(`update org.authorities set edrpou = ''`)
	s.night()
	if st := s.state(); st.Edition.Rows != 0 || st.Left != (opendata.Left{NoCode: 14}) {
		t.Errorf("no code: %+v, %+v", st.Edition, st.Left)
	}
	s.DB.Exec(`update catalogue.services set published = false`)
	s.night()
	if st := s.state(); st.Left != (opendata.Left{Hidden: 14}) {
		t.Errorf("hidden: %+v", st.Left)
	}
}

// Whoever stops the set takes all of its files back at once, and a making that was under way publishes nothing.
func TestDeciding(t *testing.T) {
	s := newSet(t)
	s.end("entity", "granted", "2026-03-01")
	admin := s.Users[access.PortalAdministrator]
	for name, c := range map[string]struct {
		by   access.Actor
		d    opendata.Decision
		want fault.Kind
	}{
		"by a head":        {s.Users[access.CentreHead], opendata.Decision{Public: true, Seen: 1}, fault.Forbidden},
		"without a reason": {admin, opendata.Decision{Seen: 1}, fault.Invalid},
		"a stale page":     {admin, opendata.Decision{Public: true, Seen: 7}, fault.Conflict},
	} {
		if _, err := s.Decide(t.Context(), c.by, c.d); !fault.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.State(t.Context(), s.Users[access.Administrator]); !fault.Is(err, fault.Forbidden) {
		t.Errorf("seen by a clerk: %v", err)
	}
	if err := s.Renew(t.Context(), s.Users[access.Administrator]); !fault.Is(err, fault.Forbidden) {
		t.Errorf("asked for by a clerk: %v", err)
	}
	s.decide(true)
	s.make()
	s.now = s.now.Add(59 * time.Minute)
	if err := s.Renew(t.Context(), admin); !fault.Is(err, fault.Conflict) || s.state().Asked {
		t.Errorf("asked for while the edition is on its way: %v", err)
	}
	s.now = s.now.Add(time.Minute)
	if err := s.Renew(t.Context(), admin); err != nil || !s.state().Asked {
		t.Errorf("asked for: %v", err)
	}
	s.now = s.now.Add(time.Minute)
	s.make()
	made := *s.state().MadeAt
	if s.state().Asked || !made.Equal(s.now) || s.count(live) != 3 {
		t.Error("it was not made when it was asked for")
	}
	s.now = s.now.Add(time.Minute)
	s.DB.Exec(`update open_data.sets set asked_at = $1, busy_until = $2`, s.now, s.now.Add(time.Hour))
	s.make()
	if !s.state().MadeAt.Equal(made) || !s.state().Asked {
		t.Error("two processes make it")
	}
	s.DB.Exec(`update open_data.sets set busy_until = null`)
	s.make()
	if !s.state().MadeAt.Equal(s.now) || s.state().Asked {
		t.Error("it is not made once the other has ended")
	}
	s.decide(false)
	if s.count(live) != 0 || s.state().Edition != nil {
		t.Error("files are out after the set was stopped")
	}
	if n := s.count(`select count(*) from audit.events where action in ('opendata.set.publish', 'opendata.set.withdraw', 'opendata.set.renew')`); n != 3 {
		t.Errorf("%d entries of the trail", n)
	}
}

// stored are the objects of data sets.
func (s *set) stored() (keys []string) {
	s.t.Helper()
	if err := s.bucket.Keys(s.t.Context(), "open-data/", func(o blob.Info) error { keys = append(keys, o.Key); return nil }); err != nil {
		s.t.Fatal(err)
	}
	return keys
}

// meanwhile makes the set, and does something once files of it are stored and before they are published; it returns the error of the making.
func (s *set) meanwhile(do func()) error {
	s.t.Helper()
	had, done := len(s.stored()), false
	err := s.At(func() time.Time {
		if !done && len(s.stored()) > had {
			done = true
			do()
		}
		return s.now
	}).Make(s.t.Context())
	if !done {
		s.t.Fatal("nothing was stored before it was published")
	}
	return err
}

// What was decided, or published, while an edition was being made holds: that edition leaves nothing behind.
func TestOvertaken(t *testing.T) {
	s := newSet(t)
	s.end("entity", "granted", "2026-03-01")
	s.decide(true)
	if err := s.meanwhile(func() { s.decide(false) }); err == nil || s.state().Public || s.state().Edition != nil || s.count(live) != 0 || len(s.stored()) != 0 {
		t.Errorf("stopped meanwhile: %v, %+v, %q", err, s.state(), s.stored())
	}
	if s.state().FailedAt != nil {
		t.Error("who decides on it again has to wait")
	}
	s.decide(true)
	var other *published.Edition
	if err := s.meanwhile(func() {
		s.DB.Exec(`update open_data.sets set busy_until = null`) // it is believed to have died
		s.make()
		other = s.state().Edition
	}); err == nil || other == nil || s.state().Edition.Years[0].Files[0].ID != other.Years[0].Files[0].ID || s.count(live) != 3 || len(s.stored()) != 3 {
		t.Errorf("published meanwhile: %v, %+v, %q", err, s.state(), s.stored())
	}
}

// After a failure the set rests, and the page is told; when it has been made, nothing of that is left.
func TestFailing(t *testing.T) {
	s := newSet(t)
	s.end("entity", "granted", "2026-03-01")
	s.decide(true)
	s.DB.Exec(`revoke insert on documents.files from internal_site`)
	if err := s.Make(t.Context()); err == nil || s.state().FailedAt == nil || !s.state().FailedAt.Equal(s.now) || len(s.stored()) != 0 {
		t.Fatalf("%v, %+v, %q", err, s.state(), s.stored())
	}
	s.DB.Exec(`grant insert on documents.files to internal_site`)
	s.now = s.now.Add(14 * time.Minute)
	s.make()
	if s.state().Edition != nil {
		t.Error("it is made again at once")
	}
	s.now = s.now.Add(time.Minute)
	s.make()
	if st := s.state(); st.Edition == nil || st.FailedAt != nil {
		t.Errorf("%+v", st)
	}
}

// A case has its row on the day after the one in Kyiv on which it ended.
func TestToday(t *testing.T) {
	s := newSet(t)
	s.now = time.Date(2026, 11, 18, 21, 59, 0, 0, time.UTC) // 23:59 in Kyiv
	s.end("entity", "granted", "2026-11-17")
	s.end("entity", "granted", "2026-11-18")
	for range 5 {
		s.end("person", "granted", "2026-11-18")
	}
	s.end("person", "granted", "2026-11-17")
	s.decide(true)
	s.make()
	if st := s.state(); st.Edition.Rows != 1 || st.Edition.Years[0].Last != "2026-11-17" || st.Left != (opendata.Left{Few: 1}) {
		t.Errorf("%+v, %+v", st.Edition, st.Left)
	}
	if n := s.count(`select count(*) from open_data.numbers`); n != 2 {
		t.Errorf("%d cases have numbers", n)
	}
	s.now = s.now.Add(5*time.Hour + time.Minute) // the next night
	s.make()
	if e := s.state().Edition; e.Rows != 8 || e.Years[0].Last != "2026-11-18" {
		t.Errorf("the next day: %+v", e)
	}
}

// An object of an edition that is being made has no row yet, however old it is.
func TestSweepLeavesWhatIsBeingMade(t *testing.T) {
	s := newSet(t)
	s.now = time.Now().Add(2 * time.Hour)
	if _, err := s.bucket.PutBytes(t.Context(), "open-data/"+uuid.NewString(), []byte("x"), "text/csv"); err != nil {
		t.Fatal(err)
	}
	s.DB.Exec(`update open_data.sets set busy_until = $1`, s.now.Add(time.Minute))
	if err := s.Sweep(t.Context()); err != nil || len(s.stored()) != 1 {
		t.Errorf("%v, %q", err, s.stored())
	}
	s.now = s.now.Add(time.Minute)
	if err := s.Sweep(t.Context()); err != nil || len(s.stored()) != 0 {
		t.Errorf("after it: %v, %q", err, s.stored())
	}
}
