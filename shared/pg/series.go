package pg

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Migration is one file of SQL that changes the schema. Migrations form series, each numbered by itself: the base series
// are the files beside the folders, and each folder is the series of the domain that it is named after. Branches that
// work on different domains therefore never take the same number.
type Migration struct {
	Series string   // the folder, "" for the base series
	Number int      // place in the series, from 1
	Path   string   // "005_cases.sql", "questions/001_threads.sql"
	After  []string // names of migrations of other series that must be applied before
	SQL    string
}

// Name is how other migrations and messages call it: "005" or "questions/001".
func (m Migration) Name() string {
	return path.Join(m.Series, fmt.Sprintf("%03d", m.Number))
}

var (
	fileName   = regexp.MustCompile(`^(\d{3})_[a-z0-9_]+\.sql$`)
	seriesName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
)

// Migrations returns all migrations of files in the order in which an empty database takes them: the base series, then
// the others by name, each migration after those that a line at its top asks for:
//
//	-- after: cases/002 documents/001
//
// Every series follows the base series without saying so. What has a wrong name, leaves a gap, asks for something that
// is not there or goes in a circle is refused.
func Migrations(files fs.FS) ([]Migration, error) {
	all, err := readSeries(files)
	if err != nil {
		return nil, err
	}
	known := map[string]Migration{}
	for _, m := range all {
		known[m.Name()] = m
	}
	for _, m := range all {
		for _, name := range m.After {
			other, ok := known[name]
			if !ok {
				return nil, fmt.Errorf("%s asks to come after %q, which does not exist", m.Path, name)
			}
			if other.Series == m.Series || other.Series == "" || m.Series == "" {
				return nil, fmt.Errorf("%s asks to come after %q: only another domain's series needs to be named", m.Path, name)
			}
		}
	}
	return inOrder(all)
}

// readSeries returns the migrations of each series by number, the series by name.
func readSeries(files fs.FS) ([]Migration, error) {
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	all, err := readOne(files, "")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if !e.IsDir() || e.Name() == "testdata" {
			continue
		}
		if !seriesName.MatchString(e.Name()) {
			return nil, fmt.Errorf("%s/: a series is named like its domain, in small letters", e.Name())
		}
		series, err := readOne(files, e.Name())
		if err != nil {
			return nil, err
		}
		all = append(all, series...)
	}
	if len(all) == 0 {
		return nil, errors.New("there are no migrations")
	}
	return all, nil
}

// readOne reads the files of one series and checks their numbers.
func readOne(files fs.FS, series string) ([]Migration, error) {
	paths, err := fs.Glob(files, path.Join(series, "*.sql"))
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	slices.Sort(paths)
	var all []Migration
	for i, p := range paths {
		match := fileName.FindStringSubmatch(path.Base(p))
		if match == nil {
			return nil, fmt.Errorf("%s: a migration is named 001_name.sql", p)
		}
		number, _ := strconv.Atoi(match[1]) // three digits
		if number != i+1 {
			return nil, fmt.Errorf("%s: expected %s here; a series has neither gaps nor doubles", p, path.Join(series, fmt.Sprintf("%03d_name.sql", i+1)))
		}
		sql, err := fs.ReadFile(files, p)
		if err != nil {
			return nil, fmt.Errorf("read migrations: %w", err)
		}
		all = append(all, Migration{Series: series, Number: number, Path: p, After: after(string(sql)), SQL: string(sql)})
	}
	return all, nil
}

// after reads the lines "-- after:" of the comment at the top.
func after(sql string) []string {
	var names []string
	for lines := bufio.NewScanner(strings.NewReader(sql)); lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		if line != "" && !strings.HasPrefix(line, "--") {
			break
		}
		if list, ok := strings.CutPrefix(line, "-- after:"); ok {
			names = append(names, strings.Fields(list)...)
		}
	}
	return names
}

// inOrder sorts migrations so that each follows what it needs; among those that may come next the first by series and
// number does, so that every machine takes the same order.
func inOrder(all []Migration) ([]Migration, error) {
	waiting := slices.Clone(all)
	slices.SortStableFunc(waiting, func(a, b Migration) int {
		return cmp.Or(cmp.Compare(a.Series, b.Series), cmp.Compare(a.Number, b.Number))
	})
	done, ordered := map[string]bool{}, make([]Migration, 0, len(all))
	ready := func(m Migration) bool {
		own := Migration{Series: m.Series, Number: m.Number - 1}
		return (m.Number == 1 || done[own.Name()]) && !slices.ContainsFunc(m.After, func(name string) bool { return !done[name] })
	}
	for len(waiting) > 0 {
		next := slices.IndexFunc(waiting, ready)
		if next < 0 {
			return nil, fmt.Errorf("%s can never be applied: what it must come after waits for it in turn", waiting[0].Path)
		}
		done[waiting[next].Name()] = true
		ordered = append(ordered, waiting[next])
		waiting = slices.Delete(waiting, next, next+1)
	}
	return ordered, nil
}
