package reception_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

func TestPartsOfAHall(t *testing.T) {
	s := newHall(t)
	head := s.As(s.Users[access.CentreHead])
	for part, tt := range map[string]struct {
		wrong  url.Values
		says   string
		right  url.Values
		exists uuid.UUID
		shows  string
	}{
		"groups": {
			url.Values{"name.uk": {"Паспорти"}, "letter": {"А"}, "minutes": {"10"}},
			"Цю літеру вже має інша група",
			url.Values{"name.uk": {"Паспорти"}, "letter": {"В"}, "minutes": {"10"}},
			s.group, "Довідки &lt;i&gt;",
		},
		"windows": {
			url.Values{"number": {"1"}, "groups": {s.group.String()}},
			"Вікно з таким номером уже є",
			url.Values{"number": {"3"}, "groups": {s.group.String()}},
			s.window, `value="1"`,
		},
		"priorities": {url.Values{}, "Зазначте назву", url.Values{"name.uk": {"Вагітні"}}, s.reason, "Ветерани війни"},
	} {
		t.Run(part, func(t *testing.T) {
			address := s.path("/offer/" + part + "/")
			webtest.Shows(t, head.Get(address+tt.exists.String()), http.StatusOK, tt.shows)
			if w := head.Get(address + uuid.NewString()); w.Code != http.StatusNotFound {
				t.Errorf("a part that is none: %d", w.Code)
			}
			version := field(t, head.Get(address+"new"), "version")
			tt.wrong.Set("version", version)
			webtest.Shows(t, head.Post(address+"new", tt.wrong), http.StatusUnprocessableEntity, tt.says)
			tt.right.Set("version", version)
			if w := head.Post(address+"new", tt.right); w.Code != http.StatusSeeOther {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			stale := head.Post(address+tt.exists.String(), tt.right)
			webtest.Shows(t, stale, http.StatusConflict, "Хтось щойно змінив")
			if field(t, stale, "version") == version {
				t.Error("what was typed cannot be saved over what is there now")
			}
		})
	}
}
