package cards_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/documents"
	"portal.example/shared/locale"
)

func TestPreviewIsThePublicRendering(t *testing.T) {
	s := newSite(t)
	path, form := draft(t, s)
	c := s.As(s.Users[access.Administrator])
	c.Multipart(path+"/edit", with(form, "do", "save", "description.uk", "<p>Опис</p><script>x</script>"), "", "", nil)
	head, samples := s.Users[access.AuthorityHead], catalogue.NewStore(s.DB.Pool)
	for i, title := range []string{"Заповнена заява", "Стара заява"} {
		n := catalogue.NewSample{Title: locale.Text{UK: title}, Alt: locale.Text{UK: "Що на зразку"}, Press: uuid.New(), Version: i}
		if added, err := samples.AddSample(t.Context(), head, documents.File{
			Purpose: documents.Sample, FileName: "zrazok.pdf", MediaType: "application/pdf", Size: 1, SHA256: strings.Repeat("0", 64),
			ObjectKey: "templates/" + n.Press.String(), ServiceID: &s.Service,
		}, n); err != nil || !added {
			t.Fatal(added, err)
		}
		if title == "Стара заява" {
			if err := samples.WithdrawSample(t.Context(), head, s.Service, n.Press, "Застаріла"); err != nil {
				t.Fatal(err)
			}
		}
	}
	page := c.Get(path + "/preview").Body.String()
	if !strings.Contains(page, "<p>Опис</p>") || strings.Contains(page, "<script>x") || !strings.Contains(page, "На зразку: Що на зразку") || strings.Contains(page, "Стара заява") || !strings.Contains(page, "Подано неповний перелік документів") {
		t.Error("the preview is not the card")
	}
}
