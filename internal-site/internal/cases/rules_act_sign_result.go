package cases

import (
	"github.com/google/uuid"

	"portal.example/shared/fault"
)

// SignResult adds an official's electronic signature to a result, as a file of its own. Whether it holds is verified before.
const SignResult Act = "sign_result"

// EventResultSigned is what it leaves behind in the history.
const EventResultSigned EventKind = "result_signed"

var signResult = rule{
	act: SignResult, from: []State{Decided, Issued}, right: UploadResult,
	check: func(_ *Work, cmd Command) []fault.FieldError {
		if cmd.File == uuid.Nil {
			return []fault.FieldError{{Field: "signature", Key: "documents.not_signable"}}
		}
		return nil
	},
	perform: func(w *Work, _ Command) error {
		w.add(EventResultSigned, saysResultSigned, true)
		return nil
	},
	detail: func(cmd Command) map[string]string { return map[string]string{"file": cmd.File.String()} },
}
