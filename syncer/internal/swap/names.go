package swap

import (
	"crypto/sha256"
	"encoding/hex"

	"portal.example/syncer/internal/relation"
)

// Names is what a shadow and the tables that belong to it are called.
type Names struct {
	Slot         string
	Schema, Name string // of the replicated table
}

// FullName is "schema.name" of the replicated table.
func (n *Names) FullName() string { return n.Schema + "." + n.Name }

func (n *Names) tableSQL() string { return relation.Quote(n.Schema, n.Name) }

// TableName is the shadow's name within its schema: readable and unique.
func (n *Names) TableName() string {
	sum := sha256.Sum256([]byte(n.Slot + "\x00" + n.FullName()))
	end := min(len(n.Name), 40)
	for end > 0 && n.Name[end-1] >= 0x80 { // do not cut a character in half
		end--
	}
	return n.Name[:end] + "_" + hex.EncodeToString(sum[:6])
}

// SQL is the shadow's quoted name.
func (n *Names) SQL() string { return relation.Quote(ShadowSchema, n.TableName()) }

// diffSQL is the quoted name of the table of keys whose rows differ.
func (n *Names) diffSQL() string { return relation.Quote(ShadowSchema, n.diffName()) }

func (n *Names) diffName() string { return n.TableName() + "_diff" }

// PositionSQL is the quoted name of the table that holds how far the shadow's own stream is, in a row that is there once
// the shadow is loaded. It is as unlogged as the shadow: a crash of the target that empties the one empties the other.
func (n *Names) PositionSQL() string { return relation.Quote(ShadowSchema, n.positionName()) }

func (n *Names) positionName() string { return n.TableName() + "_at" }

// LoadSQL is the quoted name of the table that holds which pieces of the shadow's load are here. It is as unlogged as the shadow.
func (n *Names) LoadSQL() string { return relation.Quote(ShadowSchema, n.loadName()) }

func (n *Names) loadName() string { return n.TableName() + "_load" }

// ownTables are the names of all that belongs to the shadow.
func (n *Names) ownTables() []string {
	return []string{n.positionName(), n.loadName(), n.diffName(), n.TableName()}
}

func (n *Names) dropSQL() []string {
	return []string{"DROP TABLE IF EXISTS " + n.PositionSQL(), "DROP TABLE IF EXISTS " + n.LoadSQL(), "DROP TABLE IF EXISTS " + n.diffSQL(), "DROP TABLE IF EXISTS " + n.SQL()}
}
