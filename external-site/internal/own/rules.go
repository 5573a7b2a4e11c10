package own

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/plain"
)

// sealedDocument is the kind as which a version is sealed to its account.
const sealedDocument = "document"

// errNotThere is the answer to the id of something that the account does not have, whether another has it or nobody.
func errNotThere() error { return fault.New(fault.NotFound, "own.not_there") }

// arriving is how long an object may be on its way before its row is given up.
const arriving = time.Hour

// CheckName refuses a name that no document may have.
func CheckName(name string) error {
	switch n := utf8.RuneCountInString(plain.Line(name)); {
	case n == 0:
		return fault.New(fault.Invalid, "own.name_required")
	case n > MaxName:
		return fault.New(fault.Invalid, "own.name_long", MaxName)
	}
	return nil
}

// nameOf is what a document is called when its owner said nothing: as its file, without the ending.
func nameOf(name, file string) string {
	return cmp.Or(plain.Line(name), plain.Line(strings.TrimSuffix(file, path.Ext(file))), file)
}

// ending is one that a file may keep although its type can be attached to nothing: what comes from the portal itself has others, too.
var ending = regexp.MustCompile(`^\.[a-z0-9]{1,5}$`)

// fileName is the name in a form that every device takes, with the ending of its type.
func fileName(name, mediaType string) string {
	if own := strings.ToLower(path.Ext(name)); contract.FileEndings(mediaType) == nil && ending.MatchString(own) {
		return plain.FileName(name, []string{own})
	}
	return contract.FileName(name, mediaType)
}

// kindOf is a kind that there is.
func kindOf(kind string) string {
	if slices.Contains(Kinds, kind) {
		return kind
	}
	return Kinds[0]
}

// grouped makes documents of versions: the newest version of each stands first and names it, and the document that was changed last stands first.
func grouped(versions []Version) []Document {
	slices.SortFunc(versions, func(a, b Version) int {
		return cmp.Or(b.AddedAt.Compare(a.AddedAt), slices.Compare(b.ID[:], a.ID[:]))
	})
	var list []Document
	at := map[uuid.UUID]int{}
	for _, v := range versions {
		i, known := at[v.document]
		if !known {
			i = len(list)
			at[v.document] = i
			list = append(list, Document{ID: v.document, Name: v.name, Kind: v.kind})
		}
		list[i].Versions = append(list[i].Versions, v)
	}
	return list
}

// fits says whether an account that has used so much takes one more file of the size.
func (u Used) fits(size int64) error {
	switch {
	case u.Files >= MaxFiles:
		return fault.New(fault.Conflict, "own.files_full", MaxFiles)
	case u.Size+size > MaxSize:
		return fault.New(fault.Conflict, "own.full", MaxSize>>20)
	}
	return nil
}
