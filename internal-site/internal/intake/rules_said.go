package intake

import (
	"encoding/json"
	"slices"
	"strings"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/seal"
)

// said is what the citizen is told. The portal's own words leave for the public site as they are. What a member of staff
// typed may name people, and the public site counts as broken into: it leaves only sealed to the citizen's code.
type said struct {
	own    locale.Text
	sealed []byte // JSON of a locale.Text, sealed; nil when nothing was typed
}

// Sayings are the portal's own words, by their keys, that staff choose from where what they type cannot be sealed. The
// first is said when staff choose none, where that is allowed.
var Sayings = map[Decision][]string{
	Refuse: {"intake.answer.resend", "intake.answer.in_person", "intake.answer.not_taken"},
	Close:  {"intake.answer.closed", "intake.answer.taken", "intake.answer.repeated"},
}

// CanType says whether words that staff type can reach whoever sent what the entry is about.
func (e Entry) CanType() bool { return e.Recipient != "" }

// checkWords says whether the citizen is told enough: why something is not accepted has to be said.
func (e Entry) checkWords(v Verdict) error {
	switch {
	case v.Saying != "" && !slices.Contains(Sayings[v.Decision], v.Saying):
		return fault.New(fault.Invalid, "")
	case v.Decision != Refuse:
		return nil
	case e.CanType() && strings.TrimSpace(v.Reason.UK) == "":
		return fault.InvalidFields(fault.FieldError{Field: "reason", Key: "intake.reason_required"})
	case !e.CanType() && v.Saying == "":
		return fault.InvalidFields(fault.FieldError{Field: "saying", Key: "intake.saying_required"})
	}
	return nil
}

// say is what leaves about the verdict. What was typed where no code is known stays inside, with the entry.
func (e Entry) say(v Verdict) (said, error) {
	typed := v.Reason
	if strings.TrimSpace(typed.UK) == "" {
		typed.UK = typed.EN
	}
	if !e.CanType() || strings.TrimSpace(typed.UK) == "" {
		return said{own: ownWords(v.Decision, v.Saying)}, nil
	}
	text, err := json.Marshal(typed)
	if err != nil {
		return said{}, fault.Wrap(fault.Internal, err, "")
	}
	sealed, err := seal.ForCode(e.Recipient, text)
	return said{sealed: sealed}, err
}

// ownWords are the words under the key, or those that the decision says by itself, in both languages.
func ownWords(d Decision, key string) locale.Text {
	if key == "" {
		key = Sayings[d][0]
	}
	return locale.Text{UK: told.In(locale.UK).T(key), EN: told.In(locale.EN).T(key)}
}
