package ui

import "regexp"

// SummaryList shows facts as names and values, with links that change them.
type SummaryList struct {
	Rows       []SummaryRow
	Card       *SummaryCard
	Classes    string // govuk-summary-list--no-border
	Attributes Attributes
}

// SummaryRow is one fact.
type SummaryRow struct {
	Classes string
	Key     SummaryText
	Value   SummaryText
	Actions SummaryActions
}

// SummaryText is the name or the value of a fact.
type SummaryText struct {
	Content
	Classes string
}

// SummaryActions are the links beside a fact or a card's title.
type SummaryActions struct {
	Items   []SummaryAction
	Classes string
}

// SummaryAction is one of them; VisuallyHiddenText says what it changes to those who cannot see the row.
type SummaryAction struct {
	Content
	Href               string
	VisuallyHiddenText string
	Classes            string
	Attributes         Attributes
}

// SummaryCard is a frame with a title around a SummaryList.
type SummaryCard struct {
	Title      *SummaryTitle
	Actions    SummaryActions
	Classes    string
	Attributes Attributes
}

// SummaryTitle is the title of a SummaryCard.
type SummaryTitle struct {
	Content
	HeadingLevel int // 2 when zero
	Classes      string
}

// Level is HeadingLevel with its default.
func (t SummaryTitle) Level() int {
	if t.HeadingLevel == 0 {
		return 2
	}
	return t.HeadingLevel
}

// HasActions says whether any row has a link.
func (s SummaryList) HasActions() bool {
	for _, row := range s.Rows {
		if len(row.Actions.Items) > 0 {
			return true
		}
	}
	return false
}

// Table shows data in rows and columns.
type Table struct {
	Caption           string
	CaptionClasses    string
	Head              []Cell
	Rows              [][]Cell
	RowAttributes     []Attributes // of the rows, by their place
	Foot              [][]Cell
	FirstCellIsHeader bool
	Stack             bool // on a phone every row becomes a card
	Classes           string
	Attributes        Attributes
}

// Role is the ARIA role of a part of a stacked table, which browsers no longer see as a table.
func (t Table) Role(role string) string {
	if t.Stack {
		return role
	}
	return ""
}

// Label is the name of the column with the number, for the cells of a stacked table.
func (t Table) Label(column int) string {
	if !t.Stack || column >= len(t.Head) {
		return ""
	}
	return tags.ReplaceAllString(string(show(t.Head[column].Content)), "")
}

// AttributesOf are the attributes of the row with the number.
func (t Table) AttributesOf(row int) Attributes {
	if row >= len(t.RowAttributes) {
		return nil
	}
	return t.RowAttributes[row]
}

var tags = regexp.MustCompile(`<[^>]*>`)

// Cell is one cell of a Table.
type Cell struct {
	Content
	Format     string // "numeric" aligns to the right
	Header     bool   // names its row
	Classes    string
	Colspan    int
	Rowspan    int
	Attributes Attributes
}
