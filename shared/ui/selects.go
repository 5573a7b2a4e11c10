package ui

// Select is a choice of one from a drop-down list.
type Select struct {
	ID           string
	Name         string
	Items        []SelectItem
	Value        string // the value of the item that is chosen
	Disabled     bool
	DescribedBy  string
	Label        Label
	Hint         *Hint
	ErrorMessage *ErrorMessage
	FormGroup    FormGroup
	Classes      string
	Attributes   Attributes
}

// SelectItem is one line of a Select.
type SelectItem struct {
	Value      string
	Text       string
	Selected   bool
	Disabled   bool
	Attributes Attributes
}

func newSelect(s Select) field[Select] {
	items := make([]SelectItem, len(s.Items))
	for i, item := range s.Items {
		item.Selected = item.Selected || (s.Value != "" && item.Value == s.Value)
		items[i] = item
	}
	s.Items = items
	return newField(s, s.ID, s.Name, s.DescribedBy, s.Label, s.Hint, s.ErrorMessage, s.FormGroup)
}
