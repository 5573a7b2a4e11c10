package stream

import (
	"encoding/binary"
	"testing"

	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/wire"
)

func text(b []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint32(append(b, 't'), uint32(len(s))), s...)
}

// insert is pgoutput's INSERT of (b, a) = ('x', NULL) without its relation number.
func insert() []byte {
	b := []byte{'N', 0, 2}
	b = text(b, "x")
	return append(b, 'n')
}

func TestReadPutsColumnsIntoTheWhitelistsOrder(t *testing.T) {
	of := &tableDescription{id: 4, table: &publisher.Table{Table: whitelist.Table{Columns: []string{"a", "b"}}}, order: []int{1, 0}}
	var rr rowReader
	c, err := rr.readChange('I', &message{rest: insert()}, of)
	if err != nil {
		t.Fatal(err)
	}
	if c.Table != 4 || c.New.Values[0] != nil || string(c.New.Values[1]) != "x" {
		t.Errorf("got %+v", c)
	}
	if _, err := rr.readChange('I', &message{rest: insert()}, &tableDescription{order: []int{0}}); err == nil {
		t.Error("a row with more columns than its description was accepted")
	}
}

func TestFilterIsTheSecondWall(t *testing.T) {
	list, err := whitelist.Parse("w", []byte("version: 1\ntables:\n  - {table: a.b, columns: [id, shown], where: shown}"))
	if err != nil {
		t.Fatal(err)
	}
	table := &publisher.Table{Table: list.Tables[0]}
	of := &tableDescription{table: table, order: []int{0, 1}, filter: table.Filter.Bind(table.Columns, map[string]whitelist.Equality{"shown": {Truth: true}})}
	row := func(shown string) *wire.Change {
		return &wire.Change{Kind: wire.KindInsert, New: wire.Row{Values: [][]byte{[]byte("1"), []byte(shown)}}}
	}
	if err := of.checkFilter(row("t")); err != nil {
		t.Error(err)
	}
	if err := of.checkFilter(row("f")); err == nil {
		t.Error("a row outside the filter was let through")
	}
}
