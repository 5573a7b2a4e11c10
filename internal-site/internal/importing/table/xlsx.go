package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

type sheetReader struct {
	name string
	file *excelize.File
	rows *excelize.Rows
	line int
}

func openSheet(name string, raw []byte, sheet string) (*sheetReader, error) {
	raw, err := weighed(raw)
	var much errTooMuch
	if errors.As(err, &much) {
		return nil, Broken(name, 0, "not a table that can be read safely: %v", err)
	}
	if err != nil {
		return nil, Broken(name, 0, "not a workbook that can be opened: %v", err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(raw), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped, // all in memory, no temporary files
	})
	if err != nil {
		return nil, Broken(name, 0, "not a workbook that can be opened: %v", err)
	}
	r := &sheetReader{name: name, file: f}
	if err := r.open(sheet); err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

func (r *sheetReader) open(sheet string) error {
	all := r.file.GetSheetList()
	switch {
	case len(all) == 0:
		return Broken(r.name, 0, "the workbook has no sheets")
	case sheet == "":
		sheet = all[0]
	case !slices.Contains(all, sheet):
		return Broken(r.name, 0, "no sheet %q; the workbook has: %s", sheet, strings.Join(all, ", "))
	}
	r.name = fmt.Sprintf("%s, sheet %s", r.name, sheet)
	rows, err := r.file.Rows(sheet)
	if err != nil {
		return Broken(r.name, 0, "cannot be read: %v", err)
	}
	r.rows = rows
	return nil
}

func (r *sheetReader) next() (Row, error) {
	if !r.rows.Next() {
		if err := r.rows.Error(); err != nil {
			return Row{}, Broken(r.name, r.line, "cannot be read: %v", err)
		}
		return Row{}, io.EOF
	}
	r.line++
	cells, err := r.rows.Columns()
	if err != nil {
		return Row{}, Broken(r.name, r.line, "cannot be read: %v", err)
	}
	if len(cells) > maxColumns {
		return Row{}, Broken(r.name, r.line, "more than %d columns", maxColumns)
	}
	return Row{Line: r.line, Cells: cells}, nil
}

func (r *sheetReader) close() {
	if r.rows != nil {
		_ = r.rows.Close()
	}
	_ = r.file.Close()
}
