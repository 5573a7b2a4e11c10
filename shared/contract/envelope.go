package contract

import (
	"encoding/json"
	"fmt"
	"regexp"

	"github.com/google/uuid"

	"portal.example/shared/plain"
)

// Limits of attachments, the same on both sides.
const (
	MaxFileSize   = 10 << 20
	MaxFilesSize  = 30 << 20
	MaxFiles      = 10
	MaxFileName   = plain.MaxFileName
	sealedFileMax = MaxFileSize + MaxFileSize/64 + 8<<10 // age adds 16 bytes to each 64 KiB, and a header
)

// SealedFile is what is known outside of an attachment: where its sealed bytes are. The list of them travels beside
// the envelope (inbound.messages.attachments), so that the fetcher can carry what it cannot open.
type SealedFile struct {
	Key    string `json:"key"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"` // hex, of the sealed bytes
}

// FileKey is the object key of an attachment in the bucket inbound and, until it is opened, in quarantine.
func FileKey(message, attachment uuid.UUID) string {
	return message.String() + "/" + attachment.String()
}

var hexSHA256 = regexp.MustCompile(`^[0-9a-f]{64}$`)

// ParseSealedFiles reads the list that came beside the envelope of message.
func ParseSealedFiles(message uuid.UUID, raw []byte) (map[uuid.UUID]SealedFile, error) {
	var list []SealedFile
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, fmt.Errorf("attachments: %w", err)
	}
	files := make(map[uuid.UUID]SealedFile, len(list))
	for _, f := range list {
		if len(f.Key) != 73 {
			return nil, fmt.Errorf("attachments: key %q", f.Key)
		}
		id, err := uuid.Parse(f.Key[37:])
		if err != nil || FileKey(message, id) != f.Key || f.Size <= 0 || f.Size > sealedFileMax || !hexSHA256.MatchString(f.SHA256) {
			return nil, fmt.Errorf("attachments: %q of %d bytes is no attachment of message %s", f.Key, f.Size, message)
		}
		files[id] = f
	}
	return files, nil
}
