package law_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/law"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

func day(year int, month time.Month, date int) *time.Time {
	at := time.Date(year, month, date, 0, 0, 0, 0, time.UTC)
	return &at
}

// act is one that may be saved.
func act(title, kind, number, issuer string, adopted *time.Time) law.Act {
	return law.Act{ID: uuid.New(), Title: locale.Text{UK: title}, Kind: kind, Level: "state", Number: number, Issuer: issuer, AdoptedOn: adopted}
}

func newLibrary(t *testing.T) (*fixture.Region, *law.Store, access.Actor) {
	t.Helper()
	r := fixture.New(t)
	return r, law.NewStore(r.DB.PoolAs("internal_site")).At(func() time.Time { return fixture.Now }), r.Users[access.RegionalManager]
}

func TestActsAreFoundInAnySpelling(t *testing.T) {
	_, s, manager := newLibrary(t)
	for _, a := range []law.Act{
		act("Про адміністративні послуги", "law", "5203-VI", "Верховна Рада України", day(2012, 9, 6)),
		act("Порядок ведення Реєстру", "resolution", "588", "Кабінет Міністрів України", day(2021, 6, 2)),
		act("Інший порядок", "resolution", "1588", "Кабінет Міністрів України", day(2020, 1, 1)),
		act("Про звернення громадян", "law", "393/96-ВР", "Верховна Рада України", day(1996, 10, 2)),
		act("Про місцеве самоврядування в Україні", "law", "280/97-ВР", "Верховна Рада України", day(1997, 5, 21)),
		act("Про пам’ять", "decision", "17-1/2024", "Орлопільська міська рада", nil),
	} {
		a.URL = map[string]string{
			"5203-VI": "https://zakon.rada.gov.ua/laws/show/5203-17#Text", "588": "https://zakon.rada.gov.ua/laws/show/588-2021-%D0%BF",
			"280/97-ВР": "https://zakon.rada.gov.ua/laws/show/280/97-вр/ed20240101",
		}[a.Number]
		if err := s.Save(t.Context(), manager, a); err != nil {
			t.Fatal(err)
		}
	}
	for typed, first := range map[string]string{
		"№ 5203-VI": "5203-VI", "5203 VI": "5203-VI", "5203-vi": "5203-VI", "5203-06": "5203-VI", "5203vi": "5203-VI", "5203": "5203-VI", "52": "5203-VI",
		"кму 588": "588", "постанови 588": "588", "588": "588", "02.06.2021": "588", "393/96": "393/96-ВР", "393/96-bp": "393/96-ВР", "закону 393/96 ВР": "393/96-ВР",
		"рішення 17-1": "17-1/2024", "пам'ять": "17-1/2024", "ПОСЛУГИ рада": "5203-VI", "2073-ІХ": "2073-IX", "2073-09": "2073-IX",
		"Закон від 06.09.2012 року № 5203-VI": "5203-VI",
		// As zakon.rada.gov.ua writes them, and as people copy them.
		"5203-17": "5203-VI", "https://zakon.rada.gov.ua/laws/show/5203-17#Text": "5203-VI", "https://zakon.rada.gov.ua/laws/show/5203-17/ed20210101": "5203-VI",
		"588-2021-п": "588", "https://zakon.rada.gov.ua/laws/show/588-2021-%D0%BF#Text": "588", "https://zakon.rada.gov.ua/laws/show/280/97-%D0%B2%D1%80": "280/97-ВР",
		"постанова КМУ від 2 червня 2021 № 588": "588", "постанова Кабінету Міністрів України від 2 червня 2021 р. № 588": "588",
		"постанова Кабінету Міністрів України № 588": "588", "588 і зміни": "588", "Закон № 280/97-ВР від 21.05.1997р.": "280/97-ВР",
	} {
		list, total, err := s.List(t.Context(), manager, law.Filter{Q: typed, Page: 1, Size: 50})
		if err != nil || total == 0 || list[0].Number != first {
			t.Errorf("%q: %d acts, %+v, %v", typed, total, list, err)
		}
	}
	for _, typed := range []string{"9999", "кму 5203", "5203-VII", "https://zakon.rada.gov.ua/laws/show/5203-18", "3 червня 2021 № 588", "100%", "_"} {
		if list, _, err := s.List(t.Context(), manager, law.Filter{Q: typed, Page: 1, Size: 50}); err != nil || len(list) != 0 {
			t.Errorf("%q: %+v, %v", typed, list, err)
		}
	}
	for name, f := range map[string]law.Filter{
		"kind": {Kind: "decision"}, "level": {Level: "local"}, "published": {Published: "yes"}, "text": {Text: "yes"}, "page": {Page: 3, Size: 2},
	} {
		f.Size = max(f.Size, 2)
		want := map[string]int{"kind": 1, "level": 0, "published": 1, "text": 0, "page": 2}[name]
		if list, _, err := s.List(t.Context(), manager, f); err != nil || len(list) != want {
			t.Errorf("by %s: %d, %v", name, len(list), err)
		}
	}
}

