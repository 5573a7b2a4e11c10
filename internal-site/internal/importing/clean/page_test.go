package clean_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"portal.example/internal-site/internal/importing/clean"
)

func page(t *testing.T, raw string, o clean.Options) clean.Page {
	t.Helper()
	p, err := clean.HTML(raw, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestHTML(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"document", "\ufeff\n <!DOCTYPE html><html><head lang=\"ru\"><meta charset=utf-8></head><body>\n<p>Текст</p></body></html>", "<p>Текст</p>"},
		{"heading levels", "<h1>А</h1><p>б</p><h4>В</h4><p>г</p>", "<h3>А</h3>\n<p>б</p>\n<h4>В</h4>\n<p>г</p>"},
		{"deeper heading first", "<h4>А</h4><p>б</p><h3>В</h3><p>г</p>", "<h3>А</h3>\n<p>б</p>\n<h3>В</h3>\n<p>г</p>"},
		{"script and style", "<style>p{}</style><p>Текст</p><script>alert(1)</script><noscript>Увімкніть</noscript>", "<p>Текст</p>"},
		{"form and image", `<form action=x><input name=y>Ім’я</form><p><img src=x onerror=alert(1)>Текст</p>`, "<p>Текст</p>"},
		{"attributes", `<p class=x style="color:red" onclick="alert(1)" lang=ru><font color=red>Те</font>кст</p>`, "<p>Текст</p>"},
		{"text in blocks of its own", "<div>Раз<div>Два</div>Три</div>", "<p>Раз</p>\n<p>Два</p>\n<p>Три</p>"},
		{"list inside paragraph", "<p>Треба:<ul><li>паспорт</li></ul></p>", "<p>Треба:</p>\n<ul><li>паспорт</li></ul>"},
		{"items without list", "<h3>К</h3><li>раз;</li><li>два</li>", "<h3>К</h3>\n<ul><li>раз;</li><li>два</li></ul>"},
		{"text between items", "<ul><li>раз;</li>або<li>два</li></ul>", "<ul><li>раз; або</li><li>два</li></ul>"},
		{"list in a list", "<ol><li>раз<ul><li>а</li></ul></li></ol>", "<ol><li>раз<ul><li>а</li></ul></li></ol>"},
		{"empty things", "<p><br></p><p>&nbsp;</p><ul><li></li></ul><h3> </h3><p>Є<b></b></p>", "<p>Є</p>"},
		{"line breaks", "<p><br>а<br><br/>\n<br>б<br></p>", "<p>а<br/>б</p>"},
		{"emphasis", "<p><b>а</b> <i>б</i> <u>в</u></p>", "<p><strong>а</strong> <em>б</em> в</p>"},
		{"table", `<table><tr><th>а</th><td colspan=2 width=9>б</td></tr></table>`, `<table><tbody><tr><th>а</th><td colspan="2">б</td></tr></tbody></table>`},
		{"letters", "<p>Оберiть свiй регiон</p>", "<p>Оберіть свій регіон</p>"},
		{"link", `<p><a href=" https://example.org/a?b=c&d=e " target=_blank>тут</a></p>`, `<p><a href="https://example.org/a?b=c&amp;d=e" rel="nofollow noreferrer">тут</a></p>`},
		{"mail and telephone", `<p><a href="mailto:a@b.ua">а</a> <a href="tel:+380441234567">б</a></p>`, `<p><a href="mailto:a@b.ua" rel="nofollow noreferrer">а</a> <a href="tel:+380441234567" rel="nofollow noreferrer">б</a></p>`},
		{"link without scheme", `<p><a href="goo.gl/x">тут</a></p>`, `<p><a href="https://goo.gl/x" rel="nofollow noreferrer">тут</a></p>`},
		{"bad links", `<p><a href="javascript:alert(1)">а</a> <a href="htth3s://x.ua">б</a> <a href="#n">в</a> <a href="/x">г</a> <a>ґ</a> <a href="data:text/html,x">д</a></p>`, "<p>а б в г ґ д</p>"},
		{"hidden scheme", "<p><a href=\"java\tscript:alert(1)\">а</a></p>", "<p>а</p>"},
		{"text that looks like a tag", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"},
		{"nothing", " \n", ""},
	} {
		p := page(t, c.in, clean.Options{})
		if p.HTML != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, p.HTML, c.want)
		}
		if again := page(t, p.HTML, clean.Options{}); again.HTML != p.HTML {
			t.Errorf("%s, cleaned twice:\n%s", c.name, again.HTML)
		}
	}
}

