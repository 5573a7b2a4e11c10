package sms

import (
	"regexp"
	"strings"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"
)

// report is what a delivery receipt says of a message.
type report struct {
	id        string
	final     bool
	delivered bool
	detail    string
}

var (
	idOf    = regexp.MustCompile(`(?i)\bid:\s*(\S+)`)
	stateOf = regexp.MustCompile(`(?i)\bstat:\s*([A-Z]+)`)
	errorOf = regexp.MustCompile(`(?i)\berr:\s*(\S+)`)
)

// states are the final states of a message, by their names in the text of a receipt; the value says whether the phone has it.
var states = map[string]bool{"DELIVRD": true, "EXPIRED": false, "DELETED": false, "UNDELIV": false, "REJECTD": false}

// numbered are the same by their numbers in the packet's parameter.
var numbered = map[byte]string{2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 8: "REJECTD"}

// receiptType are the bits of esm_class that mark a receipt of the SMS centre.
const (
	typeBits    = 0x3C
	receiptType = 0x04
)

// readReceipt reads a receipt; false means that the packet is something else, such as an answer that somebody typed. Centres
// write the message's id and state into the text, into parameters, or both; parameters are believed first.
func readReceipt(p *pdu.DeliverSM) (r report, ok bool) {
	if p.EsmClass&typeBits != receiptType {
		return r, false
	}
	raw, _ := p.Message.GetMessageData()
	text := string(raw)
	if p.Message.Encoding() == data.UCS2 {
		text, _ = p.Message.GetMessage()
	}
	r.id = strings.TrimRight(firstOf(idOf, text), "\x00")
	if f, found := p.OptionalParameters[pdu.TagReceiptedMessageID]; found {
		r.id = f.String()
	}
	state := strings.ToUpper(firstOf(stateOf, text))
	if f, found := p.OptionalParameters[pdu.TagMessageStateOption]; found && len(f.Data) == 1 {
		state = numbered[f.Data[0]]
	}
	r.delivered, r.final = states[state]
	if code := firstOf(errorOf, text); !r.delivered && code != "" {
		state += " " + code
	}
	r.detail = state
	return r, r.id != ""
}

func firstOf(pattern *regexp.Regexp, s string) string {
	if m := pattern.FindStringSubmatch(s); m != nil {
		return m[1]
	}
	return ""
}