func TestSave(t *testing.T) {
	r, s, manager := newLibrary(t)
	one := act("Про адміністративні послуги", "law", "5203-VI", "Верховна Рада України", day(2012, 9, 6))
	for _, who := range []access.Actor{{}, r.Users[access.Officer], r.Users[access.AuthorityHead], r.Users[access.PortalAdministrator]} {
		if err := s.Save(t.Context(), who, one); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s: %v", who.Login, err)
		}
	}
	for range 2 { // the button was pressed twice
		if err := s.Save(t.Context(), manager, one); err != nil {
			t.Fatal(err)
		}
	}
	again := one
	again.ID, again.Number = uuid.New(), "№ 5203-vi"
	if err := s.Save(t.Context(), manager, again); !fault.Is(err, fault.Invalid) {
		t.Errorf("the same act once more: %v", err)
	}
	for _, pasted := range []string{"5203\u2010VI", "5203\u2011VI", "5203−VI"} {
		again.Number = pasted
		if err := s.Save(t.Context(), manager, again); !fault.Is(err, fault.Invalid) {
			t.Errorf("the same act with another hyphen, %q: %v", pasted, err)
		}
	}
	again.Issuer = ""
	if err := s.Save(t.Context(), manager, again); !fault.Is(err, fault.Invalid) {
		t.Errorf("the same act without who issued it: %v", err)
	}
	one.Version, one.Notes = 1, "нотатка"
	if err := s.Save(t.Context(), manager, one); err != nil {
		t.Fatal(err)
	}
	if err := s.Save(t.Context(), manager, one); !fault.Is(err, fault.Conflict) {
		t.Errorf("an old page: %v", err)
	}
	one.ID = uuid.New()
	one.Number = "1"
	if err := s.Save(t.Context(), manager, one); !fault.Is(err, fault.NotFound) {
		t.Errorf("an act that is not there: %v", err)
	}
}

// However many enter one act at the same moment, there is one.
func TestOneActIsEnteredOnce(t *testing.T) {
	r, s, manager := newLibrary(t)
	const colleagues = 8
	ready, done := make(chan struct{}), make(chan error, colleagues)
	for range colleagues {
		one := act("Про адміністративні послуги", "law", "5203-VI", "Верховна Рада України", day(2012, 9, 6))
		go func() {
			<-ready
			done <- s.Save(t.Context(), manager, one)
		}()
	}
	close(ready)
	saved := 0
	for range colleagues {
		switch err := <-done; {
		case err == nil:
			saved++
		case !fault.Is(err, fault.Invalid):
			t.Error(err)
		}
	}
	n := 0
	if err := r.DB.Pool.QueryRow(t.Context(), `select count(*) from law.acts where number = '5203-VI'`).Scan(&n); err != nil || saved != 1 || n != 1 {
		t.Errorf("%d were told that it is saved, %d are there", saved, n)
	}
}

