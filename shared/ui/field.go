package ui

import "strconv"

// Label names a form control.
type Label struct {
	Content
	For           string
	Classes       string
	IsPageHeading bool
	Attributes    Attributes
}

// Hint helps to fill in a form control.
type Hint struct {
	Content
	ID         string
	Classes    string
	Attributes Attributes
}

// ErrorMessage says what is wrong with a form control.
type ErrorMessage struct {
	Content
	ID                 string
	Classes            string
	VisuallyHiddenText Prefix
	Attributes         Attributes
}

// Prefix is a hidden word before a text: the zero value stands for the component's own, NoPrefix for none.
type Prefix string

// NoPrefix leaves the hidden word out.
const NoPrefix Prefix = "-"

// Fieldset groups form controls under a legend. HTML holds the controls, already rendered.
type Fieldset struct {
	Content
	DescribedBy string
	Legend      Legend
	Classes     string
	Role        string
	Attributes  Attributes
}

// Legend names a Fieldset.
type Legend struct {
	Content
	Classes       string
	IsPageHeading bool
}

// FormGroup is the box around a form control.
type FormGroup struct {
	Classes      string
	Attributes   Attributes
	BeforeInput  Content
	AfterInput   Content
	BeforeInputs Content
	AfterInputs  Content
}

// field is what the templates of all form controls need beside their own struct.
type field[T any] struct {
	C           T
	ID          string
	DescribedBy string
	Label       Label
	Hint        *Hint
	Error       *ErrorMessage
	Group       FormGroup
}

// newField completes label, hint and error of a control with the ids that join them.
func newField[T any](control T, id, name, describedBy string, l Label, h *Hint, e *ErrorMessage, g FormGroup) field[T] {
	if id == "" {
		id = name
	}
	l.For = id
	f := field[T]{C: control, ID: id, DescribedBy: describedBy, Label: l, Group: g}
	f.Hint, f.Error, f.DescribedBy = describe(id, describedBy, h, e)
	return f
}

// describe gives hint and error message their ids and lists them after describedBy.
func describe(id, describedBy string, h *Hint, e *ErrorMessage) (*Hint, *ErrorMessage, string) {
	var hint *Hint
	var message *ErrorMessage
	if h != nil {
		copied := *h
		copied.ID = id + "-hint"
		hint, describedBy = &copied, join(describedBy, copied.ID)
	}
	if e != nil {
		copied := *e
		copied.ID = id + "-error"
		message, describedBy = &copied, join(describedBy, copied.ID)
	}
	return hint, message, describedBy
}

// itemID is the id of the n-th choice; the first has no number, so that the error summary can link to it.
func itemID(own, prefix string, index int) string {
	switch {
	case own != "":
		return own
	case index == 0:
		return prefix
	}
	return prefix + "-" + strconv.Itoa(index+1)
}
