package law

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"portal.example/external-site/internal/address"
)

// mostHeadings is how many headings a list of contents has; of a longer text the articles, then the chapters, are left to their parts.
const mostHeadings = 150

// article is the number of an article in its heading.
var article = regexp.MustCompile(`^\p{L}+\s+(\d+(?:-\d+)*)`)

// newContents makes the list of contents out of all headings of a text; those of the part asked for are all kept.
func newContents(all []Heading, parts, part int) Contents {
	c := Contents{Parts: parts}
	name(all)
	for _, h := range all {
		if h.Part == part {
			c.Own = append(c.Own, h)
		}
	}
	for depth := deepest; depth > 0; depth-- {
		fewer := upTo(all, depth)
		if len(fewer) == 0 {
			break
		}
		c.Headings, c.Left = fewer, len(c.Own) > len(upTo(c.Own, depth))
		if len(fewer) <= mostHeadings {
			return c
		}
	}
	if len(c.Headings) > mostHeadings {
		c.Headings, c.Left = c.Headings[:mostHeadings], len(c.Own) > 0
	}
	return c
}

// deepest is the depth of articles.
const deepest = 5

func upTo(all []Heading, depth int) (list []Heading) {
	for _, h := range all {
		if h.Depth <= depth {
			list = append(list, h)
		}
	}
	return list
}

// name gives headings their anchors. The second article of a number in one part, as laws that change others have, is named by its place.
func name(all []Heading) {
	seen := map[string]bool{}
	for i, h := range all {
		anchor := "p-" + strconv.Itoa(h.At+1)
		if m := article.FindStringSubmatch(h.Text); h.Depth == deepest && m != nil && !seen[strconv.Itoa(h.Part)+" "+m[1]] {
			anchor = "article-" + m[1]
			seen[strconv.Itoa(h.Part)+" "+m[1]] = true
		}
		all[i].Anchor = anchor
	}
}

// Article says whether it is an article.
func (h Heading) Article() bool { return h.Depth == deepest }

// Paragraph is one of a part.
type Paragraph struct {
	Text   string
	Anchor string // "" where it is no heading
	Depth  int    // 0 where it is no heading
}

// longHeading is how many bytes of a heading are shown as one; an article whose words stand beside its number is a paragraph.
const longHeading = 400

// Heading says whether the paragraph is shown as a heading.
func (p Paragraph) Heading() bool { return p.Depth > 0 && len(p.Text) <= longHeading }

// paragraphs splits a part, and marks those that are headings.
func paragraphs(body string, own []Heading) []Paragraph {
	lines := strings.Split(body, "\n")
	list := make([]Paragraph, len(lines))
	for i, line := range lines {
		list[i].Text = line
	}
	for _, h := range own {
		if h.At < len(list) {
			list[h.At].Anchor, list[h.At].Depth = h.Anchor, h.Depth
		}
	}
	return list
}

// around sorts editions, the newest first, around a day.
func around(all []Edition, day time.Time) (e Editions) {
	for _, one := range all {
		switch {
		case one.InForceOn.After(day):
			e.Coming = append([]Edition{one}, e.Coming...)
		case e.Current == nil:
			e.Current = &one
		default:
			e.Earlier = append(e.Earlier, one)
		}
	}
	return e
}

// Path is the address of the act's page.
func (a Act) Path() string { return "/acts/" + a.ID.String() }

// Slug is the service's place in an address.
func (s Service) Slug() string { return address.Slug(s.Code) }