func TestPublish(t *testing.T) {
	r, s, manager := newLibrary(t)
	if err := s.Publish(t.Context(), r.Users[access.Officer], r.Act, 1, false, "x"); !fault.Is(err, fault.Forbidden) {
		t.Errorf("%v", err)
	}
	if err := s.Publish(t.Context(), manager, r.Act, 1, false, ""); !fault.Is(err, fault.Invalid) {
		t.Errorf("without a reason: %v", err)
	}
	if err := s.Publish(t.Context(), manager, r.Act, 1, false, "Втратив чинність"); err != nil {
		t.Fatal(err)
	}
	if err := s.Publish(t.Context(), manager, r.Act, 1, false, "Втратив чинність"); err != nil {
		t.Errorf("the button pressed again: %v", err)
	}
	if err := s.Publish(t.Context(), manager, r.Act, 1, true, ""); !fault.Is(err, fault.Conflict) {
		t.Errorf("an old page: %v", err)
	}
	if err := s.Publish(t.Context(), manager, r.Act, 2, true, ""); err != nil {
		t.Fatal(err)
	}
	if a, err := s.Get(t.Context(), manager, r.Act); err != nil || !a.Published || a.Version != 3 {
		t.Errorf("%+v, %v", a, err)
	}
	if by, err := s.LastChange(t.Context(), r.Act); err != nil || by.Name != manager.Name {
		t.Errorf("%+v, %v", by, err)
	}
}

func edition(version int, from *time.Time, text string) law.NewEdition {
	return law.NewEdition{InForceOn: from, Text: text, Press: uuid.New(), Version: version}
}

