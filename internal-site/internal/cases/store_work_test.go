package cases_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/fixture"
	"portal.example/shared/fault"
)

// working is a store for staff pages with one registered case.
func working(t *testing.T) (*fixture.Region, *cases.Store, cases.Case) {
	t.Helper()
	r := fixture.New(t)
	c, err := register(t.Context(), r.DB.PoolAs("intake"), filing(r))
	if err != nil {
		t.Fatal(err)
	}
	return r, cases.NewStore(r.DB.PoolAs("internal_site")).At(now), c
}

func TestWholeLifeOfACase(t *testing.T) {
	r, s, c := working(t)
	admin, officer := r.Users[access.Administrator], r.Users[access.Officer]
	version := 1
	for _, step := range []struct {
		who   access.Actor
		cmd   cases.Command
		state cases.State
	}{
		{admin, cases.Command{Act: cases.Take}, cases.InProgress},
		{admin, cases.Command{Act: cases.FinishStage}, cases.InProgress},
		{r.OtherUsers[access.Officer], cases.Command{Act: cases.FinishStage, Text: "погоджено"}, cases.InProgress},
		{officer, cases.Command{Act: cases.Suspend, Text: "немає довідки"}, cases.Suspended},
		{officer, cases.Command{Act: cases.Resume}, cases.InProgress},
		{officer, cases.Command{Act: cases.Message, Text: "Усе гаразд"}, cases.InProgress},
		{officer, cases.Command{Act: cases.Decide, Outcome: cases.Granted}, cases.Decided},
		{admin, cases.Command{Act: cases.Issue, Paper: "№ 5 від 18.11.2026", Handed: cases.Handover{Recipient: cases.HandedApplicant, Document: "passport", Number: "000123456"}}, cases.Issued},
		{admin, cases.Command{Act: cases.Close}, cases.Closed},
	} {
		if err := s.Do(t.Context(), step.who, c.ID, version, step.cmd); err != nil {
			t.Fatalf("%s: %v", step.cmd.Act, err)
		}
		version++
		w, err := s.Work(t.Context(), step.who, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		if w.Case.State != step.state || w.Case.Version != version {
			t.Fatalf("after %s: %s, version %d", step.cmd.Act, w.Case.State, w.Case.Version)
		}
	}
	var trail, public int
	var stages []string
	err := r.DB.Pool.QueryRow(t.Context(), `select (select count(*) from audit.events where object_id = $2),
		(select count(*) from cases.events where case_id = $1 and published),
		(select array_agg(state order by position) from cases.stages where case_id = $1)`, c.ID, c.ID.String()).Scan(&trail, &public, &stages)
	if err != nil {
		t.Fatal(err)
	}
	if trail != 10 || public < 10 || !slices.Equal(stages, []string{"done", "done", "done"}) {
		t.Errorf("trail %d, public events %d, stages %v", trail, public, stages)
	}
}

// An authority that takes part by a later stage sees the case, and leaves the stages of others alone.
func TestStagesBelongToTheirAuthorities(t *testing.T) {
	r, s, c := working(t)
	admin, partner := r.Users[access.Administrator], r.OtherUsers[access.Officer]
	if err := s.Do(t.Context(), admin, c.ID, 1, cases.Command{Act: cases.Take}); err != nil {
		t.Fatal(err)
	}
	for _, cmd := range []cases.Command{{Act: cases.FinishStage}, {Act: cases.Suspend, Text: "чекаємо"}} {
		if err := s.Do(t.Context(), partner, c.ID, 2, cmd); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s during the centre's stage: %v", cmd.Act, err)
		}
	}
	for version, step := range []struct {
		who access.Actor
		act cases.Act
	}{{admin, cases.FinishStage}, {partner, cases.FinishStage}} {
		if err := s.Do(t.Context(), step.who, c.ID, version+2, cases.Command{Act: step.act}); err != nil {
			t.Errorf("%s during their own stage: %v", step.act, err)
		}
	}
	if err := s.Do(t.Context(), partner, c.ID, 4, cases.Command{Act: cases.FinishStage}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the stage of the authority that decides: %v", err)
	}
}

