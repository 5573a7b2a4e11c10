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
	ReasonAddressee, ReasonApplicant, ReasonForm, ReasonService, ReasonFileMissing, ReasonFileDamaged, ReasonFileType, ReasonMalware, ReasonNotScanned, ReasonGaveUp,
	ReasonAllowance, ReasonModuleOff, ReasonConflict, ReasonDamaged,
}

var explanations = map[string]locale.Text{
	ReasonModuleOff: {
		UK: "Через портал такі звернення зараз не приймають.",
		EN: "The portal does not take submissions of this kind at the moment.",
	},
	ReasonService: {
		UK: "Послугу, на яку ви подали заяву, зараз не надають онлайн у вибраному центрі.",
		EN: "The service you applied for is not given online at the centre you chose at the moment.",
	},
	ReasonAddressee: {
		UK: "Того, кому адресовано запитання, зараз немає на порталі.",
		EN: "Whom you addressed is not on the portal at the moment.",
	},
	ReasonApplicant: {
		UK: "Цю послугу не надають таким заявникам.",
		EN: "This service is not given to applicants of this kind.",
	},
	ReasonForm: {
		UK: "Форму заяви змінили, поки ви її заповнювали.",
		EN: "The application form was changed while you were filling it in.",
	},
	ReasonAllowance: {
		UK: "Зараз надходить незвично багато звернень.",
		EN: "Unusually many submissions are arriving at the moment.",
	},
	ReasonFileMissing: {UK: "Один із доданих файлів не вдалося прийняти.", EN: "One of the files you attached could not be received."},
	ReasonFileDamaged: {UK: "Один із доданих файлів пошкоджено.", EN: "One of the files you attached is damaged."},
	ReasonFileType: {
		UK: "Вміст одного з доданих файлів не відповідає його типу або містить вкладені файли чи програми.",
		EN: "One of the files you attached is not of the type it claims to be, or holds other files or programs.",
	},
	ReasonNotScanned: {
		UK: "Один із доданих файлів не вдалося перевірити на шкідливі програми.",
		EN: "One of the files you attached could not be checked for malware.",
	},
	ReasonMalware: {
		UK: "Один із доданих файлів не пройшов перевірку на шкідливі програми.",
		EN: "One of the files you attached did not pass the malware check.",
	},
}

// explain is what the citizen is told about a submission that staff have to look at.
func explain(reason string) locale.Text {
	held := locale.Text{
		UK: "Звернення передано працівнику: він розгляне його або зв’яжеться з вами. Подавати ще раз не потрібно.",
		EN: "Your submission was handed to a member of staff, who will deal with it or contact you. You do not need to send it again.",
	}
	because, ok := explanations[reason]
	if !ok {
		return held
	}
	return locale.Text{UK: strings.Join([]string{because.UK, held.UK}, " "), EN: strings.Join([]string{because.EN, held.EN}, " ")}
}
