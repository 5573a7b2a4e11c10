package ui

import (
	"html/template"
	"time"
)

// moj are the components of the Ministry of Justice.
func (c *Components) moj() template.FuncMap {
	return template.FuncMap{
		"mojAlert":             prepared(c, "moj-alert", c.newAlert),
		"mojBadge":             plain[Badge](c, "moj-badge"),
		"mojFilter":            plain[Filter](c, "moj-filter"),
		"mojIdentityBar":       plain[IdentityBar](c, "moj-identity-bar"),
		"mojPageHeaderActions": plain[PageHeaderActions](c, "moj-page-header-actions"),
		"mojSearch":            plain[Search](c, "moj-search"),
		"mojSideNavigation":    plain[SideNavigation](c, "moj-side-navigation"),
		"mojSortableTable":     prepared(c, "table", sortable),
		"mojSubNavigation":     plain[SubNavigation](c, "moj-sub-navigation"),
		"mojTimeline":          plain[Timeline](c, "moj-timeline"),
	}
}

// Badge is a small word in a frame: a mark on a record, weaker than a Tag.
type Badge struct {
	Content
	Classes    string // moj-badge--red, --green, --grey, --large …
	Attributes Attributes
}

// Filter is the column beside a list in which the list is narrowed. It stands inside a form with GET.
type Filter struct {
	Heading     string
	Selected    *FilterSelected
	SubmitText  string
	OptionsHTML template.HTML // the controls, rendered; see concat
	Attributes  Attributes
}

// FilterSelected shows what the list is narrowed by now.
type FilterSelected struct {
	Heading    string
	ClearHref  string
	ClearText  string
	Categories []FilterCategory
}

// FilterCategory is one thing to narrow by and its values, each a link that takes the value away.
type FilterCategory struct {
	Heading string
	Items   []Link
}

// IdentityBar says whose record a page shows, above its heading.
type IdentityBar struct {
	Title      Content
	Buttons    []Button
	Classes    string
	Attributes Attributes
}

// PageHeaderActions is a heading with the page's actions beside it.
type PageHeaderActions struct {
	Heading    PageHeading
	Items      []Button
	Classes    string
	Attributes Attributes
}

// PageHeading is the heading of PageHeaderActions.
type PageHeading struct {
	Content
	HeadingLevel int    // 1 when zero
	Classes      string // govuk-heading-l when empty
}

// Level is HeadingLevel with its default.
func (h PageHeading) Level() int { return max(h.HeadingLevel, 1) }

// Search is a box to search in, a form of its own with GET.
type Search struct {
	Action     string
	Input      Input // Name "q" and Type "search" when empty
	ButtonText string
	Hidden     []Hidden // what else the address says
	Stacked    bool
	Classes    string
	Attributes Attributes
}

// Hidden is a value that a form carries along.
type Hidden struct{ Name, Value string }

// Field is the input with the button beside it.
func (s Search) Field(button template.HTML) Input {
	in := s.Input
	if in.Name == "" {
		in.Name = "q"
	}
	if in.Type == "" {
		in.Type = "search"
	}
	in.Classes = join("moj-search__input", in.Classes)
	in.Label.Classes = join("moj-search__label", in.Label.Classes)
	if in.Hint != nil {
		hint := *in.Hint
		hint.Classes = join("moj-search__hint", hint.Classes)
		in.Hint = &hint
	}
	in.InputWrapper.Classes = "moj-search__input-wrapper"
	if !s.Stacked {
		in.FormGroup.AfterInput = Content{HTML: button}
	}
	return in
}

// Button is the button that searches.
func (s Search) Button(text string) Button {
	return Button{Content: Content{Text: text}, Classes: "moj-search__button"}
}

// SubNavigation leads between the pages of one record.
type SubNavigation struct {
	Items      []SubNavigationItem
	Label      string
	Classes    string
	Attributes Attributes
}

// SubNavigationItem is one of them.
type SubNavigationItem struct {
	Content
	Href       string
	Active     bool
	Attributes Attributes
}

// SideNavigation leads between the pages of a section, in a column.
type SideNavigation struct {
	Sections   []SideNavigationSection
	Label      string
	Classes    string
	Attributes Attributes
}

// SideNavigationSection is a group of pages; the heading may be empty.
type SideNavigationSection struct {
	Heading      Content
	HeadingLevel int // 2 when zero
	Items        []SubNavigationItem
}

// Level is HeadingLevel with its default.
func (s SideNavigationSection) Level() int {
	if s.HeadingLevel == 0 {
		return 2
	}
	return s.HeadingLevel
}

// Timeline shows what happened, the newest first.
type Timeline struct {
	Items        []TimelineItem
	HeadingLevel int // 2 when zero
	Classes      string
	Attributes   Attributes
}

// Level is HeadingLevel with its default.
func (t Timeline) Level() int {
	if t.HeadingLevel == 0 {
		return 2
	}
	return t.HeadingLevel
}

// TimelineItem is one event.
type TimelineItem struct {
	Content            // what happened, at length
	Label      Content // what happened, in a few words
	Byline     string  // who did it, may be empty
	At         time.Time
	Classes    string
	Attributes Attributes
}

// Alert is a message within a page: information, success, warning or error.
type Alert struct {
	Content
	Title              string
	Variant            string // "information" when empty
	ShowTitleAsHeading bool
	HeadingLevel       int    // 2 when zero
	Role               string // "region" when empty
	Classes            string
	Attributes         Attributes
}

type alert struct {
	Alert
	Heading Content
	Word    string
	Level   int
}

func (c *Components) newAlert(a Alert) alert {
	switch a.Variant {
	case "success", "warning", "error":
	default:
		a.Variant = "information"
	}
	if a.Role == "" {
		a.Role = "region"
	}
	level := a.HeadingLevel
	if level == 0 {
		level = 2
	}
	return alert{
		Alert: a, Heading: Content{Text: a.Title}, Level: level,
		Word: c.printer.T("ui.alert." + a.Variant),
	}
}

// sortable marks a table for the script that sorts it in the browser: only for short tables that are
// whole on one page. Cells of the head that can be sorted by carry aria-sort (see SortHead).
func sortable(t Table) Table {
	changed, err := withAttribute("data-module", "moj-sortable-table", t)
	if err != nil {
		return t // a Table always takes attributes
	}
	return changed.(Table)
}

// SortHead is a cell of the head that sorts the list when it is followed: long lists are sorted by the
// server. order is "ascending", "descending" or "none".
func SortHead(text, href, order string) Cell {
	link := `<a class="portal-sort" href="` + template.HTMLEscapeString(href) + `">` + template.HTMLEscapeString(text) + `</a>`
	return Cell{
		Content:    Content{HTML: template.HTML(link)}, // #nosec G203 -- escaped
		Attributes: Attributes{"aria-sort": order},
	}
}