func TestStaleVersionChangesNothing(t *testing.T) {
	r, s, c := working(t)
	if err := s.Do(t.Context(), r.Users[access.Administrator], c.ID, 1, cases.Command{Act: cases.Take}); err != nil {
		t.Fatal(err)
	}
	err := s.Do(t.Context(), r.Users[access.CentreHead], c.ID, 1, cases.Command{Act: cases.Take})
	if !fault.Is(err, fault.Conflict) {
		t.Fatalf("got %v", err)
	}
	w, err := s.Work(t.Context(), r.Users[access.CentreHead], c.ID)
	if err != nil || w.Case.Version != 2 || *w.Case.AssignedTo != r.Users[access.Administrator].UserID {
		t.Errorf("%v, %+v", err, w.Case)
	}
}

// A note and a message only add a text, so a colleague's act does not refuse them; a form that was sent twice adds one.
func TestTextsAreAddedWhateverAColleagueDidMeanwhile(t *testing.T) {
	r, s, c := working(t)
	clerk, head := r.Users[access.Administrator], r.Users[access.CentreHead]
	note := func(who access.Actor, text string) {
		t.Helper()
		if err := s.Do(t.Context(), who, c.ID, 1, cases.Command{Act: cases.Note, Text: text}); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	note(clerk, "Телефонувала")
	note(head, "Не відповідає")
	note(head, "Не відповідає\n")
	note(clerk, "Прийде завтра")
	note(clerk, "Телефонувала")
	err := s.Do(t.Context(), head, c.ID, 1, cases.Command{Act: cases.Message, Text: "Принесіть довідку"})
	if err != nil {
		t.Fatal("message:", err)
	}
	w, err := s.Work(t.Context(), clerk, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, e := range w.Events {
		if e.Typed != "" {
			texts = append(texts, e.Typed)
		}
	}
	slices.Sort(texts)
	if want := []string{"Не відповідає", "Прийде завтра", "Принесіть довідку", "Телефонувала", "Телефонувала"}; !slices.Equal(texts, want) {
		t.Errorf("the case says %q", texts)
	}
	if err := s.Do(t.Context(), clerk, c.ID, 1, cases.Command{Act: cases.Take}); !fault.Is(err, fault.Conflict) {
		t.Errorf("an act that changes the case: %v", err)
	}
}

func TestRefusalNeedsGroundOfItsCard(t *testing.T) {
	r, s, c := working(t)
	officer := r.Users[access.Officer]
	for version, step := range []struct {
		who access.Actor
		act cases.Act
	}{{r.Users[access.Administrator], cases.Take}, {r.Users[access.Administrator], cases.FinishStage}, {r.OtherUsers[access.Officer], cases.FinishStage}} {
		if err := s.Do(t.Context(), step.who, c.ID, version+1, cases.Command{Act: step.act}); err != nil {
			t.Fatal(err)
		}
	}
	for _, cmd := range []cases.Command{
		{Act: cases.Decide, Outcome: cases.Refused, Text: "бо"},
		{Act: cases.Decide, Outcome: cases.Refused, Grounds: []string{"no-such"}, Text: "бо"},
		{Act: cases.Decide, Outcome: cases.Refused, Grounds: []string{"incomplete"}},
		{Act: cases.Decide},
	} {
		if err := s.Do(t.Context(), officer, c.ID, 4, cmd); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v", cmd, err)
		}
	}
	if err := s.Do(t.Context(), officer, c.ID, 4, cases.Command{Act: cases.Decide, Outcome: cases.Refused, Grounds: []string{"incomplete"}, Text: "немає довідки"}); err != nil {
		t.Fatal(err)
	}
	var text string
	if err := r.DB.Pool.QueryRow(t.Context(), `select text from cases.events where kind = 'decided'`).Scan(&text); err != nil {
		t.Fatal(err)
	}
	if text != "Ухвалено рішення: відмовити. Підстава: Подано неповний перелік документів" {
		t.Errorf("the applicant reads %q", text)
	}
}

// Lists and pages show a case to exactly those who Can see it.
func TestWhoSeesACase(t *testing.T) {
	r, s, c := working(t)
	w, err := s.Work(t.Context(), r.Users[access.RegionalManager], c.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, users := range []map[access.GroupCode]access.Actor{r.Users, r.OtherUsers} {
		for role, a := range users {
			may := access.Can(a, cases.View, w.Case.Object(w.Stages))
			_, err := s.Work(t.Context(), a, c.ID)
			rows, total, errList := s.List(t.Context(), a, cases.Filter{Size: 10})
			counts, errToday := s.Count(t.Context(), a, cases.Filter{State: "registered", Channel: cases.Online})
			if errList != nil || errToday != nil {
				t.Fatal(errList, errToday)
			}
			if (err == nil) != may || (total == 1) != may || (len(rows) == 1) != may || (counts[0] == 1) != may {
				t.Errorf("%s (%s): may %t, page %v, list %d, count %d", role, a.Login, may, err, total, counts[0])
			}
			if err != nil && !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: %v, want not found", role, err)
			}
		}
	}
}

func TestList(t *testing.T) {
	r, s, first := working(t)
	f := filing(r)
	f.Applicant = cases.Applicant{Kind: "entity", Entity: "ТОВ «Мʼята»", EDRPOU: "12345678"}
	f.ReceiptNumber, f.FiledAt = "AAAA-BBBB", fixture.Now.AddDate(0, 0, -30)
	if _, err := register(t.Context(), r.DB.PoolAs("intake"), f); err != nil {
		t.Fatal(err)
	}
	manager := r.Users[access.RegionalManager]
	for name, tt := range map[string]struct {
		filter cases.Filter
		want   []string
	}{
		"all, due first":            {cases.Filter{}, []string{"01-2026-000002", "01-2026-000001"}},
		"number":                    {cases.Filter{Q: "000002"}, []string{"01-2026-000002"}},
		"receipt without its dash":  {cases.Filter{Q: "aaaabbbb"}, []string{"01-2026-000002"}},
		"name, other apostrophe":    {cases.Filter{Q: "м'ята"}, []string{"01-2026-000002"}},
		"surname and first name":    {cases.Filter{Q: "їжак ґалаґан"}, []string{"01-2026-000001"}},
		"tax number":                {cases.Filter{Q: "1234567899"}, []string{"01-2026-000001"}},
		"a sign that LIKE knows":    {cases.Filter{Q: "%"}, nil},
		"overdue":                   {cases.Filter{Due: "overdue"}, []string{"01-2026-000002"}},
		"another centre":            {cases.Filter{CentreID: r.OtherCentre}, nil},
		"its authority":             {cases.Filter{AuthorityID: r.Authority}, []string{"01-2026-000002", "01-2026-000001"}},
		"state":                     {cases.Filter{State: "suspended"}, nil},
		"mine":                      {cases.Filter{View: cases.ViewMine}, nil},
		"second page of one a page": {cases.Filter{Page: 2, Size: 1}, []string{"01-2026-000001"}},
	} {
		t.Run(name, func(t *testing.T) {
			if tt.filter.Size == 0 {
				tt.filter.Size = 50
			}
			rows, _, err := s.List(t.Context(), manager, tt.filter)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, row := range rows {
				got = append(got, row.Number)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
	if rows, _, _ := s.List(t.Context(), manager, cases.Filter{Q: fmt.Sprint(first.Number), Size: 1}); len(rows) != 1 || rows[0].Stage.UK != "Прийом документів" {
		t.Errorf("active stage: %+v", rows)
	}
}

// What staff write for the applicant may name people, and the public node counts as broken into: it leaves only sealed
// to the applicant's code. The whitelist lets text out as it is.
func TestWordsOfStaffLeaveSealed(t *testing.T) {
	r := fixture.New(t)
	c, err := register(t.Context(), r.DB.PoolAs("intake"), filing(r))
	if err != nil {
		t.Fatal(err)
	}
	s, officer := cases.NewStore(r.DB.PoolAs("internal_site")).At(now), r.Users[access.Officer]
	written := map[string]string{
		"suspended": "Іваненко не підписав", "message": "Добрий день,\nпане Іваненку", "decided": "Іваненко не має права",
	}
	for version, step := range []struct {
		who access.Actor
		cmd cases.Command
	}{
		{r.Users[access.Administrator], cases.Command{Act: cases.Take}},
		{r.Users[access.Administrator], cases.Command{Act: cases.Suspend, Text: written["suspended"]}},
		{r.Users[access.Administrator], cases.Command{Act: cases.Resume}},
		{officer, cases.Command{Act: cases.Message, Text: written["message"]}},
		{officer, cases.Command{Act: cases.Note, Text: "Іваненко телефонував"}},
		{r.Users[access.Administrator], cases.Command{Act: cases.FinishStage}},
		{r.OtherUsers[access.Officer], cases.Command{Act: cases.FinishStage}},
		{officer, cases.Command{Act: cases.Decide, Outcome: cases.Refused, Grounds: []string{"incomplete"}, Text: written["decided"]}},
	} {
		if err := s.Do(t.Context(), step.who, c.ID, version+1, step.cmd); err != nil {
			t.Fatalf("%s: %v", step.cmd.Act, err)
		}
	}
	rows, _ := r.DB.Pool.Query(t.Context(), `select kind, text || text_en, typed, sealed, published from cases.events where case_id = $1`, c.ID)
	var kind, text, typed string
	var sealed []byte
	var published bool
	opened := map[string]string{}
	_, err = pgx.ForEachRow(rows, []any{&kind, &text, &typed, &sealed, &published}, func() error {
		if strings.Contains(text, "Іваненк") {
			t.Errorf("%s leaves as %q", kind, text)
		}
		if (sealed != nil) != (published && typed != "") {
			t.Errorf("%s: typed %q, published %t, sealed %d bytes", kind, typed, published, len(sealed))
		}
		if sealed == nil {
			return nil
		}
		words, err := applicant.Open(sealed, 1000)
		opened[kind] = string(words)
		return err
	})
	if err != nil || !maps.Equal(opened, written) {
		t.Errorf("the applicant reads %q, %v", opened, err)
	}
}

// Whoever works on a case in the authority does not decide it where the portal keeps duties apart, whatever was typed into a
// form that they made themselves; a colleague decides.
func TestTheExecutorDoesNotDecideAlone(t *testing.T) {
	r, s, c := working(t)
	officer := r.Users[access.Officer]
	colleague := r.AddUser("colleague", access.Grant{Group: access.Officer, Place: access.InAuthority(r.Authority)})
	r.DB.Exec(`insert into region.profile (name, separate_duties) values ('Область', true)`)
	for version, step := range []struct {
		who access.Actor
		act cases.Act
	}{{r.Users[access.Administrator], cases.Take}, {r.Users[access.Administrator], cases.FinishStage}, {r.OtherUsers[access.Officer], cases.FinishStage}, {officer, cases.Take}} {
		if err := s.Do(t.Context(), step.who, c.ID, version+1, cases.Command{Act: step.act}); err != nil {
			t.Fatalf("%s: %v", step.act, err)
		}
	}
	decision := cases.Command{Act: cases.Decide, Outcome: cases.Granted}
	if err := s.Do(t.Context(), officer, c.ID, 5, decision); fault.MessageKey(err) != "cases.separate_duties" {
		t.Errorf("the executor decides: %v", err)
	}
	if err := s.Do(t.Context(), colleague, c.ID, 5, decision); err != nil {
		t.Errorf("a colleague: %v", err)
	}
}
