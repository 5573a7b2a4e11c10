package ui_test

import (
	"strings"
	"testing"

	"portal.example/shared/ui"
)

// The picture says what it is, escapes its title, and has the quiet zone that readers of codes need.
func TestQR(t *testing.T) {
	svg, err := ui.QR("otpauth://totp/x?secret=ABC", `<"код">`)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`role="img"`, "<title>&lt;&#34;код&#34;&gt;</title>", `d="M4 4h7v1h-7z`} { // the corner of the finder pattern
		if !strings.Contains(string(svg), want) {
			t.Errorf("the picture lacks %s", want)
		}
	}
	if _, err := ui.QR(strings.Repeat("x", 5000), ""); err == nil {
		t.Error("more than a code holds")
	}
}
