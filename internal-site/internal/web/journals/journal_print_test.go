package journals_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
)

// read is the text of a print.
func read(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext is not installed")
	}
	cmd := exec.CommandContext(t.Context(), tool, "-", "-") //nolint:gosec // a fixed program
	cmd.Stdin = bytes.NewReader(w.Body.Bytes())
	out, err := cmd.Output()
	if err != nil || w.Code != http.StatusOK {
		t.Fatalf("%d, %v", w.Code, err)
	}
	return strings.Join(strings.Fields(string(out)), " ")
}

// A print says of each line whose it is and of which year, where these can differ, and keeps numbers and states whole.
func TestAPrintSaysWhoseItsLinesAre(t *testing.T) {
	s, first, _, _ := opened(t)
	s.DB.Exec(`insert into journals.entries (journal, centre_id, year, number, day, at, case_id, authority_id, service_id)
		select 'applications', $2, 2025, 123456, day - 365, at - interval '365 days', case_id, authority_id, service_id from journals.entries where case_id = $1`, first.ID, s.OtherCentre)
	var one, two string
	if err := s.DB.Pool.QueryRow(t.Context(), `select a.name, b.name from org.centres a, org.centres b where a.id = $1 and b.id = $2`, s.Centre, s.OtherCentre).Scan(&one, &two); err != nil {
		t.Fatal(err)
	}
	one, two = strings.Fields(one)[1], strings.Fields(two)[1] // columns are read line by line
	const path = "/journals/applications/print"
	region := read(t, s.As(s.Users[access.RegionalManager]).Get(path))
	for _, want := range []string{one, two, "ЦНАП", "123456/2025", "1/2026", first.Number, "зареєстровано"} {
		if !strings.Contains(region, want) {
			t.Errorf("the print of the region lacks %q: %s", want, region)
		}
	}
	centre := read(t, s.As(s.Users[access.CentreHead]).Get(path))
	if strings.Contains(centre, "/2026") || strings.Contains(centre, two) || strings.Count(centre, one) != 1 || strings.Count(centre, first.Number) != 1 {
		t.Errorf("the print of the centre: %s", centre)
	}
}
