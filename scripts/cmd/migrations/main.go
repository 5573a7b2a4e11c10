// Command migrations prints the order in which a database takes the migrations of each folder it is given, and fails when
// there is none. It imports shared/pg only.
package main

import (
	"fmt"
	"os"

	"portal.example/shared/pg"
)

func main() {
	failed := false
	for _, folder := range os.Args[1:] {
		all, err := pg.Migrations(os.DirFS(folder))
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", folder, err)
			failed = true
		}
		for _, m := range all {
			fmt.Println(m.Path)
		}
	}
	if failed {
		os.Exit(1)
	}
}
