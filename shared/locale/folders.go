package locale

import (
	"io/fs"
	"reflect"
	"slices"
)

// Distinct removes repeated file systems: two areas may use the words of one domain, and Load refuses a key that it meets
// twice.
func Distinct(folders ...fs.FS) []fs.FS {
	var list []fs.FS
	for _, f := range folders {
		if !slices.ContainsFunc(list, func(other fs.FS) bool { return sameFolder(other, f) }) {
			list = append(list, f)
		}
	}
	return list
}

// sameFolder says whether both are one file system; those of tests may be of types that cannot be compared.
func sameFolder(a, b fs.FS) bool { return reflect.TypeOf(a).Comparable() && a == b }