func TestEditions(t *testing.T) {
	r, s, manager := newLibrary(t)
	add := func(n law.NewEdition, f *documents.File) (bool, error) {
		return s.AddEdition(t.Context(), manager, r.Act, n, f)
	}
	if _, err := s.AddEdition(t.Context(), r.Users[access.CentreHead], r.Act, edition(1, day(2020, 1, 1), "x"), nil); !fault.Is(err, fault.Forbidden) {
		t.Errorf("%v", err)
	}
	file := documents.File{
		Purpose: documents.Act, FileName: "a.pdf", MediaType: "application/pdf", Size: 1, SHA256: strings.Repeat("0", 64), ObjectKey: "acts/" + uuid.NewString(),
	}
	first := edition(1, day(2020, 1, 1), "")
	for i, want := range []bool{true, false} { // the button was pressed twice
		if added, err := add(first, &file); err != nil || added != want {
			t.Fatalf("press %d: %v, %v", i+1, added, err)
		}
	}
	other := file
	other.Purpose = documents.Result
	if _, err := add(edition(2, day(2021, 1, 1), "x"), &other); !fault.Is(err, fault.Invalid) {
		t.Errorf("a result as an act: %v", err)
	}
	if _, err := add(edition(1, day(2021, 1, 1), "x"), nil); !fault.Is(err, fault.Conflict) {
		t.Errorf("an old page: %v", err)
	}
	if _, err := add(edition(2, day(2020, 1, 1), "x"), nil); !fault.Is(err, fault.Invalid) {
		t.Errorf("a second one of the day: %v", err)
	}
	second, future := edition(2, day(2024, 1, 1), "Стаття 1\nТекст"), edition(3, day(2027, 1, 1), "Стаття 1\nІнший текст")
	for _, n := range []law.NewEdition{second, future} {
		if _, err := add(n, nil); err != nil {
			t.Fatal(err)
		}
	}
	better := edition(4, day(2024, 1, 1), "Стаття 1\nТекст без помилки")
	better.Replaces = second.Press
	if added, err := add(better, nil); err != nil || !added {
		t.Fatal(err)
	}
	list, total, err := s.Editions(t.Context(), manager, r.Act, 1, 50)
	var ids []uuid.UUID
	for _, e := range list {
		ids = append(ids, e.ID)
		if e.Current != (e.ID == better.Press) || e.Coming != (e.ID == future.Press) || e.Text != "" {
			t.Errorf("%+v", e)
		}
	}
	if err != nil || total != 4 || !slices.Equal(ids, []uuid.UUID{future.Press, better.Press, first.Press, second.Press}) {
		t.Fatalf("%d: %v, %v", total, ids, err)
	}
	got, err := s.Edition(t.Context(), manager, r.Act, first.Press)
	if err != nil || got.File == nil || got.File.FileName != "a.pdf" || !got.File.Published {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err = s.Edition(t.Context(), manager, r.Act, future.Press); err != nil || got.Text != future.Text {
		t.Errorf("%+v, %v", got, err)
	}
	if before, err := s.Before(t.Context(), manager, got); err != nil || before.ID != better.Press {
		t.Errorf("%+v, %v", before, err)
	}
	if _, err := s.Edition(t.Context(), manager, uuid.New(), future.Press); !fault.Is(err, fault.NotFound) {
		t.Errorf("of another act: %v", err)
	}
	if err := s.WithdrawEdition(t.Context(), manager, r.Act, better.Press, "Помилка"); err != nil {
		t.Fatal(err)
	}
	if err := s.WithdrawEdition(t.Context(), manager, r.Act, better.Press, "Помилка"); !fault.Is(err, fault.Conflict) {
		t.Errorf("twice: %v", err)
	}
	rows, _, err := s.List(t.Context(), manager, law.Filter{Text: "yes", Page: 1, Size: 50})
	if err != nil || len(rows) != 1 || !rows[0].InForceOn.Equal(*first.InForceOn) {
		t.Errorf("in force after that: %+v, %v", rows, err)
	}
}

// A card cites an act when it is in force, waits or is a draft, and no longer when another took its place.
func TestCitedBothWays(t *testing.T) {
	r, s, manager := newLibrary(t)
	card := fixture.Card()
	card.Acts = []contract.ActRef{{ID: r.Act, Note: locale.Text{UK: "стаття 9"}}}
	r.AddCard(r.Service, 2, "published", "2026-02-01", card)
	r.AddCard(r.OtherService, 2, "draft", "2027-01-01", card)
	other := act("Інший", "law", "1", "", nil)
	if err := s.Save(t.Context(), manager, other); err != nil {
		t.Fatal(err)
	}
	list, total, err := s.Citing(t.Context(), manager, r.Act, 1, 50)
	if err != nil || total != 2 || list[0].Note.UK != "стаття 9" {
		t.Fatalf("%+v, %v", list, err)
	}
	for _, c := range list {
		if c.Draft != (c.ID == r.OtherService) {
			t.Errorf("%+v", c)
		}
	}
	if rows, _, err := s.List(t.Context(), manager, law.Filter{Q: "2073", Page: 1, Size: 50}); err != nil || rows[0].Services != 2 {
		t.Errorf("%+v, %v", rows, err)
	}
	cited, err := s.Cited(t.Context(), manager, r.Service)
	if err != nil || len(cited) != 1 || cited[0].ID != r.Act || cited[0].Note.UK != "стаття 9" || cited[0].Draft {
		t.Errorf("%+v, %v", cited, err)
	}
	if cited, err = s.Cited(t.Context(), manager, r.OtherService); err != nil || len(cited) != 1 || !cited[0].Draft {
		t.Errorf("%+v, %v", cited, err)
	}
	card.Acts = []contract.ActRef{{ID: other.ID}}
	r.AddCard(r.Service, 3, "published", "2026-03-01", card)
	if list, _, err := s.Citing(t.Context(), manager, r.Act, 1, 50); err != nil || len(list) != 1 || list[0].ID != r.OtherService {
		t.Errorf("after another card: %+v, %v", list, err)
	}
	if cited, err = s.Cited(t.Context(), manager, r.Service); err != nil || len(cited) != 1 || cited[0].ID != other.ID {
		t.Errorf("%+v, %v", cited, err)
	}
}
