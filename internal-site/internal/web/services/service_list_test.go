package services_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
)

func TestListOfServicesGoesNoFurtherThanItsEnd(t *testing.T) {
	s := newSite(t)
	for i := range 51 {
		s.AddService(fmt.Sprintf("1%04d", i), fmt.Sprintf("Послуга з номером %02d", i), s.Authority, s.Centre)
	}
	c := s.As(s.Users[access.Administrator])
	page := c.Get("/services?page=99").Body.String()
	for _, want := range []string{"сторінка 2 з 2", "Знайдено", "53", `href="/services?page=1"`} {
		if !strings.Contains(page, want) {
			t.Errorf("page 99 of 2 has no %q", want)
		}
	}
	if strings.Count(page, `<th scope="row"`) != 3 {
		t.Error("page 99 of 2 does not show the rows of the last page")
	}
}

func TestServicesAsAFile(t *testing.T) {
	s := newSite(t)
	c := s.As(s.Users[access.Administrator])
	page := c.Get("/services?q=%D0%B4%D0%BE%D0%BF%D0%BE%D0%BC%D0%BE%D0%B3%D0%B8").Body.String()
	if !strings.Contains(page, `href="/services?export=csv&amp;q=%D0%B4%D0%BE%D0%BF%D0%BE%D0%BC%D0%BE%D0%B3%D0%B8"`) {
		t.Error("the list offers no file with its filter")
	}
	w := c.Get("/services?export=csv&q=%D0%B4%D0%BE%D0%BF%D0%BE%D0%BC%D0%BE%D0%B3%D0%B8")
	lines := strings.Split(w.Body.String(), "\r\n")
	if w.Code != http.StatusOK || len(lines) != 3 || !strings.HasPrefix(lines[1], "00034;Призначення допомоги при народженні дитини;") {
		t.Errorf("%d %q", w.Code, lines)
	}
}
