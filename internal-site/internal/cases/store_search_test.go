package cases_test

import (
	"testing"

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
