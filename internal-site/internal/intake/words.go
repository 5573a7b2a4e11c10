package intake

import (
	"strings"

	"portal.example/shared/locale"
)

// The reasons for which a submission goes to staff. Staff read them through the catalogue; the citizen reads explain.
const (
	ReasonNotSealed   = "intake.reason.not_sealed"
	ReasonUnknownKey  = "intake.reason.unknown_key"
	ReasonCannotOpen  = "intake.reason.cannot_open"
	ReasonUnknownKind = "intake.reason.unknown_kind"
	ReasonMalformed   = "intake.reason.malformed"
	ReasonMismatch    = "intake.reason.mismatch"
	ReasonAnswers     = "intake.reason.answers"
	ReasonAddressee   = "intake.reason.addressee"
	ReasonApplicant   = "intake.reason.applicant"
	ReasonForm        = "intake.reason.form"
	ReasonService     = "intake.reason.service"
	ReasonCase        = "intake.reason.case"
	ReasonFileMissing = "intake.reason.file_missing"
	ReasonFileDamaged = "intake.reason.file_damaged"
	ReasonFileType    = "intake.reason.file_type"
	ReasonMalware     = "intake.reason.malware"
	ReasonNotScanned  = "intake.reason.not_scanned"
	ReasonGaveUp      = "intake.reason.gave_up"
	ReasonAllowance   = "intake.reason.allowance"
	ReasonModuleOff   = "intake.reason.module_off"
	ReasonConflict    = "intake.reason.conflict" // written by intake.receive
	ReasonDamaged     = "intake.reason.damaged"  // written by intake.receive_damaged
)

// Reasons lists every reason.
var Reasons = []string{
	ReasonNotSealed, ReasonUnknownKey, ReasonCannotOpen, ReasonUnknownKind, ReasonMalformed, ReasonMismatch, ReasonAnswers,
	ReasonAddressee, ReasonApplicant, ReasonForm, ReasonService, ReasonCase, ReasonFileMissing, ReasonFileDamaged, ReasonFileType, ReasonMalware, ReasonNotScanned, ReasonGaveUp,
	ReasonAllowance, ReasonModuleOff, ReasonConflict, ReasonDamaged,
}

// told are the words that the citizen reads.
var told = locale.MustLoad(Words)

// explain is what the citizen is told about a submission that staff have to look at. It is kept in both languages, since
// the answer leaves for the public site as it is. Where no words explain the reason, the citizen learns only that
// staff have it.
func explain(reason string) locale.Text {
	key := "intake.told." + strings.TrimPrefix(reason, "intake.reason.")
	return locale.Text{UK: explainIn(locale.UK, key), EN: explainIn(locale.EN, key)}
}

func explainIn(lang locale.Lang, key string) string {
	p := told.In(lang)
	if !told.Has(key) {
		return p.T("intake.told.held")
	}
	return p.T(key) + " " + p.T("intake.told.held")
}
