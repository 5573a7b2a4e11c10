package replica

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"portal.example/shared/pg"
)

const head = `-- Made by scripts/replica from deploy/whitelist.d and the internal schema: the tables of the replica and who may do what
-- with them. Indexes are written by hand, in a file of their own.
`

// Write writes the migrations that mend the differences below folder, external-site/migrations: for each domain the next
// file of its series. It returns their paths in folder.
func Write(folder string, found []Difference) ([]string, error) {
	all, err := pg.Migrations(os.DirFS(folder))
	if err != nil {
		return nil, err
	}
	last := map[string]int{}
	for _, m := range all {
		last[m.Series] = max(last[m.Series], m.Number)
	}
	var domains []string
	sql := map[string]string{}
	for _, d := range found {
		if d.SQL == "" {
			continue
		}
		domain, _, _ := strings.Cut(d.Table, ".")
		if sql[domain] == "" {
			domains = append(domains, domain)
			sql[domain] = head
		}
		if strings.HasPrefix(d.SQL, "create ") || !strings.Contains(sql[domain], "\n\n") {
			sql[domain] += "\n"
		}
		sql[domain] += d.SQL
	}
	var written []string
	for _, domain := range domains {
		name := path.Join(domain, fmt.Sprintf("%03d_replica.sql", last[domain]+1))
		if err := writeNew(filepath.Join(folder, name), sql[domain]); err != nil {
			return written, err
		}
		written = append(written, name)
	}
	return written, nil
}

func writeNew(file, text string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil { //nolint:gosec // sources are for everybody
		return err
	}
	if _, err := os.Stat(file); err == nil {
		return fmt.Errorf("%s: %w", file, fs.ErrExist)
	}
	return os.WriteFile(file, []byte(text), 0o644) //nolint:gosec // sources are for everybody
}