func TestHTMLAccount(t *testing.T) {
	p := page(t, "\ufeff\ufeff<head><style></style></head><p>Реєстрацiя<script></script> <a href=goo.gl/x>а</a> <a href=htth3s://y>б</a></p>", clean.Options{})
	if p.DroppedNames() != "script 1, style 1" || p.Marks != 2 || p.Words != 1 ||
		!slices.Equal(p.Repaired, []clean.Change{{"goo.gl/x", "https://goo.gl/x"}}) || !slices.Equal(p.Unlinked, []string{"htth3s://y"}) {
		t.Errorf("%+v", p)
	}
}

func TestClaimedLinksLeaveThePage(t *testing.T) {
	in := `<h3>Закони:</h3><h4>Закони України:</h4><p><a href="https://z.ua/1">«Перший»</a></p><p>Див. <a href="https://z.ua/2">другий</a></p>
		<h4>Постанови:</h4><ul><li><a href="https://z.ua/3">Третя</a>;</li></ul>`
	var links []clean.Link
	p := page(t, in, clean.Options{Claim: func(l clean.Link) bool { links = append(links, l); return true }})
	want := `<h3>Закони:</h3>` + "\n" + `<h4>Закони України:</h4>` + "\n" + `<p>Див. <a href="https://z.ua/2" rel="nofollow noreferrer">другий</a></p>`
	if p.HTML != want {
		t.Errorf("%s\nwant\n%s", p.HTML, want)
	}
	if len(links) != 3 || links[2] != (clean.Link{URL: "https://z.ua/3", Text: "Третя", Heading: "Постанови:"}) {
		t.Errorf("%+v", links)
	}
}

func TestHTMLRefuses(t *testing.T) {
	for name, raw := range map[string]string{
		"too large": strings.Repeat("а", clean.MaxPage),
		"too deep":  strings.Repeat("<div>", 5000),
	} {
		if _, err := clean.HTML(raw, clean.Options{}); err == nil {
			t.Error(name + " passed")
		}
	}
}

// TestRealPages: every page of the real catalogue comes out clean, and cleaning it again changes nothing.
func TestRealPages(t *testing.T) {
	files, err := filepath.Glob("../../../../../shared/data/igov/*/*.html")
	if err != nil || len(files) == 0 {
		t.Skip("../shared/data/igov is absent")
	}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if !utf8.Valid(raw) { // one page was saved in windows-1251
			if raw, err = charmap.Windows1251.NewDecoder().Bytes(raw); err != nil {
				t.Fatal(err)
			}
		}
		p := page(t, string(raw), clean.Options{})
		if p.HTML == "" {
			t.Errorf("%s: nothing is left", f)
		}
		if again := page(t, p.HTML, clean.Options{}); again.HTML != p.HTML {
			t.Errorf("%s, cleaned twice, differs", f)
		}
	}
}

// FuzzHTML: whatever comes in, what comes out passes the policy unchanged.
func FuzzHTML(f *testing.F) {
	f.Add("<p>Текст<script>alert(1)</script>")
	f.Add("<ul>або<p><li><table><td><a href=javascript:x>y</a>")
	f.Add("<svg><style><img src=x onerror=y></style></svg><math><mtext></p>")
	f.Fuzz(func(t *testing.T, raw string) {
		p, err := clean.HTML(raw, clean.Options{Claim: func(l clean.Link) bool { return len(l.Text)%2 == 0 }})
		if err != nil {
			return
		}
		if safe := clean.Policy().Sanitize(p.HTML); safe != p.HTML {
			t.Errorf("%q became %q, which the policy makes %q", raw, p.HTML, safe)
		}
		if strings.Contains(p.HTML, "claimed") && !strings.Contains(raw, "claimed") {
			t.Errorf("%q: a mark was left in %q", raw, p.HTML)
		}
	})
}
