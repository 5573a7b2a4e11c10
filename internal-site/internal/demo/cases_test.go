package demo

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/cases"
	"portal.example/shared/seal"
	"portal.example/shared/workdays"
)

func TestNumbersHaveNoGaps(t *testing.T) {
	b := mustBuild(t)
	numbers := column[string](t, &b.dataset, "cases.cases", "number")
	moments := column[time.Time](t, &b.dataset, "cases.cases", "registered_at")
	next, before := map[string]int{}, map[string]time.Time{}
	for i, n := range numbers {
		series := n[:strings.LastIndex(n, "-")]
		next[series]++
		if want := fmt.Sprintf("%s-%06d", series, next[series]); n != want {
			t.Errorf("number %s where %s comes next", n, want)
		}
		if moments[i].Before(before[series]) {
			t.Errorf("%s was registered before the number before it", n)
		}
		before[series] = moments[i]
	}
	if len(next) < 4 {
		t.Errorf("only the series %v", next)
	}
	total := 0
	for _, last := range column[int](t, &b.dataset, "cases.counters", "last") {
		total += last
	}
	if total != len(numbers) {
		t.Errorf("counters stand at %d for %d cases", total, len(numbers))
	}
}

func TestEveryKindOfCaseCanBeSeen(t *testing.T) {
	b := mustBuild(t)
	states := column[string](t, &b.dataset, "cases.cases", "state")
	due := column[time.Time](t, &b.dataset, "cases.cases", "due_on")
	seen := map[string]int{}
	for i, s := range states {
		seen[s]++
		if cases.State(s).Running() && due[i].Before(today) {
			seen["overdue"]++
		}
	}
	for i, o := range column[string](t, &b.dataset, "cases.cases", "outcome") {
		seen["outcome "+o+" "+column[string](t, &b.dataset, "cases.cases", "channel")[i]]++
	}
	ids, of := column[uuid.UUID](t, &b.dataset, "cases.cases", "id"), column[uuid.UUID](t, &b.dataset, "cases.events", "case_id")
	for i, kind := range column[string](t, &b.dataset, "cases.events", "kind") {
		seen[kind+" "+states[slices.Index(ids, of[i])]]++
	}
	for _, kind := range []string{"extended in_progress", "opinion_asked in_progress", "tacit in_progress", "uncollected decided"} {
		if seen[kind] < 2 {
			t.Errorf("%s: only %d cases", kind, seen[kind])
		}
	}
	for _, kind := range []string{
		"registered", "in_progress", "suspended", "decided", "issued", "closed", "overdue", "outcome granted counter",
		"outcome granted online", "outcome refused counter", "outcome refused online",
	} {
		if seen[kind] < 3 {
			t.Errorf("%s: only %d cases", kind, seen[kind])
		}
	}
	t.Log(seen)
}

// Some suspensions ask for a document by its name, as statistics by document need, and others say in words what they wait for.
func TestSuspensionsAskForDocuments(t *testing.T) {
	b := mustBuild(t)
	events, kinds := column[uuid.UUID](t, &b.dataset, "cases.events", "id"), column[string](t, &b.dataset, "cases.events", "kind")
	named, words := 0, 0
	documents := column[[]string](t, &b.dataset, "cases.corrections", "documents")
	for i, id := range column[uuid.UUID](t, &b.dataset, "cases.corrections", "id") {
		if at := slices.Index(events, id); at < 0 || kinds[at] != string(cases.EventSuspended) {
			t.Errorf("%s is of no suspension", id)
		}
		if len(documents[i]) > 0 {
			named++
		} else {
			words++
		}
	}
	if named < 3 || words < 3 {
		t.Errorf("%d by name, %d in words", named, words)
	}
}

// What leaves names nobody: neither public events nor stages hold a name, a number or an address of an applicant.
func TestPublicEventsNameNobody(t *testing.T) {
	b := mustBuild(t)
	var personal []string
	for _, c := range []string{"surname", "patronymic", "tax_number", "phone", "email", "entity"} {
		personal = append(personal, column[string](t, &b.dataset, "cases.applicants", c)...)
	}
	slices.Sort(personal)
	personal = slices.DeleteFunc(slices.Compact(personal), func(s string) bool { return s == "" })
	texts := column[string](t, &b.dataset, "cases.events", "text")
	public := 0
	for i, published := range column[bool](t, &b.dataset, "cases.events", "published") {
		if !published {
			continue
		}
		public++
		for _, word := range personal {
			if strings.Contains(texts[i], word) {
				t.Errorf("a public event holds %q: %s", word, texts[i])
			}
		}
	}
	if public < 500 {
		t.Errorf("only %d public events", public)
	}
}

func TestNothingHappensAfterToday(t *testing.T) {
	for _, day := range []string{"2026-11-22", "2027-01-01", "2028-02-29", "2026-08-24"} {
		date, _ := time.Parse(time.DateOnly, day)
		b, err := buildFor(date)
		if err != nil {
			t.Errorf("%s: %v", day, err)
			continue
		}
		for _, at := range column[time.Time](t, &b.dataset, "cases.events", "at") {
			if !at.Before(b.dawn()) || at.Before(b.founded()) {
				t.Errorf("%s: an event at %s", day, at)
			}
		}
	}
}

