package contract

import (
	"encoding/json"
	"slices"

	"github.com/google/uuid"

	"portal.example/shared/plain"
)

// Attachment is one file of a submission. Its bytes travel sealed beside the envelope, under FileKey.
type Attachment struct {
	ID        uuid.UUID `json:"id"`
	Field     string    `json:"field"`    // field of the form
	Document  string    `json:"document"` // id of the card's document it answers to
	Name      string    `json:"name"`     // file name as the citizen has it, see FileName
	MediaType string    `json:"media_type"`
	Size      int64     `json:"size"`
	SHA256    string    `json:"sha256"` // hex, of the file itself
}

// Attachments are the files of a submission. Nil is marshalled as an empty list.
type Attachments []Attachment

// MarshalJSON implements json.Marshaler.
func (a Attachments) MarshalJSON() ([]byte, error) {
	if a == nil {
		return []byte("[]"), nil
	}
	return json.Marshal([]Attachment(a))
}

// FileType is a type of file that may be attached, with the endings that its name may have, the usual one first.
type FileType struct {
	MediaType string
	Endings   []string
}

// FileTypes are the types of files that may be attached.
var FileTypes = []FileType{
	{"application/pdf", []string{".pdf"}},
	{"image/jpeg", []string{".jpg", ".jpeg"}},
	{"image/png", []string{".png"}},
	{"image/webp", []string{".webp"}},
	{"application/vnd.openxmlformats-officedocument.wordprocessingml.document", []string{".docx"}},
	{"application/pkcs7-signature", []string{".p7s"}},
	{"application/vnd.etsi.asic-e+zip", []string{".asice", ".sce"}},
}

// FileEndings are the endings that the name of a file of this type may have; none when the type may not be attached.
func FileEndings(mediaType string) []string {
	i := slices.IndexFunc(FileTypes, func(t FileType) bool { return t.MediaType == mediaType })
	if i < 0 {
		return nil
	}
	return FileTypes[i].Endings
}

// FileName turns the name that a citizen's browser gives a file into one that the inside accepts.
func FileName(name, mediaType string) string {
	endings := FileEndings(mediaType)
	if endings == nil {
		endings = []string{".bin"}
	}
	return plain.FileName(name, endings)
}
