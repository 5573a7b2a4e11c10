package cards_test

import (
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
)

func TestPreviewIsThePublicRendering(t *testing.T) {
	s := newSite(t)
	path, form := draft(t, s)
	c := s.As(s.Users[access.Administrator])
	c.Multipart(path+"/edit", with(form, "do", "save", "description.uk", "<p>Опис</p><script>x</script>"), "", "", nil)
	page := c.Get(path + "/preview").Body.String()
	if !strings.Contains(page, "<p>Опис</p>") || strings.Contains(page, "<script>x") || !strings.Contains(page, "На зразку: Що на зразку") || strings.Contains(page, "Стара заява") || !strings.Contains(page, "Подано неповний перелік документів") {
		t.Error("the preview is not the card")
	}
}
