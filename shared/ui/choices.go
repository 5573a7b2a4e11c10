package ui

import (
	"cmp"
	"html/template"
	"slices"
)

// Radios is a choice of one.
type Radios struct {
	IDPrefix     string // Name when empty
	Name         string
	Items        []Choice
	Value        string // the value of the item that is chosen
	Fieldset     *Fieldset
	Hint         *Hint
	ErrorMessage *ErrorMessage
	FormGroup    FormGroup
	Classes      string // govuk-radios--small, govuk-radios--inline
	Attributes   Attributes
}

// Checkboxes is a choice of any number.
type Checkboxes struct {
	IDPrefix     string // Name when empty
	Name         string
	Items        []Choice
	Values       []string // the values of the items that are chosen
	DescribedBy  string
	Fieldset     *Fieldset
	Hint         *Hint
	ErrorMessage *ErrorMessage
	FormGroup    FormGroup
	Classes      string
	Attributes   Attributes
}

// Choice is one item of Radios or Checkboxes; one with only a Divider is a word between items.
type Choice struct {
	Content
	ID          string
	Name        string // Checkboxes only: another name than the group's
	Value       string
	Label       ChoiceLabel
	Hint        *Hint
	Divider     string
	Checked     bool
	Conditional Conditional
	Behaviour   string // "exclusive": choosing it clears the others
	Disabled    bool
	Attributes  Attributes
}

// ChoiceLabel styles the label of a Choice.
type ChoiceLabel struct {
	Classes    string
	Attributes Attributes
}

// Conditional is what a Choice reveals when it is chosen.
type Conditional struct {
	HTML template.HTML
}

// choice is a Choice completed for its template.
type choice struct {
	Choice
	Kind          string // radios, checkboxes
	InputType     string
	ID            string
	Name          string
	ConditionalID string
	DescribedBy   string
	ItemLabel     Label
	ItemHint      *Hint
}

// group is Radios or Checkboxes completed for their template.
type group struct {
	field[any]
	Kind       string
	Items      []choice
	Fieldset   *Fieldset
	Classes    string
	Attributes Attributes
}

func newRadios(r Radios) group {
	g := group{Kind: "radios", Classes: r.Classes, Attributes: r.Attributes, Fieldset: r.Fieldset}
	prefix, described := cmp.Or(r.IDPrefix, r.Name), ""
	if r.Fieldset != nil {
		described = r.Fieldset.DescribedBy
	}
	g.field = newField[any](nil, prefix, "", described, Label{}, r.Hint, r.ErrorMessage, r.FormGroup)
	for i, item := range r.Items {
		item.Name = r.Name
		item.Checked = item.Checked || (r.Value != "" && item.Value == r.Value)
		g.Items = append(g.Items, newChoice(item, "radios", "radio", prefix, "", i))
	}
	return g
}

func newCheckboxes(b Checkboxes) group {
	g := group{Kind: "checkboxes", Classes: b.Classes, Attributes: b.Attributes, Fieldset: b.Fieldset}
	prefix, described := cmp.Or(b.IDPrefix, b.Name), b.DescribedBy
	if b.Fieldset != nil && b.Fieldset.DescribedBy != "" {
		described = b.Fieldset.DescribedBy
	}
	g.field = newField[any](nil, prefix, "", described, Label{}, b.Hint, b.ErrorMessage, b.FormGroup)
	itemDescribed := ""
	if b.Fieldset == nil {
		itemDescribed = g.DescribedBy
	}
	for i, item := range b.Items {
		item.Name = cmp.Or(item.Name, b.Name)
		item.Checked = item.Checked || slices.Contains(b.Values, item.Value)
		g.Items = append(g.Items, newChoice(item, "checkboxes", "checkbox", prefix, itemDescribed, i))
	}
	return g
}

func newChoice(item Choice, kind, input, prefix, describedBy string, index int) choice {
	id := itemID(item.ID, prefix, index)
	c := choice{Choice: item, Kind: kind, InputType: input, ID: id, Name: item.Name, ConditionalID: "conditional-" + id}
	c.DescribedBy = describedBy
	c.ItemLabel = Label{
		Content: item.Content, For: id, Attributes: item.Label.Attributes,
		Classes: join("govuk-"+kind+"__label", item.Label.Classes),
	}
	if item.Hint != nil && !item.Hint.Empty() {
		hint := *item.Hint
		hint.ID = id + "-item-hint"
		hint.Classes = join("govuk-"+kind+"__hint", hint.Classes)
		c.ItemHint, c.DescribedBy = &hint, join(describedBy, hint.ID)
	}
	return c
}
