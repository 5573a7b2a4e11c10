package request

import (
	"crypto/sha256"
	"io"

	"github.com/google/uuid"

	"portal.example/shared/web"
)

// Press is a form with all that it brought, the names and sums of its files among it, by its hash: the same form that is pressed twice has
// the same one. The version in the form makes it that of one page of one moment.
func Press(form *web.Form, person uuid.UUID, files ...string) uuid.UUID {
	hash := sha256.New()
	_, _ = io.WriteString(hash, person.String()+"\n"+form.All().Encode()) // a hash never fails
	for _, f := range files {
		_, _ = io.WriteString(hash, "\n"+f)
	}
	id, err := uuid.FromBytes(hash.Sum(nil)[:16])
	if err != nil {
		panic(err) // sixteen bytes are one
	}
	return id
}
