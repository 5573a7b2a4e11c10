package uitest_test

import (
	"slices"
	"testing"

	"portal.example/shared/ui/uitest"
)

func TestProblems(t *testing.T) {
	const page = `<!DOCTYPE html><html><head><title>x</title><style>p{}</style></head><body onload="x()">
<main><h1>a</h1><h3>b</h3><a href="#gone">go</a><a href="/x"></a><img src="/i.png"><input id="n" name="n">
<p id="p">1</p><p id="p" aria-describedby="nobody">2</p><script>1</script></main></body></html>`
	want := []string{
		`<body> with onload: the content security policy blocks it`, `<h3> "b" follows <h1>`, `<html> without lang`,
		`<img> without alt`, `<input name="n"> without a label`, `<script> inside the page`, `<style> inside the page`,
		`aria-describedby="nobody" leads nowhere`, `id "p" stands 2 times`, `link to "/x" without text`,
		`link to #gone leads nowhere`, `no #main-content for the skip link`,
	}
	if got := uitest.Problems(page); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}
