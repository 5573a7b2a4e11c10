package ui

import (
	"strings"
	"testing"

	"portal.example/shared/ui/uitest"
)

func TestUkrainianIsMarked(t *testing.T) {
	for page, want := range map[string]string{
		`<p>Applicant: Криницевод К. М., by phone</p>`:                 `<p>Applicant: <span lang="uk">Криницевод К. М</span>., by phone</p>`,
		`<p>вул. Нова, 1</p>`:                                          `<p><span lang="uk">вул. Нова</span>, 1</p>`,
		`<p>ТОВ &#34;Лан&#34; &amp; син</p>`:                           `<p><span lang="uk">ТОВ &#34;Лан&#34; &amp; син</span></p>`,
		`<p lang="uk">Так <b>само</b></p><p>Ні</p>`:                    `<p lang="uk">Так <b>само</b></p><p><span lang="uk">Ні</span></p>`,
		`<li><a href="/x" lang="uk">Їжак</a> fine`:                     `<li><a href="/x" lang="uk">Їжак</a> fine`,
		`<div lang="uk">Так <i lang="en">so Так</i> ні<br>ще</div>`:    `<div lang="uk">Так <i lang="en">so <span lang="uk">Так</span></i> ні<br>ще</div>`,
		`<select><option value="1">Їжакодар (1)</option></select>`:     `<select><option value="1" lang="uk">Їжакодар (1)</option></select>`,
		`<textarea name="a">Нотатка</textarea>`:                        `<textarea name="a" lang="uk">Нотатка</textarea>`,
		`<title>Case of Ґава – Administrative services portal</title>`: `<title>Case of Ґава – Administrative services portal</title>`,
		`<input name="a" value="Ґава"><input type="hidden" value="Ґ">`: `<input name="a" value="Ґава" lang="uk"><input type="hidden" value="Ґ">`,
		`<script>"Ґ"</script><!-- Ґ --><p>Tax number (РНОКПП)</p>`:     `<script>"Ґ"</script><!-- Ґ --><p>Tax number (<span lang="uk">РНОКПП</span>)</p>`,
		`<p>Only English &lt;b&gt;</p>`:                                `<p>Only English &lt;b&gt;</p>`,
	} {
		got := string(markUkrainian([]byte(page)))
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", page, got, want)
		}
		if again := string(markUkrainian([]byte(got))); again != got {
			t.Errorf("marked twice: %s", again)
		}
	}
}

// A reviewer of pages sees what the marks are for: the same page without them has faults.
func TestUnmarkedUkrainianIsAFault(t *testing.T) {
	const page = `<!DOCTYPE html><html lang="en"><head><title>Case</title></head><body><main id="main-content"><h1>Case</h1>` +
		`<p>Ґава</p><textarea aria-label="x">Нотатка</textarea></main></body></html>`
	if got := uitest.Unmarked(page); len(got) != 2 {
		t.Errorf("%q, want two faults", got)
	}
	if got := uitest.Unmarked(string(markUkrainian([]byte(page)))); len(got) != 0 {
		t.Errorf("marked page: %q", got)
	}
	if got := uitest.Unmarked(strings.Replace(page, `lang="en"`, `lang="uk"`, 1)); len(got) != 0 {
		t.Errorf("Ukrainian page: %q", got)
	}
}
