package opendata

import (
	"bufio"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"io"
	"os"
	"strings"
	"time"

	"portal.example/shared/opendata"
)

// amountField is the only field of the set that is a number.
const amountField = 11

// part is a file of a year that is being written: on disk, so that its size in memory does not depend on its rows, and so that it is stored only when
// it is other than the one before.
type part struct {
	format opendata.Format
	file   *os.File
	out    *bufio.Writer
	sum    hash.Hash
	csv    *csv.Writer
	rows   int
}

// newPart begins a file; close removes it.
func newPart(format opendata.Format) (*part, error) {
	file, err := os.CreateTemp("", "open-data-*")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(file.Name()); err != nil { // gone with the process, whatever ends it
		return nil, errors.Join(err, file.Close())
	}
	p := &part{format: format, file: file, sum: sha256.New()}
	p.out = bufio.NewWriterSize(io.MultiWriter(file, p.sum), 1<<16)
	if format == opendata.CSV {
		p.csv = csv.NewWriter(p.out)
		p.csv.UseCRLF = true // RFC 4180
		return p, p.csv.Write(opendata.Fields)
	}
	_, err = p.out.WriteString("[")
	return p, err
}

func (p *part) close() error { return p.file.Close() }

// add writes a row.
func (p *part) add(row []*string) error {
	p.rows++
	if p.csv != nil {
		line := make([]string, len(row))
		for i, value := range row {
			if value != nil {
				line[i] = harmless(*value)
			}
		}
		return p.csv.Write(line)
	}
	return p.addJSON(row)
}

// addJSON writes a row with its fields in the order of the schema.
func (p *part) addJSON(row []*string) error {
	before := "\n{"
	if p.rows > 1 {
		before = ",\n{"
	}
	for i, value := range row {
		var field any
		switch {
		case value == nil:
		case i == amountField:
			field = json.Number(*value)
		default:
			field = *value
		}
		raw, err := encode(field)
		if err != nil {
			return err
		}
		if _, err := p.out.WriteString(before + `"` + opendata.Fields[i] + `":` + raw); err != nil {
			return err
		}
		before = ","
	}
	_, err := p.out.WriteString("}")
	return err
}

// encode writes a value as JSON, with the letters that HTML would need escaped as they are.
func encode(value any) (string, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(value)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// harmless keeps a spreadsheet from taking a text for a formula, by the apostrophe that means just that there. No code, date or amount of
// the set begins with such a sign, and JSON has every value as it is.
func harmless(value string) string {
	if strings.ContainsAny(value[:min(1, len(value))], "=+-@\t\r") {
		return "'" + value
	}
	return value
}

// end finishes the file and says what it is; its reader begins at its first byte.
func (p *part) end(name string, at time.Time) (f opendata.File, err error) {
	if p.csv != nil {
		p.csv.Flush()
		err = p.csv.Error()
	} else {
		_, err = p.out.WriteString("\n]\n")
	}
	if err = errors.Join(err, p.out.Flush()); err != nil {
		return f, err
	}
	size, err := p.file.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = p.file.Seek(0, io.SeekStart)
	}
	return opendata.File{Format: p.format, Name: name + "." + string(p.format), Size: size, SHA256: hex.EncodeToString(p.sum.Sum(nil)), MadeAt: at}, err
}
