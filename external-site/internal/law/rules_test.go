package law

import (
	"fmt"
	"testing"
	"time"
)

// code is the headings of a text with chapters and articles, so many of each in a part.
func code(chapters, articles, ofPart int) (all []Heading) {
	add := func(depth int, text string) {
		all = append(all, Heading{Part: len(all)/ofPart + 1, At: len(all) % ofPart, Depth: depth, Text: text})
	}
	for c := range chapters {
		add(3, fmt.Sprintf("Глава %d", c+1))
		for a := range articles {
			add(deepest, fmt.Sprintf("Стаття %d-%d. Про щось", c+1, a+1))
		}
	}
	return all
}

func TestContentsAreBounded(t *testing.T) {
	for _, c := range []struct {
		chapters, articles, whole int
		left                      bool
	}{{3, 5, 18, false}, {10, 14, 150, false}, {20, 20, 20, true}, {400, 10, mostHeadings, true}, {0, 0, 0, false}} {
		got := newContents(code(c.chapters, c.articles, 30), 9, 1)
		if len(got.Headings) != c.whole || got.Left != c.left || got.Parts != 9 || len(got.Own) != min(30, c.chapters*(c.articles+1)) {
			t.Errorf("%d chapters of %d articles: %d headings, %d of the part, left %v", c.chapters, c.articles, len(got.Headings), len(got.Own), got.Left)
		}
	}
}

func TestAnchors(t *testing.T) {
	all := []Heading{
		{Part: 1, At: 0, Depth: 2, Text: "Розділ 1. Щось"},
		{Part: 1, At: 2, Depth: 5, Text: "Стаття 12-1. Строк"},
		{Part: 1, At: 5, Depth: 5, Text: "Стаття 12-1. Зміни до неї"},
		{Part: 2, At: 0, Depth: 5, Text: "СТАТТЯ 12-1"},
		{Part: 2, At: 4, Depth: 5, Text: "Стаття без числа"},
	}
	c := newContents(all, 2, 2)
	for i, want := range []string{"p-1", "article-12-1", "p-6", "article-12-1", "p-5"} {
		if c.Headings[i].Anchor != want {
			t.Errorf("%q is #%s, want #%s", c.Headings[i].Text, c.Headings[i].Anchor, want)
		}
	}
	list := paragraphs("СТАТТЯ 12-1\nа\nб", append(c.Own, Heading{At: 99, Depth: 5}))
	if len(list) != 3 || list[0].Anchor != "article-12-1" || !list[0].Heading() || list[1].Anchor != "" || list[1].Heading() {
		t.Errorf("%+v", list)
	}
}

func TestAround(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, 11, d, 0, 0, 0, 0, time.UTC) }
	all := []Edition{{InForceOn: day(30)}, {InForceOn: day(20)}, {InForceOn: day(10)}, {InForceOn: day(5)}}
	e := around(all, day(10))
	if e.Current == nil || !e.Current.InForceOn.Equal(day(10)) || len(e.Coming) != 2 || !e.Coming[0].InForceOn.Equal(day(20)) || len(e.Earlier) != 1 {
		t.Errorf("%+v", e)
	}
	if e = around(all, day(1)); e.Current != nil || len(e.Coming) != 4 {
		t.Errorf("%+v", e)
	}
}
