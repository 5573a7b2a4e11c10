package contract_test

import (
	"testing"
	"time"

	"portal.example/shared/contract"
)

// What a form takes can be sent, with every kind: a signature too.
func TestEveryTypeOfFileCanBeSent(t *testing.T) {
	for _, fileType := range contract.FileTypes {
		a, q, r, d := application(t), question(t), reply(t), documentCheck(t)
		file := a.Attachments[0]
		file.MediaType, file.Name = fileType.MediaType, contract.FileName("лист", fileType.MediaType)
		a.Attachments[0] = file
		file.Field = contract.ReplyDocument
		r.Attachments[0], d.Attachments[0] = file, file
		file.Field, file.Document = "files", ""
		q.Attachments = contract.Attachments{file}
		for _, record := range []contract.Record{&a, &q, &r, &d} {
			raw, err := contract.Encode(record, time.Now())
			if err == nil {
				_, err = contract.Decode(record.Kind(), raw, time.Now())
			}
			if err != nil {
				t.Errorf("%s in %s: %v", fileType.MediaType, record.Kind(), err)
			}
		}
	}
}
