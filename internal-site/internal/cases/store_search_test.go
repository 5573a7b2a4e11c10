package cases_test

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
)

// What people say at a counter finds their case, in whatever spelling and layout; what is somebody else's does not.
func TestSearchFindsWhatIsSaid(t *testing.T) {
	r, s, _ := working(t)
	f := filing(r)
	f.ReceiptNumber = "R-1111-2222-3333"
	f.Applicant = cases.Applicant{
		Kind: "person", Surname: "Ґавошлях", GivenName: "Климентій", Patronymic: "Мʼятович", TaxNumber: "0058853060", Passport: "КС 123456",
		UNZR: "19780220-12345", Phone: "+380671234567", Email: "klym@example.com", Address: "вул. Садова, 7",
	}
	c, err := register(t.Context(), r.DB.PoolAs("intake"), f)
	if err != nil {
		t.Fatal(err)
	}
	other := filing(r)
	other.ReceiptNumber, other.Applicant = "R-9999-9999-9999", cases.Applicant{Kind: "person", Surname: "Їжакодар", GivenName: "Ольга", TaxNumber: "3184710691", Phone: "+380501112233"}
	if _, err := register(t.Context(), r.DB.PoolAs("intake"), other); err != nil {
		t.Fatal(err)
	}
	who := r.Users[access.Administrator]
	for _, q := range []string{
		c.Number, "2026-2", "01-2026-000002", "2026-000002", "1-2026-2", "R-1111-2222-3333", "r111122223333",
		"ґавошлях", "Гавошлях", "ГАВОШЛЯХ К.М.", "Ґавошлях К. М.", "Ґавошлях Климентій", "Vʼятович", "Mʼятович", "м'ятович", "мятович",
		"ufdjikz[", "0671234567", "067 123-45-67", "+38 (067) 123 45 67", "380671234567", "0671234", "0058853060", "кс123456", "KC 123456", "19780220-12345",
		"klym@example.com", "KLYM@", "Садова", "Садова 7",
	} {
		want := 1
		if q == "Vʼятович" { // no Cyrillic letter has this shape
			want = 0
		}
		list, total, err := s.List(t.Context(), who, cases.Filter{Q: q, Size: 10})
		if err != nil || total != want || want == 1 && list[0].ID != c.ID {
			t.Errorf("%q finds %d, %v", q, total, err)
		}
		counts, err := s.Count(t.Context(), who, cases.Filter{Q: q})
		if err != nil || counts[0] != total {
			t.Errorf("%q counts %v of %d, %v", q, counts, total, err)
		}
	}
	// One letter may be wrong, too many, left out or in its neighbour's place; what is found so is marked.
	for q, want := range map[string]int{
		"Гавашлях": 1, "Гавошляхх": 1, "Гавошлх": 1, "Гаовшлях": 1, "Климинтій": 1, "Гавошлях Климинтій": 1, "Гавашлях К.": 1,
		"Гавашлих": 0, "Їжакодар Климентій": 0, "Іжакодра": 1, "Садава": 1, "Садв": 0, "2026-9": 0,
	} {
		list, total, err := s.List(t.Context(), who, cases.Filter{Q: q, Size: 10})
		if err != nil || total != want || want == 1 && !list[0].Near {
			t.Errorf("%q finds %d, want %d, %v", q, total, want, err)
		}
		if counts, err := s.Count(t.Context(), who, cases.Filter{Q: q}); err != nil || counts[0] != total {
			t.Errorf("%q counts %v of %d, %v", q, counts, total, err)
		}
	}
	if list, _, err := s.List(t.Context(), who, cases.Filter{Q: "Гавошлях", Size: 10}); err != nil || list[0].Near {
		t.Errorf("ґ heard as г is no slip: %v", err)
	}
	for q, want := range map[string]int{"Іжакодар": 1, "Їжакодар О.": 1, "Ґавошлях О.": 0, "%": 0, "_": 0, "2026-4": 0, "0671234568": 0, "допомоги при народженні": 3, "00034": 3} {
		if _, total, err := s.List(t.Context(), who, cases.Filter{Q: q, Size: 10}); err != nil || total != want {
			t.Errorf("%q finds %d, want %d, %v", q, total, want, err)
		}
	}
	if err := s.Do(t.Context(), who, c.ID, 1, cases.Command{Act: cases.Take}); err != nil {
		t.Fatal(err)
	}
	if _, total, err := s.List(t.Context(), who, cases.Filter{Q: who.Name, Size: 10}); err != nil || total != 1 {
		t.Errorf("the executor's name finds %d, %v", total, err)
	}
}

