package law_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/law"
)

// heading is one of a part as the database writes it.
type heading struct {
	At, Depth int
	Text      string
}

type part struct {
	Body     string
	Headings []heading
}

// cut asks the database for the parts of a text.
func cut(t interface{ Fatal(...any) }, r *fixture.Region, text string) []part {
	rows, _ := r.DB.Pool.Query(context.Background(), `select part, headings from law.parts_of($1) order by number`, text)
	parts, err := pgx.CollectRows(rows, pgx.RowToStructByPos[part])
	if err != nil {
		t.Fatal(err)
	}
	return parts
}

func TestHeadings(t *testing.T) {
	r := fixture.New(t)
	for paragraph, want := range map[string]int{
		"Книга перша": 1, "Розділ II": 2, "РОЗДІЛ ІІ": 2, "Розділ 1. Загальні положення": 2, "Розділ VI Прикінцеві положення": 2, "Додаток": 2, "Додаток 3": 2,
		"Підрозділ 10. Інше": 3, "Глава 15": 3, "ГЛАВА 15-1. Порядок": 3, "§ 2. Строки": 4, "Стаття 7. Строк": 5, "Стаття 214-1.": 5, "СТАТТЯ 9": 5, "Стаття 5": 5,
		"Стаття 5 цього Закону діє": 0, "Розділ II викласти так": 0, "Главою держави": 0, "Статтями 1": 0, "1. Ця стаття": 0, "стаття 7. Строк": 0, "": 0, "Додаток до наказу": 0,
	} {
		var got int
		if err := r.DB.Pool.QueryRow(t.Context(), `select law.heading_depth($1)`, paragraph).Scan(&got); err != nil || got != want {
			t.Errorf("%q: %d, want %d (%v)", paragraph, got, want, err)
		}
	}
	parts := cut(t, r, "Розділ I\nЗАГАЛЬНІ ПОЛОЖЕННЯ\nСтаття 1. "+strings.Repeat("слово ", 40)+"\nТекст\nСтаття 2\nБез назви")
	if len(parts) != 1 || len(parts[0].Headings) != 3 {
		t.Fatalf("%+v", parts)
	}
	h := parts[0].Headings
	if h[0] != (heading{0, 2, "Розділ I. ЗАГАЛЬНІ ПОЛОЖЕННЯ"}) || h[1].At != 2 || !strings.HasSuffix(h[1].Text, "слово…") || len([]rune(h[1].Text)) > 161 || h[2] != (heading{4, 5, "Стаття 2"}) {
		t.Errorf("%+v", h)
	}
}

// Whatever a text is, its parts are the text, none is longer than a page shows, and every heading stands where the part says.
func TestPartsAreTheText(t *testing.T) {
	r := fixture.New(t)
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string {
			one := rapid.SampledFrom([]string{"Стаття 1. Про це", "Розділ II", "Глава 3", "а", "абв", "Назва"}).Draw(t, "line")
			return one + strings.Repeat(" щось", rapid.SampledFrom([]int{0, 0, 1, 100, 1900}).Draw(t, "long"))
		}), 1, 40).Draw(t, "lines")
		text := strings.Join(lines, "\n")
		var whole []string
		for _, p := range cut(t, r, text) {
			whole = append(whole, p.Body)
			own := strings.Split(p.Body, "\n")
			if len(p.Body) > 50_000 {
				t.Errorf("a part of %d bytes", len(p.Body))
			}
			for _, h := range p.Headings {
				if h.At >= len(own) || !strings.HasPrefix(own[h.At], strings.SplitN(strings.TrimSuffix(h.Text, "…"), ". ", 2)[0]) {
					t.Errorf("%+v stands in no paragraph", h)
				}
			}
		}
		if strings.Join(whole, "\n") != text {
			t.Errorf("the parts are not the text: %q", text)
		}
	})
	if parts := cut(t, r, ""); len(parts) != 0 {
		t.Errorf("no text has %d parts", len(parts))
	}
}

