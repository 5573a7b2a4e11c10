package ui

// Button is a GOV.UK button; with Href it is a link that looks like one.
type Button struct {
	ID string
	Content
	Type               string // submit (default), button, reset
	Name               string
	Value              string
	Disabled           bool
	Href               string
	Classes            string
	Attributes         Attributes
	PreventDoubleClick Bool
	IsStartButton      bool
}
