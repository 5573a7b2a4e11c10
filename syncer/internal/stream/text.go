package stream

import (
	"context"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/wire"
)

// A source whose encoding is not UTF-8 converts what it sends, and ends the stream at the first value that it cannot convert, without
// saying which one it is: its bytes are none of its encoding, or UTF-8 has no such character. So the stream begins again there with
// text as it is stored, which this program converts value by value with the source's own function, and refuses the one row.

// ErrUnconvertible says that the next stream should bring text as it is stored.
var ErrUnconvertible = errors.New("a value of the source cannot be converted to UTF-8")

// unconvertible are what a server says to a value that it cannot convert: not of its encoding, no such character in the other.
var unconvertible = map[string]bool{"22021": true, "22P05": true}

// LoadUnconvertible explains an error that a load has met; nil when it is another.
func LoadUnconvertible(table, quoted string, err error) error {
	if !unconvertible[link.Code(err)] {
		return nil
	}
	return fault.Unsafef("source: %s: a row cannot be loaded: a value of it cannot be converted to UTF-8 (SQLSTATE %s), as its bytes are no character of the database's encoding, or one that UTF-8 does not have. "+
		"This names where such rows are (ctid): %s Mend them, then run the same command again", table, link.Code(err), findUnconvertible(quoted))
}

// findUnconvertible is SQL that tells of the rows by notices.
func findUnconvertible(table string) string {
	return "DO $$DECLARE r record; BEGIN FOR r IN SELECT tableoid::regclass AS t, ctid, x::text AS x FROM " + table + " x LOOP " +
		"BEGIN PERFORM convert(convert_to(r.x, getdatabaseencoding()), getdatabaseencoding(), 'UTF8'); " +
		"EXCEPTION WHEN character_not_in_repertoire OR untranslatable_character THEN RAISE NOTICE '% %', r.t, r.ctid; END; END LOOP; END$$;"
}

// askForStoredText lets text come as it is stored.
func (r *Replication) askForStoredText(ctx context.Context) error {
	if r.stored != "" {
		return nil
	}
	if _, err := r.Conn.PgConn().Exec(ctx, "SET client_encoding = 'SQL_ASCII'").ReadAll(); err != nil {
		return link.Fail("source: set up the stream", err)
	}
	r.stored = r.Conn.PgConn().ParameterStatus("server_encoding")
	return nil
}

// textReader makes UTF-8 of text as the source stores it.
type textReader struct {
	side     *pgx.Conn
	encoding string
	known    map[byte][]byte // the upper half of an encoding of single bytes; nil values have no character in UTF-8
}

// readText converts text; ok is false where that cannot be done.
func (r *textReader) readText(ctx context.Context, stored []byte) (text []byte, ok bool, err error) {
	if isASCII(stored) {
		return stored, true, nil
	}
	switch r.encoding {
	case "SQL_ASCII", "UTF8":
		return stored, utf8.Valid(stored), nil
	}
	ctx, cancel := context.WithTimeout(ctx, askDeadline)
	defer cancel()
	if r.known == nil {
		if err := r.learnBytes(ctx); err != nil {
			return nil, false, err
		}
	}
	if len(r.known) == 0 { // its characters have several bytes
		text, err = r.convert(ctx, stored)
		return text, text != nil, err
	}
	for _, b := range stored {
		if b < utf8.RuneSelf {
			text = append(text, b)
			continue
		}
		letter := r.known[b]
		if letter == nil {
			return nil, false, nil
		}
		text = append(text, letter...)
	}
	return text, true, nil
}

func isASCII(text []byte) bool {
	for _, b := range text {
		if b >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// learnBytes asks what each byte means, if the encoding is one of single bytes.
func (r *textReader) learnBytes(ctx context.Context) error {
	r.known = map[byte][]byte{}
	var most int
	err := r.side.QueryRow(ctx, `SELECT pg_catalog.pg_encoding_max_length(pg_catalog.pg_char_to_encoding($1::text::name))`, r.encoding).Scan(&most)
	if err != nil {
		return link.Fail("source: encoding "+r.encoding, err)
	}
	if most != 1 {
		return nil
	}
	for b := utf8.RuneSelf; b <= 0xff; b++ {
		letter, err := r.convert(ctx, []byte{byte(b)})
		if err != nil {
			return err
		}
		r.known[byte(b)] = letter
	}
	return nil
}

// convert lets the source convert a value; nil when it cannot.
func (r *textReader) convert(ctx context.Context, stored []byte) (text []byte, err error) {
	err = r.side.QueryRow(ctx, `SELECT pg_catalog.convert($1::bytea, $2::text::name, 'UTF8')`, stored, r.encoding).Scan(&text)
	switch {
	case err == nil:
		return text, nil
	case unconvertible[link.Code(err)]:
		return nil, nil
	}
	return nil, link.Fail("source: convert from "+r.encoding, err)
}

// readNames converts the names in a table's description.
func (r *textReader) readNames(ctx context.Context, m *relationMessage) error {
	names := []*string{&m.schema, &m.name}
	for i := range m.columns {
		names = append(names, &m.columns[i].name)
	}
	for _, name := range names {
		text, ok, err := r.readText(ctx, []byte(*name))
		if err != nil {
			return err
		}
		if ok { // no listed name is another
			*name = string(text)
		}
	}
	return nil
}

// readValues converts the values of a change where they stand. column is one whose value cannot be converted; "" when there is none.
func (r *textReader) readValues(ctx context.Context, of *tableDescription, c *wire.Change) (column string, err error) {
	for _, row := range []wire.Row{c.Old, c.New} {
		for i, v := range row.Values {
			text, ok, err := r.readText(ctx, v)
			if err != nil {
				return "", err
			}
			if !ok {
				column = of.table.Columns[i]
				continue
			}
			if v != nil {
				row.Values[i] = text
			}
		}
	}
	return column, nil
}

// why says what is wrong with the value of a column that cannot be converted.
func (r *textReader) why(column string) string {
	if r.encoding == "SQL_ASCII" {
		return fmt.Sprintf("the value of column %q is not valid UTF-8 (the source's encoding is SQL_ASCII, which takes any bytes); mend it in the source first", column)
	}
	return fmt.Sprintf("the value of column %q holds bytes that are no character of the source's encoding %s, or one that UTF-8 does not have; mend it in the source first", column, r.encoding)
}
