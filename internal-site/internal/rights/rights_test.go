package rights_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/intake"
	"portal.example/internal-site/internal/questions"
	"portal.example/internal-site/internal/rights"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
	"portal.example/shared/pgtest"
)

var update = flag.Bool("update", false, "write the golden file anew")

func TestMain(m *testing.M) { pgtest.Main(m) }

// The golden is the whole matrix: what each group that the portal comes with may do, and how far.
func TestMatrix(t *testing.T) {
	var b bytes.Buffer
	groups := rights.Declared.Defaults()
	fmt.Fprintf(&b, "%-20s", "")
	for _, group := range access.StandardGroups {
		fmt.Fprintf(&b, " %-20s", group)
	}
	for _, domain := range rights.Declared.Domains {
		fmt.Fprintf(&b, "\n\n[%s]", domain.Name)
		for _, right := range domain.Rights {
			name := string(right.Action)
			if right.Sensitive {
				name += " *"
			}
			fmt.Fprintf(&b, "\n%-20s", name)
			for _, group := range access.StandardGroups {
				reach := groups[group][right.Action]
				if reach == "" {
					reach = "-"
				}
				fmt.Fprintf(&b, " %-20s", reach)
			}
		}
	}
	b.WriteString("\n\n* takes a second person to be given\n")
	lines := bytes.Split(b.Bytes(), []byte("\n"))
	for i := range lines {
		lines[i] = bytes.TrimRight(lines[i], " ")
	}
	got := bytes.Join(lines, []byte("\n"))
	const golden = "testdata/rights.golden"
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the matrix changed; look at it and run the test with -update:\n%s", got)
	}
}

// The administrator chooses rights by their words: each domain brings those of its actions and a heading.
func TestEveryRightHasItsWords(t *testing.T) {
	words, err := locale.Load(rights.Words()...)
	if err != nil {
		t.Fatal(err)
	}
	for _, domain := range rights.Declared.Domains {
		keys := []string{"right_of." + domain.Name}
		for _, right := range domain.Rights {
			keys = append(keys, "right."+string(right.Action))
		}
		for _, key := range keys {
			if !words.Has(key) {
				t.Errorf("%s: %s has no words", domain.Name, key)
			}
		}
	}
}

// objects are what a domain's predicate is asked about: a row by its id, and where the domain says it belongs.
type objects struct {
	from, predicate string
	belong          map[uuid.UUID]access.Object
}

// known has an entry for every domain whose rights do not all reach anywhere.
func known(t *testing.T, r *fixture.Region) map[string]objects {
	return map[string]objects{
		"cases":     {"cases.cases c", cases.ScopeSQL, someCases(t, r)},
		"catalogue": {"catalogue.services s", catalogue.ScopeSQL, someServices(t, r)},
		"intake":    {"intake.refusals r", intake.ScopeSQL, someRefusals(r)},
		"questions": {"questions.threads t", questions.ScopeSQL, someQuestions(r)},
		"access":    {"access.users u", access.UserSQL, someUsers(r)},
	}
}

// Lists follow predicates, pages follow Can: both are asked about every object, for every right in every reach that
// a group can have, in each place.
func TestPredicatesAgreeWithCan(t *testing.T) {
	r := fixture.Load(t, pgtest.Internal(t))
	all := known(t, r)
	places := []access.Place{
		access.InCentre(r.Centre), access.InCentre(r.OtherCentre), access.InAuthority(r.Authority), access.InAuthority(r.OtherAuthority),
		access.InRegion(),
	}
	for _, domain := range rights.Declared.Domains {
		for _, right := range domain.Rights {
			if len(right.Own)+len(right.Part) == 0 {
				continue // all or nothing: Can alone decides
			}
			set, ok := all[domain.Name]
			if !ok {
				t.Fatalf("the domain %s has no objects here", domain.Name)
			}
			for _, place := range places {
				for _, reach := range right.Reaches(place.Kind) {
					groups := access.Groups{"one": {right.Action: reach}}
					a := access.Actor{Rights: groups.Resolve(access.Grant{Group: "one", Place: place})}
					agree(t, r, set, a, right.Action, fmt.Sprintf("%s, %s of a %s", right.Action, reach, place.Kind))
				}
			}
			agree(t, r, set, access.Actor{}, right.Action, "nobody")
		}
	}
}

