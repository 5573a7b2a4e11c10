package stream

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgproto3"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/wire"
)

// What the reader cannot pass on does not end the stream: a Refusal stands in the transaction for it, and the writer, which
// knows the transaction's position, stops there with the table, the row's key and that position, by which an operator can
// skip it; and it goes on where the table is loaded anew anyway.

// refuse puts a refusal in the place of a change.
func (w *weigher) refuse(t *transaction, of *tableDescription, key, why string) error {
	w.frames.announceChange(t, of)
	w.frames.buf = wire.AppendRefusal(w.frames.buf, wire.Refusal{Table: of.id, Key: key, Why: why})
	return nil
}

// maxKeyText is how much of a key people are shown.
const maxKeyText = 300

// keyText shows a row's key to people; it is the only part of a row that is ever shown.
func (of *tableDescription) keyText(row wire.Row) string {
	parts := make([]string, len(of.key))
	for i, at := range of.key {
		value := "NULL"
		if v := row.Values[at]; v != nil {
			value = strings.ToValidUTF8(string(v[:min(len(v), maxKeyText)]), "?")
		}
		parts[i] = of.rel.Columns[at].Name + "=" + value
	}
	text := strings.Join(parts, ", ")
	if len(text) > maxKeyText {
		text = strings.ToValidUTF8(text[:maxKeyText], "") + "…"
	}
	return text
}

// named is the row of a change that has the key.
func named(c *wire.Change) wire.Row {
	if c.New.Values != nil {
		return c.New
	}
	return c.Old
}

func tooLarge(limit int) string {
	return fmt.Sprintf("the row is larger than the %d MiB that max_row_mib allows; raise it in the configuration of every unit (up to 1024, and their memory with it) and start again", limit>>20)
}

// TooLarge is the error for a row of a load that is longer than what is taken.
func TooLarge(table string, limit int) error {
	return fault.Unsafef("source: %s: a row cannot be replicated: %s; or take the column off the whitelist", table, tooLarge(limit))
}

// refusal says why a change is not passed on; "" when it may be. unreadable is a column whose value cannot be read, or "".
func (a *assembler) refusal(of *tableDescription, c *wire.Change, unreadable string) string {
	if of.bare && c.Kind != wire.KindInsert {
		return "the table had no replica identity when the row was changed or removed, so the log does not say which row it was"
	}
	if unreadable != "" {
		return a.text.why(unreadable)
	}
	return ""
}

// refuseLong lets a row pass by that is longer than what is taken; ok is false while too little of it has arrived to tell of
// which table it is.
func (r *Reader) refuseLong(ctx context.Context) (ok bool, err error) {
	in, a := r.source.in, &r.assembler
	data := in.buf[in.r:in.w]
	const head = headSize + 1 + dataHead + 1 + 4 + 4 // up to the table's number, in a stream too
	if len(data) < head {
		return false, nil
	}
	long := fault.Unsafef("source: a message is longer than %d MiB: %s", in.most>>20, tooLarge(r.o.MaxRow))
	kind := data[headSize+1+dataHead]
	if data[0] != 'd' || kind != msgInsert && kind != msgUpdate && kind != msgDelete {
		return false, long
	}
	m := &message{rest: data[headSize+1+dataHead+1:]}
	if a.tx != nil && a.tx.streamed {
		if err := a.tx.enterSubtransaction(m.uint32()); err != nil {
			return false, err
		}
	}
	t, of, err := a.findTable(ctx, m)
	if err != nil {
		return false, a.tx.raise(err)
	}
	if of.alien != "" && !of.drop {
		return false, long
	}
	if !t.skip && !of.drop {
		err = a.weigher.refuse(t, of, "", tooLarge(r.o.MaxRow))
	}
	in.discard()
	return true, err
}

// refuseAgain answers an error of the source while rows are read again: those that cannot be read are refused one by one, so
// that the others are told apart from them. Every other error it passes on.
func (r *rereader) refuseAgain(ctx context.Context, t *transaction, of *tableDescription, keys [][]byte, cause error) error {
	if long := (*pgproto3.ExceededMaxBodyLenErr)(nil); !errors.As(cause, &long) && (link.Code(cause) == "" || link.Temporary(cause)) {
		return link.Fail(fmt.Sprintf("source: read rows of %s again", of.table.FullName()), cause)
	}
	if len(keys) == 1 || strings.HasPrefix(link.Code(cause), "42") { // what is wrong then is not the row
		return r.weigher.refuse(t, of, of.keyText(of.rowOf(keys[0])), "its large values are not in the log and cannot be read from the table: "+link.Scrub(cause))
	}
	for _, key := range keys {
		if err := r.rereadBatch(ctx, t, of, [][]byte{key}); err != nil {
			return err
		}
	}
	return nil
}

// rowOf is a row of which only the key is known.
func (of *tableDescription) rowOf(key []byte) wire.Row {
	row := wire.Row{Values: make([][]byte, len(of.rel.Columns))}
	for i, at := range of.key {
		row.Values[at] = keyValue(key, i)
	}
	return row
}