// Staff act on working days and in the daytime; only online applications arrive at any hour.
func TestStaffWorkInWorkingHours(t *testing.T) {
	b := mustBuild(t)
	actors := column[string](t, &b.dataset, "cases.events", "actor")
	for i, at := range column[time.Time](t, &b.dataset, "cases.events", "at") {
		if actors[i] == "intake" || actors[i] == "" { // the portal itself
			continue
		}
		hour := at.In(b.dawn().Location()).Hour()
		if !(workdays.Calendar{}).Working(dateOf(at)) || hour < 8 || hour > 17 {
			t.Errorf("%s acted at %s", actors[i], at)
		}
	}
}

func TestSealedResultsOpenWithTheirCodes(t *testing.T) {
	b := mustBuild(t)
	keys := column[string](t, &b.dataset, "documents.files", "object_key")
	ofCase := column[*uuid.UUID](t, &b.dataset, "documents.files", "case_id")
	opened := 0
	for i, key := range keys {
		if !strings.HasPrefix(key, "sealed/") || opened == 5 {
			continue
		}
		opened++
		var original []byte
		for j, other := range keys {
			if ofCase[j] != nil && *ofCase[j] == *ofCase[i] && strings.HasPrefix(other, "results/") {
				original = b.objects[j].data
			}
		}
		if got := unseal(t, b, *ofCase[i], b.objects[i].data); !bytes.Equal(got, original) || len(got) == 0 {
			t.Errorf("%s does not hold its result", key)
		}
	}
	if opened == 0 {
		t.Error("there is no sealed result")
	}
}

// unseal opens a file with the code of whichever case it belongs to.
func unseal(t *testing.T, b *builder, id uuid.UUID, sealed []byte) []byte {
	t.Helper()
	at := slices.Index(column[uuid.UUID](t, &b.dataset, "cases.cases", "id"), id)
	hash := column[[]byte](t, &b.dataset, "cases.cases", "code_hash")[at]
	for i := range caseCount {
		s, err := secretOf(i)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(s.hash, hash) {
			continue
		}
		identity, err := s.code.Identity()
		if err != nil {
			t.Fatal(err)
		}
		r, err := seal.FileReader(bytes.NewReader(sealed), identity)
		if err != nil {
			t.Fatal(err)
		}
		out, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	t.Fatalf("no code of the demo belongs to case %s", id)
	return nil
}

// The history is true: a stage was finished after it began and before the next one was, and not all of them at the
// moment of the last act.
// A stage is finished before the next one begins, although both happen at one moment: pages sort events by moment and id.
func TestEventsOfOneMomentKeepTheirOrder(t *testing.T) {
	b := mustBuild(t)
	ids, ofCase := column[uuid.UUID](t, &b.dataset, "cases.events", "id"), column[uuid.UUID](t, &b.dataset, "cases.events", "case_id")
	at := column[time.Time](t, &b.dataset, "cases.events", "at")
	together := 0
	for i := 1; i < len(ids); i++ {
		if ofCase[i] != ofCase[i-1] || !at[i].Equal(at[i-1]) {
			continue
		}
		if together++; ids[i].String() <= ids[i-1].String() {
			t.Fatalf("case %s at %s: event %d is shown before the one that it follows", ofCase[i], at[i], i)
		}
	}
	if together == 0 {
		t.Error("no two events happen at one moment")
	}
}

func TestStagesWereFinishedOneAfterTheOther(t *testing.T) {
	b := mustBuild(t)
	ofCase := column[uuid.UUID](t, &b.dataset, "cases.stages", "case_id")
	started := column[*time.Time](t, &b.dataset, "cases.stages", "started_at")
	finished := column[*time.Time](t, &b.dataset, "cases.stages", "finished_at")
	states := column[string](t, &b.dataset, "cases.stages", "state")
	last, moments := map[uuid.UUID]time.Time{}, map[uuid.UUID]map[time.Time]bool{}
	for i, id := range ofCase {
		if finished[i] == nil || states[i] == "skipped" { // what a case did not need was never begun
			continue
		}
		if started[i] == nil || finished[i].Before(*started[i]) || finished[i].Before(last[id]) {
			t.Errorf("case %s: a stage was finished %s, begun %v, the one before finished %s", id, finished[i], started[i], last[id])
		}
		if last[id] = *finished[i]; moments[id] == nil {
			moments[id] = map[time.Time]bool{}
		}
		moments[id][*finished[i]] = true
	}
	several := 0
	for _, m := range moments {
		if len(m) > 1 {
			several++
		}
	}
	if several < len(moments)/2 {
		t.Errorf("in %d of %d cases all stages were finished at one moment", len(moments)-several, len(moments))
	}
}
