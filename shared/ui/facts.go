package ui

import (
	"html/template"
	"strings"

	"portal.example/shared/locale"
)

// facts is the pattern for what is known of a record: a SummaryList of the facts that have a value, so that a
// page lists them all and needs no condition around each.
//
//	{{facts (fact (t "cases.centre") (text .Centre)) (fact (t "cases.phone") (telLink .Phone)) | govukSummaryList}}
//
// Where a missing value should be said, the page says it: (fact (t "…") (or .Name (t "cases.nobody"))).
func facts(rows ...SummaryRow) SummaryList {
	list := SummaryList{Classes: "portal-facts"}
	for _, row := range rows {
		if !row.Value.Empty() {
			list.Rows = append(list.Rows, row)
		}
	}
	return list
}

// fact is a row of facts. Lines of a text stay lines; HTML is shown as it is, nil is no value.
func fact(key string, value any) SummaryRow {
	row := NewRow(key, value)
	if row.Value.HTML == "" {
		row.Value.Classes = "portal-lines"
	}
	return row
}

// addFact adds a fact to facts, for as many as a record happens to have:
//
//	{{$list := facts}}{{range .Answers}}{{$list = addFact .Label .Value $list}}{{end}}
func addFact(key string, value any, list SummaryList) SummaryList {
	if row := fact(key, value); !row.Value.Empty() {
		list.Rows = append(list.Rows[:len(list.Rows):len(list.Rows)], row)
	}
	return list
}

// links are the values of facts that lead somewhere; without an address they are empty.
func (c *Components) links() template.FuncMap {
	return template.FuncMap{
		"link":     link,
		"linked":   linked,
		"telLink":  func(number string) template.HTML { return link(string(telURL(number)), number) },
		"mailLink": func(address string) template.HTML { return link("mailto:"+address, address) },
		"siteLink": siteLink,
		"telLinks": telLinks,
		"telLinksOf": func(owner locale.Text, numbers []string) template.HTML {
			return telLinksOf(c.text(owner), numbers)
		},
		"lineList": lineList,
	}
}

func link(href, text string) template.HTML {
	if text == "" || href == "" {
		return ""
	}
	return template.HTML(`<a class="govuk-link" href="` + template.HTMLEscapeString(href) + `">` + // #nosec G203 -- escaped
		template.HTMLEscapeString(text) + `</a>`)
}

// linked is a name that leads somewhere, or the name alone without an address.
func linked(href string, name template.HTML) template.HTML {
	if href == "" || name == "" {
		return name
	}
	return template.HTML(`<a class="govuk-link" href="`+template.HTMLEscapeString(href)+`">`) + name + "</a>" // #nosec G203 -- escaped
}

// siteLink leads to another site, which is not told where the reader comes from. Only web addresses are links.
func siteLink(address string) template.HTML {
	if !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://") {
		return template.HTML(template.HTMLEscapeString(address)) // #nosec G203 -- escaped
	}
	escaped := template.HTMLEscapeString(address)
	return template.HTML(`<a class="govuk-link portal-address" href="` + escaped + `" rel="noreferrer">` + escaped + `</a>`) // #nosec G203 -- escaped
}

func telLinks(numbers []string) template.HTML {
	list := make([]template.HTML, len(numbers))
	for i, n := range numbers {
		list[i] = link(string(telURL(n)), n)
	}
	return lineList(list...)
}

// telLinksOf are telephones on a page that has those of several owners: whoever goes from link to link hears whose each
// is.
func telLinksOf(owner template.HTML, numbers []string) template.HTML {
	list := make([]template.HTML, len(numbers))
	for i, n := range numbers {
		list[i] = template.HTML(`<a class="govuk-link" href="` + template.HTMLEscapeString(string(telURL(n))) + `">` + // #nosec G203 -- escaped
			`<span class="govuk-visually-hidden">` + string(owner) + `: </span>` + template.HTMLEscapeString(n) + `</a>`)
	}
	return lineList(list...)
}

// lineList puts values under one another, leaving out empty ones.
func lineList(values ...template.HTML) template.HTML {
	var lines []string
	for _, v := range values {
		if v != "" {
			lines = append(lines, string(v))
		}
	}
	return template.HTML(strings.Join(lines, "<br>")) // #nosec G203 -- every value is HTML
}
