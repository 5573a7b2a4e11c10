package ui

// FileUpload lets choose a file.
type FileUpload struct {
	ID                      string
	Name                    string
	DescribedBy             string
	Disabled                bool
	Multiple                bool
	Label                   Label
	Hint                    *Hint
	ErrorMessage            *ErrorMessage
	FormGroup               FormGroup
	Javascript              bool // GOV.UK's drop zone instead of the browser's own control
	ChooseFilesButtonText   string
	NoFileChosenText        string
	MultipleFilesChosenText map[string]string
	DropInstructionText     string
	EnteredDropZoneText     string
	LeftDropZoneText        string
	WrapperClasses          string
	WrapperAttributes       Attributes
	Classes                 string
	Attributes              Attributes // accept=".pdf,.jpg"
}

func (c *Components) newFileUpload(f FileUpload) field[FileUpload] {
	if f.Javascript {
		a := Attributes{}
		for name, value := range f.WrapperAttributes {
			a[name] = value
		}
		c.i18n(a, "choose-files-button", "ui.upload.choose", single(f.ChooseFilesButtonText))
		c.i18n(a, "no-file-chosen", "ui.upload.none", single(f.NoFileChosenText))
		c.i18n(a, "multiple-files-chosen", "ui.upload.many", f.MultipleFilesChosenText)
		c.i18n(a, "drop-instruction", "ui.upload.drop", single(f.DropInstructionText))
		c.i18n(a, "entered-drop-zone", "ui.upload.entered", single(f.EnteredDropZoneText))
		c.i18n(a, "left-drop-zone", "ui.upload.left", single(f.LeftDropZoneText))
		f.WrapperAttributes = a
	}
	return newField(f, f.ID, f.Name, f.DescribedBy, f.Label, f.Hint, f.ErrorMessage, f.FormGroup)
}
