package meta_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"portal.example/external-site/internal/web/meta"
)

func TestDescriptionEndsWithAWord(t *testing.T) {
	if got := meta.New("", " Житлова\n субсидія ", "").Description; got != "Житлова субсидія" {
		t.Errorf("%q", got)
	}
	long := meta.New("", strings.Repeat("субсидія ", 40), "").Description
	if utf8.RuneCountInString(long) > 201 || !strings.HasSuffix(long, "субсидія…") {
		t.Errorf("%d letters: %q", utf8.RuneCountInString(long), long)
	}
	if word := meta.New("", strings.Repeat("ї", 300), "").Description; !utf8.ValidString(word) || utf8.RuneCountInString(word) != 201 {
		t.Errorf("one long word: %d letters", utf8.RuneCountInString(word))
	}
}
