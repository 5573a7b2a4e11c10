package cabinet_test

import (
	"net/http"
	"testing"

	"github.com/google/uuid"

	"portal.example/external-site/internal/web/webtest"
	"portal.example/shared/contract"
)

// The link in a letter works for whoever reads the address, and for nothing but a whole word of it.
func TestLettersAreStopped(t *testing.T) {
	p := openTown(t)
	word := contract.NewStop()
	webtest.Contains(t, p.Page(told+"/stop/"+word), "Не надсилати")
	p.posted(http.StatusSeeOther, told+"/stop/"+word)
	if f := p.fetched(); f.Stop != word || f.FollowerID != uuid.Nil {
		t.Errorf("the inside gets %+v", f)
	}
	webtest.Contains(t, p.Page("/cabinet"), "більше не буде")
	if w := p.Get(told + "/stop/" + word[:20]); w.Code != http.StatusNotFound {
		t.Errorf("half a word: %d", w.Code)
	}
}
