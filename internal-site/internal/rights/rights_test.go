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
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/rights"
	"portal.example/shared/locale"
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
	belong          func(*testing.T, *fixture.Region) map[uuid.UUID]access.Object
}

// known has an entry for every domain whose rights do not all reach anywhere. The file NAME_test.go of each adds its own.
var known = map[string]objects{}

// Lists follow predicates, pages follow Can: both are asked about every object, for every right in every reach that
// a group can have, in each place.
func TestPredicatesAgreeWithCan(t *testing.T) {
	r := fixture.New(t)
	places := []access.Place{
		access.InCentre(r.Centre), access.InCentre(r.OtherCentre), access.InAuthority(r.Authority), access.InAuthority(r.OtherAuthority),
		access.InRegion(),
	}
	for _, domain := range rights.Declared.Domains {
		set, belong := known[domain.Name], map[uuid.UUID]access.Object(nil)
		for _, right := range domain.Rights {
			if len(right.Own)+len(right.Part) == 0 {
				continue // all or nothing: Can alone decides
			}
			if set.belong == nil {
				t.Fatalf("the domain %s has no objects here", domain.Name)
			}
			if belong == nil {
				belong = set.belong(t, r)
			}
			for _, place := range places {
				for _, reach := range right.Reaches(place.Kind) {
					groups := access.Groups{"one": {right.Action: reach}}
					a := access.Actor{Rights: groups.Resolve(access.Grant{Group: "one", Place: place})}
					agree(t, r, set, belong, a, right.Action, fmt.Sprintf("%s, %s of a %s", right.Action, reach, place.Kind))
				}
			}
			agree(t, r, set, belong, access.Actor{}, right.Action, "nobody")
		}
	}
}

func agree(t *testing.T, r *fixture.Region, set objects, belong map[uuid.UUID]access.Object, a access.Actor, action access.Action, name string) {
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
	for id, object := range belong {
		if may := access.Can(a, action, object); may != inList[id] {
			t.Errorf("%s: the list has %v: %t, the page shows it: %t", name, object, inList[id], may)
		}
	}
}