func agree(t *testing.T, r *fixture.Region, set objects, a access.Actor, action access.Action, name string) {
	t.Helper()
	rows, _ := r.DB.Pool.Query(t.Context(), `select id from `+set.from+` where `+set.predicate, pgx.NamedArgs(access.ScopeOf(a, action).Args(nil)))
	listed, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	inList := map[uuid.UUID]bool{}
	for _, id := range listed {
		inList[id] = true
	}
	for id, object := range set.belong {
		if may := access.Can(a, action, object); may != inList[id] {
			t.Errorf("%s: the list has %v: %t, the page shows it: %t", name, object, inList[id], may)
		}
	}
}

func someServices(t *testing.T, r *fixture.Region) map[uuid.UUID]access.Object {
	t.Helper()
	nobodys := r.AddService("00099", "Послуга без органу", r.Authority, r.Centre)
	r.DB.Exec(`update catalogue.services set authority_id = null where id = $1`, nobodys)
	r.DB.Exec(`delete from catalogue.service_centres where service_id = $1`, nobodys)
	belong := map[uuid.UUID]access.Object{}
	for _, id := range []uuid.UUID{r.Service, r.OtherService, nobodys} {
		s, err := catalogue.NewStore(r.DB.Pool).Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		belong[id] = s.Object()
	}
	return belong
}

func someCases(t *testing.T, r *fixture.Region) map[uuid.UUID]access.Object {
	t.Helper()
	belong := map[uuid.UUID]access.Object{}
	all := access.Actor{Rights: access.Rights{cases.View: {All: true}}}
	for i, filing := range []cases.Filing{
		{ServiceID: r.Service, CentreID: r.Centre}, {ServiceID: r.OtherService, CentreID: r.OtherCentre},
	} {
		message := fixture.NewID()
		filing.MessageID, filing.Channel, filing.ReceiptNumber = &message, cases.Online, fmt.Sprintf("7K2M-9QX%d", i)
		filing.Applicant = cases.Applicant{Kind: "person", Surname: "Ґалаґан", GivenName: "Їжак", TaxNumber: "1234567899"}
		filing.FiledAt, filing.CodeHash = fixture.Now, bytes.Repeat([]byte{byte(i)}, 32)
		err := pg.InTx(t.Context(), r.DB.Pool, func(tx pgx.Tx) error {
			c, err := cases.NewStore(nil).Register(t.Context(), tx, filing, audit.System("intake"))
			if err != nil {
				return err
			}
			belong[c.ID] = access.Object{}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for id := range belong {
		w, err := cases.NewStore(r.DB.Pool).Work(t.Context(), all, id)
		if err != nil {
			t.Fatal(err)
		}
		belong[id] = w.Case.Object(w.Stages)
	}
	return belong
}

func someRefusals(r *fixture.Region) map[uuid.UUID]access.Object {
	belong := map[uuid.UUID]access.Object{}
	for _, centre := range []*uuid.UUID{&r.Centre, &r.OtherCentre, nil} {
		id := fixture.NewID()
		r.DB.Exec(`insert into intake.refusals (id, source, message_id, receipt_number, reason, centre_id, submitted_at)
			values ($1, 'refused', $2, '', 'intake.reason.mismatch', $3, now())`, id, fixture.NewID(), centre)
		belong[id] = access.Object{}
		if centre != nil {
			belong[id] = access.Object{Own: []access.Place{access.InCentre(*centre)}}
		}
	}
	return belong
}

func someQuestions(r *fixture.Region) map[uuid.UUID]access.Object {
	belong := map[uuid.UUID]access.Object{}
	for i, to := range []questions.Addressee{{CentreID: &r.Centre}, {CentreID: &r.OtherCentre}, {AuthorityID: &r.Authority}, {AuthorityID: &r.OtherAuthority}} {
		id := fixture.NewID()
		r.DB.Exec(`insert into questions.threads (id, number, message_id, receipt_number, centre_id, authority_id, topic, name, language, asked_at, due_on, recipient)
			values ($1, $2, $1, '', $3, $4, 'x', 'x', 'uk', now(), now(), '')`, id, questions.Number(2026, i), to.CentreID, to.AuthorityID)
		belong[id] = questions.Thread{Addressee: to}.Object()
	}
	return belong
}

func someUsers(r *fixture.Region) map[uuid.UUID]access.Object {
	belong := map[uuid.UUID]access.Object{}
	for _, users := range []map[access.GroupCode]access.Actor{r.Users, r.OtherUsers} {
		for _, a := range users {
			belong[a.UserID] = access.User{Grants: a.Grants}.Object()
		}
	}
	return belong
}
