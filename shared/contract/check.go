package contract

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"portal.example/shared/fault"
	"portal.example/shared/plain"
	"portal.example/shared/seal"
)

// clocksApart is how far the clock of the public site may be ahead of ours.
const clocksApart = time.Hour

func checkHeader(h Header, at time.Time) []fault.FieldError {
	_, numbered := ParseReceiptNumber(h.ReceiptNumber)
	_, recipient := seal.ParseRecipient(h.Recipient)
	hash, err := hex.DecodeString(h.CodeHash)
	return wrongIn(map[string]bool{
		"message_id":     h.MessageID != uuid.Nil,
		"receipt_number": numbered,
		"recipient":      recipient == nil,
		"code_hash":      err == nil && len(hash) == 32,
		"submitted_at":   !h.SubmittedAt.After(at.Add(clocksApart)),
	})
}

// checkFiles judges attachments by what the record says of them. Their bytes are judged where they are opened.
func checkFiles(files []Attachment) (wrong []fault.FieldError) {
	var total int64
	ids := map[uuid.UUID]bool{}
	for i, f := range files {
		if !plain.IsFileName(f.Name, FileEndings(f.MediaType)) {
			wrong = append(wrong, wrongAt(fmt.Sprintf("attachments/%d/name", i)))
		}
		ids[f.ID] = true
		total += f.Size
	}
	if len(ids) != len(files) || total > MaxFilesSize {
		wrong = append(wrong, wrongAt("attachments"))
	}
	return wrong
}

// deepest is how far objects and lists of a record may be nested.
const deepest = 16

var keyOfRecord = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// checkText looks at every name and text of a record before anything reads it. Texts hold no hidden characters. Names
// are of our form and stand once in their object: encoding/json takes "NAME" for "name" and merges an object that
// comes twice, and so would read what the schema has never seen.
func checkText(raw []byte) error {
	if !utf8.Valid(raw) {
		return malformed("record is no UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := checkValue(dec, 0); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return malformed("something follows the record")
	}
	return nil
}

func checkValue(dec *json.Decoder, depth int) error {
	token, err := dec.Token()
	if err != nil || depth > deepest {
		return malformed("record is no JSON, or nested too deep")
	}
	switch v := token.(type) {
	case string:
		if !plain.IsLines(v) {
			return malformed("a text holds hidden characters")
		}
	case json.Delim:
		return checkNested(dec, v, depth)
	}
	return nil
}

func checkNested(dec *json.Decoder, open json.Delim, depth int) error {
	seen := map[string]bool{}
	for dec.More() {
		if open == '{' {
			token, err := dec.Token()
			key, ok := token.(string)
			if err != nil || !ok || !keyOfRecord.MatchString(key) || seen[key] {
				return malformed("a name in the record is malformed or stands twice")
			}
			seen[key] = true
		}
		if err := checkValue(dec, depth+1); err != nil {
			return err
		}
	}
	if _, err := dec.Token(); err != nil { // the closing delimiter
		return malformed("record is no JSON")
	}
	return nil
}