// A code of some megabytes is cut before the person has to wait for it.
func BenchmarkParts(b *testing.B) {
	r := fixture.New(b)
	var text strings.Builder
	for n := 0; text.Len() < 4<<20; n++ {
		fmt.Fprintf(&text, "Стаття %d. Про щось\n%s\n", n, strings.Repeat("Хтось робить щось у строк. ", 40))
	}
	for b.Loop() {
		if parts := cut(b, r, text.String()); len(parts) < 80 {
			b.Fatal(len(parts))
		}
	}
}

// leaving are the edition and how many of its parts and files everybody may see.
type leaving struct {
	Edition      uuid.UUID
	Parts, Files int
}

func left(t *testing.T, r *fixture.Region) []leaving {
	t.Helper()
	rows, _ := r.DB.Pool.Query(t.Context(), `select e.id, (select count(*) from law.parts p where p.edition_id = e.id and p.published),
		(select count(*) from documents.files f where f.id = e.file_id and f.published) from law.editions e where e.published order by e.in_force_on`)
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[leaving])
	if err != nil {
		t.Fatal(err)
	}
	var others int
	if err := r.DB.Pool.QueryRow(t.Context(), `select (select count(*) from law.parts p join law.editions e on e.id = p.edition_id where p.published <> e.published) +
		(select count(*) from documents.files f where f.purpose = 'act' and f.published and not exists (select from law.editions e where e.file_id = f.id and e.published))`).Scan(&others); err != nil || others != 0 {
		t.Errorf("%d parts and files leave without their edition, or stay without it: %v", others, err)
	}
	return list
}

// What leaves of an act are the editions that count while it is published, with all of their parts and files, and nothing else.
func TestWhatLeaves(t *testing.T) {
	r, s, manager := newLibrary(t)
	one := act("Про благоустрій", "decision", "12", "Орлопільська міська рада", nil)
	if err := s.Save(t.Context(), manager, one); err != nil {
		t.Fatal(err)
	}
	version := func() int {
		a, err := s.Get(t.Context(), manager, one.ID)
		if err != nil {
			t.Fatal(err)
		}
		return a.Version
	}
	add := func(n law.NewEdition, f *documents.File) uuid.UUID {
		t.Helper()
		n.Version = version()
		if _, err := s.AddEdition(t.Context(), manager, one.ID, n, f); err != nil {
			t.Fatal(err)
		}
		return n.Press
	}
	publish := func(on bool) {
		t.Helper()
		if err := s.Publish(t.Context(), manager, one.ID, version(), on, "Бо так"); err != nil {
			t.Fatal(err)
		}
	}
	file := &documents.File{
		Purpose: documents.Act, FileName: "a.pdf", MediaType: "application/pdf", Size: 1, SHA256: strings.Repeat("0", 64), ObjectKey: "acts/" + uuid.NewString(),
	}
	first := add(edition(0, day(2020, 1, 1), strings.Repeat(strings.Repeat("слово ", 1000)+"\n", 10)), file)
	if got := left(t, r); len(got) != 0 {
		t.Errorf("of an act that is not published: %v", got)
	}
	publish(true)
	if got := left(t, r); !slices.Equal(got, []leaving{{first, 3, 1}}) {
		t.Errorf("published: %v", got)
	}
	second := add(edition(0, day(2027, 1, 1), "Текст"), nil)
	if got := left(t, r); !slices.Equal(got, []leaving{{first, 3, 1}, {second, 1, 0}}) {
		t.Errorf("one that comes: %v", got)
	}
	better := edition(0, day(2020, 1, 1), "Текст без помилки")
	better.Replaces = first
	add(better, nil)
	if got := left(t, r); !slices.Equal(got, []leaving{{better.Press, 1, 0}, {second, 1, 0}}) {
		t.Errorf("one in place of another: %v", got)
	}
	if err := s.WithdrawEdition(t.Context(), manager, one.ID, second, "Помилка"); err != nil {
		t.Fatal(err)
	}
	if got := left(t, r); !slices.Equal(got, []leaving{{better.Press, 1, 0}}) {
		t.Errorf("one that was taken back: %v", got)
	}
	publish(false)
	if got := left(t, r); len(got) != 0 {
		t.Errorf("of an act that was taken back: %v", got)
	}
	publish(true)
	if got := left(t, r); !slices.Equal(got, []leaving{{better.Press, 1, 0}}) {
		t.Errorf("published again: %v", got)
	}
}