// Whoever takes part in a case finds it by everything that is said of it while their stage is the active one; before and after by what
// lists show, and not by what they may not read of the applicant.
func TestAPartnerFindsByWhatItSees(t *testing.T) {
	r, s, c := parallel(t)
	r.DB.Exec(`update cases.applicants set surname = 'Ґавошлях', tax_number = '0058853060', phone = '+380671234567', email = 'klym@example.com' where id = $1`, c.ApplicantID)
	officer, partner := r.Users[access.Officer], r.OtherUsers[access.Officer]
	find := func(who access.Actor, want map[string]int) {
		t.Helper()
		for q, n := range want {
			list, total, err := s.List(t.Context(), who, cases.Filter{State: "all", Q: q, Size: 10})
			if err != nil || total != n || len(list) != n {
				t.Errorf("%s finds %d by %q, want %d, %v", who.Name, total, q, n, err)
			}
			if counts, err := s.Count(t.Context(), who, cases.Filter{State: "all", Q: q}); err != nil || counts[0] != n {
				t.Errorf("%s counts %v by %q, %v", who.Name, counts, q, err)
			}
		}
	}
	all := map[string]int{"0058853060": 1, "0671234567": 1, "klym@": 1, "Гавошлях": 1, "Гавашлях": 1, c.Number: 1, "допомоги при народженні": 2}
	find(officer, all)
	find(partner, all)
	version, cmd := ends(t, s, partner, c, "clear")
	if err := s.Do(t.Context(), partner, c.ID, version, cmd); err != nil {
		t.Fatal(err)
	}
	find(officer, all)
	find(partner, map[string]int{"0058853060": 0, "0671234567": 0, "klym@": 0, "Гавошлях 0058853060": 0, "Гавошлях": 1, "Гавашлях": 1, c.Number: 1, "2026-1": 1, "допомоги при народженні": 2})
}

// The name of a service that very many cases are of leads to them in the order of the list, and a page costs what it shows: all words are
// in the name, or one is said of some cases and another is a colleague's.
func TestTheNameOfAFrequentServiceCostsWhatItShows(t *testing.T) {
	r, s, c := working(t)
	who := r.Users[access.Administrator]
	const others, of = 1000, 3000
	alike(r, others+of, ``)
	other := r.AddService("00099", "Реєстрація місця проживання", r.Authority, r.Centre)
	r.DB.Exec(`update cases.cases set service_id = $1 where number like 'L%' and ltrim(number, 'L')::int <= $2`, other, others)
	r.DB.Exec(`insert into cases.said (case_id, said) select id, ' про народженні ' from cases.cases where number in ('L5', 'L999')
		on conflict (case_id) do update set said = excluded.said`)
	if err := s.Do(t.Context(), who, c.ID, 1, cases.Command{Act: cases.Take}); err != nil {
		t.Fatal(err)
	}
	r.DB.Exec(`vacuum analyze`)
	for q, want := range map[string]int{"народженні": cases.MaxFound + 1, "допомоги при народженні": cases.MaxFound + 1, "реєстрація": others, "допомоги " + who.Name: 1, "проживання народженні": 2} {
		f := cases.Filter{Q: q, Size: 20}
		list, total, err := s.List(t.Context(), who, f)
		if err != nil || total != want || len(list) != min(want, f.Size) {
			t.Errorf("%q finds %d and shows %d, want %d, %v", q, total, len(list), want, err)
		}
		if buffers := cost(t, r.DB.PoolAs("internal_site"), s, who, f); buffers > 400 {
			t.Errorf("%q reads %d buffers", q, buffers)
		}
	}
	// The list of all is in the order of days, whichever way its cases were found: L5 is of the other service.
	list, _, err := s.List(t.Context(), who, cases.Filter{Q: "народженні", Size: 20})
	if err != nil || len(list) != 20 || list[1].Number != "L5" || !list[19].DueOn.After(list[2].DueOn) {
		t.Errorf("%d cases, %v", len(list), err)
	}
}

// What a search has found is looked up once, for the length of its list and for its page, open or over; a count is that list.
func TestWhatASearchFindsIsReadOnce(t *testing.T) {
	r, s, _ := working(t)
	who := r.Users[access.Administrator]
	const found, over = 90, 30
	alike(r, 2000, ``)
	r.DB.Exec(`insert into cases.said (case_id, said) select id, ' зіновій ' from cases.cases where number like 'L%' and ltrim(number, 'L')::int <= $1
		on conflict (case_id) do update set said = excluded.said`, found)
	r.DB.Exec(`update cases.turns t set standing = 'over', due_on = null from cases.cases c where c.id = t.case_id and c.number like 'L%' and ltrim(c.number, 'L')::int <= $1`, over)
	r.DB.Exec(`vacuum analyze`)
	f := cases.Filter{Q: "зіновій", Size: 20, Page: 4}
	list, total, err := s.List(t.Context(), who, f)
	if err != nil || total != found || len(list) != f.Size {
		t.Fatalf("finds %d and shows %d, %v", total, len(list), err)
	}
	if list[0].Turn != nil || list[19].Turn != nil {
		t.Error("the fourth page has what is open")
	}
	if counts, err := s.Count(t.Context(), who, f); err != nil || counts[0] != total {
		t.Errorf("counts %v, %v", counts, err)
	}
	if buffers := cost(t, r.DB.PoolAs("internal_site"), s, who, f); buffers > 5*found+25*f.Size {
		t.Errorf("reads %d buffers", buffers)
	}
}

// cost is how many buffers the length of a list and its page read.
func cost(t *testing.T, pool *pgxpool.Pool, s *cases.Store, who access.Actor, f cases.Filter) (buffers int) {
	t.Helper()
	err := pgx.BeginTxFunc(t.Context(), pool, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(t.Context(), `set local plan_cache_mode = force_custom_plan`); err != nil {
			return err
		}
		queries, args, err := s.Queries(t.Context(), tx, who, f)
		if err != nil {
			return err
		}
		for _, sql := range queries {
			var plans []struct {
				Plan struct {
					Hit  int `json:"Shared Hit Blocks"`
					Read int `json:"Shared Read Blocks"`
				}
			}
			if err := tx.QueryRow(t.Context(), `explain (analyze, buffers, format json) `+sql, args).Scan(&plans); err != nil {
				return err
			}
			buffers += plans[0].Plan.Hit + plans[0].Plan.Read
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return buffers
}
