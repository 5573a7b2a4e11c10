package ui

// Input is a line of text to fill in.
type Input struct {
	ID             string
	Name           string
	Type           string // text (default), email, tel, password, search …
	Inputmode      string
	Value          string
	Disabled       bool
	DescribedBy    string
	Label          Label
	Hint           *Hint
	ErrorMessage   *ErrorMessage
	Prefix         *Affix
	Suffix         *Affix
	FormGroup      FormGroup
	Classes        string
	Autocomplete   string
	Autocapitalize string
	Pattern        string
	Spellcheck     Bool
	InputWrapper   InputWrapper
	Attributes     Attributes
}

// Affix is a unit or sign before or after an Input.
type Affix struct {
	Content
	Classes    string
	Attributes Attributes
}

// InputWrapper is the box around an Input with affixes.
type InputWrapper struct {
	Classes    string
	Attributes Attributes
}

func newInput(i Input) field[Input] {
	return newField(i, i.ID, i.Name, i.DescribedBy, i.Label, i.Hint, i.ErrorMessage, i.FormGroup)
}

// Wrapped says whether something stands beside the input.
func (i Input) Wrapped() bool {
	return i.Prefix.shown() || i.Suffix.shown() || !i.FormGroup.BeforeInput.Empty() || !i.FormGroup.AfterInput.Empty()
}

func (a *Affix) shown() bool { return a != nil && !a.Empty() }

// Textarea is several lines of text to fill in.
type Textarea struct {
	ID           string
	Name         string
	Value        string
	Rows         int // 5 when zero
	Spellcheck   Bool
	Disabled     bool
	DescribedBy  string
	Label        Label
	Hint         *Hint
	ErrorMessage *ErrorMessage
	FormGroup    FormGroup
	Classes      string
	Autocomplete string
	Attributes   Attributes
}

func newTextarea(a Textarea) field[Textarea] {
	if a.Rows == 0 {
		a.Rows = 5
	}
	return newField(a, a.ID, a.Name, a.DescribedBy, a.Label, a.Hint, a.ErrorMessage, a.FormGroup)
}
