package ui

import (
	"strings"
	"testing"
)

// A key is shown to those who see, said to those who hear, and named once; without one nothing changes.
func TestKeysStandBesideWhatTheyPress(t *testing.T) {
	plain := Button{Content: Content{Text: "Зберегти <все>"}, Attributes: Attributes{"id": "x"}}
	same, err := withKey("", plain)
	if b, ok := same.(Button); err != nil || !ok || b.Text != plain.Text || b.HTML != "" || len(b.Attributes) != 1 {
		t.Errorf("%+v, %v", same, err)
	}
	made, err := withKey("E", plain)
	b, ok := made.(Button)
	if err != nil || !ok || b.Attributes["data-portal-key"] != "E" || b.Attributes["id"] != "x" || len(plain.Attributes) != 1 {
		t.Errorf("%+v, %v", made, err)
	}
	if want := `Зберегти &lt;все&gt; <kbd class="portal-key portal-key--alone" aria-hidden="true">E</kbd>`; string(b.HTML) != want {
		t.Errorf("%s", b.HTML)
	}
	made, _ = withKey("Ctrl+Enter", plain)
	if b := made.(Button); b.Attributes["aria-keyshortcuts"] != "Control+Enter" || !strings.HasSuffix(string(b.HTML), `<kbd class="portal-key" aria-hidden="true">Ctrl Enter</kbd>`) {
		t.Errorf("%+v", b)
	}
	if _, err := withKey("E", Input{}); err == nil {
		t.Error("a field is pressed")
	}
	if pressedBy("") != "" || keyCap("") != "" || string(pressedBy("R")) != ` data-portal-key="R" aria-keyshortcuts="R"` {
		t.Errorf("%q %q", pressedBy("R"), keyCap(""))
	}
}
