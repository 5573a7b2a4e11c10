package services

import (
	"errors"
	"fmt"
	"html"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"portal.example/internal-site/internal/importing/clean"
	"portal.example/internal-site/internal/importing/report"
	"portal.example/internal-site/internal/importing/table"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
)

// maxDescription is what the editor of cards accepts.
const maxDescription = 200_000

// readPages reads every folder and puts together the description of each service.
func (rd *reader) readPages() error {
	found := make([]map[string]string, len(rd.Mapping.Pages)) // service id → path of the page
	total := 0
	for i, p := range rd.Mapping.Pages {
		var err error
		if found[i], err = rd.listPages(p.Folder); err != nil {
			return err
		}
		total += len(found[i])
	}
	rd.bar.Stage("pages", total)
	for _, s := range rd.cat.Services {
		s.Card = emptyCard()
		var parts, files []string
		for i, p := range rd.Mapping.Pages {
			text, file, err := rd.part(s, p, found[i])
			if err != nil {
				return err
			}
			if text != "" {
				parts = append(parts, text)
			}
			if file != "" {
				files = append(files, file)
			}
		}
		s.Card.Description.UK = strings.Join(parts, "\n")
		s.Card.SourcePage = strings.Join(files, ", ")
		if n := len([]rune(s.Card.Description.UK)); n > maxDescription {
			s.row.Note("long_description", "", fmt.Sprint(n))
		}
	}
	for i := range rd.Mapping.Pages {
		rd.reportLeft(found[i])
	}
	return nil
}

// emptyCard says nothing: lists are empty, the term and the fee are not stated.
func emptyCard() contract.Card {
	return contract.Card{
		Documents: []contract.Document{}, Filing: []locale.Text{}, Suspension: []contract.Ground{}, Refusal: []contract.Ground{},
		Delivery: []locale.Text{}, Acts: []contract.ActRef{}, Templates: []contract.FileRef{},
		Term: contract.Term{Days: -1}, Fee: contract.Fee{NotStated: true},
	}
}

// listPages finds the pages of a folder by the service's id.
func (rd *reader) listPages(folder string) (map[string]string, error) {
	entries, err := fs.ReadDir(rd.Files, folder)
	if err != nil {
		var pathErr *fs.PathError
		if errors.As(err, &pathErr) {
			err = pathErr.Err
		}
		return nil, table.Broken(folder, 0, "the folder of pages cannot be read: %v", err)
	}
	pages := map[string]string{}
	for _, e := range entries {
		ext := path.Ext(e.Name())
		if e.IsDir() || !slices.Contains([]string{".html", ".htm"}, strings.ToLower(ext)) {
			continue
		}
		pages[strings.TrimSuffix(e.Name(), ext)] = path.Join(folder, e.Name())
	}
	return pages, nil
}

// part is what one folder adds to a service's description. Pages that are dealt with leave found.
func (rd *reader) part(s *Service, p PageFolder, found map[string]string) (text, file string, err error) {
	file, there := found[s.Key]
	flag, marked := s.flags["page:"+p.Folder], false
	switch {
	case p.Column == "", there && flag == "" && p.TakeUnmarked:
		marked = there
	case flag == p.Placeholder:
		marked = there
		if !there {
			s.row.Note("page_missing", p.Folder, flag)
		}
	case flag != "": // the cell holds the page itself
		row := rd.report.Row(report.Page, s.row.File, s.row.Line, s.Key, s.Name)
		return rd.clean(s, p, row, flag), "", nil
	}
	if !marked {
		return "", "", nil // a page nobody announced is reported by reportLeft
	}
	delete(found, s.Key)
	defer rd.bar.Add(1)
	row := rd.report.Row(report.Page, file, 1, s.Key, s.Name)
	raw, err := rd.readPage(file, row)
	if raw == "" || err != nil {
		return "", "", err
	}
	return rd.clean(s, p, row, raw), file, nil
}

// readPage reads one page; a page in the wrong encoding is refused by itself.
func (rd *reader) readPage(file string, row *report.Row) (string, error) {
	f, err := rd.Files.Open(file)
	if err != nil {
		return "", table.Broken(file, 0, "cannot be read: %v", err)
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, clean.MaxPage+1))
	if err != nil {
		return "", table.Broken(file, 0, "cannot be read: %v", err)
	}
	if marks := strings.Count(string(raw), "\ufeff"); marks > 0 {
		row.Change(string(clean.Invisible), "", fmt.Sprint(marks), "")
	}
	text, err := table.Decode(file, raw, rd.Mapping.Encoding)
	if err != nil {
		row.Refuse("page_encoding", "", err.Error())
		return "", nil
	}
	if strings.TrimSpace(string(text)) == "" {
		row.Refuse("page_empty", "", "")
		return "", nil
	}
	return string(text), nil
}

// clean sanitises one page and reports what that took.
func (rd *reader) clean(s *Service, p PageFolder, row *report.Row, raw string) string {
	o := clean.Options{Heading: 3}
	if p.Heading != "" {
		o.Heading = 4
	}
	uses := len(s.Acts)
	if p.Acts {
		o.Claim = func(l clean.Link) bool { return rd.claim(s, row, l) }
	}
	page, err := clean.HTML(raw, o)
	if err != nil {
		row.Refuse("page_broken", "", err.Error())
		return ""
	}
	reportPage(row, page)
	switch {
	case page.HTML == "" && len(s.Acts) == uses:
		row.Refuse("page_empty", "", "")
		return ""
	case page.HTML == "" || p.Heading == "":
		return page.HTML
	}
	return "<h3>" + html.EscapeString(p.Heading) + "</h3>\n" + page.HTML
}

func reportPage(row *report.Row, page clean.Page) {
	if names := page.DroppedNames(); names != "" {
		row.Change("elements", "", names, "")
	}
	if page.Words > 0 {
		row.Change(string(clean.Letters), "", fmt.Sprint(page.Words), "")
	}
	for _, c := range page.Repaired {
		row.Change("address", "", c.From, c.To)
	}
	for _, u := range page.Unlinked {
		row.Change("unlinked", "", u, "")
	}
}

// reportLeft accounts for the pages that no service took.
func (rd *reader) reportLeft(found map[string]string) {
	for _, id := range slices.Sorted(maps.Keys(found)) {
		row := rd.report.Row(report.Page, found[id], 1, id, "")
		s, there := rd.services[id]
		switch {
		case !there:
			row.Refuse("service_unknown", "", id)
		case s == nil:
			row.Refuse("service_refused", "", id)
		default:
			row.Name = s.Name
			row.Refuse("page_unmarked", "", "")
		}
		rd.bar.Add(1)
	}
}
